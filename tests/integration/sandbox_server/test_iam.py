from typing import Any

import pytest

from sandbox.accounts import CONSUMER, PROVIDER, REGION, STRANGER
from sandbox.process import Sandbox
from tests.integration.sandbox_server.roles import Roles, allow, refusal, trust

DENIED = "AccessDeniedException"
EXPIRATION = (
    '[{"Type": "Expiration", "Version": "1.0",'
    ' "Attributes": {"Timestamp": "2030-01-01T00:00:00Z"}}]'
)


class TestParameters:
    OURS = f"arn:aws:ssm:{REGION}:{PROVIDER}:parameter/ours/*"

    @pytest.fixture(scope="class", autouse=True)
    @staticmethod
    def _parameters(sandbox: Sandbox) -> None:
        for name in ("/ours/a", "/ours/b", "/theirs/a"):
            sandbox.client("ssm", PROVIDER).put_parameter(Name=name, Value="x", Type="String")

    def test_a_parameter_may_be_put_below_the_allowed_path_only(self, roles: Roles) -> None:
        ssm = roles.allowed("ssm", allow("ssm:PutParameter", self.OURS))
        value = {"Value": "x", "Type": "String"}

        assert not refusal(ssm.put_parameter, Name="/ours/new", **value)
        assert refusal(ssm.put_parameter, Name="/theirs/new", **value) == DENIED

    @pytest.mark.parametrize(
        ("action", "method"),
        [("ssm:GetParameters", "get_parameters"), ("ssm:DeleteParameters", "delete_parameters")],
    )
    def test_every_named_parameter_is_checked(self, roles: Roles, action: str, method: str) -> None:
        call = getattr(roles.allowed("ssm", allow(action, self.OURS)), method)

        assert refusal(call, Names=["/ours/b", "/theirs/a"]) == DENIED
        assert refusal(call, Names=["/theirs/a"]) == DENIED
        assert not refusal(call, Names=["/ours/b", "/ours/none"])

    @pytest.mark.parametrize(
        ("path", "expected"), [("/ours/a", ""), ("/ours", DENIED), ("/theirs", DENIED)]
    )
    def test_a_path_is_checked_like_a_parameter_of_that_name(
        self, roles: Roles, path: str, expected: str
    ) -> None:
        ssm = roles.allowed("ssm", allow("ssm:GetParametersByPath", self.OURS))

        assert refusal(ssm.get_parameters_by_path, Path=path) == expected

    def test_a_version_selects_and_does_not_name(self, roles: Roles) -> None:
        exact = self.OURS.replace("*", "a")
        ssm = roles.allowed("ssm", allow("ssm:GetParameter", exact))

        assert not refusal(ssm.get_parameter, Name="/ours/a:1")
        assert refusal(ssm.get_parameter, Name="/theirs/a:1") == DENIED

    @pytest.mark.parametrize(
        ("key", "refused"),
        [
            ("ssm:Overwrite", {"Overwrite": True}),
            ("ssm:Policies", {"Tier": "Advanced", "Policies": EXPIRATION}),
        ],
    )
    def test_it_can_be_forbidden_to_overwrite_and_to_give_policies(
        self, roles: Roles, key: str, refused: dict[str, Any]
    ) -> None:
        put = roles.allowed(
            "ssm", allow("ssm:PutParameter", self.OURS, StringEquals={key: "false"})
        ).put_parameter
        value = {"Value": "x", "Type": "String"}

        assert not refusal(put, Name=f"/ours/{key[4:]}", **value)
        assert refusal(put, Name="/ours/a", **value, **refused) == DENIED

    def test_tags_of_a_new_parameter_are_a_permission_of_their_own(self, roles: Roles) -> None:
        tagged = {"Value": "x", "Type": "String", "Tags": [{"Key": "Name", "Value": "x"}]}
        putting = allow("ssm:PutParameter", self.OURS)
        tagging = allow(
            "ssm:AddTagsToResource", self.OURS, StringEquals={"aws:RequestTag/Name": "x"}
        )
        without = roles.allowed("ssm", putting).put_parameter
        with_tags = roles.allowed("ssm", putting, tagging).put_parameter

        assert refusal(without, Name="/ours/tagged", **tagged) == DENIED
        assert not refusal(with_tags, Name="/ours/tagged", **tagged)

    def test_describing_parameters_cannot_be_limited_to_some(self, roles: Roles) -> None:
        limited = roles.allowed("ssm", allow("ssm:DescribeParameters", self.OURS))
        unlimited = roles.allowed("ssm", allow("ssm:DescribeParameters"))

        assert refusal(limited.describe_parameters) == DENIED
        assert not refusal(unlimited.describe_parameters)


class TestConfiguration:
    @pytest.fixture(scope="class")
    @staticmethod
    def names(sandbox: Sandbox) -> dict[str, str]:
        """Return what StartConfigurationSession asks for, with the ids of a deployed profile."""
        client = sandbox.client("appconfig", PROVIDER)
        application = client.create_application(Name="iam")["Id"]
        environment = client.create_environment(ApplicationId=application, Name="test")["Id"]
        profile = client.create_configuration_profile(
            ApplicationId=application, Name="allowlist", LocationUri="hosted"
        )["Id"]
        return {
            "ApplicationIdentifier": application,
            "EnvironmentIdentifier": environment,
            "ConfigurationProfileIdentifier": profile,
        }

    @staticmethod
    def arn(names: dict[str, str]) -> str:
        application, environment, profile = names.values()
        resource = f"application/{application}/environment/{environment}/configuration/{profile}"
        return f"arn:aws:appconfig:{REGION}:{PROVIDER}:{resource}"

    def test_a_session_may_be_started_for_the_allowed_configuration_only(
        self, roles: Roles, names: dict[str, str]
    ) -> None:
        action = "appconfig:StartConfigurationSession"
        this = roles.allowed("appconfigdata", allow(action, self.arn(names)))
        another = roles.allowed("appconfigdata", allow(action, self.arn(names) + "0"))

        assert not refusal(this.start_configuration_session, **names)
        assert refusal(another.start_configuration_session, **names) == DENIED

    def test_names_stand_for_the_ids_in_the_arn(self, roles: Roles, names: dict[str, str]) -> None:
        action = "appconfig:StartConfigurationSession"
        client = roles.allowed("appconfigdata", allow(action, self.arn(names)))
        by_name = dict(zip(names, ("iam", "test", "allowlist"), strict=True))

        assert not refusal(client.start_configuration_session, **by_name)

    def test_a_token_is_checked_on_the_configuration_of_its_session(
        self, sandbox: Sandbox, roles: Roles, names: dict[str, str]
    ) -> None:
        action = "appconfig:GetLatestConfiguration"
        this = roles.allowed("appconfigdata", allow(action, self.arn(names)))
        another = roles.allowed("appconfigdata", allow(action, self.arn(names) + "0"))
        root = sandbox.client("appconfigdata", PROVIDER)
        token = root.start_configuration_session(**names)["InitialConfigurationToken"]

        assert refusal(another.get_latest_configuration, ConfigurationToken=token) == DENIED
        assert refusal(this.get_latest_configuration, ConfigurationToken=token) != DENIED


class TestMessages:
    def test_a_message_may_be_sent_to_the_allowed_queue_only(
        self, sandbox: Sandbox, roles: Roles
    ) -> None:
        root = sandbox.client("sqs", PROVIDER)
        ours, theirs = (
            root.create_queue(QueueName=name)["QueueUrl"] for name in ("ours", "theirs")
        )
        sqs = roles.allowed(
            "sqs", allow("sqs:SendMessage", f"arn:aws:sqs:{REGION}:{PROVIDER}:ours")
        )

        assert not refusal(sqs.send_message, QueueUrl=ours, MessageBody="x")
        assert refusal(sqs.send_message, QueueUrl=theirs, MessageBody="x") == "AccessDenied"

    def test_every_bus_that_events_are_put_on_is_checked(
        self, sandbox: Sandbox, roles: Roles
    ) -> None:
        sandbox.client("events", PROVIDER).create_event_bus(Name="ours")
        bus = f"arn:aws:events:{REGION}:{PROVIDER}:event-bus/ours"
        events = roles.allowed("events", allow("events:PutEvents", bus))

        def entries(*buses: str) -> list[dict[str, Any]]:
            event = {"Source": "test", "DetailType": "Test", "Detail": "{}"}
            return [event | {"EventBusName": name} for name in buses]

        assert not refusal(events.put_events, Entries=entries("ours"))
        assert refusal(events.put_events, Entries=entries("ours", "default")) == DENIED


class TestTables:
    @pytest.fixture(scope="class", autouse=True)
    @staticmethod
    def _tables(sandbox: Sandbox) -> None:
        for name in ("ours", "theirs"):
            sandbox.client("dynamodb", PROVIDER).create_table(
                TableName=name,
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )

    @pytest.mark.parametrize("table", ["ours", "theirs"])
    @pytest.mark.parametrize(
        ("action", "method"),
        [
            ("dynamodb:Query", "query"),
            ("dynamodb:PutItem", "put_item"),
            ("dynamodb:BatchWriteItem", "batch_write_item"),
        ],
    )
    def test_items_are_within_reach_in_the_allowed_table_only(
        self, roles: Roles, table: str, action: str, method: str
    ) -> None:
        arn = f"arn:aws:dynamodb:{REGION}:{PROVIDER}:table/ours"
        dynamodb = roles.allowed("dynamodb", allow(action, arn))
        item = {"pk": {"S": "1"}}
        requests: dict[str, dict[str, Any]] = {
            "query": {
                "TableName": table,
                "KeyConditionExpression": "pk = :pk",
                "ExpressionAttributeValues": {":pk": {"S": "1"}},
            },
            "put_item": {"TableName": table, "Item": item},
            "batch_write_item": {"RequestItems": {table: [{"PutRequest": {"Item": item}}]}},
        }

        expected = "" if table == "ours" else DENIED
        assert refusal(getattr(dynamodb, method), **requests[method]) == expected

    def test_every_table_of_a_batch_is_checked(self, roles: Roles) -> None:
        arn = f"arn:aws:dynamodb:{REGION}:{PROVIDER}:table/ours"
        dynamodb = roles.allowed("dynamodb", allow("dynamodb:BatchWriteItem", arn))
        put = [{"PutRequest": {"Item": {"pk": {"S": "1"}}}}]

        refused = refusal(dynamodb.batch_write_item, RequestItems={"ours": put, "theirs": put})
        assert refused == DENIED


class TestAssumedRoles:
    def test_a_session_of_the_trusted_role_may_assume_a_role_of_another_account(
        self, sandbox: Sandbox, roles: Roles
    ) -> None:
        trusted = roles.create(allow("sts:AssumeRole"))
        target = roles.create(account_id=CONSUMER, trusts=trust(trusted))
        sts = roles.assume(trusted, "sts")

        assumed = sts.assume_role(RoleArn=target, RoleSessionName="tested")
        with_role = sandbox.client_with(assumed["Credentials"], "sts")
        assert with_role.get_caller_identity()["Account"] == CONSUMER

    def test_a_session_of_another_role_of_the_same_account_may_not(self, roles: Roles) -> None:
        trusted = roles.create(allow("sts:AssumeRole"))
        target = roles.create(account_id=CONSUMER, trusts=trust(trusted))
        other = roles.allowed("sts", allow("sts:AssumeRole"))

        assert (
            refusal(other.assume_role, RoleArn=target, RoleSessionName="tested") == "AccessDenied"
        )

    def test_a_role_of_the_same_name_in_another_account_may_not(self, roles: Roles) -> None:
        trusted = roles.create(allow("sts:AssumeRole"), name="namesake")
        target = roles.create(account_id=CONSUMER, trusts=trust(trusted))
        namesake = roles.create(allow("sts:AssumeRole"), name="namesake", account_id=STRANGER)
        sts = roles.assume(namesake, "sts")

        assert refusal(sts.assume_role, RoleArn=target, RoleSessionName="tested") == "AccessDenied"

    def test_the_trusted_role_needs_to_be_allowed_by_its_own_account_too(
        self, roles: Roles
    ) -> None:
        trusted = roles.create(allow("sts:AssumeRole", f"arn:aws:iam::{CONSUMER}:role/other"))
        target = roles.create(account_id=CONSUMER, trusts=trust(trusted))
        sts = roles.assume(trusted, "sts")

        assert refusal(sts.assume_role, RoleArn=target, RoleSessionName="tested") == "AccessDenied"

    def test_the_external_id_must_be_the_expected_one(self, roles: Roles) -> None:
        trusted = roles.create(allow("sts:AssumeRole"))
        expects = trust(trusted, StringEquals={"sts:ExternalId": "expected"})
        target = roles.create(account_id=CONSUMER, trusts=expects)
        sts = roles.assume(trusted, "sts")
        request = {"RoleArn": target, "RoleSessionName": "tested"}

        assert not refusal(sts.assume_role, **request, ExternalId="expected")
        assert refusal(sts.assume_role, **request, ExternalId="other") == "AccessDenied"
        assert refusal(sts.assume_role, **request) == "AccessDenied"


def test_a_log_group_is_named_with_a_star_behind(sandbox: Sandbox, roles: Roles) -> None:
    group = "/aws/lambda/iam"
    sandbox.client("logs", PROVIDER).create_log_group(logGroupName=group)
    arn = f"arn:aws:logs:{REGION}:{PROVIDER}:log-group:{group}"
    named = roles.allowed("logs", allow("logs:FilterLogEvents", f"{arn}:*"))
    without_star = roles.allowed("logs", allow("logs:FilterLogEvents", arn))

    assert not refusal(named.filter_log_events, logGroupName=group)
    assert refusal(without_star.filter_log_events, logGroupName=group) == DENIED
