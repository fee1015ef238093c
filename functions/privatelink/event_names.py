"""What the events are called that the functions put on the bus, and read from it."""

from typing import Final

EVENT_SOURCE: Final = "privatelink-autopilot"
NOTIFICATION: Final = "Endpoint Connection Notification"
SWEEP: Final = "Endpoint Connection Sweep Requested"
FOLLOW_UP: Final = "Endpoint Connection Follow-Up"
CONVERGENCE: Final = "Consumer Convergence Requested"
HELD: Final = "Endpoint Connection Held"
FINDING_RAISED: Final = "Finding Raised"
