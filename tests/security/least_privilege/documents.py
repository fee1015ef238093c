"""The policies of the deployed stacks, as the services that hold them give them back."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from sandbox.accounts import CONSUMER, PROVIDER, STACK_NAME
from sandbox.process import Client, Sandbox

type Kind = Literal["identity", "resource", "trust"]
type Document = Mapping[str, Any]

STACKS: Final = ((PROVIDER, STACK_NAME), (CONSUMER, "privatelink-autopilot-consumer"))


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What one role may do ("identity"), who may assume it ("trust"), or who may use a resource."""

    kind: Kind
    holder: str
    """The ARN of the role or the resource."""
    document: Document

    def __str__(self) -> str:
        return f"{self.kind} policy of {self.holder}"


def deployed(sandbox: Sandbox) -> tuple[Policy, ...]:
    """Return every policy of the provider's stack and of a consumer's."""
    return tuple(
        policy
        for account_id, stack_name in STACKS
        for kind, physical_id in _resources(sandbox, account_id, stack_name)
        if kind in _READERS
        for policy in _READERS[kind](_Account(sandbox, account_id), physical_id)
        if policy.document.get("Statement")
    )


def kinds_with_policies() -> frozenset[str]:
    """Return the types of resources whose policies are read."""
    return frozenset(_READERS)


class _Account:
    def __init__(self, sandbox: Sandbox, account_id: str) -> None:
        self._sandbox, self.account_id = sandbox, account_id

    def client(self, service: str) -> Client:
        return self._sandbox.client(service, self.account_id)


def _resources(sandbox: Sandbox, account_id: str, stack_name: str) -> Iterator[tuple[str, str]]:
    pages = sandbox.client("cloudformation", account_id).get_paginator("list_stack_resources")
    for page in pages.paginate(StackName=stack_name):
        for row in page["StackResourceSummaries"]:
            yield row["ResourceType"], row["PhysicalResourceId"]


def _of_role(account: _Account, name: str) -> Iterator[Policy]:
    iam = account.client("iam")
    role = iam.get_role(RoleName=name)["Role"]
    assert not iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    documents = [
        iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
    ]
    yield Policy(kind="identity", holder=role["Arn"], document=_joined(documents))
    yield Policy(kind="trust", holder=role["Arn"], document=role["AssumeRolePolicyDocument"])


def _joined(documents: Iterable[Document]) -> Document:
    """Return the policies of one role as one: IAM makes no difference."""
    together: list[Any] = []
    for document in documents:
        found = document["Statement"]
        together += [found] if isinstance(found, dict) else found
    return {"Version": "2012-10-17", "Statement": together}


def _of_topic(account: _Account, arn: str) -> Iterator[Policy]:
    attributes = account.client("sns").get_topic_attributes(TopicArn=arn)["Attributes"]
    yield _of_resource(arn, attributes.get("Policy"))


def _of_queue(account: _Account, url: str) -> Iterator[Policy]:
    answer = account.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])
    attributes = answer["Attributes"]
    yield _of_resource(attributes["QueueArn"], attributes.get("Policy"))


def _of_bus(account: _Account, name: str) -> Iterator[Policy]:
    bus = account.client("events").describe_event_bus(Name=name)
    yield _of_resource(bus["Arn"], bus.get("Policy"))


def _of_key(account: _Account, key_id: str) -> Iterator[Policy]:
    kms = account.client("kms")
    arn = kms.describe_key(KeyId=key_id)["KeyMetadata"]["Arn"]
    yield _of_resource(arn, kms.get_key_policy(KeyId=key_id, PolicyName="default")["Policy"])


def _of_function(account: _Account, name: str) -> Iterator[Policy]:
    functions = account.client("lambda")
    arn = functions.get_function_configuration(FunctionName=name)["FunctionArn"]
    try:
        yield _of_resource(arn, functions.get_policy(FunctionName=name)["Policy"])
    except functions.exceptions.ResourceNotFoundException:  # nobody is let in but by identity
        return


def _of_resource(arn: str, policy: str | None) -> Policy:
    return Policy(kind="resource", holder=arn, document=json.loads(policy) if policy else {})


_READERS: Final[Mapping[str, Callable[[_Account, str], Iterator[Policy]]]] = {
    "AWS::Events::EventBus": _of_bus,
    "AWS::IAM::Role": _of_role,
    "AWS::KMS::Key": _of_key,
    "AWS::Lambda::Function": _of_function,
    "AWS::SNS::Topic": _of_topic,
    "AWS::SQS::Queue": _of_queue,
}
