"""Attacks on Parameter Store in the consumer's account."""

from typing import Final

from sandbox.accounts import PROVIDER, REGION, STRANGER
from tests.security.attacked.consumers_things import ELSEWHERE, GOOD_HERE, OnConsumer

_UNDER_THE_PREFIX: Final = "/privatelink/attack/vpc-1/new"
_EXPIRATION: Final = (
    '[{"Type": "Expiration", "Version": "1.0",'
    ' "Attributes": {"Timestamp": "2030-01-01T00:00:00Z"}}]'
)
_TAGS: Final = [{"Key": "Name", "Value": "attack"}]
_PUT, _DELETE = "ssm:put_parameter", "ssm:delete_parameters"
_GET, _GET_BELOW = "ssm:get_parameter", "ssm:get_parameters_by_path"


def _putting(name: str, **more: object) -> dict[str, object]:
    return {"Name": name, "Value": "10.6.6.6", "Type": "String", **more}


def _below(path: str) -> dict[str, object]:
    return {"Path": path, "Recursive": True}


ON_PARAMETERS: Final[tuple[OnConsumer, ...]] = (
    # First: once there is a parameter that expires, boto3 cannot read the sandbox's list of them.
    *OnConsumer.because(
        "of a parameter under the prefix, three actions are allowed",
        ("lists all parameters", "ssm:describe_parameters", {}),
        ("reads one parameter", _GET, lambda things: {"Name": things.parameter}),
        (
            "reads named parameters",
            "ssm:get_parameters",
            lambda things: {"Names": [things.parameter]},
        ),
        (
            "reads what a parameter was",
            "ssm:get_parameter_history",
            lambda things: {"Name": things.parameter},
        ),
        (
            "reads a version of a parameter",
            _GET,
            lambda things: {"Name": f"{things.parameter}:1"},
        ),
        (
            "deletes one parameter",
            "ssm:delete_parameter",
            lambda things: {"Name": things.parameter},
        ),
        (
            "labels a version",
            "ssm:label_parameter_version",
            lambda things: {"Name": things.parameter, "Labels": ["attack"]},
        ),
        (
            "tags a parameter",
            "ssm:add_tags_to_resource",
            lambda things: {
                "ResourceType": "Parameter",
                "ResourceId": things.parameter,
                "Tags": _TAGS,
            },
        ),
        (
            "reads a parameter's tags",
            "ssm:list_tags_for_resource",
            lambda things: {"ResourceType": "Parameter", "ResourceId": things.parameter},
        ),
    ),
    *OnConsumer.because(
        "parameters are written, read and deleted under the prefix only",
        *(
            (f"puts {name}", _PUT, _putting(name))
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
        (
            "overwrites a parameter outside the prefix",
            _PUT,
            lambda things: _putting(things.outside, Overwrite=True),
        ),
        (
            "deletes a parameter outside the prefix",
            _DELETE,
            lambda things: {"Names": [things.outside]},
        ),
        (
            "deletes a parameter outside the prefix among others",
            _DELETE,
            lambda things: {"Names": ["/privatelink/attack/vpc-1/none", things.outside]},
        ),
        (
            "reads a secret through Parameter Store",
            _GET,
            {"Name": "/aws/reference/secretsmanager/attack", "WithDecryption": True},
        ),
        *(
            (f"reads all below {path}", _GET_BELOW, _below(path))
            for path in ("/", "/privatelink", "/privatelink-2", "/attack", "/aws/reference")
        ),
    ),
    *OnConsumer.because(
        GOOD_HERE,
        (
            "puts a parameter under the prefix in a Region without endpoints",
            _PUT,
            _putting(_UNDER_THE_PREFIX),
        ),
        (
            "deletes parameters in a Region without endpoints",
            _DELETE,
            {"Names": [_UNDER_THE_PREFIX]},
        ),
        (
            "reads parameters in a Region without endpoints",
            _GET_BELOW,
            _below("/privatelink/attack"),
        ),
        region=ELSEWHERE,
    ),
    OnConsumer(
        "puts a parameter that expires",
        "a policy costs money, and has a parameter vanish by itself",
        _PUT,
        _putting(_UNDER_THE_PREFIX, Tier="Advanced", Policies=_EXPIRATION),
    ),
    OnConsumer(
        "puts a parameter with a tag",
        "who may tag could meet what other policies ask for",
        _PUT,
        _putting(_UNDER_THE_PREFIX, Tags=_TAGS),
    ),
)
"""Whoever has any role in a consumer's account is refused these."""

READING_ADDRESSES: Final = OnConsumer(
    "reads parameters under the prefix",
    "the function that opens groups has no use for addresses",
    _GET_BELOW,
    _below("/privatelink/attack"),
)

ON_ADDRESSES: Final = OnConsumer.because(
    "one function publishes; the other and the console do not",
    ("puts a parameter under the prefix", _PUT, _putting(_UNDER_THE_PREFIX)),
    (
        "overwrites a parameter under the prefix",
        _PUT,
        lambda things: _putting(things.parameter, Overwrite=True),
    ),
    (
        "deletes a parameter under the prefix",
        _DELETE,
        lambda things: {"Names": [things.parameter]},
    ),
)
"""All but the function that publishes are refused these, too."""
