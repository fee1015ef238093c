"""How long things take in the model: fixed, and assumptions all of them.

AWS promises none of these. They are what one sees of an afternoon from within a Region, rounded;
what the figures compare takes place under the same ones. Seconds throughout.
"""

from collections.abc import Mapping
from typing import Final

from sandbox.accounts import REGION
from sandbox.in_process.wire import Call

EC2_READ: Final = 0.15
"""Describe calls of EC2 are slow beside those of other services."""
EC2_WRITE: Final = 0.3
"""EC2 validates a change before it answers, and takes longer for it."""
BY_SERVICE: Final[Mapping[str, float]] = {
    "dynamodb": 0.008,  # "single-digit millisecond" (DynamoDB Developer Guide)
    "elbv2": 0.1,  # as other control planes
    "ssm": 0.05,  # Parameter Store is read by programs while they start
    "sts": 0.05,  # the Regional endpoint
    "events": 0.03,
    "sqs": 0.02,
    "appconfigdata": 0.03,
}
ANY_OTHER: Final = 0.1
OTHER_REGION: Final = 0.25
"""What a call to another Region takes longer: to the other side of the Pacific and back, and a
handshake."""

CPU: Final = 0.004
"""What a call costs our side, to build it and to read the answer, with 512 MB of a function: EC2's
answers are XML, and a third of a processor works on them."""

SNS_DELIVERY: Final = 0.1
"""From the endpoint's creation to the invocation. The delay of notifications is not documented."""
EVENT_BUS: Final = 0.3
"""From PutEvents to the target: some hundred milliseconds since February 2023 (PostNL Engineering,
"Improved EventBridge Latency Opens Up New Use Cases at PostNL")."""
SQS_HAND_OVER: Final = 0.05
"""From a message that can be received to the invocation: Lambda polls all the time."""
COLD_START: Final = 1.0
"""INIT of a function with boto3 and 512 MB, and the environment itself. What our functions really
need beside an empty one is measured elsewhere; here all functions need the same."""
INVOCATION: Final = 0.002
"""What the runtime takes for an invocation itself."""
KEPT_WARM: Final = 600.0
"""How long an execution environment outlives its last invocation. Not documented; minutes."""

MUTATIONS: Final = ("Accept", "Authorize", "Create", "Delete", "Modify", "Reject", "Revoke")


def seconds_of(call: Call) -> float:
    """Return what a call takes until the answer has been read."""
    if call.service == "ec2":
        seconds = EC2_WRITE if call.operation.startswith(MUTATIONS) else EC2_READ
    else:
        seconds = BY_SERVICE.get(call.service, ANY_OTHER)
    return seconds + CPU + (OTHER_REGION if call.region != REGION else 0.0)
