"""The log as the page lists it: what was exchanged with the apps, and how it ended in one word."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sandbox.log import Exchange

_SHOWN = 200


@dataclass(frozen=True)
class Line:
    number: int
    at: datetime
    direction: str
    what: str
    outcome: str
    failed: bool
    took_ms: float


def lines(exchanges: Iterable[Exchange], words: str = "") -> list[Line]:
    """Return the newest exchanges whose name, direction, request or answer holds all the words, newest first."""
    wanted = words.casefold().split()
    found: list[Line] = []
    for exchange in reversed(list(exchanges)):
        if not wanted or _holds(exchange, wanted):
            found.append(_line(exchange))
        if len(found) == _SHOWN:
            break
    return found


def pretty(value: Any) -> str:
    """Return a request or an answer as indented JSON, text as it is."""
    if isinstance(value, str):
        return value
    return json.dumps(value, indent=2, ensure_ascii=False, default=str)


def _holds(exchange: Exchange, wanted: list[str]) -> bool:
    text = f"{exchange.what} {exchange.direction} {pretty(exchange.request)} {pretty(exchange.response)}".casefold()
    return all(word in text for word in wanted)


def _line(exchange: Exchange) -> Line:
    outcome, failed = _outcome(exchange)
    return Line(exchange.number, exchange.at, exchange.direction, exchange.what, outcome, failed, exchange.took_ms)


def _outcome(exchange: Exchange) -> tuple[str, bool]:
    response = exchange.response
    if isinstance(response, dict) and response.get("ok") is False:
        return str(response.get("error", "not ok")), True
    if exchange.status >= 400 or exchange.status == 0:
        return str(response or exchange.status or "no answer"), True
    return "ok", False
