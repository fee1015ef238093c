import pytest

from accept_endpoint_connections.settings import Settings
from privatelink.environment import from_environ
from privatelink.errors import InvalidSettingError

ENVIRON = {
    "OWNER": "123456789012/ap-northeast-1/privatelink-autopilot",
    "ALLOWLIST_APPLICATION": "app1234",
    "ALLOWLIST_ENVIRONMENT": "env1234",
    "ALLOWLIST_PROFILE": "prf1234",
    "EVENT_BUS_NAME": "privatelink-autopilot",
    "LEDGER_TABLE": "ledger",
    "MODE": "enforce",
    "FOLLOW_UP_QUEUE_URL": "https://sqs.ap-northeast-1.amazonaws.com/123456789012/queue",
    "NOTIFICATION_TOPIC_ARN": "arn:aws:sns:ap-northeast-1:123456789012:topic",
}


def test_settings_are_read_by_the_names_of_their_fields() -> None:
    settings = from_environ(Settings, {**ENVIRON, "UNRELATED": "x"})
    assert settings.ledger_table == "ledger"
    assert str(settings.read_owner()) == ENVIRON["OWNER"]


@pytest.mark.parametrize("name", sorted(ENVIRON))
@pytest.mark.parametrize("value", [None, ""])
def test_a_missing_setting_is_named(name: str, value: str | None) -> None:
    environ = {key: text for key, text in ENVIRON.items() if key != name}
    if value is not None:
        environ[name] = value
    with pytest.raises(InvalidSettingError, match=f"environment variable {name}: found"):
        from_environ(Settings, environ)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OWNER", "privatelink-autopilot"),
        ("FOLLOW_UP_QUEUE_URL", "queue"),
        ("NOTIFICATION_TOPIC_ARN", "topic"),
    ],
)
def test_a_wrong_setting_is_named_with_its_value(name: str, value: str) -> None:
    with pytest.raises(InvalidSettingError, match=f"{name}: found '{value}', expected a"):
        from_environ(Settings, {**ENVIRON, name: value})
