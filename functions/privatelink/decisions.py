"""What is decided about an endpoint connection, and how the decision says why."""

from collections.abc import Mapping
from copy import replace

from msgspec import Struct

from privatelink.breaker import Breaker
from privatelink.cases import Case
from privatelink.decision_table import Evaluation, decide, evaluate
from privatelink.findings import Finding, FindingKind
from privatelink.model import Consumer, EndpointConnection
from privatelink.rules import VERDICTS, WITHDRAWALS, Action, Rule


class Decision(Struct, frozen=True, kw_only=True):
    """What is done about one connection, and why: the rule with the case that it decided.

    `breaker` is the circuit breaker that a withdrawal has met, None for anything else.
    """

    case: Case
    rule: Rule
    breaker: Breaker | None = None

    @classmethod
    def about(cls, case: Case) -> "Decision":
        """Decide by the table."""
        return cls(case=case, rule=decide(case))

    @property
    def connection(self) -> EndpointConnection:
        """The connection that is decided about."""
        return self.case.connection

    @property
    def action(self) -> Action:
        """What is done."""
        return VERDICTS[self.rule].action

    @property
    def consumer(self) -> Consumer:
        """Whose connection it is."""
        return Consumer(
            account_id=self.connection.vpc_endpoint_owner,
            region=self.connection.vpc_endpoint_region,
        )

    @property
    def values(self) -> Mapping[str, str]:
        """What was seen, as the sentences name it."""
        if self.breaker is None:
            return self.case.values
        because = VERDICTS[decide(self.case)].reason.format_map(self.case.values)
        return {**self.case.values, **self.breaker.values, "because": because}

    @property
    def reason(self) -> str:
        """Why, as a sentence for people."""
        return VERDICTS[self.rule].reason.format_map(self.values)

    @property
    def evaluations(self) -> tuple[Evaluation, ...]:
        """Every question that was asked, in order, and its answer."""
        by_table = evaluate(self.case)
        if self.breaker is None:
            return by_table
        return (*by_table, self.breaker.evaluate(self.connection.vpc_endpoint_id))

    def next_step(self, where: str) -> str:
        """Say what the consumer does next; `where` its addresses are published, in words."""
        return VERDICTS[self.rule].next_step.format_map({**self.values, "where": where})

    @property
    def finding(self) -> Finding | None:
        """What a person has to look at about this connection alone, if there is anything."""
        if self.rule is not Rule.STATE_UNKNOWN:
            return None
        return Finding(
            kind=FindingKind.UNKNOWN_STATE,
            subject=self.connection.vpc_endpoint_id,
            evidence={"service_id": self.connection.service_id, "why": self.reason},
        )

    def within(self, breaker: Breaker) -> "Decision":
        """Return the decision as the circuit breaker leaves it: a withdrawal may have to wait."""
        if self.rule not in WITHDRAWALS:
            return self
        is_stopped = breaker.stops(self.connection.vpc_endpoint_id)
        rule = Rule.WITHDRAWAL_STOPPED if is_stopped else self.rule
        return replace(self, rule=rule, breaker=breaker)
