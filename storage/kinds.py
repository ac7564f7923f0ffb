"""What objects, fields and relations exist: values read from a pack. No SQL, no Slack."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic import Field as Attribute
from rapidfuzz import process

from storage.fields import Ask, Field, number_in
from storage.fields import Value as Stored
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


class Horizon(Value):
    """A band of time. `name` is stored and never changes; `label` is what people see. `span`: how long it is, in words."""

    name: str
    label: str
    span: str = ""
    retired: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """What it is called, folded."""
        return tuple(dict.fromkeys((folded(self.label), folded(self.name))))


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
    by those that have one of the values. `retired`: a later pack dropped it, and something of it is stored; so with
    `retired_statuses`.
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

    def _said(self, fields: Mapping[str, Stored], what: str) -> str | None:
        value = fields.get(getattr(self.measured, what) or "") if self.measured else None
        return None if value is None else str(value)

    @model_validator(mode="after")
    def _hangs_together(self) -> "Kind":
        wanted = [field.wanted_from for field in self.fields.values()] + [prompt.wanted_from for prompt in self.links]
        followed = [status for before, after in self.transitions.items() for status in (before, *after)]
        wanted += self.marks.statuses
        for status in (*self.closed, *self.running, *self.retired_statuses, *followed, *(each for each in wanted if each)):
            if status not in self.lifecycle:
                raise ValueError(f'status "{status}" is not in its lifecycle{nearest(status, self.lifecycle)}')
        for field in self.measured.model_dump().values() if self.measured else ():
            if field is not None and field not in self.fields:
                raise ValueError(f'measured: unknown field "{field}"{nearest(field, self.fields)}')
        for field in self.marks.fields:
            if field not in self.fields:
                raise ValueError(f'marks: unknown field "{field}"{nearest(field, self.fields)}')
        if not self.offered:
            raise ValueError("it has no status any more that could be chosen")
        _refuse_twice("status", self.lifecycle)
        return self


class Ends(Value):
    """Between which kinds a relation leads. `retired`: a later pack took these out, and there are such links."""

    model_config = ConfigDict(serialize_by_alias=True)

    from_: tuple[str, ...] = Attribute(alias="from")
    to: tuple[str, ...]
    retired: bool = False

    def allow(self, from_kind: str, to_kind: str) -> bool:
        if from_kind not in self.from_ and ANY not in self.from_:
            return False
        return to_kind in self.to or ANY in self.to or (SAME in self.to and from_kind == to_kind)


class Relation(Value):
    """One relation. `words`: how it reads from → to and back. `flow`: which way things come from one another along it.

    `serves`: its "from" end exists for the sake of its "to" end. `inherits`: what comes of something along it serves what that
    serves. `loops`: whether it may lead back to where it began.
    `retired`: a later pack dropped it, and there are such links.
    """

    name: str
    words: tuple[str, str]
    ends: tuple[Ends, ...]
    flow: Literal["forward", "backward"] | None = None
    serves: bool = False
    inherits: bool = False
    loops: bool = True
    fields: tuple[str, ...] = ()
    retired: bool = False

    def allows(self, from_kind: str, to_kind: str) -> bool:
        """Tell whether there may be such a link; a new one, only if `Kinds.offers` it."""
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
    """Everything that a pack declares, and what earlier ones did that is still in use; the one place to ask what exists."""

    horizons: dict[str, Horizon]
    kinds: dict[str, Kind]
    relations: dict[str, Relation]
    link_fields: dict[str, Field]
    rituals: dict[str, RitualPlan]

    @model_validator(mode="after")
    def _hang_together(self) -> "Kinds":
        _refuse_duplicates("key prefix", ((kind, kind.prefix) for kind in self))
        _refuse_duplicates("label", ((kind, folded(kind.label)) for kind in self.offered))
        _refuse_duplicates("word", ((kind, word) for kind in self.offered for word in kind.words))
        _refuse_twice("horizon", [word for horizon in self.offered_horizons for word in horizon.words])
        known = {*self.kinds, ANY, SAME}
        for relation in self.relations.values():
            for end in (name for ends in relation.ends for name in (*ends.from_, *ends.to)):
                if end not in known:
                    raise ValueError(f'relation "{relation.name}": unknown kind "{end}"{nearest(end, self.kinds)}')
            for field in relation.fields:
                if field not in self.link_fields:
                    raise ValueError(f'relation "{relation.name}": unknown field "{field}"{nearest(field, self.link_fields)}')
        for kind in self:
            for prompt in kind.links:
                if prompt.relation not in self.relations:
                    hint = nearest(prompt.relation, self.relations)
                    raise ValueError(f'kind "{kind.name}": unknown relation "{prompt.relation}"{hint}')
        return self

    def __iter__(self) -> Iterator[Kind]:  # type: ignore[override]  # a registry is walked by its kinds, not by its fields
        return iter(self.kinds.values())

    @cached_property
    def offered(self) -> tuple[Kind, ...]:
        """The kinds of which something new can be made."""
        return tuple(kind for kind in self if not kind.retired)

    @cached_property
    def offered_horizons(self) -> tuple[Horizon, ...]:
        """The horizons to choose from, the nearest first."""
        return tuple(horizon for horizon in self.horizons.values() if not horizon.retired)

    def offers(self, relation: Relation, from_kind: str, to_kind: str) -> bool:
        """Tell whether a new link of `relation` may lead from one kind to the other."""
        return not relation.retired and any(ends.allow(from_kind, to_kind) for ends in relation.ends if not ends.retired)

    def kind(self, name: str) -> Kind:
        """Return the kind called `name`; raise KeyError."""
        return self.kinds[name]

    def of_key(self, key: str) -> Kind | None:
        """Return the kind whose prefix begins `key` ("BET-12"), or None."""
        return self._by_prefix.get(key.rpartition("-")[0].upper())

    def horizon(self, text: str) -> str | None:
        """Return the name of the horizon that `text` spells, with any kind of dash, or None."""
        return self._horizons_by_word.get(folded(text))

    def horizon_label(self, name: str) -> str:
        """Return what people call the horizon that is stored as `name`."""
        return self.horizons[name].label if name in self.horizons else name

    @cached_property
    def _horizons_by_word(self) -> dict[str, str]:
        named = {folded(horizon.name): horizon.name for horizon in self.horizons.values()}
        return named | {folded(horizon.label): horizon.name for horizon in self.offered_horizons}

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


def _refuse_duplicates(what: str, values: Iterable[tuple[Kind, str]]) -> None:
    first: dict[str, Kind] = {}
    for kind, value in values:
        if first.setdefault(value, kind) is not kind:
            raise ValueError(f'the kinds "{first[value].name}" and "{kind.name}" have the same {what} "{value}"')


def _refuse_twice(what: str, names: Iterable[str]) -> None:
    for name, count in Counter(folded(name) for name in names).items():
        if count > 1:
            raise ValueError(f'the {what} "{name}" is there twice')
