"""Edits that wait for somebody who may make them: who proposes what of which object, and what became of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, and_, bindparam, insert, or_, select, update

from storage.audience import VISIBLE, Audience
from storage.changes import state_of
from storage.database import Transaction, ours
from storage.errors import NotFound, Problem, Refused
from storage.graph import Graph, Tie
from storage.history import Item, difference
from storage.ids import new_id
from storage.kinds import Kinds
from storage.objects import Object, get, get_many
from storage.past.difference import flat, steps
from storage.past.things import in_version, revisions_of
from storage.rights import may_edit
from storage.tables import objects, proposals
from storage.teams import teams_of

WAITING, ACCEPTED, DECLINED, WITHDRAWN = "waiting", "accepted", "declined", "withdrawn"


@dataclass(frozen=True)
class Proposal:
    """An edit of the object `key`, which its author saw in `version`. `changes`: as in Graph.revise; `ties`: links to make.

    `decided_by` and `reason`: who accepted, declined or withdrew it, and why.
    """

    id: str
    key: str
    author: str
    version: int
    why: str
    at: datetime
    changes: Mapping[str, Any] = field(default_factory=dict)
    ties: tuple[Tie, ...] = ()
    state: str = WAITING
    decided_by: str | None = None
    reason: str | None = None
    decided_at: datetime | None = None

    @property
    def values(self) -> dict[str, Any]:
        """What it would change, by name: those of the kind's own fields as "fields.…"."""
        named = {name: value for name, value in self.changes.items() if name != "fields"}
        return named | {f"fields.{name}": value for name, value in (self.changes.get("fields") or {}).items()}


@dataclass(frozen=True)
class Overtaken:
    """A value that a proposal would change, and that `author` has changed since: what it is now, and what is proposed."""

    name: str
    author: str
    now: Any
    proposed: Any


@dataclass(frozen=True)
class Accepted:
    """What became of an accepted edit. `act`: the id of the act, by its author; None where there was nothing left to change.

    `keys`: the objects that it touches.
    """

    proposal: Proposal
    after: Object
    act: str | None
    keys: tuple[str, ...]


class Outdated(Exception):
    """What a proposal would change was changed since whoever accepts it looked: it would overwrite what they have not seen."""

    def __init__(self, overtaken: Sequence[Overtaken]) -> None:
        super().__init__(", ".join(each.name for each in overtaken))
        self.overtaken = tuple(overtaken)


_COLUMNS = tuple(proposals.c[name] for name in Proposal.__dataclass_fields__ if name != "ties")
_SEEN = select(*_COLUMNS).join(objects, (objects.c.workspace == proposals.c.workspace) & (objects.c.key == proposals.c.key))
_SEEN = _SEEN.where(ours(proposals), VISIBLE)
_OF_AUTHOR_ON = select(*_COLUMNS).where(
    ours(proposals),
    proposals.c.key == bindparam("the_key"),
    proposals.c.author == bindparam("the_user"),
    proposals.c.state == WAITING,
)
_IN_TURN = (proposals.c.at, proposals.c.id)
_IS_WAITING = proposals.c.state == WAITING
_GET = _SEEN.where(proposals.c.id == bindparam("the_id"))
_OF_AUTHOR = _SEEN.where(proposals.c.author == bindparam("the_user"), _IS_WAITING).order_by(*_IN_TURN)
_TO_DECIDE = _SEEN.where(
    _IS_WAITING,
    or_(
        objects.c.owner == bindparam("the_user"),
        and_(objects.c.owner.is_(None), objects.c.created_by == bindparam("the_user")),
        objects.c.team.in_(bindparam("led", expanding=True)),
    ),
).order_by(*_IN_TURN)
_WAITING_ON = select(proposals.c.id).where(ours(proposals), proposals.c.key.in_(bindparam("keys", expanding=True)), _IS_WAITING)
_ADD = insert(proposals)
_DECIDE = (
    update(proposals)
    .where(ours(proposals), proposals.c.id == bindparam("the_id"), _IS_WAITING)
    .values(
        state=bindparam("the_state"),
        decided_by=bindparam("the_user"),
        reason=bindparam("the_reason"),
        decided_at=bindparam("now"),
    )
)
_WITHDRAW = (
    update(proposals)
    .where(ours(proposals), proposals.c.id == bindparam("the_id"), proposals.c.author == bindparam("the_user"), _IS_WAITING)
    .values(state=WITHDRAWN, decided_by=bindparam("the_user"), decided_at=bindparam("now"))
)


async def propose(
    tx: Transaction,
    kinds: Kinds,
    author: str,
    before: Object,
    changes: Mapping[str, object],
    ties: Sequence[Tie] = (),
    *,
    version: int | None = None,
    why: str = "",
) -> Proposal | None:
    """Keep an edit of `before` until somebody decides, once, however often it is proposed; None where it would change nothing.

    `version`: of the object that `author` was shown, if that was another. Raise as Graph does, which tries it and lets it go.
    """
    graph = Graph(tx, kinds, author)
    async with tx.connection.begin_nested() as trial:
        after = await graph.revise(before.key, changes)
        for tie in ties:
            await graph.link(before.key, tie)
        await trial.rollback()
    if not graph.act.is_told:
        return None
    said = _only_changed(before, after)
    for earlier in [_read(row) for row in await tx.rows(_OF_AUTHOR_ON, the_key=before.key, the_user=author)]:
        if (earlier.changes, earlier.ties) == (said, tuple(ties)):
            return earlier
    made = Proposal(new_id(), before.key, author, version or before.version, why, tx.now, said, tuple(ties))
    row = {name: getattr(made, name) for name in Proposal.__dataclass_fields__ if name != "ties"}
    await tx.run(_ADD, **{**row, "changes": {**said, "ties": [asdict(tie) for tie in ties]}})
    return made


async def proposal(tx: Transaction, proposal_id: str, audience: Audience) -> Proposal | None:
    """Return the proposal `proposal_id` if `audience` may see all the objects that it speaks of, else None."""
    found = await _whole(tx, await tx.rows(_GET, the_id=proposal_id, **audience.binds), audience)
    return found[0] if found else None


async def waiting_for(tx: Transaction, user: str, audience: Audience) -> list[Proposal]:
    """Return the proposals that `user`, who sees what `audience` does, can decide, the oldest first."""
    led = [team.name for team in await teams_of(tx, user) if user in team.leads]
    rows = await tx.rows(_TO_DECIDE, the_user=user, led=led, **audience.binds)
    return await _whole(tx, rows, audience)


async def proposed_by(tx: Transaction, user: str, audience: Audience) -> list[Proposal]:
    """Return the proposals of `user` that still wait, the oldest first."""
    return await _whole(tx, await tx.rows(_OF_AUTHOR, the_user=user, **audience.binds), audience)


async def waiting_on(tx: Transaction, keys: Iterable[str]) -> list[str]:
    """Return the ids of the proposals that wait for a decision on the objects `keys`."""
    return [row["id"] for row in await tx.rows(_WAITING_ON, keys=sorted(set(keys)))]


async def overtaken(tx: Transaction, proposed: Proposal, audience: Audience, since: int | None = None) -> list[Overtaken]:
    """Return which of its values were changed since its author saw the object, or since the version `since` of it."""
    now = await get(tx, proposed.key, audience)
    if now is None:
        raise NotFound(proposed.key)
    seen = max(proposed.version, since or 0)
    if now.version <= seen:
        return []
    mine = (await revisions_of(tx, [Item(now.key)])).get(Item(now.key), [])
    state = state_of(now)
    changed = {step.name for step in steps(in_version(now, mine, seen) or {}, state)}
    values = [(name, wanted, flat(state).get(name)) for name, wanted in proposed.values.items() if name in changed]
    authors = {name: each.author for each in reversed(mine) for name in flat(each.after or {}) | flat(each.before or {})}
    return [Overtaken(name, authors[name], is_now, wanted) for name, wanted, is_now in values if is_now != wanted]


async def accept(
    tx: Transaction, kinds: Kinds, proposal_id: str, user: str, audience: Audience, *, shown: int = 0, reason: str | None = None
) -> Accepted | None:
    """Make the edit `proposal_id` in the name of its author, for `user` accepts it; None where it was decided before.

    `shown`: the version of the object that `user` has seen. `reason`: what history says of the act. Raise NotFound, Outdated
    where one of its values was changed since `shown`, and Refused as Graph does, or where it is not for `user` to decide.
    """
    proposed = await _to_decide(tx, proposal_id, user, audience)
    before = await get(tx, proposed.key, audience)
    if before is None or not await _decided(tx, proposal_id, ACCEPTED, user, None):
        return None
    if late := await overtaken(tx, proposed, audience, shown):
        raise Outdated(late)
    graph = Graph(tx, kinds, proposed.author, reason)
    after = await graph.revise(proposed.key, proposed.changes, before.version)
    for tie in proposed.ties:
        await graph.link(proposed.key, tie)
    keys = (proposed.key, *(tie.other for tie in proposed.ties))
    return Accepted(proposed, after, graph.act.id if graph.act.is_told else None, keys)


async def decline(tx: Transaction, proposal_id: str, user: str, audience: Audience, reason: str) -> Proposal | None:
    """Let the edit `proposal_id` go, for `user` does not want it; None where it was decided before. Raise as `accept` does."""
    proposed = await _to_decide(tx, proposal_id, user, audience)
    return proposed if await _decided(tx, proposal_id, DECLINED, user, reason) else None


async def withdraw(tx: Transaction, proposal_id: str, user: str) -> bool:
    """Let the edit `proposal_id` go, for `user`, who proposed it, no longer wants it; return whether it still waited."""
    return (await tx.run(_WITHDRAW, the_id=proposal_id, the_user=user, now=tx.now)).rowcount == 1


async def _to_decide(tx: Transaction, proposal_id: str, user: str, audience: Audience) -> Proposal:
    proposed = await proposal(tx, proposal_id, audience)
    item = await get(tx, proposed.key, audience) if proposed else None
    if proposed is None or item is None:
        raise NotFound("this edit")
    if not await may_edit(tx, item, user):
        raise Refused([Problem("proposal", f"Only those who may change {item.key} can decide.")])
    return proposed


async def _decided(tx: Transaction, proposal_id: str, state: str, user: str, reason: str | None) -> bool:
    """Remember a decision; return whether it is the first."""
    values = {"the_id": proposal_id, "the_state": state, "the_user": user, "the_reason": reason, "now": tx.now}
    return (await tx.run(_DECIDE, **values)).rowcount == 1


async def _whole(tx: Transaction, rows: Sequence[RowMapping], audience: Audience) -> list[Proposal]:
    """Return the proposals of `rows` of which `audience` sees all that they speak of."""
    found = [_read(row) for row in rows]
    others = await get_many(tx, [tie.other for each in found for tie in each.ties], audience)
    return [each for each in found if all(tie.other in others for tie in each.ties)]


def _read(row: RowMapping) -> Proposal:
    changes = dict(row["changes"])
    ties = tuple(Tie(**tie) for tie in changes.pop("ties"))
    return Proposal(**{**row, "changes": changes, "ties": ties})


def _only_changed(before: Object, after: Object) -> dict[str, Any]:
    """Return what differs between two states of an object, as Graph.revise takes it."""
    _, changed = difference(state_of(before), state_of(after))
    if "fields" in changed:
        _, fields = difference(before.fields, after.fields)
        changed["fields"] = fields
    return changed
