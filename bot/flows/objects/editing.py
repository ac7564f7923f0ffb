"""An edit of an object: done at once by who may, proposed by everybody else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from prompts import text
from prompts.escape import plain
from storage import outbox, stories
from storage.database import Transaction
from storage.errors import Conflict, Problem, Refused
from storage.graph import Graph, Tie
from storage.kinds import Kinds
from storage.members import audience_of_user
from storage.objects import Link, Object, get_many
from storage.proposals import propose, waiting_on
from storage.rights import editors_of, may_edit, may_link


@dataclass(frozen=True)
class Edited:
    """What became of an edit. `after`: the object as it is now. `act`: the id of the act; None where nothing was changed.

    `proposal`: the id under which the edit, or what of it the person may not do, waits for one who may; `asked`: for whom.
    """

    after: Object
    act: str | None
    proposal: str | None = None
    asked: str | None = None


async def edit(
    tx: Transaction,
    kinds: Kinds,
    user: str,
    before: Object,
    changes: Mapping[str, object],
    *,
    ties: Sequence[Tie] = (),
    version: int | None = None,
    reason: str | None = None,
) -> Edited:
    """Change `before`, which `user` may see, as `Graph.revise` does, and make the links `ties` of it; raise as Graph does.

    Who may not edit it proposes the change; a link is made at once by who may edit either of its ends.
    """
    graph = Graph(tx, kinds, user, reason)
    if await may_edit(tx, before, user):
        after = await graph.revise(before.key, changes, version)
        if after.owner and after.owner != before.owner:
            await ask_instead(tx, [after.key], after.owner)
        return await _done(tx, graph, after, ties)
    others = await _others(tx, user, before, ties)
    mine = [tie for tie in ties if tie.other in others and await may_link(tx, [before, others[tie.other]], user)]
    edited = await _done(tx, graph, before, mine)
    rest = [tie for tie in ties if tie not in mine]
    waits = await _proposed(tx, kinds, user, before, changes, rest, version=version, reason=reason)
    return replace(edited, proposal=waits.proposal, asked=waits.asked)


async def move(
    tx: Transaction,
    kinds: Kinds,
    user: str,
    before: Object,
    changes: Mapping[str, object],
    *,
    version: int | None,
    reason: str | None,
) -> Edited:
    """Change the status of `before`, and the fields that go with it, as `edit` does.

    `version`: what the form has shown of it. Conflict only where somebody has changed one of these since.
    """
    try:
        return await edit(tx, kinds, user, before, changes, version=version, reason=reason)
    except Conflict as conflict:
        shown, fields = conflict.expected, changes.get("fields", {})
        if not isinstance(shown, Object) or shown.status != before.status:
            raise
        if isinstance(fields, Mapping) and any(shown.fields.get(name) != before.fields.get(name) for name in fields):
            raise
        return await edit(tx, kinds, user, before, changes, reason=reason)


async def link(
    tx: Transaction,
    kinds: Kinds,
    user: str,
    item: Object,
    tie: Tie,
    *,
    version: int | None = None,
    reason: str | None = None,
) -> Edited:
    """Link `item`, which `user` may see, and return it; who may edit neither end proposes it. Raise as Graph does.

    `version`: of the link, as the form has shown it. Conflict only where it would write over what somebody else has said of it.
    """
    other = (await _others(tx, user, item, [tie])).get(tie.other)
    if other is None or await may_link(tx, [item, other], user):
        graph = Graph(tx, kinds, user, reason)
        await _tied(graph, item.key, tie, version)
        return await _done(tx, graph, item, [], tie.other)
    start, forward = (other, replace(tie, other=item.key, backward=False)) if tie.backward else (item, tie)
    return await _proposed(tx, kinds, user, start, {}, [forward], version=None, reason=reason)


async def told(tx: Transaction, act: str, keys: Iterable[str]) -> None:
    """Have everybody see what the act did to the objects `keys`: their cards are edited, and their threads tell it."""
    touched = list(dict.fromkeys(keys))
    for key in touched:
        await outbox.refresh(tx, f"card:{key}")
    await stories.tell(tx, touched, act)
    for waiting in await waiting_on(tx, touched):
        await outbox.refresh(tx, f"proposal:{waiting}")


async def ask_instead(tx: Transaction, keys: Iterable[str], owner: str) -> None:
    """Have `owner`, whose the objects `keys` are now, decide the edits that wait for a decision on them."""
    for waiting in await waiting_on(tx, keys):
        await outbox.forget_place(tx, f"proposal:{waiting}")
        await outbox.show(tx, f"proposal:{waiting}", owner)


async def _done(tx: Transaction, graph: Graph, after: Object, ties: Sequence[Tie], *keys: str) -> Edited:
    for tie in ties:
        await graph.link(after.key, tie)
    if not graph.act.is_told:
        return Edited(after, None)
    await told(tx, graph.act.id, [after.key, *(tie.other for tie in ties), *keys])
    return Edited(after, graph.act.id)


async def _proposed(
    tx: Transaction,
    kinds: Kinds,
    user: str,
    before: Object,
    changes: Mapping[str, object],
    ties: Sequence[Tie],
    *,
    version: int | None,
    reason: str | None,
) -> Edited:
    """Have an edit wait for the first who may make it and sees all that it speaks of."""
    made = await propose(tx, kinds, user, before, changes, ties, version=version, why=reason or "")
    if made is None:
        return Edited(before, None)
    for editor in await editors_of(tx, before):
        if len(await _others(tx, editor, before, ties)) == len({tie.other for tie in ties}):
            await outbox.show(tx, f"proposal:{made.id}", editor, author=user)
            return Edited(before, None, made.id, editor)
    raise Refused([Problem(tie.relation, plain(text("edit_blind", key=before.key, other=tie.other))) for tie in ties])


async def _others(tx: Transaction, user: str, item: Object, ties: Sequence[Tie]) -> Mapping[str, Object]:
    """Return the objects at the other ends of `ties` that `user`, who sees `item`, sees as well."""
    audience = await audience_of_user(tx, user)
    return await get_many(tx, [tie.other for tie in ties], audience.within(item.channel) if item.channel else audience)


async def _tied(graph: Graph, key: str, tie: Tie, shown: int | None) -> None:
    """Make the link, of which the form has shown the version `shown`; raise Conflict where it would write over another."""
    try:
        await graph.link(key, tie, shown)
    except Conflict as conflict:
        there = conflict.theirs
        if isinstance(there, Link) and (tie.why, tie.confidence) != (there.why, there.confidence):
            raise
        await graph.link(key, tie)
