"""A channel that Slack calls by another id from now on, as when a private channel is shared: whatever is there goes along."""

from typing import Any

from sqlalchemy import bindparam, delete, update

from storage.database import Transaction, ours
from storage.tables import channels, comments, messages, objects, outbox, pitches, teams

_IS_NOW: dict[str, Any] = {"channel": bindparam("the_new")}
_FORGET = delete(channels).where(ours(channels), channels.c.channel == bindparam("the_old"))
_RENAME = [
    update(table).where(ours(table), table.c.channel == bindparam("the_old")).values(_IS_NOW)
    for table in (teams, objects, comments, messages, outbox, pitches)
]


async def channel_has_new_id(tx: Transaction, old: str, new: str) -> None:
    """Call whatever was in the channel `old` by its `new` id.

    Who is in it, and whether it is shared now, Slack is asked anew; until then nobody is taken to be. It is nobody's act.
    """
    await tx.run(_FORGET, the_old=old)
    for rename in _RENAME:
        await tx.run(rename, the_old=old, the_new=new)
