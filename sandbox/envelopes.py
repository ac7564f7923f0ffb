"""What is handed to an app, and what comes back, whichever way it travels."""

from dataclasses import dataclass
from typing import Any, Literal

from sandbox.workspace import Json

Category = Literal["events_api", "slash_commands", "interactive"]
ANSWER_SECONDS = 3.0


class NoAnswer(Exception):
    """The app did not acknowledge; `reason` is Slack's word: http_timeout, http_error, connection_failed."""

    def __init__(self, reason: str, status: int = 0, *, may_retry: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.may_retry = may_retry


@dataclass(frozen=True, slots=True)
class Envelope:
    """One thing to hand over. `what` names it in the log: an event type, a command, or a kind of interaction."""

    category: Category
    what: str
    payload: Json
    attempt: int = 0
    reason: str = ""

    @property
    def accepts_answer(self) -> bool:
        """Whether the acknowledgement may carry words, options or a response_action."""
        return self.category == "slash_commands" or self.payload.get("type") in ("view_submission", "block_suggestion")


@dataclass(frozen=True, slots=True)
class Answer:
    """An app's acknowledgement: decoded JSON, plain text, or None for an empty body."""

    body: Any = None
    status: int = 200
