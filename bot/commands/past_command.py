"""What `throughline history`, `diff` and `undo` do: the past in plain words, one line for each change, and its taking back."""

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any

from bot.commands.opening import workplace
from bot.settings import Settings
from prompts.blocks import shortened
from storage import history, outbox
from storage.audience import ADMINISTRATOR, Audience
from storage.changes import Thing, state_of
from storage.database import Transaction
from storage.errors import NotFound
from storage.history import Item, Revision
from storage.measures import Measure
from storage.members import audience_of_user
from storage.objects import Object
from storage.past import undo
from storage.past.as_of import links_as_of, object_as_of, objects_as_of, values_as_of
from storage.past.difference import Difference, Step, difference, flat, steps
from storage.past.things import name_of
from storage.past.undo import Deed
from storage.people import names_of
from storage.sheets.plan import IMPORT
from storage.workspaces import kinds_of

AUTHOR = "command line"  # of what is done without a user
MOST_SHOWN = 200  # letters of a value in a line
_SILENT = ("kind", "created_at", "created_by")  # they never change, so a line need not say them


class NotThere(Exception):
    """What was asked for was not there; the message says what."""


class WrongOrder(Exception):
    """Of two moments the later one was said first; the message says so."""


async def lines_of_history(settings: Settings, workspace: str | None, user: str | None, key: str) -> list[str]:
    """Return every change of the object `key` that `user` may see as a line: when, who, what, why, and the act."""
    async with workplace(settings, workspace) as (database, the_id), database.reading(the_id) as tx:
        found = await history.of_object(tx, key.upper(), await _audience(tx, user))
        if not found:
            raise NotFound(key)
        names = await names_of(tx, {each.author for each in found})
        return [_line(_at(each), _who(names, [each]), _revised(each), each.reason, each.act) for each in found]


async def lines_as_of(settings: Settings, workspace: str | None, user: str | None, key: str, at: datetime) -> list[str]:
    """Return the object `key` as it was at the moment `at`, as lines: its values, its links, what it had measured.

    Raise NotThere where it was not there then, and NotFound.
    """
    async with workplace(settings, workspace) as (database, the_id), database.reading(the_id) as tx:
        audience = await _audience(tx, user)
        item = await object_as_of(tx, key, at, audience)
        if item is None and await history.of_object(tx, key.upper(), audience):
            raise NotThere(f"There was no {key.upper()} then, or you could not see it.")
        if item is None:
            raise NotFound(key)
        return [line async for line in _whole(tx, item, at, audience)]


async def _whole(tx: Transaction, item: Object, at: datetime, audience: Audience) -> AsyncIterator[str]:
    yield f"{item.key} {plain(item.title)}"
    for name, value in flat(state_of(item)).items():
        if name not in (*_SILENT, "title") and value not in ("", []):
            yield f"{_called(name)}: {plain(value)}"
    links = await links_as_of(tx, [item.key], at, audience)
    others = await objects_as_of(tx, [key for link in links for key in (link.from_key, link.to_key)], at, audience)
    for link in links:
        other = others[link.to_key if link.from_key == item.key else link.from_key]
        yield _line(f"{link.from_key} {link.relation} {link.to_key}", plain(other.title), _about(link))
    for value in (await values_as_of(tx, [item.key], at, audience)).get(item.key, []):
        yield _line(_at(value), _about(value))


async def lines_of_difference(
    settings: Settings, workspace: str | None, user: str | None, since: datetime, until: datetime | None
) -> AsyncIterator[str]:
    """Yield what differs between two moments as lines: + what came, - what went, ~ what changed; who, and why.

    Raise WrongOrder where `since` is after `until`, or after now.
    """
    async with workplace(settings, workspace) as (database, the_id), database.reading(the_id) as tx:
        until = until or tx.now
        if since > until:
            raise WrongOrder("The first moment should be the earlier one" + (", and have come." if since > tx.now else "."))
        async for each in difference(tx, since, until, await _audience(tx, user)):
            names = await names_of(tx, {revision.author for revision in each.by})
            yield _differing(each, names)


async def lines_of_acts(settings: Settings, workspace: str | None, user: str | None) -> list[str]:
    """Return the last acts of `user`, or of this command and of imports, as lines: the act, when, what it changed, why."""
    async with workplace(settings, workspace) as (database, the_id), database.reading(the_id) as tx:
        audience = await _audience(tx, user)
        mine = [await undo.acts_of(tx, author, audience) for author in ((user,) if user else (AUTHOR, IMPORT))]
        found = sorted(chain(*mine), key=lambda deed: (deed.at, deed.act), reverse=True)
        return [_line(each.act, _at(each), _items(each.items, more=each.more), each.reason) for each in found]


async def take_back(settings: Settings, workspace: str | None, user: str | None, act: str) -> str:
    """Take an act back for `user`, or for an administrator; say in words what was done. Raise as `undo`."""
    async with workplace(settings, workspace) as (database, the_id), database.writing(the_id) as tx:
        audience = await _audience(tx, user)
        try:
            done = await undo.undo(tx, await kinds_of(tx), act, user or AUTHOR, audience, as_admin=user is None)
        except NotFound as unknown:
            raise NotThere(f"I know no act {act}. `throughline undo` lists those that could be taken back.") from unknown
        for key in done.keys:
            await outbox.refresh(tx, f"card:{key}")
    return f"Taken back, on {', '.join(done.keys)}. To have it again: throughline undo {done.act}"


def moment(text: str, *, ends: bool = False) -> datetime:
    """Return the moment that "2026-03-01T09:30Z" says, UTC where it names no zone; raise ValueError with a sentence.

    A day alone is its beginning or, where it `ends` something, its last instant: so both of two days are counted.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f'"{text}" is no moment; it should be like 2026-03-01 or 2026-03-01T09:30Z.') from None
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    is_day = len(text) <= len("2026-03-01")
    return found + timedelta(days=1, microseconds=-1) if is_day and ends else found


async def _audience(tx: Transaction, user: str | None) -> Audience:
    return await audience_of_user(tx, user) if user else ADMINISTRATOR


def _who(names: Mapping[str, str], made: Iterable[Revision]) -> str:
    return ", ".join(dict.fromkeys(names.get(each.author, each.author) for each in made))


def _at(each: Revision | Deed | Measure) -> str:
    return f"{each.at:%Y-%m-%d %H:%M}"


def _revised(revision: Revision) -> str:
    """Return what one change did, in words."""
    about = "" if revision.is_of_object else f"{name_of(revision.item)}: "
    if revision.before is None:
        return f"{about}new. {_values(revision.after or {})}".rstrip(". ")
    if revision.after is None:
        return f"{about}taken away"
    return about + _steps(steps(revision.before, revision.after))


def _differing(found: Difference, names: Mapping[str, str]) -> str:
    thing = found.after or found.before
    title = f" {plain(thing.title)}" if isinstance(thing, Object) else ""
    sign = "~" if found.before and found.after else "+" if found.after else "-"
    what = _steps(found.steps) if sign == "~" else "" if isinstance(thing, Object) else _about(thing)
    why = "; ".join(dict.fromkeys(each.reason for each in found.by if each.reason))
    return _line(f"{sign} {name_of(found.item)}{title}", what, _who(names, found.by), why)


def _about(thing: Thing | None) -> str:
    return "" if thing is None else _values(state_of(thing))


def _values(state: Mapping[str, Any]) -> str:
    said = {name: value for name, value in flat(state).items() if name not in _SILENT and value not in ("", [])}
    return "; ".join(f"{_called(name)}: {plain(value)}" for name, value in said.items())


def _steps(changed: Iterable[Step]) -> str:
    return "; ".join(f"{_called(each.name)}: {plain(each.before)} → {plain(each.after)}" for each in changed)


def _called(name: str) -> str:
    return name.removeprefix("fields.").replace("_", " ")


def _items(items: Iterable[Item], *, more: bool) -> str:
    return "; ".join([*map(name_of, items), *(["and more"] if more else [])])


def plain(value: object) -> str:
    """Return a value as one line that is not too long."""
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return shortened(_one_line(text), MOST_SHOWN)


def _one_line(text: str) -> str:
    """Return `text` as one line; escape sequences in what a person wrote must not reach the terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in " ".join(text.split()))


def _line(*cells: str | None) -> str:
    return "\t".join(_one_line(cell or "") for cell in cells).rstrip()
