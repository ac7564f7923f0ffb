"""Logs: one line an event on standard error, for people on a terminal and as JSON elsewhere, and no secret in any line."""

import logging
import re
import sys
from collections.abc import Iterable
from typing import TextIO

import structlog
from structlog.typing import Processor

HIDDEN = "[hidden]"
CHATTY = ("alembic", "aiosqlite", "apscheduler")  # a line for each look at the schema, two for each statement or tick

# What stands between a name and its value in JSON, in a Python repr, in either of them inside a string, and in colour.
_BETWEEN = r"""(?:\x1b\[[\d;]*m|[\\"'])*\s*[:=]\s*(?:\x1b\[[\d;]*m|[\\"'])*"""
_NAMES = "response_url|signing_secret|client_secret|secret_key|access_token|refresh_token|authorization|password"
_NAMED = re.compile(rf"""(?i)((?:{_NAMES}){_BETWEEN})(?:(?:Bearer|Basic)\s+)?[^\s"'\\,;&}}\]>\x1b]+""")
_SECRETS = (
    re.compile(r"xox[a-z](?:\.xox[a-z])?-[\w-]+"),  # tokens: https://docs.slack.dev/authentication/tokens
    re.compile(r"xapp-[\w-]+"),
    re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"),  # the user and password of an address
    re.compile(r"https://hooks\.slack(?:-gov)?\.com/[^\s\"'\\<>]+"),  # response_urls: whoever has one can post
    re.compile(r"(?<=[?&]ticket=)[\w.~%-]+"),  # of a Socket Mode connection
)


class WithoutSecrets(logging.Formatter):
    """A formatter that hides what looks like a secret, and the `secrets` themselves, in what another one has written."""

    def __init__(self, inner: logging.Formatter, secrets: Iterable[str]) -> None:
        super().__init__()
        self._inner = inner
        self._secrets = sorted((secret for secret in secrets if secret), key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(self._inner.format(record), self._secrets)


def without_secrets(line: str, secrets: Iterable[str] = ()) -> str:
    """Return `line` with tokens, passwords, response_urls and the `secrets` hidden."""
    line = _NAMED.sub(rf"\1{HIDDEN}", line)
    for secret in secrets:
        line = line.replace(secret, HIDDEN)
    for pattern in _SECRETS:
        line = pattern.sub(HIDDEN, line)
    return line


def start_logging(level: int, secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Send every log line of the process, of libraries too, to `stream` (standard error), without secrets."""
    stream = stream or sys.stderr
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(WithoutSecrets(_formatter(shared, stream.isatty()), secrets))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))


def _formatter(shared: list[Processor], for_people: bool) -> logging.Formatter:
    final: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if for_people:
        final.append(structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback))
    else:
        final += [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    return structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=final)
