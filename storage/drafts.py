"""What people typed into a form and have not saved: one for each person and form, for a month."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select

from storage.conflicts import insert_or_update
from storage.database import Transaction, ours
from storage.tables import drafts
from storage.text import storable_parts

KEPT_FOR = timedelta(days=30)

_OF_USER = drafts.c.user == bindparam("the_user")
_GET = select(drafts.c.form, drafts.c.typed, drafts.c.at).where(
    ours(drafts), _OF_USER, drafts.c.form.in_(bindparam("forms", expanding=True))
)
_PUT = insert_or_update(drafts, ("typed", "at"))
_DROP = delete(drafts).where(ours(drafts), _OF_USER, drafts.c.form == bindparam("the_form"))
_FORGET = delete(drafts).where(ours(drafts), drafts.c.at < bindparam("before"))


@dataclass(frozen=True)
class Unsaved:
    """What somebody typed. `form`: which form it is, such as "new:bet". `values`: by input. `at`: when they last typed.

    `view`: the window in which it stands, `context`: what that window remembers; both empty where it was never shown.
    """

    form: str
    values: Mapping[str, Any]
    view: str = ""
    context: str = ""
    at: datetime | None = None


async def unsaved(tx: Transaction, user: str, forms: Iterable[str]) -> list[Unsaved]:
    """Return what `user` typed into those of `forms` that they have not saved, the latest first."""
    rows = await tx.rows(_GET, the_user=user, forms=list(forms))
    found = [Unsaved(row["form"], **row["typed"], at=row["at"]) for row in sorted(rows, key=lambda row: row["at"])]
    return found[::-1]


async def keep(tx: Transaction, user: str, typed: Unsaved) -> None:
    """Store what `user` typed, over what they typed into that form before. Characters that cannot be stored are left out."""
    content = {"values": typed.values, "view": typed.view, "context": typed.context}
    values = {"user": user, "form": typed.form, "typed": storable_parts(content), "at": typed.at or tx.now}
    await tx.run(_PUT[tx.connection.dialect.name], **values)


async def drop(tx: Transaction, user: str, form: str) -> None:
    """Forget what `user` typed into `form`: it is saved, or they begin afresh."""
    await tx.run(_DROP, the_user=user, the_form=form)


async def forget_old(tx: Transaction) -> None:
    """Forget what nobody came back to for a month."""
    await tx.run(_FORGET, before=tx.now - KEPT_FOR)
