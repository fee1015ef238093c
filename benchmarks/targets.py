"""What the project promises about its figures; `make bench` fails if one is not kept.

Each of them is a bound on a figure itself or on its ratio to the baseline, both from one run.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from benchmarks.figures import Figure
from benchmarks.worst_case import CONSUMERS
from privatelink.gateways.endpoint_services import IDS_PER_CALL


@dataclass(frozen=True, kw_only=True)
class Target:
    """An upper bound of a figure, or of its multiple of the baseline."""

    figure: str
    what: str
    most: float | None = None
    most_ratio: float | None = None

    def is_kept_by(self, figure: Figure) -> bool:
        """Whether a figure is within the bound."""
        if self.most is not None and figure.value > self.most:
            return False
        return self.most_ratio is None or (
            figure.ratio is not None and figure.ratio <= self.most_ratio
        )


TARGETS: Final = (
    Target(
        figure="storm_1000_ec2_calls",
        what="Storm of 1,000 requests from 50 consumers: EC2 calls in the provider's account",
        most_ratio=1 / 100,
    ),
    Target(
        figure="storm_1000_modelled_seconds",
        what="Storm of 1,000 requests: modelled seconds until all are accepted",
        most_ratio=1 / 50,
    ),
    Target(
        figure="storm_1000_accept_calls",
        what="Storm of 1,000 requests: accept calls; the bound is 2 x requests / ids a call",
        most=2 * -(-1000 // IDS_PER_CALL),
    ),
    Target(figure="storm_1000_throttles", what="Storm of 1,000 requests: throttles met", most=0),
    Target(
        figure="sweep_10000_writes",
        what="Sweep of 10,000 endpoints with nothing to do: writes",
        most=0,
    ),
    Target(
        figure="sweep_10000_calls_per_consumer",
        what="The same: calls in a consumer's account",
        most=8,
    ),
    Target(
        figure="sweep_10000_provider_ec2_calls",
        what="The same: EC2 and ELB calls in the provider's account, of ten pages of connections",
        most=100,
    ),
    Target(
        figure="sweep_10000_peak_mib",
        what="The same: peak memory of the largest function",
        most=256,
    ),
    Target(
        figure="sweep_10000_longest_share_of_timeout",
        what="The same: the longest invocation, as a share of its function's time-out",
        most=0.5,
    ),
    Target(
        figure="time_to_ready_p99_seconds",
        what="From an endpoint's creation to its parameter, beyond AWS's own delay: p99",
        most=10,
    ),
    Target(
        figure="cold_start_ratio_max",
        what="Cold start with a first pass, as a multiple of bare boto3's: the worst function",
        most=0.75,
    ),
    Target(figure="artifact_zip_mib", what="The artifact, zipped: MiB; 3 MB are 2.86", most=2.86),
    Target(
        figure=f"allowlist_{CONSUMERS}_bytes",
        what="The largest allowlist, every key of 5,000 consumers, beside what AppConfig takes",
        most_ratio=1,
    ),
    Target(
        figure=f"allowlist_{CONSUMERS}_valid_seconds",
        what="The same: seconds to validate it, beside ten times those of a tenth",
        most=1,
    ),
)


def missed(figures: Mapping[str, Figure]) -> Iterator[str]:
    """Yield a sentence for each target that is not kept, or whose figure is not there."""
    for target in TARGETS:
        figure = figures.get(target.figure)
        if figure is None:
            yield f"{target.figure} is not measured"
        elif not target.is_kept_by(figure):
            yield f"{target.figure} is {figure.value:g} {figure.unit}, {bound(target)}"


def bound(target: Target) -> str:
    """Say what a target asks for."""
    if target.most is not None:
        return f"at most {target.most:g}"
    return f"at most {target.most_ratio:g} x the baseline"
