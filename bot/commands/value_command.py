"""What `throughline value` does: one value by hand, its correction, its removal; or all values of an object, as lines."""

from bot.commands.opening import workplace
from bot.settings import Settings
from rituals.trends import figure
from storage.audience import ADMINISTRATOR
from storage.by_hand import Recorded, Typed, record, remove
from storage.database import Transaction
from storage.errors import NotFound, Problem, Refused
from storage.measures import Measure, series
from storage.members import audience_of_user
from storage.objects import get
from storage.workspaces import kinds_of

AUTHOR = "command line"  # of what is typed without a user


async def put_value(settings: Settings, workspace: str | None, user: str | None, typed: Typed) -> str:
    """Store a value for `user`, or for an administrator; return what was done, in words. Raise NotFound or Refused."""
    async with workplace(settings, workspace) as (database, the_id), database.writing(the_id) as tx:
        audience = await audience_of_user(tx, user) if user else ADMINISTRATOR
        return _told(await record(tx, await kinds_of(tx), user or AUTHOR, audience, typed))


async def take_value_away(settings: Settings, workspace: str | None, user: str | None, key: str, at: str | None) -> str:
    """Take a value away; return what was done, in words. Raise NotFound or Refused."""
    if at is None:
        raise Refused([Problem("at", "Say of which day the value is that shall go, such as --at 2026-09-14.")])
    async with workplace(settings, workspace) as (database, the_id), database.writing(the_id) as tx:
        audience = await audience_of_user(tx, user) if user else ADMINISTRATOR
        gone = await remove(tx, await kinds_of(tx), user or AUTHOR, audience, key, at)
    return f"Taken away: {_value(gone)}. History keeps it." if gone else "There is no such value."


async def values_of(settings: Settings, workspace: str | None, user: str | None, key: str) -> list[str]:
    """Return the values of an object, each as a line, the oldest first. Raise NotFound."""
    async with workplace(settings, workspace) as (database, the_id), database.reading(the_id) as tx:
        return await _lines(tx, user, key)


async def _lines(tx: Transaction, user: str | None, key: str) -> list[str]:
    audience = await audience_of_user(tx, user) if user else ADMINISTRATOR
    item = await get(tx, key, audience)
    if item is None:
        raise NotFound(key)
    kind = (await kinds_of(tx)).kind(item.kind)
    found = (await series(tx, [item.key], audience)).get(item.key, [])
    return [
        "\t".join((*_cells(value, kind.unit_of(item.fields) or ""), value.source, " ".join(value.note.split())))
        for value in found
    ]


def _cells(value: Measure, unit: str) -> tuple[str, str]:
    return f"{value.at:%Y-%m-%d %H:%M}", f"{figure(value.value)} {value.unit or unit}".strip()


def _told(done: Recorded) -> str:
    unit, before, after = done.unit, done.before, done.after
    said = f"{done.of.key} {done.of.title}: {_value(after, unit)}"
    if before == after:
        return f"{said} is there already."
    said = f"Corrected: {said}, before {figure(before.value)}." if before else f"Done: {said}."
    return f"{said} It is not in {unit}, so no trend counts it." if done.is_apart else said


def _value(value: Measure, unit: str = "") -> str:
    return f"{figure(value.value)} {value.unit or unit}".strip() + f" on {value.at.day} {value.at:%B %Y}"
