"""ARNs that are not the one meant, and patterns that mean more than one."""

from collections.abc import Iterator
from typing import Final

OTHER_ACCOUNT: Final = "999988887777"
OTHER_REGION: Final = "us-west-2"
OTHER_NAME: Final = "another-one"
_PARTS: Final = 6


def neighbours(arn: str) -> Iterator[str]:
    """Change an ARN in one place: Region, account, type, name, or what stands behind the name."""
    parts = arn.split(":", _PARTS - 1)
    if len(parts) < _PARTS:
        return
    if parts[3]:
        yield ":".join([*parts[:3], OTHER_REGION, *parts[4:]])
    if parts[4]:
        yield ":".join([*parts[:4], OTHER_ACCOUNT, parts[5]])
    prefix = ":".join(parts[:5])
    for resource in _other_resources(parts[5]):
        yield f"{prefix}:{resource}"


def _other_resources(resource: str) -> Iterator[str]:
    """Replace each segment in turn; then have the whole be only the beginning of a name."""
    segments, separators = _split(resource)
    for number in range(len(segments)):
        changed = [*segments[:number], OTHER_NAME, *segments[number + 1 :]]
        yield _join(changed, separators)
        longer = [*segments[:number], f"{segments[number]}-2", *segments[number + 1 :]]
        yield _join(longer, separators)


def opened(pattern: str) -> Iterator[str]:
    """Open a pattern in one place: Region, account, or all that follows them; then wholly."""
    parts = pattern.split(":", _PARTS - 1)
    if len(parts) == _PARTS:
        for number in (3, 4, 5):
            if parts[number] not in {"", "*"}:
                yield ":".join([*parts[:number], "*", *parts[number + 1 :]])
        for resource in _opened_resources(parts[5]):
            yield ":".join([*parts[:5], resource])
    if pattern != "*":
        yield "*"


def _opened_resources(resource: str) -> Iterator[str]:
    segments, separators = _split(resource)
    for number, segment in enumerate(segments[1:], 1):
        if segment != "*":
            yield _join([*segments[:number], "*", *segments[number + 1 :]], separators)
    if not resource.endswith("*"):
        yield f"{resource}*"


def _split(resource: str) -> tuple[list[str], list[str]]:
    segments, separators = [""], list[str]()
    for character in resource:
        if character in "/:":
            separators.append(character)
            segments.append("")
        else:
            segments[-1] += character
    return segments, separators


def _join(segments: list[str], separators: list[str]) -> str:
    return "".join(
        segment + separator for segment, separator in zip(segments, [*separators, ""], strict=True)
    )
