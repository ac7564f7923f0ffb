"""No stored value is ever dropped: what a new pack leaves out stays declared, retired, as long as something stored uses it.

What is left out stays retired for one pack longer than that: another process may still know the pack before for some seconds,
and store something of it meanwhile. When nothing uses it, the next pack lets it go.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from storage.fields import Field
from storage.kinds import ANY, SAME, Ends, Horizon, Kind, Kinds, Measured, Relation
from storage.packs.stored import LINK, Stored
from storage.text import folded


class _Retirable(Protocol):
    @property
    def retired(self) -> bool: ...


_R = TypeVar("_R", bound=_Retirable)


def effective(old: Kinds, new: Kinds, stored: Stored) -> Kinds:
    """Return `new` with what `old` declares beside it and is still in use, which is retired then.

    `old`: the pack as it is in use. Raises ValueError where both cannot be.
    """
    prefixes = {kind.prefix for kind in new}
    left = _left_out(old.kinds, new.kinds, stored.objects)
    retired = {name: _retired_kind(kind) for name, kind in left.items() if stored.objects(name) or kind.prefix not in prefixes}
    kinds = {name: _kind(old.kinds.get(name), kind, stored) for name, kind in new.kinds.items()} | retired
    return _checked(
        horizons=_horizons(old.horizons, new.horizons, stored),
        kinds=kinds,
        relations=_relations(old.relations, new.relations, kinds, stored),
        link_fields=_fields(LINK, old.link_fields, new.link_fields, stored),
        rituals=new.rituals,
    )


def _checked(**parts: Mapping[str, Any]) -> Kinds:
    return Kinds.model_validate(
        {
            part: {name: each.model_dump(by_alias=True, exclude_defaults=True) for name, each in entries.items()}
            for part, entries in parts.items()
        }
    )


def _left_out(old: Mapping[str, _R], new: Collection[str], count: Callable[[str], int]) -> dict[str, _R]:
    return {name: each for name, each in old.items() if name not in new and (count(name) or not each.retired)}


def _kind(old: Kind | None, new: Kind, stored: Stored) -> Kind:
    if old is None:
        return new
    lifecycle, gone = _lifecycle(old, new, stored)
    fields = _fields(new.name, old.fields, new.fields, stored)
    return new.model_copy(
        update={
            "lifecycle": lifecycle,
            "retired_statuses": (*new.retired_statuses, *gone),
            "closed": (*new.closed, *(status for status in gone if status in old.closed)),
            "running": (*new.running, *(status for status in gone if status in old.running)),
            "measured": new.measured or (_still_measured(old, fields) if stored.measured.get(new.name) else None),
            "fields": fields,
        }
    )


def _still_measured(old: Kind, fields: Collection[str]) -> Measured | None:
    """Return how `old` was measured, as far as its fields are there: it has dated values, which are read and imported again."""
    if old.measured is None:
        return None
    gone = [part for part, field in old.measured.model_dump(exclude_none=True).items() if field not in fields]
    return old.measured.model_copy(update=dict.fromkeys(gone))


def _lifecycle(old: Kind, new: Kind, stored: Stored) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return all statuses, each that was left out behind the one that it used to follow, and those that were left out."""
    gone = tuple(
        status
        for status in old.lifecycle
        if status not in new.lifecycle and (status in old.offered or stored.statuses.get((new.name, status)))
    )
    lifecycle = list(new.lifecycle)
    for status in gone:
        before = [each for each in old.lifecycle[: old.lifecycle.index(status)] if each in lifecycle]
        lifecycle.insert(lifecycle.index(before[-1]) + 1 if before else 0, status)
    return tuple(lifecycle), gone


def _retired_kind(kind: Kind) -> Kind:
    fields = {name: _unasked(field) for name, field in kind.fields.items()}
    return kind.model_copy(update={"retired": True, "links": (), "fields": fields})


def _unasked(field: Field) -> Field:
    return field.model_copy(update={"ask": "never", "wanted_from": None, "gap": ""})


def _fields(of: str, old: Mapping[str, Field], new: Mapping[str, Field], stored: Stored) -> dict[str, Field]:
    left = _left_out(old, new, lambda name: stored.fields.get((of, name), 0))
    kept = {name: _with_choices(of, name, old.get(name), field, stored) for name, field in new.items()}
    return kept | {name: _unasked(field).model_copy(update={"retired": True}) for name, field in left.items()}


def _with_choices(of: str, name: str, old: Field | None, new: Field, stored: Stored) -> Field:
    if old is None or new.type != "choice":
        return new
    known = {folded(choice) for choice in new.choices}
    words = [value for value, _ in stored.different((of, name)) if isinstance(value, str)]
    words += [choice for choice in old.offered if old.type == "choice"]
    gone = {folded(word): word for word in sorted(words) if folded(word) not in known}
    choices, retired = (*new.choices, *gone.values()), (*new.retired_choices, *gone.values())
    return new.model_copy(update={"choices": choices, "retired_choices": retired})


def _relations(
    old: Mapping[str, Relation], new: Mapping[str, Relation], kinds: Mapping[str, Kind], stored: Stored
) -> dict[str, Relation]:
    kept = {name: _with_ends(relation, relation.ends, stored) for name, relation in new.items()}
    left = _left_out(old, new, stored.links)
    return kept | {
        name: _with_ends(relation, _ends_among(kinds, relation.ends), stored).model_copy(update={"retired": True, "fields": ()})
        for name, relation in left.items()
    }


def _with_ends(relation: Relation, ends: tuple[Ends, ...], stored: Stored) -> Relation:
    """Return `relation` with `ends`, and, retired, with those between which there are links all the same."""
    declared = relation.model_copy(update={"ends": ends})
    pairs = sorted((one, other) for name, one, other in stored.pairs if name == relation.name)
    more = [Ends(**{"from": (one,), "to": (other,)}, retired=True) for one, other in pairs if not declared.allows(one, other)]
    return relation.model_copy(update={"ends": (*ends, *more)})


def _ends_among(kinds: Mapping[str, Kind], ends: Iterable[Ends]) -> tuple[Ends, ...]:
    """Return the ends without the kinds that are no more, and without those that earlier packs left."""
    known = {*kinds, ANY, SAME}
    live = [each for each in ends if not each.retired]
    kept = [({*each.from_} & known, {*each.to} & known) for each in live]
    return tuple(Ends(**{"from": sorted(one), "to": sorted(other)}) for one, other in kept if one and other)


def _horizons(old: Mapping[str, Horizon], new: Mapping[str, Horizon], stored: Stored) -> dict[str, Horizon]:
    """Return the horizons of `new`, by the names that are stored, then those that are retired.

    A horizon is the same where only a dash or a capital differs, or where it is called as one that was renamed before.
    """
    names = {folded(name): name for name in old}
    labels = {folded(each.label): each.name for each in old.values() if not each.retired}
    taken = {names[folded(name)] for name in new if folded(name) in names}
    renamed = {label: name for label, name in labels.items() if name not in taken}
    known: dict[str, Horizon] = {}
    for each in new.values():
        name = names.get(folded(each.name)) or renamed.get(folded(each.name), each.name)
        known[name] = each.model_copy(update={"name": name})
    left = _left_out(old, known, lambda name: stored.horizons.get(name, 0))
    return known | {name: each.model_copy(update={"retired": True}) for name, each in left.items()}
