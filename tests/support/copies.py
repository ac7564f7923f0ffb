"""Databases that are made once in a test run and copied from then on: to make them anew takes longer than most tests do."""

import asyncio
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import bot.demo
from storage.clock import Clock, RealClock
from storage.database import Database
from storage.files.graph_file import read
from storage.files.importing import import_graph
from storage.migrate import to_newest
from storage.packs.pack import starter
from storage.tables import LOCAL_WORKSPACE
from storage.workspaces import the_workspace
from tests.support.postgres import about_databases

# The sample organisation as it is taken in at a moment: the content of a SQLite file; the name of a database of a server.
_files: dict[datetime, bytes] = {}
_databases: dict[tuple[str, datetime], str] = {}


def make_tables(url: str) -> None:
    """Bring the empty database at `url` to the newest schema."""
    asyncio.run(_make_tables(url))


async def _make_tables(url: str) -> None:
    database = Database(url, RealClock())
    try:
        await to_newest(database)
    finally:
        await database.close()


async def put_organisation(url: str, clock: Clock) -> None:
    """Have the database at `url`, which nobody uses yet, hold the sample organisation, taken in at the clock's moment."""
    await (_put_file if url.startswith("sqlite:///") else _put_database)(url, clock)


async def _put_file(url: str, clock: Clock) -> None:
    file, at = Path(url.removeprefix("sqlite:///")), clock.now()
    if at in _files:
        await asyncio.to_thread(file.write_bytes, _files[at])
        return
    await _take_in(url, clock)
    _files[at] = await asyncio.to_thread(file.read_bytes)


async def _put_database(url: str, clock: Clock) -> None:
    server, _, name = url.rpartition("/")
    at = clock.now()
    if (server, at) in _databases:
        template = _databases[server, at]
        await about_databases(url, f'DROP DATABASE IF EXISTS "{name}"', f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return
    await _take_in(url, clock)
    template = f"organisation_{len(_databases)}"
    await about_databases(url, f'CREATE DATABASE "{template}" TEMPLATE "{name}"')
    _databases[server, at] = template


async def _take_in(url: str, clock: Clock) -> None:
    database = Database(url, clock)
    try:
        await to_newest(database)
        async with database.writing(await the_workspace(database, LOCAL_WORKSPACE)) as tx:
            await import_graph(tx, starter(), read(files(bot.demo).joinpath("organisation.json").read_bytes()))
    finally:
        await database.close()
