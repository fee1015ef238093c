"""The custom event bus."""

import json
from collections.abc import Mapping, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Final, NamedTuple

from privatelink.errors import UnsuccessfulItemsError
from privatelink.event_names import EVENT_SOURCE
from privatelink.gateways.calls import translated_errors

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

_ENTRIES_PER_CALL: Final = 10


class Event(NamedTuple):
    """Something that other functions, people and systems may subscribe to."""

    detail_type: str
    detail: Mapping[str, object]


class EventBus:
    """One event bus."""

    def __init__(self, events: "EventBridgeClient", name: str) -> None:
        self._events = events
        self._name = name

    def put_events(self, events: Sequence[Event]) -> None:
        """Send events; raise UnsuccessfulItemsError for those that EventBridge did not take."""
        refused = {}
        for chunk in batched(events, _ENTRIES_PER_CALL, strict=False):
            with translated_errors("PutEvents"):
                answer = self._events.put_events(
                    Entries=[
                        {
                            "EventBusName": self._name,
                            "Source": EVENT_SOURCE,
                            "DetailType": event.detail_type,
                            "Detail": json.dumps(event.detail),
                        }
                        for event in chunk
                    ]
                )
            # A refused entry has an error code in the place of its id; the answer is a success.
            for event, entry in zip(chunk, answer["Entries"], strict=True):
                if "ErrorCode" in entry:
                    refused[event.detail_type] = (entry["ErrorCode"], entry.get("ErrorMessage", ""))
        if refused:
            raise UnsuccessfulItemsError("PutEvents", refused)
