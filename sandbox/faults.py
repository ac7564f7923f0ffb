"""A script of what goes wrong: rules that a test adds, each hitting some Web API calls or some deliveries to the app."""

import random
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr

CallAct = Literal["slow", "lost", "late", "rate_limited", "http_error", "error"]
EventAct = Literal["delay", "drop", "duplicate", "reorder"]


class Rule(BaseModel):
    """One thing that goes wrong.

    For Web API calls (`what` is the method): slow (answer after `seconds`), lost (no answer), late (no answer, and the effect
    comes `seconds` afterwards), rate_limited (429 with `retry_after`, any text, or none), http_error (`status`), error (a
    named `error`). `stored` is the chance that the call takes effect all the same; slow calls always do: before the wait
    with a `stored` of 1, else after it.
    For deliveries (`what` is the event type, command, callback id or kind of interaction): delay, drop, duplicate (`copies`
    in all), reorder (held back until the next one has gone).
    """

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    act: CallAct | EventAct
    what: str = "*"
    workspace: str | None = None
    where: dict[str, Any] = Field(default_factory=dict)
    skip: int = 0
    times: int | None = 1
    probability: float = Field(1.0, ge=0, le=1)
    stored: float = Field(0.0, ge=0, le=1)
    seconds: float = Field(0.0, ge=0)
    status: int = 503
    error: str = "internal_error"
    retry_after: str | None = "30"
    copies: int = 2
    _hits: int = PrivateAttr(default=0)

    @property
    def hits(self) -> int:
        """How often it has struck."""
        return self._hits

    def matches(self, what: str, workspace: str, fields: Mapping[str, Any]) -> bool:
        return (
            self.times != 0
            and fnmatchcase(what, self.what)
            and self.workspace in (None, workspace)
            and all(fields.get(name) == value for name, value in self.where.items())
        )

    def strike(self, chance: random.Random) -> bool:
        """Whether a matching call is hit, counting down `skip` and `times`."""
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.probability < 1 and chance.random() >= self.probability:
            return False
        if self.times is not None:
            self.times -= 1
        self._hits += 1
        return True


_EVENT_ACTS = ("delay", "drop", "duplicate", "reorder")


class Faults:
    """The rules in force, tried in the order in which they were added; the first that strikes counts."""

    def __init__(self, seed: int = 0) -> None:
        self.rules: list[Rule] = []
        self.deaf = False
        self.pongs = True
        self._chance = random.Random(seed)  # noqa: S311 - repeatable on purpose

    def seed(self, seed: int) -> None:
        """Start the chances afresh, so that a run can be repeated."""
        self._chance.seed(seed)

    def add(self, act: CallAct | EventAct, what: str = "*", **fields: Any) -> Rule:
        """Add a rule; `fields` are those of Rule. Raises pydantic.ValidationError."""
        rule = Rule.model_validate({"act": act, "what": what, **fields})
        self.rules.append(rule)
        return rule

    def clear(self) -> None:
        """Let everything go well again."""
        self.rules.clear()
        self.deaf = False

    def deafen(self, *, pongs: bool = True) -> None:
        """Keep sockets open but send nothing, not even pongs where `pongs` is false; answers are not heard either."""
        self.deaf = True
        self.pongs = pongs

    def hear(self) -> None:
        """Undo deafen."""
        self.deaf = False
        self.pongs = True

    def for_call(self, method: str, workspace: str, arguments: Mapping[str, Any]) -> Rule | None:
        """The rule that strikes this Web API call."""
        return self._strike(method, workspace, arguments, to_app=False) if self.rules else None

    def for_delivery(self, what: str, workspace: str, payload: Mapping[str, Any]) -> Rule | None:
        """The rule that strikes this delivery to an app."""
        return self._strike(what, workspace, payload, to_app=True) if self.rules else None

    def happens(self, probability: float) -> bool:
        """One throw of the seeded dice."""
        return self._chance.random() < probability

    def _strike(self, what: str, workspace: str, fields: Mapping[str, Any], *, to_app: bool) -> Rule | None:
        for rule in self.rules:
            right_way = (rule.act in _EVENT_ACTS) == to_app
            if right_way and rule.matches(what, workspace, fields) and rule.strike(self._chance):
                return rule
        return None
