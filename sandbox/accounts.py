"""Names of the sandbox: the walkthrough's parties, with documentation ids, Region and stack."""

from typing import Final

REGION: Final = "ap-northeast-1"

PROVIDER: Final = "123456789012"
CONSUMER: Final = "111122223333"
STRANGER: Final = "444455556666"

STACK_NAME: Final = "privatelink-autopilot"
