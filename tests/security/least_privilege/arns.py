"""ARNs that are not the one meant, and patterns that mean more than one."""

from collections.abc import Iterator
from typing import Final

OTHER_ACCOUNT: Final = "999988887777"
OTHER_REGION: Final = "us-west-2"
OTHER_NAME: Final = "another-one"
_PARTS: Final = 6
IN_ARNS: Final = "/:"
IN_VALUES: Final = "/:."
"""What separates the parts of a resource's name, and those of a value that is no ARN."""


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
    for resource in other_names(parts[5], IN_ARNS):
        yield f"{prefix}:{resource}"


def other_names(name: str, between: str) -> Iterator[str]:
    """Replace each segment in turn; then have it be only the beginning of a name, or the end."""
    segments, separators = _split(name, between)
    for number, segment in enumerate(segments):
        for other in (OTHER_NAME, f"{segment}-2", f"2-{segment}"):
            yield _join([*segments[:number], other, *segments[number + 1 :]], separators)


def opened(pattern: str) -> Iterator[str]:
    """Open a pattern in one place: Region, account, or all that follows them; then wholly."""
    parts = pattern.split(":", _PARTS - 1)
    if len(parts) == _PARTS:
        for number in (3, 4, 5):
            if parts[number] not in {"", "*"}:
                yield ":".join([*parts[:number], "*", *parts[number + 1 :]])
        for resource in _opened_names(parts[5], IN_ARNS):
            yield ":".join([*parts[:5], resource])
    elif pattern != "*":
        yield from _opened_names(pattern, IN_VALUES)
    if pattern != "*":
        yield "*"


def _opened_names(name: str, between: str) -> Iterator[str]:
    """Open each segment in front and, if there are more, wholly; then have any end do."""
    segments, separators = _split(name, between)
    for number, segment in enumerate(segments):
        if not segment.startswith("*"):
            for other in (f"*{segment}", "*") if separators else (f"*{segment}",):
                yield _join([*segments[:number], other, *segments[number + 1 :]], separators)
    if not name.endswith("*"):
        yield f"{name}*"


def _split(name: str, between: str) -> tuple[list[str], list[str]]:
    segments, separators = [""], list[str]()
    for character in name:
        if character in between:
            separators.append(character)
            segments.append("")
        else:
            segments[-1] += character
    return segments, separators


def _join(segments: list[str], separators: list[str]) -> str:
    return "".join(
        segment + separator for segment, separator in zip(segments, [*separators, ""], strict=True)
    )
