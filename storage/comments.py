"""What people said of an object in a message, kept beside it: whose words they are, who kept them, and where they were said.

Only who may see the object and, of what was said in a private channel, who is in that channel, sees it.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select

from storage.audience import VISIBLE, Audience, visible
from storage.database import Transaction, ours
from storage.errors import NotFound, Problem, Refused
from storage.ids import new_id
from storage.tables import comments, objects
from storage.text import TEXT_LIMIT, storable, without_unstorable

_CHUNK = 5_000  # SQLite takes 32,766 variables in a statement


@dataclass(frozen=True)
class Comment:
    """`author` wrote it, `at` that moment; `added_by` kept it. It belongs to `channel` where `visibility` is "channel"."""

    id: str
    key: str
    author: str
    added_by: str
    text: str
    source: str | None
    channel: str | None
    visibility: str
    at: datetime


COLUMNS = tuple(comments.c[name] for name in Comment.__dataclass_fields__)
_PUT = insert(comments)
_THERE = (
    select(objects.c.key)
    .where(ours(objects), objects.c.key == bindparam("the_key"))
    .with_for_update(read=True, key_share=True)  # nobody takes back its making meanwhile
)
_SAME = select(*COLUMNS).where(
    ours(comments),
    comments.c.key == bindparam("the_key"),
    comments.c.author == bindparam("the_author"),
    comments.c.at == bindparam("the_moment"),
)
_OF = (
    select(*COLUMNS)
    .join(objects, (objects.c.workspace == comments.c.workspace) & (objects.c.key == comments.c.key))
    .where(ours(comments), comments.c.key.in_(bindparam("keys", expanding=True)), VISIBLE, visible(comments))
    .order_by(comments.c.key, comments.c.at, comments.c.id)
)


async def comment(
    tx: Transaction,
    key: str,
    text: str,
    *,
    author: str,
    added_by: str,
    source: str | None = None,
    channel: str | None = None,
    visibility: str = "workspace",
    at: datetime | None = None,
) -> tuple[Comment, bool]:
    """Keep `text` beside the object `key`; return the comment, and whether it is new: the same words are kept once.

    Raise NotFound where there is no such object, and Refused where there are no words, or more than can be kept.
    """
    if await tx.value(_THERE, the_key=key) is None:
        raise NotFound(key)
    said = at or tx.now
    there = await tx.row(_SAME, the_key=key, the_author=author, the_moment=said)
    if there is not None:
        return Comment(**there), False
    made = Comment(new_id(), key, author, added_by, _checked(text), source, channel, visibility, said)
    await tx.run(_PUT, **asdict(made))
    return made, True


async def comments_of(tx: Transaction, keys: Iterable[str], audience: Audience) -> dict[str, list[Comment]]:
    """Return the comments on the objects `keys` that `audience` may see, by key, the earliest words first."""
    wanted, found = list(dict.fromkeys(keys)), dict[str, list[Comment]]()
    for start in range(0, len(wanted), _CHUNK):
        for row in await tx.rows(_OF, keys=wanted[start : start + _CHUNK], **audience.binds):
            found.setdefault(row["key"], []).append(Comment(**row))
    return found


def _checked(text: str) -> str:
    """Return `text` as it can be stored. Characters that cannot be shown are left out: nobody can be asked to type it again."""
    try:
        words = storable(without_unstorable(text), TEXT_LIMIT)
    except ValueError as error:
        raise Refused([Problem("text", f"What was said {error}")]) from error
    if not words:
        raise Refused([Problem("text", "There are no words in it that I could keep.")])
    return words
