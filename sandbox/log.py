"""What went to and from the app, for the page and for tests that count."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

Direction = Literal["to app", "from app"]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer. `what` is a Web API method, an event type, a command, or a kind of interaction."""

    number: int
    at: datetime
    direction: Direction
    what: str
    app_id: str
    request: Any
    response: Any
    status: int
    took_ms: float


class Log:
    """The last exchanges, oldest first."""

    def __init__(self, size: int = 2_000) -> None:
        self._ring: deque[Exchange] = deque(maxlen=size)
        self._count = 0

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self._ring)

    def __len__(self) -> int:
        return len(self._ring)

    def add(
        self,
        at: datetime,
        direction: Direction,
        what: str,
        app_id: str,
        request: Any,
        response: Any,
        status: int,
        took_ms: float,
    ) -> None:
        self._count += 1
        self._ring.append(Exchange(self._count, at, direction, what, app_id, request, response, status, took_ms))

    def of(self, what: str, direction: Direction | None = None) -> list[Exchange]:
        """The exchanges of one kind, such as "chat.postMessage"."""
        return [each for each in self._ring if each.what == what and direction in (None, each.direction)]

    def clear(self) -> None:
        self._ring.clear()
