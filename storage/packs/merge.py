"""A pack that extends another: what it writes laid over what it extends. Plain values of YAML in and out.

A table of named entries is merged entry by entry, and its `drop: [names]` takes entries out. A list is written anew, or
edited: `{add: [new], drop: [old]}`, where `add: {new: after old}` says the place. What pointed at what was dropped goes too.
"""

from collections.abc import Collection, Iterable, Mapping
from copy import deepcopy
from typing import Any

from storage.kinds import ANY, SAME, nearest
from storage.text import folded

Table = dict[str, Any]
ADD, DROP = "add", "drop"


class CannotExtend(Exception):
    """What a pack writes does not fit what it extends; `problems` has every place, in words."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def extended(base: Mapping[str, Any], given: Mapping[str, Any]) -> Table:
    """Return the whole pack that `given` makes of `base`; raise CannotExtend."""
    merging = _Merging()
    whole = merging.table(deepcopy(dict(base)), given, ())
    if merging.problems:
        raise CannotExtend(merging.problems)
    _let_go(base, whole)
    for name, kind in base["kinds"].items():
        if name in whole["kinds"]:
            _follow_lifecycle(kind, whole["kinds"][name], _table(_table(given.get("kinds")).get(name)))
    return whole


class _Merging:
    def __init__(self) -> None:
        self.problems: list[str] = []

    def table(self, base: Table, given: Mapping[str, Any], place: tuple[str, ...]) -> Table:
        if not place and DROP in given:
            self._wrong((DROP,), "say it in its place, such as kinds: {drop: [growth]}")
        for name in map(str, _listed(given.get(DROP)) if place else []):
            if base.pop(name, None) is None:
                self._wrong((*place, DROP), f'there is no "{name}" to take out{nearest(name, base)}')
        for name, value in given.items():
            if name != DROP:
                base[name] = self._value(base.get(name), value, (*place, str(name)))
        return base

    def _value(self, base: Any, value: Any, place: tuple[str, ...]) -> Any:
        if value is None:
            self._wrong(place, f"is empty; to take it out, write drop: [{place[-1]}] beside it")
        elif isinstance(base, dict) and isinstance(value, Mapping):
            return self.table(base, value, place)
        elif isinstance(value, Mapping) and value and value.keys() <= {ADD, DROP} and isinstance(base, list | None):
            return self._edited(base or [], value, place)
        elif isinstance(base, dict):
            self._wrong(place, "should be a table of names and what they mean")
        elif isinstance(base, list) and not isinstance(value, list):
            self._wrong(place, "should be a list, or say what to add and what to drop: {add: [new], drop: [old]}")
        return value

    def _edited(self, base: list[Any], edit: Mapping[str, Any], place: tuple[str, ...]) -> list[Any]:
        kept = list(base)
        for name in _listed(edit.get(DROP)):
            found = [item for item in kept if folded(str(name)) in _names_of(item)]
            if not found:
                self._wrong((*place, DROP), f'there is no "{name}" to take out{nearest(str(name), _all_names(kept))}')
            kept = [item for item in kept if item not in found]
        added = edit.get(ADD)
        if isinstance(added, Mapping):
            for name, where in added.items():
                self._insert(kept, str(name), str(where), (*place, ADD, str(name)))
            return kept
        return [*kept, *_listed(added)]

    def _insert(self, items: list[Any], name: str, where: str, place: tuple[str, ...]) -> None:
        side, _, other = where.partition(" ")
        position = next((at for at, item in enumerate(items) if folded(other) in _names_of(item)), None)
        if side not in ("after", "before"):
            self._wrong(place, f'should be "after …" or "before …", not "{where}"')
        elif position is None:
            self._wrong(place, f'there is no "{other}"{nearest(other, _all_names(items))}')
        else:
            items.insert(position + (side == "after"), name)

    def _wrong(self, place: Iterable[str], sentence: str) -> None:
        self.problems.append(f"{' → '.join(place)}: {sentence}")


def _listed(names: Any) -> list[Any]:
    return list(names) if isinstance(names, list) else [] if names is None else [names]


def _names_of(item: Any) -> tuple[str, ...]:
    """Return what an item of a list is called; a link of a form: "targets", "to targets"."""
    if not isinstance(item, Mapping):
        return (folded(str(item)),)
    relation = folded(str(item.get("relation", "")))
    return relation, f"{'from' if item.get('backward') else 'to'} {relation}"


def _all_names(items: Iterable[Any]) -> list[str]:
    return [name for item in items for name in _names_of(item)]


def _table(value: Any) -> Mapping[str, Any]:
    """Return `value` where it is a table; what else stands there is refused later, with its place."""
    return value if isinstance(value, Mapping) else {}


def _tables(values: Any) -> list[Any]:
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []


def _without(gone: Collection[str], values: Any) -> Any:
    """Return the list `values` without the words that are `gone`; what is no list is refused later."""
    return [each for each in values if not (isinstance(each, str) and each in gone)] if isinstance(values, list) else values


_STATUSES = ("chosen", "rejected", "replaced")  # marks that are statuses; the others are fields


def _let_go(base: Mapping[str, Any], whole: Table) -> None:
    """Take out what only made sense with the kinds, relations and fields of `base` that were dropped."""
    kinds, relations, fields = (base[part].keys() - whole[part].keys() for part in ("kinds", "relations", "link_fields"))
    for name in base["relations"].keys() & whole["relations"].keys():
        relation = whole["relations"][name]
        if "fields" in relation:
            relation["fields"] = _without(fields, relation["fields"])
        if not _leads_somewhere(relation, kinds):
            del whole["relations"][name]
            relations = relations | {name}
    for name in base["kinds"].keys() & whole["kinds"].keys():
        kind = whole["kinds"][name]
        if isinstance(kind.get("links"), list):
            kind["links"] = [prompt for prompt in kind["links"] if not _leads_nowhere(name, prompt, base, whole, relations)]
        gone = _table(base["kinds"][name].get("fields")).keys() - _table(kind.get("fields")).keys()
        for part in (part for part in ("measured", "marks") if _table(kind.get(part))):
            kind[part] = {what: field for what, field in kind[part].items() if what in _STATUSES or str(field) not in gone}
        _forget_fields(kind, gone)


def _forget_fields(kind: Table, gone: Collection[str]) -> None:
    """Let nothing of `kind` ask for the fields that are `gone`, or hang on them."""
    for asking, part in [*((move, "asks") for move in _table(kind.get("moves")).values()), (kind.get("pitch"), "all_in")]:
        if str(_table(asking).get(part)) in gone:
            del asking[part]
    for field in _tables([*_table(kind.get("fields")).values()]):
        for part in (part for part in ("when", "worded") if _table(field.get(part))):
            field[part] = {name: value for name, value in field[part].items() if name not in gone}


def _leads_nowhere(kind: str, prompt: Any, base: Mapping[str, Any], whole: Table, gone: Collection[str]) -> bool:
    """Tell whether what the form of `kind` offers was there in `base`, and leads to nothing any more."""
    relation = str(_table(prompt).get("relation"))
    if relation in gone:
        return True
    was, is_now = (_table(_table(pack["relations"]).get(relation)).get("ends") for pack in (base, whole))
    side = "to" if _table(prompt).get("backward") else "from"
    return _stands_at(kind, side, was) and not _stands_at(kind, side, is_now)


def _stands_at(kind: str, side: str, ends: Any) -> bool:
    return any(
        isinstance(each.get(side), list) and any(end in each[side] for end in (kind, ANY, SAME)) for each in _tables(ends)
    )


def _leads_somewhere(relation: Table, kinds: Collection[str]) -> bool:
    """Take the `kinds` that are gone out of the ends, and tell whether any are left."""
    ends = relation.get("ends")
    if not isinstance(ends, list):
        return True
    for each in _tables(ends):
        each.update({side: _without(kinds, names) for side, names in each.items()})
    relation["ends"] = [each for each in ends if not isinstance(each, dict) or all(each.values())]
    return bool(relation["ends"])


def _follow_lifecycle(base: Mapping[str, Any], kind: Table, given: Mapping[str, Any]) -> None:
    """Let what `base` said of its statuses follow a changed lifecycle. A new status may follow any, unless it is said."""
    was, is_now = base["lifecycle"], kind.get("lifecycle", [])
    gone, new = [each for each in was if each not in is_now], [each for each in is_now if each not in was]
    for part in (part for part in ("closed", "running") if part in kind):
        kind[part] = _without(gone, kind[part])
    if _table(kind.get("marks")):
        kind["marks"] = {what: name for what, name in kind["marks"].items() if what not in _STATUSES or name not in gone}
    _keep_moves(kind, gone)
    said = _table(given.get("transitions"))
    for before, after in list(_table(base.get("transitions")).items()):
        if before in gone:
            kind["transitions"].pop(before, None)
        elif before not in said and before in kind["transitions"]:
            kind["transitions"][before] = [*(status for status in after if status not in gone), *new]
    for asked in _tables([*_table(kind.get("fields")).values(), *_tables(kind.get("links"))]):
        if asked.get("wanted_from") in gone:
            later = was[was.index(asked["wanted_from"]) :]
            asked["wanted_from"] = next((status for status in later if status in is_now), None)


def _keep_moves(kind: Table, gone: Collection[str]) -> None:
    """Take the statuses that are `gone` out of the moves and the pitch; what leads nowhere then goes too."""
    for name, move in list(_table(kind.get("moves")).items()):
        for end in (end for end in ("start", "to") if isinstance(_table(move).get(end), list)):
            left = _without(gone, move[end])
            if move[end] and not left:
                kind["moves"].pop(name, None)
            move[end] = left
    named = [name for said in _table(kind.get("pitch")).values() for name in _listed(said)]
    if any(name in gone for name in named):
        del kind["pitch"]
