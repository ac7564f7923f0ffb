"""One person's changes of the graph: checked, worked out as values, and handed to `storage.changes`, which writes them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, bindparam, select

from storage import checks, mentions
from storage.changes import REVISABLE, Change, state_of, store
from storage.conflicts import insert_and_count
from storage.database import Transaction, ours
from storage.errors import NotFound, Problem, Refused
from storage.history import Act, Item
from storage.kinds import Kinds, nearest
from storage.measures import Measure, cannot_be, checked
from storage.nesting import check_loop, in_turn
from storage.objects import LINK_COLUMNS, OBJECT_COLUMNS, Draft, Link, Object
from storage.past.things import check_version
from storage.tables import counters, links, measured_values, objects
from storage.turns import together


@dataclass(frozen=True)
class Tie:
    """A link that is yet to be made from an object to `other`; `backward`: from `other` to the object."""

    relation: str
    other: str
    backward: bool = False
    why: str = ""
    confidence: object = None
    fields: Mapping[str, object] = field(default_factory=dict)

    def ends(self, key: str) -> tuple[str, str]:
        return (self.other, key) if self.backward else (key, self.other)


NEXT_NUMBER = insert_and_count(counters, "value")
_LOCKED = select(*OBJECT_COLUMNS).where(ours(objects), objects.c.key == bindparam("key")).with_for_update(key_share=True)
_KINDS = select(objects.c.key, objects.c.kind).where(ours(objects), objects.c.key.in_(bindparam("keys", expanding=True)))
_KINDS_OF = _KINDS.with_for_update(read=True, key_share=True)  # nobody takes back the making of what is being linked
_KINDS_OF_LOCKED = _KINDS.order_by(objects.c.key).with_for_update(key_share=True)
_THE_LINK = (
    select(*LINK_COLUMNS)
    .where(
        ours(links),
        links.c.from_key == bindparam("from_key"),
        links.c.to_key == bindparam("to_key"),
        links.c.relation == bindparam("relation"),
    )
    .with_for_update()
)
_THE_VALUE = (
    select(*(measured_values.c[name] for name in Measure.__dataclass_fields__))
    .where(
        ours(measured_values),
        measured_values.c.key == bindparam("the_key"),
        measured_values.c.at == bindparam("the_moment"),
    )
    .with_for_update()
)


class Graph:
    """One person's changes, in one transaction."""

    def __init__(self, tx: Transaction, kinds: Kinds, author: str, reason: str | None = None) -> None:
        self._tx = tx
        self._kinds = kinds
        self.act = Act(author, reason)
        self._has_turn = False

    async def add(self, draft: Draft, ties: Sequence[Tie] = ()) -> Object:
        """Store an object with its links and return it. Raise Refused; then nothing may be kept of the transaction."""
        await self._take_turn()
        clean, problems = checks.check_draft(self._kinds, draft)
        problems += checks.check_in_use(self._kinds, draft.kind)
        ties, tie_problems = self._check_ties(ties)
        others = await self._kinds_of(tie.other for tie in ties)
        for tie in ties:
            tie_problems += self._check_end(tie, draft.kind, others, is_new=True)
        if problems or tie_problems:
            raise Refused([*problems, *tie_problems])
        key = clean.key or await self._next_key(draft.kind)
        made = new_object(self._kinds, clean, key, self.act.author, self._tx.now)
        tied = [new_link(tie, key, self.act.author, self._tx.now) for tie in ties]
        await self._refuse_loops(tied, key)
        links = (Change(None, link) for link in tied)
        stored = await self._store(Change(None, made), *links, fresh=() if clean.key else {key})
        return cast("Object", stored[0].after)

    async def revise(self, key: str, changes: Mapping[str, object], expected_version: int | None = None) -> Object:
        """Change an object and return it as it is now; a change that changes nothing is none.

        `changes`: any of REVISABLE; "fields" is merged, and a field given as None or empty is taken away.
        To show it to more people is for its owner alone, or who made it where it has none.
        Raise NotFound, Refused, or Conflict where somebody else was first (only if `expected_version` is given).
        """
        await self._take_turn()
        row = await self._tx.row(_LOCKED, key=key)
        if row is None:
            raise NotFound(key)
        before = Object(**row)
        await check_version(self._tx, Item(key), before, expected_version)
        after = revised(self._kinds, before, changes)
        if state_of(before) == state_of(after):
            return before
        if problems := checks.check_transition(self._kinds.kind(before.kind), before.status, after.status):
            raise Refused(problems)
        if opens(before, after) and self.act.author != (before.owner or before.created_by):
            raise Refused([Problem("visibility", f"Only its owner can show {key} to more people.")])
        after = replace(after, version=before.version + 1, updated_at=self._tx.now)
        await self._store(Change(before, after))
        return after

    async def link(self, key: str, tie: Tie, expected_version: int | None = None) -> Link:
        """Make a link, or update the one that is there, and return it.

        Raise NotFound, Refused, or Conflict where it is there in another version than the expected one (0: not at all).
        """
        ties, problems = self._check_ties([tie])
        if not ties:
            raise Refused(problems)
        tie = ties[0]
        await self._take_turn()
        kinds_of = await self._kinds_of([key, tie.other])
        if key not in kinds_of:
            raise NotFound(key)
        from_key, to_key = tie.ends(key)
        await in_turn(self._tx, self._kinds, tie.relation, (from_key, to_key))
        before = await self._the_link(from_key, tie.relation, to_key)
        problems += self._check_end(tie, kinds_of[key], kinds_of, is_new=before is None)
        if not problems:
            problems += await check_loop(self._tx, self._kinds, tie.relation, (from_key, to_key))
        if problems:
            raise Refused(problems)
        await check_version(self._tx, Item(from_key, tie.relation, to_key), before, expected_version)
        after = updated_link(before, tie) if before else new_link(tie, key, self.act.author, self._tx.now)
        if before is not None and state_of(before) == state_of(after):
            return before
        stored = await self._store(Change(before, replace(after, version=before.version + 1 if before else 1)))
        return cast("Link", stored[0].after)

    async def unlink(self, from_key: str, relation: str, to_key: str, expected_version: int | None = None) -> bool:
        """Take a link away; history keeps it. Return whether there was one.

        Raise Refused where a text makes it by itself, and Conflict as `link` does.
        """
        await self._take_turn()
        there = await self._the_link(from_key, relation, to_key)
        await check_version(self._tx, Item(from_key, relation, to_key), there, expected_version)
        if there and relation == mentions.MENTIONS and await mentions.is_said(self._tx, self._kinds, from_key, to_key):
            raise Refused(
                [Problem(relation, f"A text of {from_key} speaks of {to_key}. When it no longer does, the link goes.")]
            )
        if there is not None:
            await self._store(Change(there, None))
        return there is not None

    async def measure(self, *given: Measure, expected_version: int | None = None) -> list[Measure]:
        """Store dated values and return those that are new or corrected; one of the same object and moment takes its place.

        Raise NotFound, Refused where the kind carries no values, a number is none, or its moment has not come, or Conflict
        where one is there in another version than the expected one (0: not at all).
        """
        await self._take_turn()
        clean = await self._checked_values(given)
        found: list[Measure] = []
        for value in clean:
            before = await self._the_value(value.key, value.at)
            await check_version(self._tx, Item(value.key, value_at=value.at), before, expected_version)
            if before != value:
                version = before.version + 1 if before else 1
                after = replace(value, version=version, author=self.act.author, recorded_at=self._tx.now)
                stored = await self._store(Change(before, after))
                found.append(cast("Measure", stored[0].after))
        return found

    async def unmeasure(self, key: str, at: datetime, expected_version: int | None = None) -> bool:
        """Take the value of the object `key` at the moment `at` away; history keeps it. Return whether there was one.

        Raise Conflict as `measure` does.
        """
        await self._take_turn()
        there = await self._the_value(key, at)
        await check_version(self._tx, Item(key, value_at=at), there, expected_version)
        if there is not None:
            await self._store(Change(there, None))
        return there is not None

    async def _take_turn(self) -> None:
        if not self._has_turn:
            await together(self._tx)
            self._has_turn = True

    async def _store(self, *changes: Change, fresh: Collection[str] = ()) -> list[Change]:
        stored = await store(self._tx, self._kinds, self.act, changes, fresh)
        await mentions.follow(self._tx, self._kinds, self.act, stored)
        return stored

    async def _the_link(self, from_key: str, relation: str, to_key: str) -> Link | None:
        row = await self._tx.row(_THE_LINK, from_key=from_key, to_key=to_key, relation=relation)
        return None if row is None else Link(**row)

    async def _the_value(self, key: str, at: datetime) -> Measure | None:
        row = await self._tx.row(_THE_VALUE, the_key=key, the_moment=at)
        return None if row is None else Measure(**row)

    async def _checked_values(self, given: Sequence[Measure]) -> list[Measure]:
        kinds_of = await self._kinds_of((value.key for value in given), _KINDS_OF_LOCKED)
        problems: list[Problem] = []
        for value in given:
            if value.key not in kinds_of:
                raise NotFound(value.key)
        for value in given:
            problems += cannot_be(self._kinds, kinds_of[value.key], value, self._tx.now)
        clean = [checked(value, problems) for value in given]
        if problems:
            raise Refused(problems)
        return clean

    async def _next_key(self, kind: str) -> str:
        prefix = self._kinds.kind(kind).prefix
        statement = NEXT_NUMBER[self._tx.connection.dialect.name]
        return f"{prefix}-{await self._tx.value(statement, name=prefix, value=1)}"

    async def _kinds_of(self, keys: Iterable[str], statement: Select[Any] = _KINDS_OF) -> dict[str, str]:
        wanted = sorted(set(keys))
        if not wanted:
            return {}
        return {row["key"]: row["kind"] for row in await self._tx.rows(statement, keys=wanted)}

    def _check_ties(self, ties: Sequence[Tie]) -> tuple[list[Tie], list[Problem]]:
        clean: dict[tuple[str, str, bool], Tie] = {}
        problems: list[Problem] = []
        for tie in ties:
            if tie.relation not in self._kinds.relations:
                problems.append(Problem(tie.relation, checks.unknown_relation(self._kinds, tie.relation)))
                continue
            why = checks.check_text("why", tie.why, problems)
            fields = checks.check_fields(self._kinds.link_fields, tie.fields, problems)
            confidence = checks.check_confidence(tie.confidence, problems)
            clean[tie.relation, tie.other, tie.backward] = replace(tie, why=why, fields=fields, confidence=confidence)
        return list(clean.values()), problems

    def _check_end(self, tie: Tie, kind: str, others: Mapping[str, str], *, is_new: bool) -> list[Problem]:
        other = others.get(tie.other)
        if other is None:
            return [Problem(tie.relation, checks.unknown_object(tie.other))]
        from_kind, to_kind = (other, kind) if tie.backward else (kind, other)
        check = checks.check_offered if is_new else checks.check_ends
        return check(self._kinds, self._kinds.relations[tie.relation], from_kind, to_kind)

    async def _refuse_loops(self, tied: Sequence[Link], key: str) -> None:
        """Refuse what would close a loop through the new object `key`: only where such links lead to it as well as from it."""
        problems: list[Problem] = []
        for link in (each for each in tied if each.to_key == key and not self._kinds.relations[each.relation].loops):
            come = [(key, each.to_key) for each in tied if each.from_key == key and each.relation == link.relation]
            await in_turn(self._tx, self._kinds, link.relation, (link.from_key, key))
            problems += await check_loop(self._tx, self._kinds, link.relation, (link.from_key, key), come)
        if problems:
            raise Refused(problems)


def new_object(kinds: Kinds, draft: Draft, key: str, author: str, now: datetime) -> Object:
    """Return the first version of the object that a checked `draft` describes."""
    return Object(
        key=key,
        kind=draft.kind,
        title=draft.title,
        description=draft.description,
        status=draft.status or kinds.kind(draft.kind).first_status,
        owner=draft.owner,
        team=draft.team,
        horizon=draft.horizon,
        tags=list(draft.tags),
        fields=dict(draft.fields),  # type: ignore[arg-type]  # checked: stored form
        source=draft.source,
        channel=draft.channel,
        visibility=draft.visibility,
        version=1,
        created_by=author,
        created_at=draft.created_at or now,
        updated_at=now,
        archived=draft.archived,
    )


def revised(kinds: Kinds, before: Object, changes: Mapping[str, object]) -> Object:
    """Return `before` with `changes` as in `Graph.revise`, its version untouched; raise Refused."""
    unknown = [name for name in changes if name not in REVISABLE]
    if unknown:
        raise Refused([Problem(unknown[0], f'"{unknown[0]}" cannot be changed{nearest(unknown[0], REVISABLE)}')])
    known = kinds.kind(before.kind).fields
    undeclared = {name: value for name, value in before.fields.items() if name not in known}  # by the pack any more: they stay
    fields = {**before.fields, **(changes.get("fields") or {})}  # type: ignore[dict-item]
    fields = {name: value for name, value in fields.items() if name not in undeclared}
    wanted: dict[str, Any] = {name: getattr(before, name) for name in REVISABLE} | dict(changes)
    wanted |= {"tags": tuple(wanted["tags"]), "archived": bool(wanted["archived"])}  # history has it only where it is so
    draft = Draft(kind=before.kind, **{**wanted, "fields": fields})
    clean, problems = checks.check_draft(kinds, draft)
    if problems:
        raise Refused(problems)
    values = {name: getattr(clean, name) for name in REVISABLE}
    return replace(before, **{**values, "fields": {**undeclared, **clean.fields}, "tags": list(clean.tags)})


def opens(before: Object, after: Object) -> bool:
    """Tell whether people see `after` who could not see `before`."""
    return before.visibility == "channel" and (after.visibility, after.channel) != (before.visibility, before.channel)


def new_link(tie: Tie, key: str, author: str, now: datetime) -> Link:
    """Return the link that a checked `tie` of the object `key` makes."""
    from_key, to_key = tie.ends(key)
    confidence: Any = tie.confidence
    fields: Any = dict(tie.fields)
    return Link(from_key, tie.relation, to_key, tie.why, confidence, fields, 1, author, now)


def updated_link(before: Link, tie: Tie) -> Link:
    """Return `before` with what a checked `tie` says of it, its version untouched."""
    return replace(
        before,
        why=tie.why or before.why,
        confidence=before.confidence if tie.confidence is None else tie.confidence,  # type: ignore[arg-type]
        fields={**before.fields, **tie.fields},  # type: ignore[dict-item]  # checked: stored form
    )
