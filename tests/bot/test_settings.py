import base64

import pytest

from bot.settings import BadSettings, Settings, missing_for_run, missing_for_web, missing_for_worker, read_settings

NAMES = [name.upper() for name in Settings.model_fields]


@pytest.fixture(autouse=True)
def _empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def read(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return read_settings()


def test_nothing_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch)
    assert settings.database_url == "sqlite:///throughline.db"
    assert settings.slack_api_url == "https://slack.com/api/"
    assert (settings.port, settings.http_port, settings.log_level) == (None, 3000, "INFO")


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/api", "http://127.0.0.1:8080/api/", " http://127.0.0.1:8080/api/\n"])
def test_the_api_may_be_anywhere_with_or_without_a_slash(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    assert read(monkeypatch, SLACK_API_URL=url).slack_api_url == "http://127.0.0.1:8080/api/"


def test_an_empty_setting_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, PORT="", SLACK_BOT_TOKEN=" ", DATABASE_URL="")
    assert (settings.port, settings.slack_bot_token, settings.database_url) == (None, None, "sqlite:///throughline.db")


@pytest.mark.parametrize("key", [base64.b64encode(bytes(range(32))), base64.urlsafe_b64encode(b"\xff" * 32).rstrip(b"=")])
def test_a_secret_key_is_32_bytes_in_either_base64(monkeypatch: pytest.MonkeyPatch, key: bytes) -> None:
    assert read(monkeypatch, THROUGHLINE_SECRET_KEY=key.decode()).throughline_secret_key is not None


def test_everything_wrong_is_told_at_once_with_what_to_do_and_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BadSettings) as refusal:
        read(
            monkeypatch,
            SLACK_BOT_TOKEN="xapp-1-secret",
            SLACK_APP_TOKEN="xoxb-1-secret",
            SLACK_API_URL="localhost:8080",
            DATABASE_URL="sqlite://",
            PORT="70000",
            THROUGHLINE_SECRET_KEY="c2VjcmV0",
            THROUGHLINE_CLOCK_URL="file:///etc/passwd",
            THROUGHLINE_INSTALLER="@nora",
            LOG_LEVEL="loud",
        )
    assert refusal.value.lines == [
        "SLACK_BOT_TOKEN should begin with xoxb-; you find it in your Slack app's settings under OAuth & Permissions.",
        "SLACK_APP_TOKEN should begin with xapp-; you find it in your Slack app's settings under Basic Information → "
        "App-Level Tokens.",
        "SLACK_API_URL should be a web address, such as https://slack.com/api/.",
        "DATABASE_URL should name a file, such as sqlite:///throughline.db; I keep nothing in memory only.",
        "PORT should be a port's number, from 1 to 65535.",
        "THROUGHLINE_SECRET_KEY should be 32 bytes in base64; make one with: openssl rand -base64 32.",
        "THROUGHLINE_CLOCK_URL should be a web address, such as https://slack.com/api/.",
        "THROUGHLINE_INSTALLER should be a member's ID, such as U012AB3CD: Copy member ID, in the ⋮ menu of a Slack profile.",
        "LOG_LEVEL should be one of DEBUG, INFO, WARNING, ERROR, CRITICAL.",
    ]


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ({"SLACK_CLIENT_ID": "1.2"}, "SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together; set both, or neither."),
        (
            {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s"},
            "THROUGHLINE_SECRET_KEY is not set, and without it I can store no workspace's token. "
            "Make one with: openssl rand -base64 32.",
        ),
    ],
)
def test_settings_that_need_each_other(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], line: str) -> None:
    with pytest.raises(BadSettings) as refusal:
        read(monkeypatch, **environment)
    assert refusal.value.lines == [line]


def test_what_each_way_to_run_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = read(monkeypatch)
    assert [len(missing(nothing)) for missing in (missing_for_run, missing_for_web, missing_for_worker)] == [2, 2, 1]
    sockets = read(monkeypatch, SLACK_BOT_TOKEN="xoxb-1", SLACK_APP_TOKEN="xapp-1")
    assert [len(missing(sockets)) for missing in (missing_for_run, missing_for_web, missing_for_worker)] == [0, 1, 0]


def test_settings_show_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, SLACK_BOT_TOKEN="xoxb-canary", DATABASE_URL="postgres://ana:canary@host/db")
    assert "canary" not in repr(settings)
    assert settings.secrets == ["xoxb-canary", "canary"]
