"""The story of an object: which acts each post in the thread of its card tells. A post takes up all acts of ten minutes.

An entry of a post is a chain of acts: what somebody did, what took that back, what took the taking back back, and so on. One of
an even length is taken back, one of an odd length is done.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, insert, select, update

from storage import outbox
from storage.database import Transaction, ours
from storage.ids import new_id
from storage.tables import stories

TAKES_UP = timedelta(minutes=10)
SUBJECT = "story"


@dataclass(frozen=True)
class Story:
    """One post in the thread of the card of `key`. `acts`: its chains of acts, the oldest first."""

    id: str
    key: str
    began_at: datetime
    acts: Sequence[Sequence[str]]


_COLUMNS = tuple(stories.c[name] for name in Story.__dataclass_fields__)
_PUT = insert(stories)
_STORY = select(*_COLUMNS).where(ours(stories), stories.c.id == bindparam("the_id"))
_OF_KEY = select(*_COLUMNS).where(ours(stories), stories.c.key == bindparam("the_key")).order_by(stories.c.id.desc())
_NEWEST = _OF_KEY.limit(1)
_SET = update(stories).where(ours(stories), stories.c.id == bindparam("the_id")).values(acts=bindparam("the_acts"))
_IN_TURN = select(func.pg_advisory_xact_lock(func.hashtext(bindparam("what")), func.hashtext(bindparam("the_workspace"))))


async def tell(tx: Transaction, keys: Iterable[str], act: str) -> None:
    """Tell `act` in the threads of the cards of `keys`, as far as they have one, each in its newest post or a new one."""
    for key in sorted(set(keys)):  # in order: two that wait for each other's posts would wait for ever
        channel = await outbox.channel_of(tx, f"card:{key}")
        if channel is None:
            continue
        await _in_turn(tx, key)
        await _show(tx, await _taken_up(tx, key, act), channel)


async def story(tx: Transaction, story_id: str) -> Story | None:
    """Return the post `story_id`, or None."""
    row = await tx.row(_STORY, the_id=story_id)
    return None if row is None else Story(**row)


async def go_on(tx: Transaction, keys: Iterable[str], act: str, following: str) -> list[str]:
    """Say in the posts of `keys` that end a chain with `act` that `following` took it back; return whose threads tell it."""
    told: list[str] = []
    for key in sorted(set(keys)):
        await _in_turn(tx, key)
        for each in [Story(**row) for row in await tx.rows(_OF_KEY, the_key=key)]:
            if any(chain[-1] == act for chain in each.acts):
                chains = [[*chain, following] if chain[-1] == act else chain for chain in each.acts]
                await tx.run(_SET, the_id=each.id, the_acts=chains)
                await outbox.refresh(tx, f"{SUBJECT}:{each.id}")
                told.append(key)
    return told


async def _taken_up(tx: Transaction, key: str, act: str) -> Story:
    row = await tx.row(_NEWEST, the_key=key)
    newest = None if row is None else Story(**row)
    if newest and tx.now - newest.began_at < TAKES_UP:
        if not any(act in chain for chain in newest.acts):
            await tx.run(_SET, the_id=newest.id, the_acts=[*newest.acts, [act]])
        return newest
    begun = Story(new_id(), key, tx.now, [[act]])
    values: dict[str, Any] = vars(begun)
    await tx.run(_PUT, **values)
    return begun


async def _show(tx: Transaction, told: Story, channel: str) -> None:
    await outbox.show(tx, f"{SUBJECT}:{told.id}", channel, thread_of=f"card:{told.key}")


async def _in_turn(tx: Transaction, key: str) -> None:
    """Wait until nobody else writes the story of `key`: two would begin a post each. SQLite has one writer anyway."""
    if tx.connection.dialect.name == "postgresql":
        await tx.connection.execute(_IN_TURN, {"what": f"{SUBJECT} {key}", "the_workspace": tx.workspace})
