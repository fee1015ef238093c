"""What Lambda does with a function's role, and does not do without the permission."""

import json
from pathlib import Path
from typing import Any

import pytest

from sandbox.waiting import wait_until
from tests.integration.sandbox_events import permissions
from tests.integration.sandbox_events.account import Account, Inbox, unique
from tests.integration.sandbox_events.permissions import Statement, admits, allow
from tests.integration.sandbox_events.test_permissions_of_services import called, nothing_comes

POLLING = ("sqs:ReceiveMessage", "sqs:GetQueueAttributes", "sqs:DeleteMessage")
LOGGING = ("logs:CreateLogStream", "logs:PutLogEvents")
KEY_OF_LOGS = ("kms:GenerateDataKey*", "kms:Encrypt", "kms:Decrypt", "kms:DescribeKey")


def polled(account: Account, path: Path, statements: list[Statement], **queue: str) -> Inbox:
    """Make a queue with one message in it, and a function that polls it."""
    made = account.queue(VisibilityTimeout="2", **queue)
    made.sqs.send_message(QueueUrl=made.url, MessageBody="{}")
    function = permissions.function(account, permissions.role(account, *statements), str(path))
    account.client("lambda").create_event_source_mapping(
        FunctionName=function, EventSourceArn=made.arn
    )
    return made


def empty(queue: Inbox) -> bool:
    names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
    answer = queue.sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=names)
    return not any(int(answer["Attributes"][name]) for name in names)


class TestPolling:
    def test_with_all_permissions_a_message_is_worked_on_and_deleted(
        self, provider: Account, tmp_path: Path
    ) -> None:
        queue = polled(provider, tmp_path / "notes", [allow(*POLLING)])

        wait_until(lambda: empty(queue), what="the message to be deleted")
        assert called(str(tmp_path / "notes")) == 1

    @pytest.mark.parametrize("missing", POLLING[:2])
    def test_without_one_of_these_nothing_is_received(
        self, provider: Account, tmp_path: Path, missing: str
    ) -> None:
        others = [action for action in POLLING if action != missing]
        queue = polled(provider, tmp_path / "notes", [allow(*others)])

        assert not nothing_comes(queue)
        assert not called(str(tmp_path / "notes"))

    def test_what_may_not_be_deleted_comes_back(self, provider: Account, tmp_path: Path) -> None:
        polled(provider, tmp_path / "notes", [allow(*POLLING[:2])])

        wait_until(lambda: called(str(tmp_path / "notes")) > 1, what="the message again")

    def test_an_encrypted_queue_needs_the_key(self, provider: Account, tmp_path: Path) -> None:
        key = permissions.key(provider)
        polled(provider, tmp_path / "without", [allow(*POLLING)], KmsMasterKeyId=key)
        statements = [allow(*POLLING), allow("kms:Decrypt", resource=key)]
        queue = polled(provider, tmp_path / "with", statements, KmsMasterKeyId=key)

        wait_until(lambda: empty(queue), what="the message to be deleted")
        assert not called(str(tmp_path / "without"))


class TestLogs:
    @staticmethod
    def group(account: Account, **properties: object) -> str:
        name = unique("/aws/tested")
        template = {
            "Resources": {
                "It": {
                    "Type": "AWS::Logs::LogGroup",
                    "Properties": {"LogGroupName": name, **properties},
                }
            }
        }
        account.deploy(unique("logs"), template)
        return name

    @staticmethod
    def words(account: Account, group: str, statements: list[Statement], path: Path) -> list[str]:
        """Have a function say something, and return what the group has of it."""
        functions = account.client("lambda")
        role = permissions.role(account, *statements)
        function = permissions.function(account, role, str(path / unique("notes")))
        functions.update_function_configuration(
            FunctionName=function, LoggingConfig={"LogGroup": group, "LogFormat": "Text"}
        )
        functions.invoke(FunctionName=function)
        logs = account.client("logs")
        events: list[dict[str, Any]] = logs.filter_log_events(logGroupName=group)["events"]
        return [event["message"] for event in events]

    def test_a_log_is_written_with_the_role(self, provider: Account, tmp_path: Path) -> None:
        group = self.group(provider)
        written = self.words(provider, group, [allow(*LOGGING)], tmp_path)

        assert any("a word from the function" in message for message in written)

    @pytest.mark.parametrize("missing", LOGGING)
    def test_without_one_permission_none_is(
        self, provider: Account, tmp_path: Path, missing: str
    ) -> None:
        others = [action for action in LOGGING if action != missing]

        assert self.words(provider, self.group(provider), [allow(*others)], tmp_path) == []

    def test_the_key_has_to_let_the_service_for_this_very_group(
        self, provider: Account, tmp_path: Path
    ) -> None:
        def key(*actions: str, group: str) -> str:
            arn = f"arn:aws:logs:{provider.region}:{provider.id}:log-group:{group}"
            statement = allow(*actions) | {
                "Principal": {"Service": f"logs.{provider.region}.amazonaws.com"},
                "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arn}},
            }
            return permissions.key(provider, statement)

        able = self.group(provider, KmsKeyId=key(*KEY_OF_LOGS, group="/aws/tested-*"))
        reading = ("kms:DescribeKey", "kms:Decrypt")
        unable = self.group(provider, KmsKeyId=key(*reading, group="/aws/tested-*"))

        assert self.words(provider, able, [allow(*LOGGING)], tmp_path)
        assert self.words(provider, unable, [allow(*LOGGING)], tmp_path) == []
        with pytest.raises(AssertionError, match="is not allowed to be used with"):
            self.group(provider, KmsKeyId=key(*KEY_OF_LOGS, group="/another"))


class TestFailures:
    @staticmethod
    def fail(account: Account, path: Path, statements: list[Statement], dead: Inbox) -> None:
        """Have a function fail that was invoked asynchronously."""
        functions = account.client("lambda")
        role = permissions.role(account, *statements)
        function = permissions.function(account, role, str(path / unique("notes")), fails=True)
        functions.put_function_event_invoke_config(
            FunctionName=function,
            MaximumRetryAttempts=0,
            DestinationConfig={"OnFailure": {"Destination": dead.arn}},
        )
        functions.invoke(FunctionName=function, InvocationType="Event", Payload=b"{}")

    def test_what_has_failed_is_sent_with_the_role(self, provider: Account, tmp_path: Path) -> None:
        key = permissions.key(provider)
        dead = provider.queue(KmsMasterKeyId=key)
        of_key = allow("kms:GenerateDataKey", "kms:Decrypt", resource=key)

        self.fail(provider, tmp_path, [allow("sqs:SendMessage"), of_key], dead)

        assert dead.one()["requestContext"]["condition"] == "RetriesExhausted"

    def test_without_one_permission_it_is_not(self, provider: Account, tmp_path: Path) -> None:
        key = permissions.key(provider)
        dead = provider.queue(KmsMasterKeyId=key)

        self.fail(provider, tmp_path, [allow("sqs:SendMessage")], dead)
        self.fail(provider, tmp_path, [allow("kms:*", resource=key)], dead)

        assert nothing_comes(dead)


def test_a_role_that_does_not_trust_lambda_is_of_no_use(provider: Account, tmp_path: Path) -> None:
    role = provider.role(service="ec2.amazonaws.com", action="*", resource="*")
    function = permissions.function(provider, role, str(tmp_path / "notes"))

    answer = provider.client("lambda").invoke(FunctionName=function)

    assert "cannot assume the role" in json.dumps(json.loads(answer["Payload"].read()))
    assert not called(str(tmp_path / "notes"))


def test_decisions_of_services_are_recorded_with_what_they_act_for(
    provider: Account, tmp_path: Path
) -> None:
    queue = polled(provider, tmp_path / "notes", [allow(*POLLING)])
    wait_until(lambda: empty(queue), what="the message to be deleted")
    rule = provider.rule({"source": ["b.test"]}, queue.arn)
    permissions.admit(queue, admits("events.amazonaws.com", "sqs:SendMessage", source_arn=rule))
    provider.put_event(source="b.test")

    decisions = [each for each in provider.sandbox.decisions() if each.resource_arn == queue.arn]
    polls = {each.action for each in decisions if each.kind == "identity"}
    assert polls == set(POLLING)
    [sent] = [each for each in decisions if each.kind == "resource"]
    assert (sent.principal, sent.action) == ("events.amazonaws.com", "sqs:SendMessage")
    assert sent.keys["aws:SourceArn"] == rule
    assert sent.keys["aws:SourceAccount"] == provider.id
