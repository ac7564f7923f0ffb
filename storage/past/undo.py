"""Taking back: what somebody did in one act, taken back as a whole, in an act of its own that can be taken back as well.

What was changed in another place since stays. What was changed in the same place is not overwritten: it is refused, with who
changed it and what. Keys are never given out again: an object whose making was taken back comes back under its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import bindparam, select

from storage import mentions
from storage.audience import Audience
from storage.changes import Change, Thing, item_of, state_of, store
from storage.database import Transaction, ours
from storage.errors import Clash, Clashes, NotFound, Problem, Refused
from storage.history import REVISION_COLUMNS, Act, Item, Revision, State, seen
from storage.kinds import Kinds
from storage.measures import Measure
from storage.objects import Link, Object
from storage.past.difference import flat
from storage.past.things import Mark, built, in_version, name_of, revisions_of, stored, thing_of
from storage.past.undo_checks import check
from storage.people import names_of
from storage.tables import revisions
from storage.turns import alone

_FEW = 10  # items of an act that are listed
_OF_ACT = (
    select(*REVISION_COLUMNS).where(ours(revisions), revisions.c.act == bindparam("the_act")).order_by(revisions.c.position)
)
_ACTS = (
    select(revisions.c.act)
    .where(ours(revisions), revisions.c.author == bindparam("the_author"), revisions.c.position == 0)
    .order_by(revisions.c.at.desc(), revisions.c.act.desc())
    .limit(bindparam("most"))
)
_BEGINNINGS = (
    select(*REVISION_COLUMNS)
    .where(ours(revisions), revisions.c.act.in_(bindparam("acts", expanding=True)), revisions.c.position <= _FEW)
    .order_by(revisions.c.act, revisions.c.position)
)


@dataclass(frozen=True)
class Deed:
    """An act as it is listed. `items`: the first of what it changed; `more`: whether there is more of that."""

    act: str
    author: str
    at: datetime
    reason: str | None
    items: tuple[Item, ...]
    more: bool


@dataclass(frozen=True)
class Undone:
    """What was taken back. `act`: the id of the act that did so, by which it can be taken back itself."""

    act: str
    changes: Sequence[Change]

    @property
    def keys(self) -> list[str]:
        """The objects that it touches, links and values through theirs."""
        things = [each.thing for each in self.changes]
        ends = [[each.from_key, each.to_key] if isinstance(each, Link) else [each.key] for each in things]
        return list(dict.fromkeys(key for some in ends for key in some))


async def acts_of(tx: Transaction, author: str, audience: Audience, most: int = 20) -> list[Deed]:
    """Return the last acts of `author`, the newest first; of each what `audience` may see (as in `history.of_object`).

    What was taken back, and the taking back, are acts as any other.
    """
    acts = [row["act"] for row in await tx.rows(_ACTS, the_author=author, most=most)]
    begun = [Revision(**row) for row in await tx.rows(_BEGINNINGS, acts=acts)] if acts else []
    by_act: dict[str, list[Revision]] = {act: [] for act in acts}
    for each in await seen(tx, begun, audience):
        by_act[each.act].append(each)
    return [_deed(mine) for mine in by_act.values() if mine]


async def last_act(tx: Transaction, author: str, audience: Audience) -> Deed | None:
    """Return the newest act of `author` that `audience` may see, or None."""
    return next(iter(await acts_of(tx, author, audience)), None)


def _deed(mine: Sequence[Revision]) -> Deed:
    items = tuple(dict.fromkeys(each.item for each in mine if each.position < _FEW))
    first = mine[0]
    return Deed(first.act, first.author, first.at, first.reason, items, more=mine[-1].position >= _FEW)


async def undo(tx: Transaction, kinds: Kinds, act: str, author: str, audience: Audience, *, as_admin: bool = False) -> Undone:
    """Take the act `act` back as a whole, by `author`, who did it; `as_admin`: whoever did it. Return what was done.

    Raise NotFound where there is no such act or `audience` may not see all that it changed, Clashes where something of it was
    changed in the same place since, and Refused, in words, where it is somebody else's, where something hangs on what would
    go, where an end of a link is gone, where "part of" would loop, and where there is nothing of it left to take back.
    """
    await alone(tx)
    told = [Revision(**row) for row in await tx.rows(_OF_ACT, the_act=act)]
    hidden = {each.item for each in told} - {each.item for each in await seen(tx, told, audience)}
    if not told or any(item.relation != mentions.MENTIONS for item in hidden):  # who writes a key need not see whose it is
        raise NotFound(act)
    if told[0].author != author and not as_admin:
        names = await names_of(tx, [told[0].author])
        raise Refused([Problem("act", f"Only {names.get(told[0].author, told[0].author)}, who did it, can take it back.")])
    taking = await _worked_out(tx, told)
    changes = await _changes(tx, taking, author)
    await check(tx, kinds, changes, author, audience)
    doing = Act(author, f"Taken back: {told[0].reason}" if told[0].reason else "Taken back")
    done = await store(tx, kinds, doing, changes)
    await _follow_texts(tx, kinds, doing, done)
    return Undone(doing.id, done)


@dataclass
class _Taking:
    """What an act did beside what is there now. `wanted`: what is to be of each item; None where it shall go."""

    now: Mapping[Item, Thing]
    history: Mapping[Item, Sequence[Revision]]  # of each item every revision, the newest first
    names: Mapping[str, str] = field(default_factory=dict)  # of those who made them, as far as they are known
    wanted: dict[Item, State | None] = field(default_factory=dict)
    clashes: list[Clash] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def take_back(self, item: Item, first: int, last: int) -> None:
        """Work out what becomes of `item`, of which the act made the versions from `first` to `last`."""
        thing, history = self.now.get(item), self.history[item]
        before, after = in_version(thing, history, first - 1), in_version(thing, history, last)
        now = None if thing is None else state_of(thing)
        if before in (now, after):
            return
        if now is None and after is not None:
            self.problems.append(
                Problem(item.key, f"{name_of(item)} is gone: {self._who(history[0].author)} took it away since.")
            )
            return
        clashing = _clashing(before, after, now)
        self.clashes += [self._clash(item, name, after, now) for name in clashing]
        self.wanted[item] = _merged(now, before, after) if now and before and after else before

    def _clash(self, item: Item, name: str, after: State | None, now: State | None) -> Clash:
        led = (each for each in self.history[item] if name in _changed(each.before, each.after))
        author = next((each.author for each in led), self.history[item][0].author)
        left, is_now = (flat(state or {}).get(name) for state in (after, now))
        return Clash(name_of(item), name, left, is_now, author, self._who(author))

    def _who(self, author: str) -> str:
        return self.names.get(author, author)


async def _worked_out(tx: Transaction, told: Sequence[Revision]) -> _Taking:
    versions: dict[Item, list[int]] = {}
    for each in told:
        versions.setdefault(each.item, []).append(each.version)
    now, history = await stored(tx, versions, lock=True), await revisions_of(tx, versions)
    taking = _Taking(now, history, await names_of(tx, {each.author for mine in history.values() for each in mine}))
    for item, mine in versions.items():
        taking.take_back(item, min(mine), max(mine))
    if taking.clashes:
        raise Clashes(taking.clashes)
    if not taking.wanted and not taking.problems:
        taking.problems.append(Problem("act", "There is nothing of it left to take back."))
    if taking.problems:
        raise Refused(taking.problems)
    return taking


def _changed(before: State | None, after: State | None) -> list[str]:
    """Return the names of the values that differ."""
    was, left = flat(before or {}), flat(after or {})
    return [name for name in {**was, **left} if was.get(name) != left.get(name)]


def _clashing(before: State | None, after: State | None, now: State | None) -> list[str]:
    """Return the names of the values that are neither as the act left them nor as they were before it."""
    since = _changed(after, now)
    if before is None or after is None:  # the whole thing came, or went
        return since
    mine, done = set(_changed(before, after)), set(_changed(before, now))
    return [name for name in since if name in mine and name in done]


def _merged(now: State, before: State, after: State) -> State:
    """Return what is there now with what the act changed as it was before."""
    was, merged = flat(before), dict(now)
    fields = dict(now.get("fields") or {})
    for name in _changed(before, after):
        own, _, of_kind = name.partition(".")
        if not of_kind:
            merged[own] = was.get(own)
        elif name in was:
            fields[of_kind] = was[name]
        else:
            fields.pop(of_kind, None)
    return {**merged, "fields": fields} if "fields" in now else merged


async def _changes(tx: Transaction, taking: _Taking, author: str) -> list[Change]:
    """Return what is to be written: what comes before what refers to it, what goes after that."""
    gone = {item: state for item, state in taking.wanted.items() if item not in taking.now}
    ended = {item: taking.history[item][0].version for item in gone}
    back = await built(tx, {item: (ended[item], state) for item, state in gone.items() if state is not None})
    changes = [Change(None, _as_of_now(thing, author, tx.now)) for thing in back.values()]
    for item, state in taking.wanted.items():
        there = taking.now.get(item)
        if there is not None:
            changes.append(Change(there, None if state is None else _revised(item, there, state, author, tx.now)))
    return sorted(changes, key=_when)


def _when(change: Change) -> int:
    is_object = isinstance(change.thing, Object)
    return (3 if is_object else 2) if change.after is None else (0 if is_object else 1)


def _as_of_now(thing: Thing, author: str, now: datetime) -> Thing:
    """Return a thing that comes back: made, this time, by who brings it back. Of an object history keeps who made it first."""
    if isinstance(thing, Measure):
        return replace(thing, author=author, recorded_at=now)
    return replace(thing, created_by=author, created_at=now) if isinstance(thing, Link) else thing


def _revised(item: Item, there: Thing, state: State, author: str, now: datetime) -> Thing:
    made_by, made_at = (there.created_by, there.created_at) if isinstance(there, Link) else (None, None)
    return thing_of(item, there.version + 1, state, Mark(author, now, made_by, made_at))


async def _follow_texts(tx: Transaction, kinds: Kinds, doing: Act, done: Sequence[Change]) -> None:
    """Let the mentions follow the texts: those come and go that do, and those stay of which another text speaks."""
    await mentions.follow(tx, kinds, doing, done)
    gone = [each.before for each in done if each.after is None and isinstance(each.before, Link)]
    there = await stored(tx, [Item(key) for link in gone for key in (link.from_key, link.to_key)])
    for link in gone:
        if link.relation != mentions.MENTIONS or Item(link.from_key) not in there or Item(link.to_key) not in there:
            continue
        is_back = item_of(link) in await stored(tx, [item_of(link)])
        if not is_back and await mentions.is_said(tx, kinds, link.from_key, link.to_key):
            await store(tx, kinds, doing, [Change(None, link)])
