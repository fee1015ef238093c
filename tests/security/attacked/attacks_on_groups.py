"""Attacks on the consumer's security groups and their rules."""

from typing import Final

from tests.security.attacked.attacks import Parameters
from tests.security.attacked.consumers_things import (
    ELSEWHERE,
    GOOD_HERE,
    OPT_IN,
    OUR_NAME,
    OURS,
    OWNER,
    ConsumersThings,
    OnConsumer,
    opening,
    tag_list,
    tags_of,
)

_OPEN: Final = "ec2:authorize_security_group_ingress"
_CLOSE: Final = "ec2:revoke_security_group_ingress"
_TAG, _UNTAG = "ec2:create_tags", "ec2:delete_tags"
_ANYTHING: Final = {"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "CidrIpv4": "0.0.0.0/0"}
_BY_NAME: Final = {
    "GroupName": "default",
    **{key: value for key, value in opening("", OURS).items() if key != "GroupId"},
}


def _rule(group: str, tags: dict[str, str]) -> Parameters[ConsumersThings]:
    return lambda things: opening(getattr(things, group), tags)


def _tagging(of: str, tags: dict[str, str]) -> Parameters[ConsumersThings]:
    return lambda things: {"Resources": [getattr(things, of)], "Tags": tag_list(tags)}


ON_GROUPS: Final[tuple[OnConsumer, ...]] = (
    *OnConsumer.because(
        "only a group whose owner opted in by tag is opened, whatever the tags of the rule are",
        ("opens a group without the opt-in tag", _OPEN, _rule("closed_group", OURS)),
        (
            "opens a group without the opt-in tag by an unsigned rule",
            _OPEN,
            _rule("closed_group", {}),
        ),
        ("opens the default group", _OPEN, _rule("default_group", OURS)),
    ),
    *OnConsumer.because(
        "the tag has one value",
        ("opens a group whose tag says false", _OPEN, _rule("refusing_group", OURS)),
    ),
    *OnConsumer.because(
        "a name is no way round the tag", ("opens a group by its name", _OPEN, _BY_NAME)
    ),
    *OnConsumer.because(
        "only groups that opted in are touched",
        ("closes a group without the opt-in tag", _CLOSE, _rule("closed_group", {})),
        ("closes the default group", _CLOSE, _rule("default_group", {})),
    ),
    *OnConsumer.because(
        GOOD_HERE,
        (
            "opens an opted-in group in a Region without endpoints",
            _OPEN,
            _rule("group_elsewhere", OURS),
        ),
        (
            "closes an opted-in group in a Region without endpoints",
            _CLOSE,
            _rule("group_elsewhere", {}),
        ),
        region=ELSEWHERE,
    ),
    *OnConsumer.because(
        "a rule is signed with the provider's own name and nothing else",
        *(
            (f"signs a rule {how}", _OPEN, _rule("open_group", tags))
            for how, tags in {
                "with another provider's name": {**OURS, OWNER: "999988887777/x/another"},
                "with the name of another stack of the account": {**OURS, OWNER: f"{OUR_NAME}-2"},
                "with its own name in capitals": {**OURS, OWNER: OUR_NAME.upper()},
                "with every tag but the owner's": {
                    key: value for key, value in OURS.items() if key != OWNER
                },
                "and gives it a name of its own, too": {**OURS, "Name": "attack"},
                "and opts it in": {**OURS, OPT_IN: "true"},
            }.items()
        ),
    ),
    *OnConsumer.because(
        "what is tagged with a rule is the rule",
        (
            "opts a group in while it makes a rule",
            _OPEN,
            lambda things: {
                **opening(things.open_group, OURS),
                "TagSpecifications": [
                    tags_of("security-group-rule", OURS),
                    tags_of("security-group", {OPT_IN: "true"}),
                ],
            },
        ),
    ),
    *OnConsumer.because(
        "a tag is set at a rule's birth only",
        ("opts a group in", _TAG, _tagging("closed_group", {OPT_IN: "true"})),
        ("opts the default group in", _TAG, _tagging("default_group", {OPT_IN: "true"})),
        ("opts a group out", _UNTAG, _tagging("open_group", {OPT_IN: "true"})),
        ("signs a rule of somebody else's", _TAG, _tagging("foreign_rule", {OWNER: OUR_NAME})),
        ("re-labels a rule of its own", _TAG, _tagging("our_rule", {OWNER: "another"})),
        ("takes its name off a rule", _UNTAG, _tagging("our_rule", {OWNER: OUR_NAME})),
        ("tags a VPC", _TAG, _tagging("vpc_id", {"Name": "attack"})),
    ),
    *OnConsumer.because(
        "rules are added and removed, and never altered",
        (
            "changes a rule that there is",
            "ec2:modify_security_group_rules",
            lambda things: {
                "GroupId": things.open_group,
                "SecurityGroupRules": [
                    {"SecurityGroupRuleId": things.our_rule, "SecurityGroupRule": _ANYTHING}
                ],
            },
        ),
    ),
    *OnConsumer.because(
        "a description is given at a rule's birth only",
        *(
            (
                f"describes {way} rules anew",
                f"ec2:update_security_group_rule_descriptions_{way}",
                _rule("open_group", {}),
            )
            for way in ("ingress", "egress")
        ),
    ),
    *OnConsumer.because(
        "outbound traffic is none of ours",
        *(
            (
                f"{verb}s what may leave a group",
                f"ec2:{verb}_security_group_egress",
                _rule("open_group", {}),
            )
            for verb in ("authorize", "revoke")
        ),
    ),
    *OnConsumer.because(
        "groups and endpoints are the consumer's own",
        (
            "makes a group that has opted in",
            "ec2:create_security_group",
            lambda things: {
                "GroupName": "attack-made",
                "Description": "-",
                "VpcId": things.vpc_id,
                "TagSpecifications": [tags_of("security-group", {OPT_IN: "true"})],
            },
        ),
        (
            "deletes a group",
            "ec2:delete_security_group",
            lambda things: {"GroupId": things.refusing_group},
        ),
        (
            "gives an endpoint another group",
            "ec2:modify_vpc_endpoint",
            lambda things: {
                "VpcEndpointId": things.endpoint_id,
                "AddSecurityGroupIds": [things.default_group],
            },
        ),
        (
            "deletes an endpoint",
            "ec2:delete_vpc_endpoints",
            lambda things: {"VpcEndpointIds": [things.endpoint_id]},
        ),
    ),
)
"""Whoever has any role in a consumer's account is refused these."""

ON_OPEN_GROUPS: Final = OnConsumer.because(
    "one function opens and closes groups; the other and the console do not",
    ("opens an opted-in group by a signed rule", _OPEN, _rule("open_group", OURS)),
    ("opens an opted-in group by an unsigned rule", _OPEN, _rule("open_group", {})),
    (
        "closes an opted-in group",
        _CLOSE,
        lambda things: {
            "GroupId": things.open_group,
            "SecurityGroupRuleIds": [things.foreign_rule],
        },
    ),
)
"""All but the function that opens groups are refused these, too."""
