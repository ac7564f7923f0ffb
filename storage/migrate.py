"""Brings a database to the newest schema: all steps in one transaction, or none of them."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from enum import Enum
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, func, inspect, select, table, text
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.backup import backup, file_of
from storage.database import Database, pragma
from storage.name_index import make as make_name_index
from storage.tables import metadata

HERE = Path(__file__).parent / "migrations"
VERSIONS = HERE / "versions"
ADVISORY_LOCK = 0x7468726F7567686C  # "throughl": two processes that start at once migrate once


class SchemaState(Enum):
    EMPTY = "empty"
    CURRENT = "current"
    BEHIND = "behind"
    NEWER = "newer"


class NewerSchema(Exception):
    """The database was made by a newer Throughline than this one."""


class NotOurs(Exception):
    """The database has another program's tables where ours should go."""


class UnsafeMigration(Exception):
    """A migration would have lost rows, so nothing was changed."""


async def state(database: Database, versions: Sequence[Path] = (VERSIONS,)) -> SchemaState:
    """Compare the database's schema with the steps in `versions`."""
    config = config_for(versions)
    async with database.engine.connect() as connection:
        return await connection.run_sync(_state, config)


async def to_newest(database: Database, versions: Sequence[Path] = (VERSIONS,)) -> list[str]:
    """Run the steps that the database lacks; return their names, oldest first.

    A SQLite file that has a schema already is first copied to `FILE.before-REVISION`, beside it. Raises NewerSchema where the
    database knows steps that `versions` does not, NotOurs where another program's tables are in the way, and UnsafeMigration
    where a step loses rows that it does not say it changes or leaves a row that refers to nothing. Whatever is raised, and also
    after a kill, the old schema is there, whole.
    """
    config = config_for(versions)
    async with _alone(database) as connection:
        found = await connection.run_sync(_state, config)
        await connection.run_sync(_refuse_what_is_not_ours, found, config)
        missing = await connection.run_sync(_missing, config)
        if missing and found is SchemaState.BEHIND:
            await _prepare(database, connection, missing[0])
        await connection.run_sync(_run, config, missing)
    return [Path(step.path).stem for step in missing]


@asynccontextmanager
async def _alone(database: Database) -> AsyncIterator[AsyncConnection]:
    """A transaction in which nobody else migrates; on SQLite nobody else writes."""
    async with database.engine.connect() as connection:
        if not database.is_sqlite:
            async with connection.begin():
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
                yield connection
            return
        # A table is altered by copying and dropping it, and the drop would delete every row that refers to it. Inside a
        # transaction the pragma does nothing: https://sqlite.org/pragma.html#pragma_foreign_keys
        await connection.run_sync(pragma, "foreign_keys=OFF")
        try:
            await connection.execution_options(writes=True)
            async with connection.begin():
                yield connection
        finally:
            await connection.run_sync(pragma, "foreign_keys=ON")


async def _prepare(database: Database, connection: AsyncConnection, first: Script) -> None:
    if database.is_sqlite:
        await backup(database, _free_name(database, first.revision))
    else:
        await connection.run_sync(_hold_still)


def _hold_still(connection: Connection) -> None:
    """Let other processes read but not write until the transaction ends: their rows would be counted as the migration's."""
    names = ", ".join(connection.dialect.identifier_preparer.quote(name) for name in _our_tables(connection))
    connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


def config_for(versions: Sequence[Path]) -> Config:
    """Return alembic's settings for the steps in the folders `versions`."""
    config = Config()
    for name, value in {
        "script_location": str(HERE),
        "path_separator": "newline",
        "version_locations": "\n".join(str(folder) for folder in versions),
    }.items():
        config.set_main_option(name, value.replace("%", "%%"))
    return config


def _steps(config: Config) -> list[Script]:
    """Every known step, oldest first."""
    return list(ScriptDirectory.from_config(config).walk_revisions())[::-1]


def _revisions(connection: Connection) -> set[str]:
    return set(MigrationContext.configure(connection).get_current_heads())


def _state(connection: Connection, config: Config) -> SchemaState:
    there = _revisions(connection)
    known = [step.revision for step in _steps(config)]
    if not there:
        return SchemaState.EMPTY
    if not there <= set(known):
        return SchemaState.NEWER
    return SchemaState.CURRENT if known[-1] in there else SchemaState.BEHIND


def _refuse_what_is_not_ours(connection: Connection, found: SchemaState, config: Config) -> None:
    if found is SchemaState.NEWER:
        theirs, newest = ", ".join(sorted(_revisions(connection))), _steps(config)[-1].revision
        raise NewerSchema(
            f"This database was made by a newer Throughline (schema {theirs}; this version knows up to {newest}). "
            "Start the newer version, or restore the copy from before it."
        )
    if found is SchemaState.EMPTY and (names := _our_tables(connection)):
        raise NotOurs(f"This database has another program's tables: {', '.join(names)}. Give Throughline one of its own.")


def _missing(connection: Connection, config: Config) -> list[Script]:
    there = _revisions(connection)
    steps = _steps(config)
    reached = max((n for n, step in enumerate(steps, start=1) if step.revision in there), default=0)
    return steps[reached:]


def _run(connection: Connection, config: Config, steps: Sequence[Script]) -> None:
    config.attributes["connection"] = connection
    for step in steps:
        before = _rows(connection)
        command.upgrade(config, step.revision)
        _refuse_lost_rows(step, before, _rows(connection))
    make_name_index(connection)
    if steps and connection.dialect.name == "sqlite":
        _refuse_orphans(connection)


def _our_tables(connection: Connection) -> list[str]:
    """Return our tables that are there; a PostgreSQL database may have others beside them."""
    return sorted(metadata.tables.keys() & set(inspect(connection).get_table_names()))


def _rows(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    names = _our_tables(connection)
    return {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}


def _refuse_lost_rows(step: Script, before: dict[str, int], after: dict[str, int]) -> None:
    expected: frozenset[str] = step.module.changes_rows_of
    changed = [
        f"{name} had {count} and would have {after.get(name, 0)}"
        for name, count in before.items()
        if name not in expected and after.get(name) != count
    ]
    if changed:
        raise UnsafeMigration(
            f"Migration {step.revision} would change rows unasked: {'; '.join(changed)}. Nothing was changed."
        )


def _refuse_orphans(connection: Connection) -> None:
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if orphans:
        tables = ", ".join(sorted({row[0] for row in orphans}))
        raise UnsafeMigration(f"The migration would leave rows that refer to nothing, in: {tables}. Nothing was changed.")


def _free_name(database: Database, revision: str) -> Path:
    return next(name for name in _names(f"{file_of(database)}.before-{revision}") if not name.exists())


def _names(stem: str) -> Iterator[Path]:
    yield Path(stem)
    number = 2
    while True:
        yield Path(f"{stem}.{number}")
        number += 1
