"""Whether what is to be taken back may be: nothing left hanging, no end missing, no loop, nothing shown without its owner."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, select

from storage import checks
from storage.audience import Audience
from storage.changes import Change, item_of
from storage.comments import comments_of
from storage.database import Transaction, ours
from storage.errors import Problem, Refused
from storage.graph import opens
from storage.history import Item
from storage.kinds import Kinds
from storage.nesting import Edge, check_loop, in_turn
from storage.objects import Link, Object, get_many
from storage.past.things import name_of
from storage.people import names_of
from storage.tables import answers, comments, links, measured_values, objects
from storage.teams import all_teams

_CHUNK = 5_000  # SQLite takes 32,766 variables in a statement
_SHOWN = 3  # things that hang on another, in a sentence
_KEYS: Any = bindparam("keys", expanding=True)
_KINDS = (
    select(objects.c.key, objects.c.kind)
    .where(ours(objects), objects.c.key.in_(_KEYS))
    .with_for_update(read=True, key_share=True)
)
_TRIPLE = (links.c.from_key, links.c.relation, links.c.to_key)
_LINKS_FROM = select(*_TRIPLE).where(ours(links), links.c.from_key.in_(_KEYS)).order_by(*_TRIPLE)
_LINKS_TO = select(*_TRIPLE).where(ours(links), links.c.to_key.in_(_KEYS)).order_by(*_TRIPLE)
_VALUES = select(measured_values.c.key, measured_values.c.at).where(ours(measured_values), measured_values.c.key.in_(_KEYS))
_VALUES = _VALUES.order_by(measured_values.c.key, measured_values.c.at)
_ANSWERS = select(answers.c.about, answers.c.author).where(ours(answers), answers.c.about.in_(_KEYS))
_ANSWERS = _ANSWERS.order_by(answers.c.about, answers.c.author).distinct()

_COMMENTS = select(comments.c.key, comments.c.id).where(ours(comments), comments.c.key.in_(_KEYS))
_COMMENTS = _COMMENTS.order_by(comments.c.key, comments.c.id)


async def check(tx: Transaction, kinds: Kinds, changes: Sequence[Change], author: str, audience: Audience) -> None:
    """Raise Refused, with every reason in words, where `changes` cannot be made by `author`, who sees what `audience` does."""
    if problems := [problem for each in changes for problem in _check_declared(kinds, each)]:
        raise Refused(problems)
    problems = [problem for each in changes for problem in _check_place(each, author)]
    problems += await _check_teams(tx, changes)
    problems += await _check_hanging(tx, changes, audience)
    problems += await _check_links(tx, kinds, changes)
    if problems:
        raise Refused(problems)


def _check_declared(kinds: Kinds, change: Change) -> list[Problem]:
    """Refuse what a later pack let go when nothing used it any more: nobody could read it."""
    before, after = change.before, change.after
    if not isinstance(after, Object):
        return []
    kind = kinds.kinds.get(after.kind)
    if kind is None:
        return [Problem("kind", f"There is no kind {after.kind} any more, so {after.key} can't come back.")]
    was = before if isinstance(before, Object) else None
    problems: list[Problem] = []
    if after.status not in kind.lifecycle and not (was and was.status == after.status):
        what = checks.with_article(kind.label.lower()).capitalize()
        problems.append(Problem("status", f'{what} has no status "{after.status}" any more, which {after.key} had.'))
    if after.horizon and after.horizon not in kinds.horizons and not (was and was.horizon == after.horizon):
        problems.append(Problem("horizon", f'There is no horizon "{after.horizon}" any more, which {after.key} had.'))
    return problems


def _check_place(change: Change, author: str) -> list[Problem]:
    before, after = change.before, change.after
    if not isinstance(after, Object):
        return []
    if after.visibility == "channel" and not after.channel:
        return [Problem("visibility", f"{after.key} has no channel any more to which it could be kept.")]
    if isinstance(before, Object) and opens(before, after) and author != (before.owner or before.created_by):
        return [Problem("visibility", f"Only its owner can show {after.key} to more people.")]
    return []


async def _check_teams(tx: Transaction, changes: Iterable[Change]) -> list[Problem]:
    wanted = [each.after for each in changes if isinstance(each.after, Object) and each.after.team is not None]
    known = {team.name for team in await all_teams(tx)} if wanted else set()
    return [
        Problem("team", f"There is no team {each.team} any more, to which {each.key} belonged.")
        for each in wanted
        if each.team not in known
    ]


async def _check_hanging(tx: Transaction, changes: Sequence[Change], audience: Audience) -> list[Problem]:
    """Refuse to take away an object that others have linked to, measured, answered about or commented on."""
    going = {each.thing.key for each in changes if isinstance(each.thing, Object) and each.after is None}
    if not going:
        return []
    gone = {item_of(each.thing) for each in changes if each.after is None}
    rows = [*await _rows(tx, _LINKS_FROM, going), *await _rows(tx, _LINKS_TO, going)]
    hanging = [Item(row["from_key"], row["relation"], row["to_key"]) for row in rows]
    hanging += [Item(row["key"], value_at=row["at"]) for row in await _rows(tx, _VALUES, going)]
    left = [item for item in dict.fromkeys(hanging) if item not in gone]
    seen = await get_many(tx, {key for item in left for key in (item.key, item.to_key) if key is not None}, audience)
    told: dict[str, list[str]] = {}
    for item in left:
        is_seen = all(key in seen for key in (item.key, item.to_key) if key is not None)
        for key in going & {item.key, item.to_key}:
            told.setdefault(key, []).extend([name_of(item)] if is_seen else [])
    answered = await _rows(tx, _ANSWERS, going)
    people = await names_of(tx, [row["author"] for row in answered])
    for row in answered:
        told.setdefault(row["about"], []).append(f"an answer of {people.get(row['author'], row['author'])}")
    for key, words in (await _commented(tx, going, audience)).items():
        told.setdefault(key, []).extend(words)
    return [Problem(key, _hanging(key, names)) for key, names in sorted(told.items())]


async def _commented(tx: Transaction, keys: Collection[str], audience: Audience) -> dict[str, list[str]]:
    """Return, for each of `keys` that somebody commented on, whose comments `audience` may see."""
    said: dict[str, list[str]] = {row["key"]: [] for row in await _rows(tx, _COMMENTS, keys)}
    seen = await comments_of(tx, said, audience)
    names = await names_of(tx, [each.author for some in seen.values() for each in some])
    return said | {key: [f"a comment of {names.get(each.author, each.author)}" for each in some] for key, some in seen.items()}


def _hanging(key: str, names: Sequence[str]) -> str:
    shown = "; ".join([*names[:_SHOWN], *([f"{len(names) - _SHOWN} more"] if names[_SHOWN:] else [])]) or "something else"
    return f"The making of {key} can't be taken back while this hangs on it: {shown}."


async def _check_links(tx: Transaction, kinds: Kinds, changes: Sequence[Change]) -> list[Problem]:
    """Refuse links and values that would come back without their ends, and links that would loop or fit nowhere."""
    coming = [
        each.after for each in changes if each.before is None and each.after is not None and not isinstance(each.after, Object)
    ]
    if not coming:
        return []
    ends = {key for each in coming for key in _keys(item_of(each))}
    kind_of = {row["key"]: row["kind"] for row in await _rows(tx, _KINDS, ends)}
    going = {each.thing.key for each in changes if isinstance(each.thing, Object) and each.after is None}
    kind_of |= {each.after.key: each.after.kind for each in changes if isinstance(each.after, Object)}
    problems: list[Problem] = []
    for thing in coming:
        missing = [key for key in _keys(item_of(thing)) if key not in kind_of or key in going]
        problems += [
            Problem(key, f"{key} is not there any more, so this can't come back: {name_of(item_of(thing))}.") for key in missing
        ]
        if isinstance(thing, Link) and not missing:
            problems += await _check_link(tx, kinds, thing, kind_of[thing.from_key], kind_of[thing.to_key], changes)
    return problems


async def _check_link(
    tx: Transaction, kinds: Kinds, link: Link, from_kind: str, to_kind: str, changes: Sequence[Change]
) -> list[Problem]:
    relation = kinds.relations.get(link.relation)
    if relation is None:
        return [Problem(link.relation, checks.unknown_relation(kinds, link.relation))]
    if problems := checks.check_ends(kinds, relation, from_kind, to_kind):
        return problems
    edge = link.from_key, link.to_key
    await in_turn(tx, kinds, link.relation, edge)
    come = _edges((each.after for each in changes if each.before is None), link.relation)
    gone = _edges((each.before for each in changes if each.after is None), link.relation)
    return await check_loop(tx, kinds, link.relation, edge, come - {edge}, gone)


def _edges(things: Iterable[object], relation: str) -> set[Edge]:
    return {(each.from_key, each.to_key) for each in things if isinstance(each, Link) and each.relation == relation}


def _keys(item: Item) -> list[str]:
    return [key for key in (item.key, item.to_key) if key is not None]


async def _rows(tx: Transaction, statement: Select[Any], keys: Collection[str]) -> list[Any]:
    wanted, found = sorted(keys), list[Any]()
    for start in range(0, len(wanted), _CHUNK):
        found += await tx.rows(statement, keys=wanted[start : start + _CHUNK])
    return found
