"""What objects, fields and relations exist: values read from a pack. No SQL, no Slack."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Literal

from pydantic import ConfigDict, model_validator
from pydantic import Field as Attribute

from storage.errors import UnknownKind
from storage.fields import Field
from storage.kind import ALTITUDES, Altitude, Kind, LinkPrompt, Marks, Measured, Value, nearest, refuse_twice
from storage.text import folded

ANY, SAME = "any", "same"

__all__ = [
    "ALTITUDES",
    "ANY",
    "SAME",
    "Altitude",
    "Ends",
    "Horizon",
    "Kind",
    "Kinds",
    "LinkPrompt",
    "Marks",
    "Measured",
    "Relation",
    "RitualPlan",
    "Value",
    "named",
    "nearest",
]


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
    serves. `concerns`: its "from" end says something of its "to" end, and serves what that serves; but it stands as it was said
    when that changes. `loops`: whether it may lead back to where it began.
    `retired`: a later pack dropped it, and there are such links.
    """

    name: str
    words: tuple[str, str]
    ends: tuple[Ends, ...]
    flow: Literal["forward", "backward"] | None = None
    serves: bool = False
    inherits: bool = False
    concerns: bool = False
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
        refuse_twice("horizon", [word for horizon in self.offered_horizons for word in horizon.words])
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
        """Return the kind called `name`; raise UnknownKind."""
        if name not in self.kinds:
            raise UnknownKind(name)
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


def named(entries: Mapping[str, Mapping[str, object]]) -> dict[str, dict[str, object]]:
    """Give each entry of a pack its name as a value."""
    return {name: {"name": name, **entry} for name, entry in entries.items()}


def _refuse_duplicates(what: str, values: Iterable[tuple[Kind, str]]) -> None:
    first: dict[str, Kind] = {}
    for kind, value in values:
        if first.setdefault(value, kind) is not kind:
            raise ValueError(f'the kinds "{first[value].name}" and "{kind.name}" have the same {what} "{value}"')
