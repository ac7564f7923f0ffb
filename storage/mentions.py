"""Links that texts make by themselves: what a text refers to, its object mentions; what it refers to no longer, no longer.

Read are an object's title, description and own fields that hold a text or an address, and why and evidence of the links that
begin at it (they count for that end, and not for what stands at the other one). A link that somebody made to something that
no text refers to is not touched.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select

from storage.changes import Change, store
from storage.database import Transaction, ours
from storage.history import Act
from storage.kinds import Kinds
from storage.measures import Measure
from storage.objects import LINK_COLUMNS, OBJECT_COLUMNS, Link, Object
from storage.references import NOTHING, Reference, References, of_link, of_object
from storage.tables import addresses, links, messages, objects

MENTIONS = "mentions"  # the pack's name of the relation; a pack without it has no such links
_CHUNK = 5_000  # SQLite takes 32,766 variables in a statement

_WANTED: Any = bindparam("wanted", expanding=True)
_THERE = select(objects.c.key).where(ours(objects), objects.c.key.in_(_WANTED))
# Two that change texts of one object side by side, as its own and why of a link, would each make the same mention.
_IN_TURN = _THERE.order_by(objects.c.key).with_for_update(key_share=True)
_OWNERS = select(addresses.c.address, addresses.c.key).where(
    ours(addresses), addresses.c.address.in_(_WANTED), addresses.c.is_own
)
_HOLDERS = select(addresses.c.address, addresses.c.key, addresses.c.is_own).where(
    ours(addresses), addresses.c.address.in_(_WANTED)
)
_CARDS = select(messages.c.channel, messages.c.ts, messages.c.subject).where(
    ours(messages), messages.c.channel.in_(bindparam("channels", expanding=True)), messages.c.ts.in_(_WANTED)
)
_MENTIONS = select(*LINK_COLUMNS).where(ours(links), links.c.from_key.in_(_WANTED), links.c.relation == MENTIONS)
SPEAKING_LINKS = select(*LINK_COLUMNS).where(ours(links), links.c.from_key.in_(_WANTED), links.c.relation != MENTIONS)
_OBJECTS = select(*OBJECT_COLUMNS).where(ours(objects), objects.c.key.in_(_WANTED))

Pair = tuple[str, str]


@dataclass
class _Said:
    """What the texts of one object referred to before, and refer to after, as far as they were changed."""

    before: References = NOTHING
    after: References = NOTHING


@dataclass
class _Owners:
    """What each reference means: keys. `lost`: whose address it was until this change."""

    now: Mapping[Reference, Collection[str]]
    lost: Mapping[str, Collection[str]] = field(default_factory=dict)

    def mentioned(self, kinds: Kinds, key: str, said: References, *, before: bool = False) -> set[str]:
        """Return the keys that an object `key` mentions whose texts say so."""
        found = {owner for each in said for owner in self._of(each, before=before) if _is_apart(kinds, each, key, owner)}
        return found - {key}

    def _of(self, each: Reference, *, before: bool) -> Iterable[str]:
        yield from self.now.get(each, ())
        if before and each.sort in ("address", "place"):
            yield from self.lost.get(each.name, ())


def _is_apart(kinds: Kinds, said: Reference, key: str, owner: str) -> bool:
    """Tell whether it is a mention: two of one kind at one place are versions of one thing, and say nothing of each other."""
    return said.sort != "place" or kinds.of_key(key) is not kinds.of_key(owner)


async def follow(
    tx: Transaction, kinds: Kinds, act: Act, changes: Sequence[Change], named: Collection[Pair] = frozenset()
) -> None:
    """Store, as part of `act`, the mentions that follow from `changes`, which are stored already.

    `named`: (from, to) of mentions that are to stay whatever the texts say. Where no text refers to anything, nothing is asked
    of the database.
    """
    found = await following(tx, kinds, changes, act.author)
    await store(tx, kinds, act, [each for each in found if each.after is not None or _pair(each.thing) not in named])


async def following(tx: Transaction, kinds: Kinds, changes: Sequence[Change], author: str) -> list[Change]:
    """Return the mentions that `changes`, which are stored already, make and take away."""
    relation = kinds.relations.get(MENTIONS)
    if relation is None or relation.retired:
        return []
    read = [_Read(change, refers(kinds, change.before), refers(kinds, change.after)) for change in changes]
    said, moved = _said(read), _moved(read)
    await _add_holders(tx, said, moved)
    for change in changes:
        if isinstance(change.thing, Object) and change.after is None:
            said.pop(change.thing.key, None)
    return await _worked_out(tx, kinds, said, _Owners({}, _lost(moved)), author) if said else []


class _Read(NamedTuple):
    """A change, and what its texts referred to before, and after."""

    change: Change
    before: References
    after: References


def _said(read: Iterable[_Read]) -> dict[str, _Said]:
    found: dict[str, _Said] = {}
    for change, before, after in read:
        if before or after:
            said = found.setdefault(_holder(change.thing), _Said())
            said.before |= before
            said.after |= after
    return found


def refers(kinds: Kinds, thing: Object | Link | Measure | None) -> References:
    """Return what the texts of `thing` refer to."""
    if isinstance(thing, Object):
        return of_object(kinds, thing)
    # What a mention itself says would keep it alive.
    return of_link(kinds, thing) if isinstance(thing, Link) and thing.relation != MENTIONS else NOTHING


def _holder(thing: Object | Link | Measure) -> str:
    return thing.from_key if isinstance(thing, Link) else thing.key


class _Moved(NamedTuple):
    """An object that has got an address of its own, or has it no longer."""

    address: str
    key: str
    is_lost: bool


def _moved(read: Iterable[_Read]) -> list[_Moved]:
    return [
        _Moved(each.name, _holder(change.thing), each in before)
        for change, before, after in read
        for each in before ^ after
        if each.sort == "place"
    ]


def _lost(moved: Iterable[_Moved]) -> dict[str, set[str]]:
    lost: dict[str, set[str]] = defaultdict(set)
    for each in moved:
        if each.is_lost:
            lost[each.address].add(each.key)
    return lost


async def _add_holders(tx: Transaction, said: dict[str, _Said], moved: Sequence[_Moved]) -> None:
    """Add whose texts hold an address that has moved: what they say has not changed, what it means has."""
    for row in await in_chunks(tx, _HOLDERS, {each.address for each in moved}):
        reference = frozenset({Reference("place" if row["is_own"] else "address", row["address"])})
        holder = said.setdefault(row["key"], _Said())
        holder.before |= reference
        holder.after |= reference


async def _worked_out(tx: Transaction, kinds: Kinds, said: Mapping[str, _Said], owners: _Owners, author: str) -> list[Change]:
    owners.now = await _owners(tx, {each for one in said.values() for each in one.before | one.after})
    after = {key: owners.mentioned(kinds, key, one.after) for key, one in said.items()}
    gone = {key: owners.mentioned(kinds, key, one.before, before=True) - after[key] for key, one in said.items()}
    if tx.connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        await in_chunks(tx, _IN_TURN, said)
    await _keep_what_is_still_said(tx, kinds, gone)
    there = {_pair(link): link for link in (Link(**row) for row in await in_chunks(tx, _MENTIONS, said))}
    removed = [Change(there[key, to], None) for key, ends in gone.items() for to in sorted(ends) if (key, to) in there]
    made = [
        Change(None, Link(key, MENTIONS, to, created_by=author, created_at=tx.now))
        for key, ends in after.items()
        for to in sorted(ends)
        if (key, to) not in there and _is_offered(kinds, key, to)
    ]
    return [*removed, *made]


def _is_offered(kinds: Kinds, from_key: str, to_key: str) -> bool:
    from_kind, to_kind = kinds.of_key(from_key), kinds.of_key(to_key)
    return bool(from_kind and to_kind and kinds.offers(kinds.relations[MENTIONS], from_kind.name, to_kind.name))


async def _keep_what_is_still_said(tx: Transaction, kinds: Kinds, gone: dict[str, set[str]]) -> None:
    """Take out of `gone` what another text of the same object refers to."""
    keys = [key for key, ends in gone.items() if ends]
    if not keys:
        return
    whole = await _whole(tx, kinds, keys)
    owners = _Owners(await _owners(tx, {each for said in whole.values() for each in said}))
    for key, said in whole.items():
        gone[key] -= owners.mentioned(kinds, key, said)


async def _whole(tx: Transaction, kinds: Kinds, keys: Sequence[str]) -> dict[str, References]:
    """Return all that the texts of the objects `keys` refer to."""
    found = {row["key"]: of_object(kinds, Object(**row)) for row in await in_chunks(tx, _OBJECTS, keys)}
    for row in await in_chunks(tx, SPEAKING_LINKS, keys):
        found[row["from_key"]] |= of_link(kinds, Link(**row))
    return found


async def _owners(tx: Transaction, said: Iterable[Reference]) -> dict[Reference, set[str]]:
    """Return what each reference means, as far as there is such a thing."""
    by_sort: dict[str, set[str]] = defaultdict(set)
    for each in said:
        by_sort["address" if each.sort == "place" else each.sort].add(each.name)
    found: dict[Reference, set[str]] = defaultdict(set)
    for row in await in_chunks(tx, _THERE, by_sort["key"]):
        found[Reference("key", row["key"])].add(row["key"])
    for row in await in_chunks(tx, _OWNERS, by_sort["address"]):
        found[Reference("address", row["address"])].add(row["key"])
        found[Reference("place", row["address"])].add(row["key"])
    places = [name.split(" ") for name in by_sort["message"]]
    channels = sorted({channel for channel, _ in places})
    for row in await in_chunks(tx, _CARDS, {ts for _, ts in places}, channels=channels) if places else ():
        sort, _, key = row["subject"].partition(":")
        if sort == "card":
            found[Reference("message", f"{row['channel']} {row['ts']}")].add(key)
    return found


async def is_said(tx: Transaction, kinds: Kinds, from_key: str, to_key: str) -> bool:
    """Tell whether a text of the object `from_key` refers to `to_key`."""
    whole = (await _whole(tx, kinds, [from_key])).get(from_key, NOTHING)
    return to_key in _Owners(await _owners(tx, whole)).mentioned(kinds, from_key, whole)


def _pair(thing: Any) -> Pair:
    return thing.from_key, thing.to_key


async def in_chunks(tx: Transaction, statement: Select[Any], wanted: Collection[str], **values: Any) -> list[Any]:
    names = sorted(wanted)
    found: list[Any] = []
    for start in range(0, len(names), _CHUNK):
        found += await tx.rows(statement, wanted=names[start : start + _CHUNK], **values)
    return found
