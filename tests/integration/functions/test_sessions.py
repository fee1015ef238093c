from datetime import UTC, datetime

import boto3
import pytest

from privatelink.gateways.sessions import ConsumerSessions
from privatelink.model import AccountId, Consumer, Region
from sandbox.accounts import CONSUMER, REGION
from tests.integration.functions.world import World
from tests.integration.privatelink_model.parties import Clock

WHO = Consumer(account_id=AccountId(CONSUMER), region=Region(REGION))


@pytest.mark.parametrize(
    ("minutes", "entries"), [(11, 1), (13, 2)], ids=["while it lasts", "before it ends"]
)
def test_a_session_is_used_while_it_lasts_and_renewed_before_it_ends(
    world: World, session: boto3.Session, minutes: int, entries: int
) -> None:
    clock = Clock(datetime.now(UTC))
    sessions = ConsumerSessions(
        sts=session.client("sts"),
        role_name="privatelink-autopilot-consumer",
        external_id="an-external-id-of-tests",
        session_name="tests",
        clock=clock,
    )
    sessions.ec2(WHO)
    clock.advance(minutes=minutes)
    sessions.ssm(WHO)
    assert world.calls.count("AssumeRole") == entries


def test_a_role_is_looked_for_in_the_partition_of_the_region(
    world: World, session: boto3.Session
) -> None:
    assert world.calls == []
    sessions = ConsumerSessions(
        sts=session.client("sts", region_name="cn-north-1"),
        role_name="consumer",
        external_id="an-external-id-of-tests",
        session_name="tests",
    )
    assert sessions.role_arn(WHO) == f"arn:aws-cn:iam::{CONSUMER}:role/consumer"
