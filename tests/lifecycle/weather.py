"""Time, messages and faults: what nobody decides."""

from copy import replace
from datetime import timedelta
from functools import partial

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from sandbox.accounts import CONSUMER, PROVIDER, REGION
from sandbox.privatelink.clients import in_process_client
from tests.lifecycle import views
from tests.lifecycle.bus import FUNCTIONS
from tests.lifecycle.consumers import NUMBER
from tests.lifecycle.faults import Kind, Timed
from tests.lifecycle.machine import Life, chosen
from tests.lifecycle.sites import OSAKA, SEATTLE

_RESTLESS = 90
_CALLS = st.integers(1, 40)
_FAILURES = st.sampled_from(
    [
        Kind.THROTTLED,
        Kind.KILLED_BEFORE,
        Kind.KILLED_AFTER,
        Kind.RACED,
        Kind.MEANWHILE,
        Kind.UNSUCCESSFUL,
        Kind.STALE,
        Kind.UNSEEN,
    ]
)
_DENIABLE = st.sampled_from(
    [
        "AssumeRole",
        "AssumeRole",
        "DescribeVpcEndpoints",
        "DescribeSecurityGroupRules",
        "AuthorizeSecurityGroupIngress",
        "RevokeSecurityGroupIngress",
        "PutParameter",
        "DeleteParameters",
        "GetParametersByPath",
    ]
)
_ACCOUNTS = st.sampled_from(["111122223333", OSAKA, "555566667777", PROVIDER])


class Weather(Life):
    """Rules about delivery, time and failure."""

    @precondition(lambda self: any(self.world.bus.queues.values()))
    @rule(function=st.sampled_from(FUNCTIONS), most=st.integers(1, 10))
    def deliver(self, function: str, most: int) -> None:
        self.world.lambdas.deliver(function, most)

    @precondition(lambda self: any(self.world.bus.queues.values()))
    @rule(rounds=st.integers(1, 3))
    def deliver_all(self, rounds: int) -> None:
        self.work(rounds)

    @precondition(lambda self: any(self.world.bus.queues.values()))
    @rule(rounds=st.integers(1, 3))
    def deliver_after_a_pause(self, rounds: int) -> None:
        self.world.clock.advance(seconds=20)
        self.work(rounds)

    @rule(rounds=st.integers(0, 3))
    def sweep(self, rounds: int) -> None:
        self.world.sweep()
        self.work(rounds)

    def work(self, rounds: int = 1) -> None:
        """Have every function take what waits for it, so many times."""
        for _ in range(rounds):
            for function in FUNCTIONS:
                self.world.lambdas.deliver(function)

    @precondition(lambda self: any(self.world.bus.queues.values()))
    @rule(number=NUMBER, fate=st.sampled_from([Kind.LOST, Kind.DUPLICATED, Kind.REORDERED]))
    def mistreat_a_message(self, number: int, fate: Kind) -> None:
        queue = chosen([q for q in self.world.bus.queues.values() if q], number)
        message = queue.pop(number % len(queue))
        self.counts[fate] += 1
        if fate is Kind.REORDERED:
            queue.append(message)
        elif fate is Kind.DUPLICATED:
            queue += [message, replace(message, message_id=f"{message.message_id}-again")]

    @rule(step=st.sampled_from([2, 2, 20, 90]))
    def let_seconds_pass(self, step: int) -> None:
        self.world.clock.advance(seconds=step)

    @rule(hours=st.sampled_from([0.5, 3, 16]))
    def let_hours_pass(self, hours: float) -> None:
        self.world.clock.now += timedelta(hours=hours)

    @rule(kind=_FAILURES, calls=_CALLS, number=NUMBER)
    def something_will_go_wrong(self, kind: Kind, calls: int, number: int) -> None:
        self._arrange(kind, calls, number)

    @rule(kind=_FAILURES, calls=st.integers(1, 15), number=NUMBER)
    def something_goes_wrong_at_work(self, kind: Kind, calls: int, number: int) -> None:
        self._arrange(kind, calls, number)
        self.world.sweep()
        self.work()

    def _arrange(self, kind: Kind, calls: int, number: int) -> None:
        faults = self.world.faults
        match kind:
            case Kind.UNSUCCESSFUL:
                faults.refusals = 1 + number % 3
            case Kind.STALE:
                faults.stale = calls
            case Kind.UNSEEN:
                faults.unseen = 1 + number % 5
            case Kind.RACED if self.endpoints:
                act = partial(self.end, self.an_endpoint(number).id, rejected=bool(number % 2))
                faults.timed.append(Timed(kind, calls, act))
            case Kind.MEANWHILE:
                faults.timed.append(Timed(kind, calls, partial(self._meanwhile, number)))
            case _:
                faults.timed.append(Timed(kind, calls))

    @rule(account_id=_ACCOUNTS, operation=_DENIABLE)
    def deny(self, account_id: str, operation: str) -> None:
        self.world.faults.denied.add((account_id, operation))

    @precondition(lambda self: self.world.faults.denied)
    @rule(number=NUMBER)
    def allow(self, number: int) -> None:
        denied = self.world.faults.denied
        denied.remove(chosen(sorted(denied), number))

    @precondition(lambda self: self.steps_since_rest > _RESTLESS * 2 // 3)
    @rule(account_id=st.sampled_from([CONSUMER, OSAKA, SEATTLE]))
    def lock_out_or_let_in_again(self, account_id: str) -> None:
        """Have a consumer delete the role for good, or the one that has done so deploy it again."""
        locked = self.world.faults.locked
        if locked:
            locked.clear()
        else:
            locked.add(account_id)
            self.counts[Kind.LOCKED] += 1

    @precondition(lambda self: self.steps_since_rest > _RESTLESS)
    @rule()
    def come_to_rest_for_now(self) -> None:
        self.come_to_rest(loses_messages=False)

    def _meanwhile(self, number: int) -> None:
        """Have other instances of all functions at work; somebody may have left before."""
        if self.endpoints and number % 2:
            self.end(self.an_endpoint(number).id, rejected=False)
        self.world.sweep()
        self.work()

    def end(self, vpc_endpoint_id: str, *, rejected: bool) -> None:
        """Delete an endpoint, or have its connection rejected, if it is there."""
        each = views.endpoint(vpc_endpoint_id)
        if each is None or each.state == "deleted":
            return
        if rejected:
            in_process_client("ec2", PROVIDER, REGION).reject_vpc_endpoint_connections(
                ServiceId=each.service.id, VpcEndpointIds=[each.id]
            )
        else:
            self.homes[each.id].ec2.delete_vpc_endpoints(VpcEndpointIds=[each.id])
