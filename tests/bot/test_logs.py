import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.logs import start_logging, without_secrets

CANARIES = ["xoxb-12-canary", "xapp-1-canary", "xoxe.xoxp-1-canary", "geheim", "T1/B2/canary", "s1gned"]
URL = "https://hooks.slack.com/commands/T1/B2/canary"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def speak() -> None:
    structlog.get_logger("ours").info("started", token="xoxb-12-canary", response_url=URL, team="Grünwald")
    body = {"token": "xoxe.xoxp-1-canary", "response_url": "http://127.0.0.1:8080/T1/B2/canary", "text": "hello"}
    logging.getLogger("library").warning("sent %s as %s", body, json.dumps(json.dumps(body)))
    logging.getLogger("library").warning("connect postgresql://ana:geheim@host/db, secret s1gned, wss://x/link/?ticket=geheim")
    try:
        float("Authorization: Bearer xapp-1-canary")
    except ValueError:
        logging.getLogger("library").exception("failed")


def test_no_secret_is_in_any_line_for_programs() -> None:
    stream = io.StringIO()
    start_logging(logging.INFO, ["s1gned"], stream)
    speak()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["event"].partition(" ")[0] for line in lines] == ["started", "sent", "connect", "failed"]
    assert lines[0]["team"] == "Grünwald"
    assert "ValueError" in lines[3]["exception"]
    assert [canary for canary in CANARIES if canary in stream.getvalue()] == []


def test_no_secret_is_in_any_line_for_people() -> None:
    stream = Terminal()
    start_logging(logging.INFO, ["s1gned"], stream)
    speak()
    assert "hello" in stream.getvalue()
    assert [canary for canary in CANARIES if canary in stream.getvalue()] == []


def test_what_is_below_the_level_is_not_said() -> None:
    stream = io.StringIO()
    start_logging(logging.WARNING, (), stream)
    structlog.get_logger("ours").info("quiet")
    logging.getLogger("library").info("quiet")
    logging.getLogger("alembic.runtime").info("chatty")
    assert stream.getvalue() == ""


@pytest.mark.parametrize(
    "line", ["BET-12 xenon", "https://example.com/a?b=c", "postgresql://host/db", "ratio 3:4", "a password for everyone"]
)
def test_what_is_no_secret_stays(line: str) -> None:
    assert without_secrets(line) == line
