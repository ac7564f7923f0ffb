"""What the commands do that need no Slack: ask, packs, migration, backup. Nothing is said here."""

from datetime import datetime
from pathlib import Path

from bot.answers.answering import Reply, ask
from bot.commands.opening import opened, workplace
from bot.commands.output import written
from bot.settings import Settings
from storage import backup as backups
from storage import migrate, names
from storage.audience import ADMINISTRATOR, Audience
from storage.database import Transaction
from storage.errors import NotFound
from storage.kinds import Kinds
from storage.members import audience_of_channel, audience_of_user
from storage.objects import get
from storage.packs.changes import Difference, Outcome, outcome
from storage.packs.pack import PACK_LIMIT, PackError, as_file, read_pack
from storage.people import channel_of
from storage.teams import team_of_channel
from storage.turns import alone
from storage.workspaces import kinds_of, set_pack


class NoDatabaseYet(Exception):
    """There is no database to copy yet. The first `throughline run` or `import` makes it."""


class PackRefused(Exception):
    """What is stored would mean something else with this pack; the message says what."""


def write(path: Path, text: str) -> None:
    """Write `text` to `path`; raise OSError. A file is there whole, or as it was before."""
    with written(path) as file:
        file.write(text)


async def answer(
    settings: Settings, words: str, workspace: str | None, about: str | None, user: str | None, channel: str | None
) -> Reply:
    """Answer `words` for `user`, or for the readers of `channel`; for both: what both may see; for neither: an administrator.

    Raise NotFound where they may not see the object `about`, or there is none.
    """
    async with workplace(settings, workspace) as (database, the_id), database.reading(the_id) as tx:
        audience = await audience_for(tx, user, channel)
        if about is not None and await get(tx, about, audience) is None:
            raise NotFound(about)
        key = about.upper() if about else None
        return await ask(tx, await kinds_of(tx), words, about=key, audience=audience, asker=user)


async def audience_for(tx: Transaction, user: str | None, channel: str | None) -> Audience:
    """Return what `user` may see, or the readers of `channel`; for both: what both may; for neither: an administrator."""
    of_user = await audience_of_user(tx, user) if user else ADMINISTRATOR
    return of_user & await _readers(tx, channel) if channel else of_user


async def _readers(tx: Transaction, channel: str) -> Audience:
    """Return the readers of `channel`. A team's home of which Slack has told us nothing is internal: there may be no Slack."""
    is_told = await channel_of(tx, channel) is not None
    is_home = await team_of_channel(tx, channel) is not None
    return Audience(frozenset({channel})) if is_home and not is_told else await audience_of_channel(tx, channel)


async def migrate_database(settings: Settings) -> list[str]:
    """Bring the database to the newest schema; return the names of the steps taken."""
    async with opened(settings) as database:
        return await migrate.to_newest(database)


async def back_up(settings: Settings, path: Path) -> None:
    """Write a safe copy of the database to `path`; raise backups.BackupRefused or NoDatabaseYet."""
    async with opened(settings) as database:
        if await migrate.state(database) is migrate.SchemaState.EMPTY:
            raise NoDatabaseYet(NoDatabaseYet.__doc__)
        await backups.backup(database, path)


async def check_pack(settings: Settings, path: Path, workspace: str | None) -> list[Difference]:
    """Return what the pack at `path` would change; raise PackError."""
    pack = read_pack(_pack_text(path))
    async with workplace(settings, workspace) as (database, the_id), database.reading(the_id) as tx:
        return (await outcome(tx, await kinds_of(tx), pack)).differences


async def pack_text(settings: Settings, workspace: str | None) -> str:
    """Return the pack in use as the text of a whole pack file, with what is retired."""
    async with workplace(settings, workspace) as (database, the_id), database.reading(the_id) as tx:
        return as_file(await kinds_of(tx))


async def apply_pack(settings: Settings, path: Path, workspace: str | None, backup_to: Path | None) -> Path | None:
    """Store the pack at `path` as the workspace's own, after a backup; return the backup's file, or None where nothing changes.

    Raise PackError, PackRefused where what is stored would mean something else then, or BackupRefused.
    """
    pack = read_pack(_pack_text(path))
    async with workplace(settings, workspace) as (database, the_id):
        async with database.reading(the_id) as tx:
            used = await kinds_of(tx)
            if _accepted(await outcome(tx, used, pack)) == used:
                return None
            copy = backup_to or _backup_name(settings, tx.now)
        await backups.backup(database, copy)
        async with database.writing(the_id) as tx:  # anew: somebody may have used meanwhile what goes
            await alone(tx)
            used = await kinds_of(tx)
            kinds = _accepted(await outcome(tx, used, pack))
            await set_pack(tx, kinds)
            await names.renew(tx, used, kinds)
        return copy


def _accepted(found: Outcome) -> Kinds:
    if found.kinds is None:
        raise PackRefused("\n".join(difference.words for difference in found.differences))
    return found.kinds


def _backup_name(settings: Settings, now: datetime) -> Path:
    file = settings.database_url.removeprefix("sqlite:///").partition("?")[0]
    stem = file if settings.database_url.startswith("sqlite") else "throughline.dump"
    return Path(f"{stem}.before-pack-{now:%Y%m%dT%H%M%S}")


def _pack_text(path: Path) -> str:
    with path.open("rb") as file:
        data = file.read(PACK_LIMIT + 1)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PackError(f"byte {error.start} is not UTF-8; please save the file as UTF-8") from None
