"""EventBridge: permission to put events, by bus, source and detail-type, and to look at a bus."""

from sandbox.emulator.authorizations.request import Check, Request


def checks(request: Request) -> tuple[Check, ...]:
    """Every entry of PutEvents is checked with what it says of itself."""
    if request.action == "DescribeEventBus":
        name = str(request.document().get("Name") or "default")
        return (Check("events:DescribeEventBus", _bus(request, name)),)
    if request.action != "PutEvents":
        return ()
    found = {
        (
            str(entry.get("EventBusName") or "default"),
            str(entry.get("Source", "")),
            str(entry.get("DetailType", "")),
        ): None
        for entry in request.document().get("Entries", [])
        if isinstance(entry, dict)
    }
    return tuple(
        Check(
            "events:PutEvents",
            _bus(request, bus),
            {"events:source": source, "events:detail-type": detail_type},
        )
        for bus, source, detail_type in found
    )


def _bus(request: Request, name: str) -> str:
    """Return the ARN of a bus, which is named by it or by its name."""
    return name if name.startswith("arn:") else request.arn("events", f"event-bus/{name}")
