"""The settings of CONTRACT.md, read from the environment and refused at start, in words, if wrong."""

import base64
import binascii
import logging
import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from storage.database import BadDatabaseUrl, async_url

SLACK_API_URL = "https://slack.com/api/"
DATABASE_URL = "sqlite:///throughline.db"
PORT = 3000
SECRET_KEY_BYTES = 32
_USER = re.compile(r"[UW][A-Z0-9]{2,}")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class BadSettings(Exception):
    """Settings that cannot be used: one line for each, with its name, what is wrong and what to do."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def _begins(prefix: str, where: str) -> AfterValidator:
    def check(secret: SecretStr) -> SecretStr:
        if not secret.get_secret_value().startswith(prefix):
            raise ValueError(f"should begin with {prefix}; you find it in your Slack app's settings under {where}.")
        return secret

    return AfterValidator(check)


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        wrong = parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0
    except ValueError:  # of a port that is no number
        wrong = True
    if wrong or " " in value:
        raise ValueError("should be a web address, such as https://slack.com/api/.")
    return value


def _with_slash(value: str) -> str:
    return value if value.endswith("/") else f"{value}/"


def _database(value: str) -> str:
    try:
        async_url(value)
    except BadDatabaseUrl as error:
        raise ValueError(str(error).removeprefix("DATABASE_URL ")) from None
    if value.startswith("sqlite") and value.removeprefix("sqlite:///") in ("sqlite://", "", ":memory:"):
        raise ValueError("should name a file, such as sqlite:///throughline.db; I keep nothing in memory only.")
    return value


def _port(value: object) -> object:
    if isinstance(value, str) and not (value.isascii() and value.isdigit() and 0 < int(value) < 65_536):
        raise ValueError("should be a port's number, from 1 to 65535.")
    return value


def _secret_key(secret: SecretStr) -> SecretStr:
    text = secret.get_secret_value().replace("-", "+").replace("_", "/")
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != SECRET_KEY_BYTES:
        raise ValueError("should be 32 bytes in base64; make one with: openssl rand -base64 32.")
    return secret


def _user(value: str) -> str:
    if not _USER.fullmatch(value):
        raise ValueError("should be a member's ID, such as U012AB3CD: Copy member ID, in the ⋮ menu of a Slack profile.")
    return value


def _level(value: str) -> str:
    if value.upper() not in LEVELS:
        raise ValueError(f"should be one of {', '.join(LEVELS)}.")
    return value.upper()


BotToken = Annotated[SecretStr, _begins("xoxb-", "OAuth & Permissions")]
AppToken = Annotated[SecretStr, _begins("xapp-", "Basic Information → App-Level Tokens")]
User = Annotated[str, AfterValidator(_user)]
Address = Annotated[str, AfterValidator(_web_address)]


class Settings(BaseSettings):
    """Every setting, from the environment variable of its name; empty means not set.

    `port` is None where PORT is not set: in Socket Mode nothing is served then.
    """

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True, hide_input_in_errors=True)

    slack_bot_token: BotToken | None = None
    slack_app_token: AppToken | None = None
    slack_signing_secret: SecretStr | None = None
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    slack_api_url: Annotated[Address, AfterValidator(_with_slash)] = SLACK_API_URL
    database_url: Annotated[str, AfterValidator(_database), Field(repr=False)] = DATABASE_URL
    port: Annotated[int | None, BeforeValidator(_port)] = None
    throughline_secret_key: Annotated[SecretStr, AfterValidator(_secret_key)] | None = None
    throughline_clock_url: Address | None = None
    throughline_installer: User | None = None
    log_level: Annotated[str, AfterValidator(_level)] = "INFO"

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, given: dict[str, object]) -> dict[str, object]:
        """Drop the blanks and line breaks that come along when a token is pasted."""
        stripped = {name: value.strip() if isinstance(value, str) else value for name, value in given.items()}
        return {name: value for name, value in stripped.items() if value != ""}

    @model_validator(mode="after")
    def _partners(self) -> "Settings":
        if (self.slack_client_id is None) != (self.slack_client_secret is None):
            raise ValueError("SLACK_CLIENT_ID and SLACK_CLIENT_SECRET belong together; set both, or neither.")
        if self.installs_by_oauth and self.throughline_secret_key is None:
            raise ValueError(
                "THROUGHLINE_SECRET_KEY is not set, and without it I can store no workspace's token. "
                "Make one with: openssl rand -base64 32."
            )
        return self

    @property
    def http_port(self) -> int:
        return self.port or PORT

    @property
    def uses_sockets(self) -> bool:
        """Whether `run` listens by Socket Mode."""
        return self.slack_app_token is not None

    @property
    def installs_by_oauth(self) -> bool:
        """Whether workspaces install the app themselves, each with a token of its own."""
        return self.slack_client_id is not None and self.slack_client_secret is not None

    @property
    def logging_level(self) -> int:
        return logging.getLevelNamesMapping()[self.log_level]

    @property
    def secrets(self) -> list[str]:
        """What may stand in no log."""
        hidden = (value.get_secret_value() for value in vars(self).values() if isinstance(value, SecretStr))
        password = urlsplit(self.database_url).password
        return [*hidden, *([password] if password else [])]


def secret(value: SecretStr | None) -> str:
    """Return what a secret setting holds; nothing where it is not set."""
    return value.get_secret_value() if value else ""


def read_settings() -> Settings:
    """Return the settings of the environment; raise BadSettings with everything that is wrong in them."""
    try:
        return Settings()
    except ValidationError as error:
        raise BadSettings([_in_words(each) for each in error.errors(include_input=False)]) from None


def missing_for_run(settings: Settings) -> list[str]:
    """Return what `throughline run` still needs, in words."""
    if settings.uses_sockets:
        return _missing_token(settings)
    return [*_missing_token(settings), *_missing_for_http(settings, "; or SLACK_APP_TOKEN, for Socket Mode")]


def missing_for_web(settings: Settings) -> list[str]:
    """Return what `throughline web` still needs, in words."""
    return [*_missing_token(settings), *_missing_for_http(settings)]


def missing_for_worker(settings: Settings) -> list[str]:
    """Return what `throughline worker` still needs, in words."""
    return _missing_token(settings)


def _missing_token(settings: Settings) -> list[str]:
    if settings.slack_bot_token:
        return []
    return ["SLACK_BOT_TOKEN is not set. Copy the bot token (xoxb-…) from your Slack app's settings, OAuth & Permissions."]


def _missing_for_http(settings: Settings, otherwise: str = "") -> list[str]:
    if settings.slack_signing_secret:
        return []
    where = "Copy it from your Slack app's settings, Basic Information"
    return [f"SLACK_SIGNING_SECRET is not set, and without it I can trust no request. {where}{otherwise}."]


def _in_words(error: ErrorDetails) -> str:
    sentence = error["msg"].removeprefix("Value error, ")
    return " ".join([*(str(part).upper() for part in error["loc"]), sentence])
