"""What another pack would change: what comes, what goes, and how much that is stored it leaves without a place in the forms."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pydantic import BaseModel, ValidationError

from storage.database import Transaction
from storage.fields import Field
from storage.kinds import ANY, SAME, Ends, Kind, Kinds, Relation
from storage.packs.errors import in_words
from storage.packs.retiring import effective
from storage.packs.stored import LINK, Stored, stored

_EXAMPLES = 3


@dataclass(frozen=True)
class Difference:
    """One difference, in words. `stored`: the objects, values or links that lose their place. `refused`: it can't be."""

    words: str
    stored: int = 0
    refused: bool = False


@dataclass(frozen=True)
class Outcome:
    """What comes of another pack. `kinds`: the pack as it would be in use then; None where it is refused."""

    differences: list[Difference]
    kinds: Kinds | None


async def outcome(tx: Transaction, old: Kinds, new: Kinds) -> Outcome:
    """Return what applying `new` would make of the workspace, in which `old` is in use."""
    there = await stored(tx, old, new)
    refused = [*_refused(old, new, there)]
    if refused:
        return Outcome(refused, None)
    try:
        then = effective(old, new, there)
    except ValidationError as error:
        return Outcome(
            [Difference(f"with what is in use, {words}", refused=True) for words in in_words(error, Kinds, {})], None
        )
    return Outcome([*_differences(old, then, there)], then)


def _refused(old: Kinds, new: Kinds, there: Stored) -> Iterator[Difference]:
    """Yield what can't be: stored keys and values that would mean something else, or nothing."""
    for kind in old:
        count, then = there.objects(kind.name), new.kinds.get(kind.name)
        taker = next((each for each in new if each.prefix == kind.prefix and each.name != kind.name), None)
        if count and then and then.prefix != kind.prefix:
            words = f'kind "{kind.name}" should have keys with {then.prefix}-, but {kind.prefix}- is in use ({_objects(count)})'
            yield Difference(words, count, refused=True)
        elif count and taker:
            words = f'kind "{taker.name}" should have keys with {kind.prefix}-, but kind "{kind.name}" has them'
            yield Difference(f"{words} ({_objects(count)})", count, refused=True)
        if kind.name in new.kinds:
            yield from _unreadable(f'kind "{kind.name}": field', kind.name, kind.fields, new.kind(kind.name).fields, there)
    yield from _unreadable("link field", LINK, old.link_fields, new.link_fields, there)


def _unreadable(what: str, of: str, old: Mapping[str, Field], new: Mapping[str, Field], there: Stored) -> Iterator[Difference]:
    for name in (name for name in new if name in old and old[name].type != new[name].type):
        found = [(value, count) for value, count in there.different((of, name)) if not _readable(new[name], value)]
        if found:
            examples = ", ".join(str(value) for value, _ in found[:_EXAMPLES])
            words = f'{what} "{name}" should be {new[name].type}, but these values are not: {examples}'
            yield Difference(words, sum(count for _, count in found), refused=True)


def _readable(field: Field, value: Any) -> bool:
    if field.type == "choice":
        return isinstance(value, str)  # a word that is no choice becomes one that is retired
    try:
        field.read(value)
    except ValueError:
        return False
    return True


def _differences(old: Kinds, then: Kinds, there: Stored) -> Iterator[Difference]:
    yield from _moves("kind", _live(old.kinds), _live(then.kinds), there.objects, _objects)
    for name in (name for name in then.kinds if name in old.kinds):
        yield from _of_kind(old.kind(name), then.kind(name), there)
    yield from _moves("relation", _live(old.relations), _live(then.relations), there.links, _links)
    for name in (name for name in then.relations if name in old.relations):
        yield from _of_relation(old.relations[name], then.relations[name], then, there)
    yield from _of_fields("link field", LINK, old.link_fields, then.link_fields, there)
    yield from _moves("horizon", _live(old.horizons), _live(then.horizons), lambda name: there.horizons.get(name, 0), _objects)
    yield from _rewritten("horizon", old.horizons, then.horizons)
    was, is_now = ([each.name for each in kinds.offered_horizons] for kinds in (old, then))
    yield from _reordered("horizons", was, is_now)
    yield from _moves("ritual", dict.fromkeys(old.rituals, True), dict.fromkeys(then.rituals, True), lambda _: 0, _objects)
    yield from _rewritten("ritual", old.rituals, then.rituals)


def _of_kind(old: Kind, then: Kind, there: Stored) -> Iterator[Difference]:
    what = f'kind "{then.name}"'
    if old.retired != then.retired and then.retired:
        return
    yield from _rewritten_one(what, old, then, {"name", "lifecycle", "retired", "retired_statuses", "fields"})
    was, is_now = ({status: status in kind.offered for status in kind.lifecycle} for kind in (old, then))
    yield from _moves(f"{what}: status", was, is_now, lambda status: there.statuses.get((then.name, status), 0), _objects)
    yield from _reordered(f"{what}: statuses", list(old.offered), list(then.offered))
    yield from _of_fields(f"{what}: field", then.name, old.fields, then.fields, there)


def _of_fields(what: str, of: str, old: Mapping[str, Field], then: Mapping[str, Field], there: Stored) -> Iterator[Difference]:
    yield from _moves(what, _live(old), _live(then), lambda name: there.fields.get((of, name), 0), _values)
    for name in (name for name in then if name in old):
        if old[name].retired or then[name].retired:
            continue
        yield from _rewritten_one(f'{what} "{name}"', old[name], then[name], {"choices", "retired", "retired_choices"})
        counts = dict(there.different((of, name)))
        was, is_now = ({choice: choice in field.offered for choice in field.choices} for field in (old[name], then[name]))
        yield from _moves(f'{what} "{name}": choice', was, is_now, partial(_count_in, counts), _values)


def _count_in(counts: Mapping[Any, int], choice: str) -> int:
    return counts.get(choice, 0)


def _of_relation(old: Relation, then: Relation, kinds: Kinds, there: Stored) -> Iterator[Difference]:
    what = f'relation "{then.name}"'
    if then.retired:
        return
    yield from _rewritten_one(what, old, then, {"name", "ends", "retired"})
    for one, other in sorted(_pairs(then.ends) - _pairs(old.ends)):
        yield Difference(f"{what} leads from {one} to {other}, too")
    for one, other in sorted(_pairs(old.ends) - _pairs(then.ends)):
        count = there.pairs.get((then.name, one, other), 0)
        if not count and any(end not in {*(kind.name for kind in kinds.offered), ANY, SAME} for end in (one, other)):
            continue  # the kind goes, which is said already
        yield Difference(f"{what} leads no longer from {one} to {other}{_kept(count, _links)}", count)


def _pairs(ends: Iterable[Ends]) -> set[tuple[str, str]]:
    return {(one, other) for each in ends if not each.retired for one in each.from_ for other in each.to}


def _live(entries: Mapping[str, Any]) -> dict[str, bool]:
    return {name: not entry.retired for name, entry in entries.items()}


def _moves(
    what: str, old: Mapping[str, bool], then: Mapping[str, bool], count: Callable[[str], int], noun: Callable[[int], str]
) -> Iterator[Difference]:
    """Yield what comes, comes back, goes, and is let go. Each name with whether it is offered."""
    for name in then:
        if then[name] and name not in old:
            yield Difference(f'{what} "{name}" is new')
        elif then[name] and not old[name]:
            yield Difference(f'{what} "{name}" is offered again')
        elif not then[name] and old.get(name, True):
            yield Difference(f'{what} "{name}" goes{_kept(count(name), noun)}', count(name))
    for name in (name for name in old if name not in then):
        yield Difference(f'{what} "{name}" goes' if old[name] else f'{what} "{name}", which nothing uses any more, is let go')


def _kept(count: int, noun: Callable[[int], str]) -> str:
    return f"; {noun(count)} {'keeps' if count == 1 else 'keep'} it" if count else ""


def _rewritten(what: str, old: Mapping[str, BaseModel], then: Mapping[str, BaseModel]) -> Iterator[Difference]:
    for name in (name for name in then if name in old):
        yield from _rewritten_one(f'{what} "{name}"', old[name], then[name], {"name", "retired"})


def _rewritten_one(what: str, old: BaseModel, then: BaseModel, apart: set[str]) -> Iterator[Difference]:
    was, is_now = old.model_dump(by_alias=True, exclude=apart), then.model_dump(by_alias=True, exclude=apart)
    changed = [part for part in is_now if was[part] != is_now[part]]
    if "label" in changed:
        yield Difference(f"{what} is called {is_now['label']} instead of {was['label']}")
    rest = [part.replace("_", " ") for part in changed if part != "label"]
    if rest:
        yield Difference(f"{what} changes: {', '.join(rest)}")


def _reordered(what: str, old: list[str], then: list[str]) -> Iterator[Difference]:
    if [name for name in old if name in then] != [name for name in then if name in old]:
        yield Difference(f"{what} in another order: {', '.join(then)}")


def _objects(count: int) -> str:
    return _counted(count, "object")


def _links(count: int) -> str:
    return _counted(count, "link")


def _values(count: int) -> str:
    return _counted(count, "value")


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
