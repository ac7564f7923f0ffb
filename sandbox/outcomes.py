"""What comes of a person's acts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.workspace import Json, Message, View


class AppDidNotRespond(Exception):
    """The app did not answer within three seconds, or with what Slack would not take; str() is what the person reads."""


class NotAllowed(Exception):
    """Slack's client would not let this person do that; str() says why."""


class Unknown(LookupError):
    """There is no such command, shortcut, element or option; str() says which."""


@dataclass(frozen=True)
class CommandReply:
    """What a slash command's acknowledgement showed: `message` is None where it carried no words."""

    message: Message | None

    @property
    def text(self) -> str:
        return self.message.text if self.message else ""


@dataclass(frozen=True)
class Option:
    """One answer of a type-ahead. `raw` is Slack's option object; `group` the label of its option group or ""."""

    text: str
    value: str
    raw: Json
    group: str = ""


@dataclass(frozen=True)
class SubmitResult:
    """What a submission led to: exactly one of errors (by block id), closed, updated, pushed."""

    errors: dict[str, str] = field(default_factory=dict)
    closed: bool = False
    updated: View | None = None
    pushed: View | None = None


def options_of(body: Mapping[str, Any]) -> list[Option]:
    """The options of a type-ahead's answer, grouped ones last."""

    def option(raw: Json, group: str) -> Option:
        return Option(raw["text"]["text"], raw["value"], raw, group)

    groups = body.get("option_groups") or []
    grouped = [option(raw, group["label"]["text"]) for group in groups for raw in group["options"]]
    return [*(option(raw, "") for raw in body.get("options") or []), *grouped]
