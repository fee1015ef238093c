"""EventBridge's pattern matching, for those who ask whether a rule would take an event."""

import json
from collections.abc import Mapping

from ministack.services import eventbridge


def matches(pattern: Mapping[str, object], event: Mapping[str, object]) -> bool:
    """Tell whether an event, as EventBridge delivers it, matches a pattern.

    Raises ValueError for a pattern that EventBridge refuses.
    """
    text = json.dumps(pattern)
    alternatives, refusal = eventbridge._parse_pattern_text(text)
    if alternatives is None:
        raise ValueError(f"EventBridge refuses the pattern {text}: {refusal}")
    record = eventbridge._event_from_test_payload(dict(event))
    return bool(eventbridge._matches_pattern(text, record))
