from copy import replace

from privatelink.findings import FindingKind
from privatelink.model import (
    ParameterName,
)
from tests.unit.builders import (
    endpoint,
)
from tests.unit.test_publication import SHELF, VPC, is_empty, plan


def test_what_is_too_long_for_a_parameter_is_not_put_and_said() -> None:
    names = tuple(f"{n:0200}.vpce.amazonaws.com" for n in range(20))
    result = plan(endpoints=[replace(endpoint(), dns_names=names)])
    assert is_empty(result)
    (finding,) = result.findings
    assert (finding.kind, finding.subject) == (FindingKind.PARAMETER_QUOTA, f"{SHELF}/{VPC}")
    ((where, how_much),) = finding.evidence.items()
    assert where.startswith("value of")
    assert how_much.endswith("characters, of at most 4096")


def test_a_name_that_is_too_long_is_not_put_and_said() -> None:
    shelf = "/" + "p" * 980
    (finding,) = plan(shelf=shelf).findings
    assert finding.kind is FindingKind.PARAMETER_QUOTA


def test_what_is_published_already_stays_when_what_is_new_does_not_fit() -> None:
    names = tuple(f"{n:0200}.vpce.amazonaws.com" for n in range(20))
    assert is_empty(plan(*plan().create, endpoints=[replace(endpoint(), dns_names=names)]))


def test_more_parameters_than_an_account_can_hold_are_not_put() -> None:
    full = [
        replace(parameter, name=ParameterName(f"{SHELF}/vpc-{n:08x}/az/{n}/ip"))
        for n, parameter in enumerate([plan().create[1]] * 9_998)
    ]
    result = plan(*full)
    assert is_empty(result)
    assert result.findings[0].evidence == {
        "parameters": "9998 there, 4 to add, at most 10000",
    }
    assert len(plan(*full[:9_996]).create) == 4
