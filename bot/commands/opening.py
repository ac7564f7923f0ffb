"""Opening the database for the commands that need no Slack."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.error import URLError
from urllib.request import urlopen

from bot.settings import Settings
from storage import migrate
from storage.clock import Clock, RealClock
from storage.database import Database
from storage.workspaces import the_workspace

CLOCK_SECONDS = 5


class NeedsMigration(Exception):
    """The database has an older schema. Run `throughline migrate` first; it copies a SQLite file by itself."""


class ClockIsGone(Exception):
    """The clock at THROUGHLINE_CLOCK_URL does not answer. Start the demo, or unset it to go by the real time."""


@dataclass(frozen=True)
class _Read:
    """A clock that was asked once, which is enough for a command."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The database, its schema as it is, until the block ends."""
    database = Database(settings.database_url, await clock_of(settings))
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def workplace(settings: Settings, wanted: str | None) -> AsyncIterator[tuple[Database, str]]:
    """The database at the newest schema, and the workspace to work on: the `wanted` one, or the only one."""
    async with opened(settings) as database:
        await newest_schema(database)
        yield database, await the_workspace(database, wanted)


async def newest_schema(database: Database) -> None:
    """Give an empty database its tables. Raise NeedsMigration or migrate.NewerSchema where it has others than ours."""
    match await migrate.state(database):
        case migrate.SchemaState.EMPTY:
            await migrate.to_newest(database)
        case migrate.SchemaState.BEHIND:
            raise NeedsMigration(NeedsMigration.__doc__)
        case migrate.SchemaState.NEWER:
            raise migrate.NewerSchema("This database was made by a newer Throughline. Install that one, or restore a backup.")


async def clock_of(settings: Settings) -> Clock:
    """Return the real clock, or what the clock at THROUGHLINE_CLOCK_URL says now; raise ClockIsGone."""
    if settings.throughline_clock_url is None:
        return RealClock()
    try:
        return _Read(await asyncio.to_thread(_ask, settings.throughline_clock_url))
    except (URLError, TimeoutError, ValueError, KeyError) as error:
        raise ClockIsGone(ClockIsGone.__doc__) from error


def _ask(url: str) -> datetime:
    with urlopen(url, timeout=CLOCK_SECONDS) as answer:  # noqa: S310  # the settings take http and https alone
        return datetime.fromisoformat(json.load(answer)["now"]).astimezone(UTC)
