"""An edit of an object: done at once by who may, proposed by everybody else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from storage import outbox, stories
from storage.database import Transaction
from storage.graph import Graph
from storage.kinds import Kinds
from storage.objects import Object


@dataclass(frozen=True)
class Edited:
    """What became of an edit. `after`: the object as it is now. `act`: the id of the act; None where nothing was changed.

    `proposal`: the id under which the edit waits for one who may, where the person may not.
    """

    after: Object
    act: str | None
    proposal: str | None = None


async def edit(
    tx: Transaction,
    kinds: Kinds,
    user: str,
    before: Object,
    changes: Mapping[str, object],
    *,
    version: int | None = None,
    reason: str | None = None,
) -> Edited:
    """Change `before`, which `user` may see, as `Graph.revise` does; raise as it does."""
    graph = Graph(tx, kinds, user, reason)
    after = await graph.revise(before.key, changes, version)
    changed = after.version != before.version
    if changed:
        await told(tx, graph.act.id, [after.key])
    return Edited(after, graph.act.id if changed else None)


async def told(tx: Transaction, act: str, keys: Iterable[str]) -> None:
    """Have everybody see what the act did to the objects `keys`: their cards are edited, and their threads tell it."""
    touched = list(dict.fromkeys(keys))
    for key in touched:
        await outbox.refresh(tx, f"card:{key}")
    await stories.tell(tx, touched, act)
