"""Attacks on Parameter Store in the consumer's account."""

from typing import Final

from sandbox.accounts import PROVIDER, REGION, STRANGER
from tests.security.attacked.attacks import Attack, Parameters, always
from tests.security.attacked.attacks_on_groups import OnConsumer
from tests.security.attacked.consumers_things import ELSEWHERE, ConsumersThings

_UNDER_THE_PREFIX: Final = "/privatelink/attack/vpc-1/new"
_EXPIRATION: Final = (
    '[{"Type": "Expiration", "Version": "1.0",'
    ' "Attributes": {"Timestamp": "2030-01-01T00:00:00Z"}}]'
)
_TAGS: Final = [{"Key": "Name", "Value": "attack"}]
_PATH: Final = "parameters are written, read and deleted under the prefix only"
_THREE_ACTIONS: Final = "of a parameter under the prefix, three actions are allowed"


def _ssm(
    what: str,
    why: str,
    operation: str,
    parameters: Parameters[ConsumersThings],
    region: str = REGION,
) -> OnConsumer:
    return Attack(
        what=what,
        why=why,
        service="ssm",
        operation=operation,
        parameters=parameters,
        region=region,
    )


def _putting(name: str, **more: object) -> dict[str, object]:
    return {"Name": name, "Value": "10.6.6.6", "Type": "String", **more}


ON_PARAMETERS: Final[tuple[OnConsumer, ...]] = (
    _ssm("lists all parameters", _THREE_ACTIONS, "describe_parameters", lambda _: {}),
    *(
        _ssm(f"puts {name}", _PATH, "put_parameter", always(**_putting(name)))
        for name in (
            "/attack/new",
            "/privatelink",
            "/privatelinks/web/vpc-1/ip",
            "/privatelink-2/web/vpc-1/ip",
            "/PrivateLink/web/vpc-1/ip",
            "/PRIVATELINK/web/vpc-1/ip",
            "//privatelink/web/vpc-1/ip",
            "/web/privatelink/vpc-1/ip",
            "/../privatelink/web/vpc-1/ip",
            "/privatelink%2Fweb/ip",
            f"arn:aws:ssm:{REGION}:{PROVIDER}:parameter/privatelink/web/ip",
            f"arn:aws:ssm:{REGION}:{STRANGER}:parameter/privatelink/web/ip",
            f"arn:aws:ssm:{ELSEWHERE}:{PROVIDER}:parameter/privatelink/web/ip",
        )
    ),
    _ssm(
        "overwrites a parameter outside the prefix",
        _PATH,
        "put_parameter",
        lambda things: _putting(things.outside, Overwrite=True),
    ),
    _ssm(
        "puts a parameter under the prefix in a Region without endpoints",
        "the role is good in the Regions that the consumer names",
        "put_parameter",
        lambda _: _putting(_UNDER_THE_PREFIX),
        ELSEWHERE,
    ),
    _ssm(
        "puts a parameter that expires",
        "a policy costs money, and has a parameter vanish by itself",
        "put_parameter",
        lambda _: _putting(_UNDER_THE_PREFIX, Tier="Advanced", Policies=_EXPIRATION),
    ),
    _ssm(
        "puts a parameter with a tag",
        "who may tag could meet what other policies ask for",
        "put_parameter",
        lambda _: _putting(_UNDER_THE_PREFIX, Tags=_TAGS),
    ),
    _ssm(
        "deletes a parameter outside the prefix",
        _PATH,
        "delete_parameters",
        lambda things: {"Names": [things.outside]},
    ),
    _ssm(
        "deletes a parameter outside the prefix among others",
        "every name is checked",
        "delete_parameters",
        lambda things: {"Names": ["/privatelink/attack/vpc-1/none", things.outside]},
    ),
    _ssm(
        "deletes parameters in a Region without endpoints",
        "the role is good in the Regions that the consumer names",
        "delete_parameters",
        lambda _: {"Names": [_UNDER_THE_PREFIX]},
        ELSEWHERE,
    ),
    *(
        _ssm(
            f"reads all below {path}",
            "addresses are read under the prefix only",
            "get_parameters_by_path",
            always(Path=path, Recursive=True),
        )
        for path in ("/", "/privatelink", "/privatelink-2", "/attack", "/aws/reference")
    ),
    _ssm(
        "reads parameters in a Region without endpoints",
        "the role is good in the Regions that the consumer names",
        "get_parameters_by_path",
        lambda _: {"Path": "/privatelink/attack", "Recursive": True},
        ELSEWHERE,
    ),
    _ssm(
        "reads a secret through Parameter Store",
        _PATH,
        "get_parameter",
        lambda _: {"Name": "/aws/reference/secretsmanager/attack", "WithDecryption": True},
    ),
    _ssm(
        "reads one parameter",
        _THREE_ACTIONS,
        "get_parameter",
        lambda things: {"Name": things.parameter},
    ),
    _ssm(
        "reads named parameters",
        _THREE_ACTIONS,
        "get_parameters",
        lambda things: {"Names": [things.parameter]},
    ),
    _ssm(
        "reads what a parameter was",
        _THREE_ACTIONS,
        "get_parameter_history",
        lambda things: {"Name": things.parameter},
    ),
    _ssm(
        "reads a version of a parameter",
        _THREE_ACTIONS,
        "get_parameter",
        lambda things: {"Name": f"{things.parameter}:1"},
    ),
    _ssm(
        "deletes one parameter",
        _THREE_ACTIONS,
        "delete_parameter",
        lambda things: {"Name": things.parameter},
    ),
    _ssm(
        "labels a version",
        _THREE_ACTIONS,
        "label_parameter_version",
        lambda things: {"Name": things.parameter, "Labels": ["attack"]},
    ),
    _ssm(
        "tags a parameter",
        _THREE_ACTIONS,
        "add_tags_to_resource",
        lambda things: {
            "ResourceType": "Parameter",
            "ResourceId": things.parameter,
            "Tags": _TAGS,
        },
    ),
    _ssm(
        "reads a parameter's tags",
        _THREE_ACTIONS,
        "list_tags_for_resource",
        lambda things: {"ResourceType": "Parameter", "ResourceId": things.parameter},
    ),
)
"""Whoever has any role in a consumer's account is refused these."""

READING_ADDRESSES: Final = _ssm(
    "reads parameters under the prefix",
    "the function that opens groups has no use for addresses",
    "get_parameters_by_path",
    lambda _: {"Path": "/privatelink/attack", "Recursive": True},
)

ON_ADDRESSES: Final[tuple[OnConsumer, ...]] = (
    _ssm(
        "puts a parameter under the prefix",
        "one function publishes; the other and the console do not",
        "put_parameter",
        lambda _: _putting(_UNDER_THE_PREFIX),
    ),
    _ssm(
        "overwrites a parameter under the prefix",
        "one function publishes; the other and the console do not",
        "put_parameter",
        lambda things: _putting(things.parameter, Overwrite=True),
    ),
    _ssm(
        "deletes a parameter under the prefix",
        "one function publishes; the other and the console do not",
        "delete_parameters",
        lambda things: {"Names": [things.parameter]},
    ),
)
"""All but the function that publishes are refused these, too."""
