"""Has every function speak about hostile things, in a process of its own as in Lambda.

What is logged goes to standard output; what may not be in it, to a file that is named.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import boto3

from privatelink.ingress import ENDPOINT_TAG
from sandbox.accounts import CONSUMER
from tests.integration.functions.harness import clear_caches, http_response
from tests.integration.functions.stage import staged
from tests.integration.functions.world import World
from tests.integration.privatelink_model.parties import Clock
from tests.integration.privatelink_model.rules import inbound
from tests.security.forged.events import HOSTILE

if TYPE_CHECKING:
    from mypy_boto3_ec2.type_defs import TagTypeDef

ENVIRONMENT: Final = {
    "POWERTOOLS_LOGGER_LOG_EVENT": "true",
    "POWERTOOLS_DEV": "true",
    "POWERTOOLS_LOG_LEVEL": "DEBUG",
}
"""All that an environment can ask Powertools to say."""
_MARK: Final = "SECRET-OF-AN-EVENT"
_EVIL: Final = "".join(HOSTILE).replace("\ud800", "")


def speak(world: World, session: boto3.Session) -> list[str]:
    """Have everything said; return the secrets that were at hand."""
    secrets = [world.environment["CONSUMER_EXTERNAL_ID"], _MARK]
    overhear(session, secrets)
    event = world.convergence()
    event["detail"]["note"] = "x" * 500 + _MARK + _EVIL
    # Of what cannot be read, the beginning and the end are shown.
    malformed = [each + "x" * 500 + _MARK + "x" * 500 for each in HOSTILE]
    world.connect()
    world.accept(*malformed)
    world.authorize(event, *malformed)
    world.publish(event, *malformed)
    world.relay({"Records": [{"Sns": {"Message": "x" * 5_000 + _MARK + _EVIL}}]})
    hostile_leaf(world)
    hostile_tag(world)
    for operation in ("ec2.DescribeVpcEndpoints", "sts.AssumeRole", "ec2.DescribeSecurityGroups"):
        clear_caches()
        with broken(session, operation):
            world.authorize()
            world.publish()
    with broken(session, "ec2.DescribeVpcEndpointConnections"):
        world.accept()
    for text in HOSTILE:
        escaping(partial(world.validate, f"services: {{{json.dumps(text)}: 1}}"))
    escaping(lambda: world.validate(_EVIL))
    world.allowlist = f"services: {{{json.dumps(_EVIL)}: {{service_id: {json.dumps(_EVIL)}}}}}"
    escaping(world.sweep)
    with broken(session, "eventbridge.PutEvents"):
        escaping(lambda: world.relay({"Records": [{}]}))
    return secrets


def overhear(session: boto3.Session, secrets: list[str]) -> None:
    """Note the credentials of all sessions."""

    def note(parsed: dict[str, Any], **_: object) -> None:
        keys = parsed.get("Credentials", {})
        secrets.extend(keys[name] for name in ("SecretAccessKey", "SessionToken") if name in keys)

    session.events.register("after-call.sts.AssumeRole", note)


def hostile_leaf(world: World) -> None:
    """Have the consumer write into the place of its parameters what it likes."""
    (name,) = (name for name in world.parameters() if name.endswith("/endpoint"))
    for owner in (_EVIL, [_EVIL], None):
        world.put_parameter(CONSUMER, name, json.dumps({"owner": owner})[:4_000])
        world.publish()


def hostile_tag(world: World) -> None:
    """Have a rule revoked whose tag the consumer has changed."""
    (rule,) = inbound(world.consumer, world.group_id)
    # The emulated EC2 writes answers that nobody can parse if a tag has control characters.
    tag: TagTypeDef = {"Key": ENDPOINT_TAG, "Value": "vpce-0123456789abcdef0\n../x\u202e\u2028"}
    world.consumer.ec2.create_tags(Resources=[rule["SecurityGroupRuleId"]], Tags=[tag])
    world.edit("192.168.0.0/20", "10.99.0.0/16")
    world.sweep()
    assert world.history("unknown"), "the rule has been revoked"


@contextmanager
def broken(session: boto3.Session, operation: str) -> Iterator[None]:
    """Let an operation fail with a message that is hostile."""

    def fail(**_: object) -> object:
        error = {"Code": "InternalError", "Message": _EVIL}
        metadata = {"HTTPStatusCode": 500}
        return http_response(500, b"", {}), {"Error": error, "ResponseMetadata": metadata}

    handler: Any = fail  # the stubs know no handlers that return
    session.events.register(f"before-call.{operation}", handler)
    yield
    session.events.unregister(f"before-call.{operation}", handler)


def escaping(act: Callable[[], object]) -> None:
    """Print what leaves a handler as an error, which the runtime of Lambda logs."""
    try:
        said = act()
    except Exception as error:  # noqa: BLE001 - whatever it is
        said = str(error)
    sys.stdout.write(json.dumps({"escaped": said}) + "\n")


def main(secrets: Path) -> None:
    """Speak."""
    with staged(Clock()) as world:
        secrets.write_text(json.dumps(speak(world, world.session)))


if __name__ == "__main__":
    assert os.environ.items() >= ENVIRONMENT.items()
    main(Path(sys.argv[1]))
