"""What objects, fields and relations exist: values read from a pack. No SQL, no Slack."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic import Field as Attribute
from rapidfuzz import process

from storage.fields import Ask, Field
from storage.text import folded

Altitude = Literal["possible", "prioritised", "doing", "working"]
ALTITUDES: tuple[Altitude, ...] = ("possible", "prioritised", "doing", "working")
ANY, SAME = "any", "same"


class Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LinkPrompt(Value):
    """A link that a kind's form offers. `backward`: this object stands at the "to" end."""

    relation: str
    label: str
    backward: bool = False
    ask: Ask = "first"
    wanted_from: str | None = None
    gap: str = ""

    @property
    def name(self) -> str:
        """The prompt's name among the fields of a form."""
        return f"{'from' if self.backward else 'to'} {self.relation}"


class Kind(Value):
    """One kind of object. `name` is what files and programs call it and never changes; `label` may.

    `running`: the statuses in which it is under way. `closed`: the statuses that end it. `anchor`: it holds things (a team,
    a scope) and is no step of the way from insight to impact.
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
    lifecycle: tuple[str, ...] = Attribute(min_length=1)
    running: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    fields: dict[str, Field] = {}
    links: tuple[LinkPrompt, ...] = ()

    @property
    def first_status(self) -> str:
        return self.lifecycle[0]

    @property
    def many(self) -> str:
        """The label's plural, in lower case."""
        return self.plural or f"{self.label.lower()}s"

    @property
    def words(self) -> tuple[str, ...]:
        """Every word that people use for the kind, singular and plural, folded."""
        singular = (self.name, self.label, *self.aliases)
        return tuple(dict.fromkeys(folded(word) for word in (*singular, *(f"{word}s" for word in singular), self.many)))

    def reached(self, wanted_from: str, status: str) -> bool:
        """Tell whether an object in `status` is at or past `wanted_from`."""
        return self.lifecycle.index(status) >= self.lifecycle.index(wanted_from)

    @model_validator(mode="after")
    def _statuses_exist(self) -> "Kind":
        wanted = [field.wanted_from for field in self.fields.values()] + [prompt.wanted_from for prompt in self.links]
        named = [*self.closed, *self.running, *(status for status in wanted if status)]
        unknown = [status for status in named if status not in self.lifecycle]
        if unknown:
            raise ValueError(f'kind "{self.name}": status "{unknown[0]}" is not in its lifecycle')
        return self


class Ends(Value):
    from_: tuple[str, ...] = Attribute(alias="from")
    to: tuple[str, ...]

    def allow(self, from_kind: str, to_kind: str) -> bool:
        if from_kind not in self.from_ and ANY not in self.from_:
            return False
        return to_kind in self.to or ANY in self.to or (SAME in self.to and from_kind == to_kind)


class Relation(Value):
    """One relation. `words`: how it reads from → to and back. `flow`: which way things come from one another along it.

    `serves`: its "from" end exists for the sake of its "to" end. `loops`: whether it may lead back to where it began.
    """

    name: str
    words: tuple[str, str]
    ends: tuple[Ends, ...]
    flow: Literal["forward", "backward"] | None = None
    serves: bool = False
    loops: bool = True
    fields: tuple[str, ...] = ()

    def allows(self, from_kind: str, to_kind: str) -> bool:
        return any(ends.allow(from_kind, to_kind) for ends in self.ends)


class RitualPlan(Value):
    """What a pack says of a ritual. `asks`: each person, or the team as a whole. Cadence in words, local wall time."""

    name: str
    label: str
    purpose: str
    asks: Literal["person", "team"]
    cadence: str
    open_for_hours: int
    late_window_hours: int


class Kinds(Value):
    """Everything that a pack declares; the one place to ask what exists."""

    horizons: tuple[str, ...]
    kinds: dict[str, Kind]
    relations: dict[str, Relation]
    link_fields: dict[str, Field]
    rituals: dict[str, RitualPlan]

    @model_validator(mode="after")
    def _no_two_alike(self) -> "Kinds":
        _refuse_duplicates("key prefix", (kind.prefix for kind in self))
        _refuse_duplicates("label", (folded(kind.label) for kind in self))
        known = {*self.kinds, ANY, SAME}
        for relation in self.relations.values():
            for end in (name for ends in relation.ends for name in (*ends.from_, *ends.to)):
                if end not in known:
                    raise ValueError(f'relation "{relation.name}": unknown kind "{end}"{nearest(end, self.kinds)}')
        for kind in self:
            for prompt in kind.links:
                if prompt.relation not in self.relations:
                    raise ValueError(f'kind "{kind.name}": unknown relation "{prompt.relation}"')
        return self

    def __iter__(self) -> Iterator[Kind]:  # type: ignore[override]  # a registry is walked by its kinds, not by its fields
        return iter(self.kinds.values())

    def kind(self, name: str) -> Kind:
        """Return the kind called `name`; raise KeyError."""
        return self.kinds[name]

    def of_key(self, key: str) -> Kind | None:
        """Return the kind whose prefix begins `key` ("BET-12"), or None."""
        return self._by_prefix.get(key.rpartition("-")[0].upper())

    def horizon(self, text: str) -> str | None:
        """Return the horizon that `text` spells, with any kind of dash, or None."""
        return next((horizon for horizon in self.horizons if folded(horizon) == folded(text)), None)

    def relations_that_flow(self) -> list[Relation]:
        return [relation for relation in self.relations.values() if relation.flow]

    def relations_that_serve(self) -> list[Relation]:
        return [relation for relation in self.relations.values() if relation.serves]

    @cached_property
    def _by_prefix(self) -> dict[str, Kind]:
        return {kind.prefix: kind for kind in self}


def nearest(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean "…"?` for the nearest known word, or nothing where none is near."""
    match = process.extractOne(word, list(known), score_cutoff=60)
    return f'; did you mean "{match[0]}"?' if match else ""


def named(entries: Mapping[str, Mapping[str, object]]) -> dict[str, dict[str, object]]:
    """Give each entry of a pack its name as a value."""
    return {name: {"name": name, **entry} for name, entry in entries.items()}


def _refuse_duplicates(what: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ValueError(f'two kinds have the same {what} "{value}"')
        seen.add(value)
