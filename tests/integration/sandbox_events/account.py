"""One account of the sandbox, as the tests of its events and stacks act in it."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

from sandbox.accounts import REGION
from sandbox.process import Sandbox
from sandbox.waiting import wait_until

ROOT = Path(__file__).parents[3]

Json = dict[str, Any]


def unique(name: str) -> str:
    return f"{name}-{uuid4().hex[:8]}"


@dataclass(frozen=True)
class Inbox:
    """A queue that a rule sends its events to."""

    sqs: Any
    url: str
    arn: str
    rule: str = ""

    def waiting(self) -> list[Json]:
        """Take the bodies that are there."""
        answer = self.sqs.receive_message(QueueUrl=self.url, MaxNumberOfMessages=10)
        messages = answer.get("Messages", [])
        for message in messages:
            self.sqs.delete_message(QueueUrl=self.url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in messages]

    def some(self, count: int) -> list[Json]:
        """Take bodies until so many have come."""
        bodies: list[Json] = []

        def enough() -> bool:
            bodies.extend(self.waiting())
            return len(bodies) >= count

        wait_until(enough, what=f"{count} messages in {self.url}")
        return bodies

    def one(self) -> Json:
        (body,) = self.some(1)
        return body


@dataclass(frozen=True)
class Account:
    sandbox: Sandbox
    id: str
    region: str = field(default=REGION)

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3's clients are made at run time
        return self.sandbox.client(service, self.id)

    def bus(self) -> str:
        """Make an event bus: its ARN."""
        answer = self.client("events").create_event_bus(Name=unique("bus"))
        return str(answer["EventBusArn"])

    def rule(self, pattern: Json, target_arn: str, *, bus: str = "default", **target: str) -> str:
        """Make a rule with one target: its ARN."""
        events, name = self.client("events"), unique("rule")
        rule = events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(pattern))
        targets = [{"Id": "target", "Arn": target_arn, **target}]
        events.put_targets(Rule=name, EventBusName=bus, Targets=targets)
        return str(rule["RuleArn"])

    def inbox(self, pattern: Json, bus: str = "default") -> Inbox:
        """Make a queue to which the events of a bus come that match."""
        queue = self.queue()
        rule = self.rule(pattern, queue.arn, bus=bus)
        admitting = {
            "Statement": {
                "Effect": "Allow",
                "Principal": {"Service": "events.amazonaws.com"},
                "Action": "sqs:SendMessage",
                "Resource": queue.arn,
                "Condition": {"ArnEquals": {"aws:SourceArn": rule}},
            }
        }
        queue.sqs.set_queue_attributes(
            QueueUrl=queue.url, Attributes={"Policy": json.dumps(admitting)}
        )
        return Inbox(queue.sqs, queue.url, queue.arn, rule)

    def queue(self, **attributes: str) -> Inbox:
        sqs, name = self.client("sqs"), unique("queue")
        url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return Inbox(sqs, url, f"arn:aws:sqs:{self.region}:{self.id}:{name}")

    def role(self, *, service: str, action: str, resource: str) -> str:
        """Make a role with which a service may do one thing: its ARN."""
        iam, name = self.client("iam"), unique("role")
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
        if service != "lambda.amazonaws.com":  # which does not say for whom it assumes a role
            trust["Condition"] = {"StringEquals": {"aws:SourceAccount": self.id}}
        role = iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": trust}),
        )
        grant = {"Effect": "Allow", "Action": action, "Resource": resource}
        iam.put_role_policy(
            RoleName=name,
            PolicyName="grant",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": grant}),
        )
        return str(role["Role"]["Arn"])

    def put_event(self, *, bus: str = "default", source: str = "a.test", **detail: object) -> None:
        entry = {
            "EventBusName": bus,
            "Source": source,
            "DetailType": "Something Happened",
            "Detail": json.dumps(detail),
        }
        answer = self.client("events").put_events(Entries=[entry])
        assert answer["FailedEntryCount"] == 0, answer

    def deploy(self, name: str, template: str | Json, **parameters: str) -> dict[str, str]:
        """Create a stack, or update it: its outputs."""
        cloudformation = self.client("cloudformation")
        exists = any(
            stack["StackName"] == name for stack in cloudformation.describe_stacks()["Stacks"]
        )
        act = cloudformation.update_stack if exists else cloudformation.create_stack
        stack_id = act(
            StackName=name,
            TemplateBody=template if isinstance(template, str) else json.dumps(template),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Parameters=[
                {"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()
            ],
        )["StackId"]
        stack = self._settled(stack_id)
        assert stack["StackStatus"] in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}, self._why(stack_id)
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

    def remove(self, name: str) -> None:
        """Delete a stack with all that is in it."""
        cloudformation = self.client("cloudformation")
        stack_id = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
        cloudformation.delete_stack(StackName=name)
        stack = self._settled(stack_id)
        assert stack["StackStatus"] == "DELETE_COMPLETE", self._why(stack_id)

    def resource(self, stack: str, logical_id: str) -> str:
        """Return the physical id of a stack's resource."""
        answer = self.client("cloudformation").describe_stack_resource(
            StackName=stack, LogicalResourceId=logical_id
        )
        return str(answer["StackResourceDetail"]["PhysicalResourceId"])

    def _settled(self, stack_id: str) -> Json:
        def settled() -> Json:
            answer = self.client("cloudformation").describe_stacks(StackName=stack_id)
            stack: Json = answer["Stacks"][0]
            return {} if stack["StackStatus"].endswith("IN_PROGRESS") else stack

        return wait_until(settled, what=f"{stack_id} as it is to stay")

    def _why(self, stack_id: str) -> list[str]:
        answer = self.client("cloudformation").describe_stack_events(StackName=stack_id)
        return [
            f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}"
            for event in answer["StackEvents"]
            if "FAILED" in event["ResourceStatus"]
        ]
