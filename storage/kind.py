"""One kind of object: its statuses, fields and forms, as a pack declares it. No SQL, no Slack."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic import Field as Attribute
from rapidfuzz import process

from storage.fields import Ask, Field, number_in
from storage.fields import Value as Stored
from storage.moves import WHY, Move, Pitch
from storage.text import folded

Altitude = Literal["possible", "prioritised", "doing", "working"]
ALTITUDES: tuple[Altitude, ...] = ("possible", "prioritised", "doing", "working")


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LinkPrompt(Value):
    """A link that a kind's form offers. `backward`: this object stands at the "to" end."""

    relation: str
    label: str
    backward: bool = False
    ask: Ask = "first"
    section: str = ""
    wanted_from: str | None = None
    gap: str = ""

    @property
    def name(self) -> str:
        """The prompt's name among the fields of a form."""
        return f"{'from' if self.backward else 'to'} {self.relation}"


class Measured(Value):
    """That objects of a kind carry dated values; and which of its fields, by name, says what of them."""

    metric: str | None = None
    unit: str | None = None
    good_direction: str | None = None
    target: str | None = None


class Marks(Value):
    """Which statuses and fields of a kind mean what the bot itself acts on; each by its name, and none has to be there.

    Statuses: `chosen` and `rejected`, of what is weighed for something else; `replaced`, of what something newer took the
    place of. Fields: `reason` (why it was chosen or rejected), `cadence` (how often it is looked at again, in words).
    `taught`: what the fields of something say that was learned from an object of this kind, once it is closed.
    """

    chosen: str | None = None
    rejected: str | None = None
    replaced: str | None = None
    reason: str | None = None
    cadence: str | None = None
    taught: dict[str, str] = {}

    @property
    def statuses(self) -> tuple[str, ...]:
        return tuple(status for status in (self.chosen, self.rejected, self.replaced) if status)

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(field for field in (self.reason, self.cadence) if field)


class Kind(Value):
    """One kind of object. `name` is what files and programs call it and never changes; `label` may.

    `running`: the statuses in which it is under way. `closed`: the statuses that end it. `transitions`: what may follow a
    status; any may follow one that is not named. `anchor`: it holds things (a team, a scope) and is no step of the way from
    insight to impact. `guides`: what it is linked with is done in its light (a strategy, a goal); where fields are named, only
    by those that have one of the values. `moves`: the buttons that take it on, by name. `pitch`: how others judge it before it
    is placed. `reaction`: the emoji with which people say that a message is such a thing. `from_message`: it is offered where a
    message is saved. `retired`: a later pack dropped it, and something of it is stored; so with `retired_statuses`.
    """

    name: str
    prefix: str = Attribute(pattern=r"^[A-Z]{2,6}$")
    label: str
    plural: str = ""
    emoji: str
    about: str = ""
    aliases: tuple[str, ...] = ()
    altitude: Altitude | None = None
    anchor: bool = False
    guides: dict[str, tuple[str, ...]] | None = None
    lifecycle: tuple[str, ...] = Attribute(min_length=1)
    running: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    transitions: dict[str, tuple[str, ...]] = {}
    measured: Measured | None = None
    marks: Marks = Marks()
    moves: dict[str, Move] = {}
    pitch: Pitch | None = None
    reaction: str = ""
    from_message: bool = False
    fields: dict[str, Field] = {}
    links: tuple[LinkPrompt, ...] = ()
    retired: bool = False
    retired_statuses: tuple[str, ...] = ()

    @property
    def offered(self) -> tuple[str, ...]:
        """The statuses to choose from; the lifecycle has those too that something stored still is in."""
        return tuple(status for status in self.lifecycle if status not in self.retired_statuses)

    @property
    def first_status(self) -> str:
        return self.offered[0]

    @property
    def many(self) -> str:
        """The label's plural, in lower case."""
        return self.plural or f"{self.label.lower()}s"

    @property
    def words(self) -> tuple[str, ...]:
        """Every word that people use for the kind, singular and plural, folded."""
        singular = (self.name, self.label, *self.aliases)
        return tuple(dict.fromkeys(folded(word) for word in (*singular, *(f"{word}s" for word in singular), self.many)))

    def may_follow(self, before: str, after: str) -> bool:
        """Tell whether an object in status `before` may get into `after`."""
        return before == after or (after in self.offered and after in self.transitions.get(before, self.lifecycle))

    def moves_from(self, status: str) -> dict[str, Move]:
        """Return the buttons that take an object on which is in `status`, by name; where the pack says none, plain ones."""
        found = {name: self._narrowed(move, status) for name, move in (self.moves or self._plain_moves(status)).items()}
        return {name: move for name, move in found.items() if move}

    def _narrowed(self, move: Move, status: str) -> Move | None:
        """Return `move` with the statuses that it can lead to from `status`; None where there are none."""
        if move.start and status not in move.start:
            return None
        to = tuple(each for each in move.to if each != status and self.may_follow(status, each))
        return move.model_copy(update={"to": to}) if to else None

    def _plain_moves(self, status: str) -> dict[str, Move]:
        """Return the next status of the lifecycle, and its ends, as moves. What is closed can be taken up again."""
        ends = tuple(each for each in self.closed if each != self.marks.replaced)
        if status in self.closed:
            return {"again": Move(to=(self.first_status,))}
        later = self.lifecycle[self.lifecycle.index(status) + 1 :] if status in self.lifecycle else ()
        following = next((each for each in later if each in self.offered and each not in self.closed), None)
        moves = {"next": Move(to=(following,))} if following else {}
        return {**moves, "close": Move(to=ends, asks=WHY)} if ends else moves

    def reached(self, wanted_from: str, status: str) -> bool:
        """Tell whether an object in `status` came through `wanted_from` or past it, as far as the transitions lead forward.

        A bet that was declined was never placed: nothing leads from there to that end.
        """
        return status in self._ahead[wanted_from]

    @cached_property
    def _ahead(self) -> dict[str, frozenset[str]]:
        """For each status, it and those that follow it, later in the lifecycle, over any number of steps."""
        ahead: dict[str, frozenset[str]] = {}
        for position, status in reversed(list(enumerate(self.lifecycle))):
            following = [after for after in self.lifecycle[position + 1 :] if after in self._next(status)]
            ahead[status] = frozenset({status}).union(*(ahead[after] for after in following))
        return ahead

    def _next(self, status: str) -> tuple[str, ...]:
        return (*self.transitions.get(status, self.lifecycle), *self.retired_statuses)

    def unit_of(self, fields: Mapping[str, Stored]) -> str | None:
        """Return the unit that the `fields` of an object of this kind name, or None."""
        return self._said(fields, "unit")

    def good_direction_of(self, fields: Mapping[str, Stored]) -> Literal["up", "down"] | None:
        """Return which way is good, or None where the `fields` do not say."""
        said = self._said(fields, "good_direction")
        return "up" if said == "up" else "down" if said == "down" else None

    def target_of(self, fields: Mapping[str, Stored]) -> float | None:
        """Return the number of the target ("43 %" → 43), or None where the `fields` name none, or no single one."""
        said = self.target_in_words(fields)
        return None if said is None else number_in(said)

    def target_in_words(self, fields: Mapping[str, Stored]) -> str | None:
        """Return the target as it is written ("at least 43 %"), or None."""
        return self._said(fields, "target")

    def reason_in(self, fields: Mapping[str, Stored]) -> str | None:
        """Return why an object of this kind was chosen or rejected, as its `fields` say it, or None."""
        said = fields.get(self.marks.reason or "")
        return None if said is None else str(said)

    def _said(self, fields: Mapping[str, Stored], what: str) -> str | None:
        value = fields.get(getattr(self.measured, what) or "") if self.measured else None
        return None if value is None else str(value)

    @model_validator(mode="after")
    def _hangs_together(self) -> "Kind":
        wanted = [field.wanted_from for field in self.fields.values()] + [prompt.wanted_from for prompt in self.links]
        followed = [status for before, after in self.transitions.items() for status in (before, *after)]
        wanted += [*self.marks.statuses, *(self.pitch.statuses if self.pitch else ())]
        wanted += [status for move in self.moves.values() for status in (*move.start, *move.to)]
        for status in (*self.closed, *self.running, *self.retired_statuses, *followed, *(each for each in wanted if each)):
            if status not in self.lifecycle:
                raise ValueError(f'status "{status}" is not in its lifecycle{nearest(status, self.lifecycle)}')
        for field in self.measured.model_dump().values() if self.measured else ():
            if field is not None and field not in self.fields:
                raise ValueError(f'measured: unknown field "{field}"{nearest(field, self.fields)}')
        for field in self.marks.fields:
            if field not in self.fields:
                raise ValueError(f'marks: unknown field "{field}"{nearest(field, self.fields)}')
        asked = {f"moves: {name}": move.asks for name, move in self.moves.items() if move.asks != WHY}
        asked |= {"pitch": self.pitch.all_in} if self.pitch else {}
        asked |= {f"fields: {name}": other for name, field in self.fields.items() for other in (*field.when, *field.worded)}
        for place, field_name in asked.items():
            if field_name and field_name not in self.fields:
                raise ValueError(f'{place}: unknown field "{field_name}"{nearest(field_name, self.fields)}')
        if not self.offered:
            raise ValueError("it has no status any more that could be chosen")
        refuse_twice("status", self.lifecycle)
        return self


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean "…"?` for the nearest known word, or nothing where none is near."""
    match = process.extractOne(word, list(known), score_cutoff=60)
    return f'; did you mean "{match[0]}"?' if match else ""


def refuse_twice(what: str, names: Iterable[str]) -> None:
    """Raise ValueError where two of `names`, each the name of a `what`, are alike."""
    for name, count in Counter(folded(name) for name in names).items():
        if count > 1:
            raise ValueError(f'the {what} "{name}" is there twice')
