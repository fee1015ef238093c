"""Attacks on the consumer's security groups and their rules."""

from typing import Final

from tests.security.attacked.attacks import Attack, Parameters
from tests.security.attacked.consumers_things import (
    ELSEWHERE,
    OPT_IN,
    OUR_NAME,
    OURS,
    OWNER,
    ConsumersThings,
    opening,
    tag_list,
    tags_of,
)

type OnConsumer = Attack[ConsumersThings]

_OPEN, _CLOSE = "authorize_security_group_ingress", "revoke_security_group_ingress"
_RELABEL = "a tag is set at a rule's birth only"


def _signing(tags: dict[str, str]) -> Parameters[ConsumersThings]:
    return lambda things: opening(things.open_group, tags)


def _tagging(of: str, tags: dict[str, str]) -> Parameters[ConsumersThings]:
    return lambda things: {"Resources": [getattr(things, of)], "Tags": tag_list(tags)}


ON_GROUPS: Final[tuple[OnConsumer, ...]] = (
    Attack(
        what="opens a group without the opt-in tag",
        why="only a group whose owner opted in by tag is ever opened",
        service="ec2",
        operation=_OPEN,
        parameters=lambda things: opening(things.closed_group, OURS),
    ),
    Attack(
        what="opens a group without the opt-in tag by an unsigned rule",
        why="the group is checked whatever the rule's tags are",
        service="ec2",
        operation=_OPEN,
        parameters=lambda things: opening(things.closed_group, {}),
    ),
    Attack(
        what="opens a group whose tag says false",
        why="the tag has one value",
        service="ec2",
        operation=_OPEN,
        parameters=lambda things: opening(things.refusing_group, OURS),
    ),
    Attack(
        what="opens the default group",
        why="nobody has opted it in, and who does is not heeded by the code",
        service="ec2",
        operation=_OPEN,
        parameters=lambda things: opening(things.default_group, OURS),
    ),
    Attack(
        what="opens a group by its name",
        why="a name is no way round the tag",
        service="ec2",
        operation=_OPEN,
        parameters=lambda _: {
            **{key: value for key, value in opening("", OURS).items() if key != "GroupId"},
            "GroupName": "default",
        },
    ),
    Attack(
        what="opens an opted-in group in a Region without endpoints",
        why="the role is good in the Regions that the consumer names",
        service="ec2",
        operation=_OPEN,
        parameters=lambda things: opening(things.group_elsewhere, OURS),
        region=ELSEWHERE,
    ),
    Attack(
        what="closes a group without the opt-in tag",
        why="only groups that opted in are touched",
        service="ec2",
        operation=_CLOSE,
        parameters=lambda things: opening(things.closed_group, {}),
    ),
    Attack(
        what="closes the default group",
        why="nobody has opted it in",
        service="ec2",
        operation=_CLOSE,
        parameters=lambda things: opening(things.default_group, {}),
    ),
    Attack(
        what="closes an opted-in group in a Region without endpoints",
        why="the role is good in the Regions that the consumer names",
        service="ec2",
        operation=_CLOSE,
        parameters=lambda things: opening(things.group_elsewhere, {}),
        region=ELSEWHERE,
    ),
    *(
        Attack[ConsumersThings](
            what=f"signs a rule {how}",
            why="a rule is signed with the provider's own name and nothing else",
            service="ec2",
            operation=_OPEN,
            parameters=_signing(tags),
        )
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
    Attack(
        what="opts a group in while it makes a rule",
        why="what is tagged with a rule is the rule",
        service="ec2",
        operation=_OPEN,
        parameters=lambda things: {
            **opening(things.open_group, OURS),
            "TagSpecifications": [
                tags_of("security-group-rule", OURS),
                tags_of("security-group", {OPT_IN: "true"}),
            ],
        },
    ),
    *(
        Attack[ConsumersThings](
            what=what,
            why=_RELABEL,
            service="ec2",
            operation=operation,
            parameters=_tagging(of, tags),
        )
        for what, operation, of, tags in (
            ("opts a group in", "create_tags", "closed_group", {OPT_IN: "true"}),
            ("opts the default group in", "create_tags", "default_group", {OPT_IN: "true"}),
            ("opts a group out", "delete_tags", "open_group", {OPT_IN: "true"}),
            ("signs a rule of somebody else's", "create_tags", "foreign_rule", {OWNER: OUR_NAME}),
            ("re-labels a rule of its own", "create_tags", "our_rule", {OWNER: "another"}),
            ("takes its name off a rule", "delete_tags", "our_rule", {OWNER: OUR_NAME}),
            ("tags a VPC", "create_tags", "vpc_id", {"Name": "attack"}),
        )
    ),
    Attack(
        what="changes a rule that there is",
        why="rules are added and removed, and never altered",
        service="ec2",
        operation="modify_security_group_rules",
        parameters=lambda things: {
            "GroupId": things.open_group,
            "SecurityGroupRules": [
                {
                    "SecurityGroupRuleId": things.our_rule,
                    "SecurityGroupRule": {
                        "IpProtocol": "tcp",
                        "FromPort": 0,
                        "ToPort": 65535,
                        "CidrIpv4": "0.0.0.0/0",
                    },
                }
            ],
        },
    ),
    *(
        Attack[ConsumersThings](
            what=f"describes {way} rules anew",
            why="a description is given at a rule's birth only",
            service="ec2",
            operation=f"update_security_group_rule_descriptions_{way}",
            parameters=lambda things: opening(things.open_group, {}),
        )
        for way in ("ingress", "egress")
    ),
    *(
        Attack[ConsumersThings](
            what=f"{verb}s what may leave a group",
            why="outbound traffic is none of ours",
            service="ec2",
            operation=f"{verb}_security_group_egress",
            parameters=lambda things: opening(things.open_group, {}),
        )
        for verb in ("authorize", "revoke")
    ),
    Attack(
        what="makes a group that has opted in",
        why="groups are the consumer's own",
        service="ec2",
        operation="create_security_group",
        parameters=lambda things: {
            "GroupName": "attack-made",
            "Description": "-",
            "VpcId": things.vpc_id,
            "TagSpecifications": [tags_of("security-group", {OPT_IN: "true"})],
        },
    ),
    Attack(
        what="deletes a group",
        why="groups are the consumer's own",
        service="ec2",
        operation="delete_security_group",
        parameters=lambda things: {"GroupId": things.refusing_group},
    ),
    Attack(
        what="gives an endpoint another group",
        why="endpoints are the consumer's own",
        service="ec2",
        operation="modify_vpc_endpoint",
        parameters=lambda things: {
            "VpcEndpointId": things.endpoint_id,
            "AddSecurityGroupIds": [things.default_group],
        },
    ),
    Attack(
        what="deletes an endpoint",
        why="endpoints are the consumer's own",
        service="ec2",
        operation="delete_vpc_endpoints",
        parameters=lambda things: {"VpcEndpointIds": [things.endpoint_id]},
    ),
)
"""Whoever has any role in a consumer's account is refused these."""

ON_OPEN_GROUPS: Final[tuple[OnConsumer, ...]] = (
    Attack(
        what="opens an opted-in group by a signed rule",
        why="one function opens groups; the other and the console do not",
        service="ec2",
        operation=_OPEN,
        parameters=lambda things: opening(things.open_group, OURS),
    ),
    Attack(
        what="opens an opted-in group by an unsigned rule",
        why="one function opens groups; the other and the console do not",
        service="ec2",
        operation=_OPEN,
        parameters=lambda things: opening(things.open_group, {}),
    ),
    Attack(
        what="closes an opted-in group",
        why="one function closes groups; the other and the console do not",
        service="ec2",
        operation=_CLOSE,
        parameters=lambda things: {
            "GroupId": things.open_group,
            "SecurityGroupRuleIds": [things.foreign_rule],
        },
    ),
)
"""All but the function that opens groups are refused these, too."""
