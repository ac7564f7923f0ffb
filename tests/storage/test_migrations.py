import asyncio
import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from storage import name_index
from storage.database import Database
from storage.migrate import VERSIONS, NewerSchema, NotOurs, SchemaState, UnsafeMigration, state, to_newest
from storage.tables import metadata
from tests.long.kills import Kills, look
from tests.storage.child import start, started
from tests.storage.rows import WORKSPACE, add_graph, digests, opened, ready
from tests.storage.steps import ALTER_PARENTS, PLACES_TO_DIE, REVISION, with_step

ALL_STEPS = sorted(path.stem for path in VERSIONS.glob("[0-9]*.py"))
STEP = f"{REVISION}_for_tests"


@pytest.fixture
async def database(empty_database_url: str) -> AsyncIterator[Database]:
    async with opened(empty_database_url) as database:
        yield database


@pytest.fixture
async def filled(database_url: str) -> AsyncIterator[Database]:
    async with ready(database_url) as database:
        await add_graph(database, 40)
        yield database


async def shape(database: Database) -> dict[str, Any]:
    """Everything about the tables that makes a difference."""
    async with database.engine.connect() as connection:
        return await connection.run_sync(_shape)


def _shape(connection: Connection) -> dict[str, Any]:
    inspector = inspect(connection)

    def in_order(parts: Any) -> list[str]:
        return sorted(json.dumps(part, default=str, sort_keys=True) for part in parts)

    return {
        name: {
            "columns": [(column["name"], str(column["type"]), column["nullable"]) for column in inspector.get_columns(name)],
            "primary": inspector.get_pk_constraint(name),
            "foreign": in_order(inspector.get_foreign_keys(name)),
            "unique": in_order(inspector.get_unique_constraints(name)),
            "indexes": in_order(inspector.get_indexes(name)),
        }
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }


async def execute(database: Database, statement: str) -> None:
    async with database.writing(WORKSPACE) as transaction:
        await transaction.connection.execute(text(statement))


def copies(database_url: str) -> list[Path]:
    return sorted(Path(database_url.removeprefix("sqlite:///")).parent.glob("*.before-*"))


async def test_an_empty_database_gets_every_step_once(database: Database) -> None:
    assert await state(database) is SchemaState.EMPTY
    assert await to_newest(database) == ALL_STEPS
    assert await state(database) is SchemaState.CURRENT
    assert await to_newest(database) == []


async def test_the_steps_lead_to_the_tables_that_the_code_declares(database: Database) -> None:
    def differences(connection: Connection) -> list[Any]:
        context = MigrationContext.configure(connection, opts={"include_name": name_index.is_declared})
        return list(compare_metadata(context, metadata))

    await to_newest(database)
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_migrated_database_is_shaped_like_one_made_of_the_declaration(database: Database) -> None:
    await to_newest(database)
    migrated = await shape(database)
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.drop_all)
        await connection.run_sync(metadata.create_all)
        await connection.run_sync(name_index.make)
    assert migrated == await shape(database)


async def test_two_processes_that_start_at_once_migrate_once(database: Database, empty_database_url: str) -> None:
    children = [await start("migrate", empty_database_url, VERSIONS) for _ in range(2)]
    said = [(await child.communicate())[0].decode().split() for child in children]
    assert sorted(said) == [[], ALL_STEPS]
    assert await state(database) is SchemaState.CURRENT


async def test_altering_a_table_that_others_refer_to_keeps_every_row(database_url: str, tmp_path: Path) -> None:
    async with ready(database_url) as database:
        await add_graph(database, 5_000)
        before, old = await digests(database), await shape(database)
        assert await to_newest(database, with_step(tmp_path / "steps", ALTER_PARENTS)) == [STEP]
        after, new = await digests(database), await shape(database)
    assert before["links"][0] == 14_961
    assert after == before
    assert [column for column in new["objects"]["columns"] if column not in old["objects"]["columns"]] == [
        ("colour", "TEXT", True)
    ]
    assert new["objects"] | {"columns": None} == old["objects"] | {"columns": None}
    assert {name: table for name, table in new.items() if name not in {"objects", "teams"}} == {
        name: table for name, table in old.items() if name not in {"objects", "teams"}
    }


async def test_a_process_that_writes_meanwhile_waits_and_loses_nothing(database_url: str, tmp_path: Path) -> None:
    async with ready(database_url) as database, started("write", database_url) as child:
        assert child.stdout is not None
        said = await child.stdout.readline()
        assert await to_newest(database, with_step(tmp_path / "steps", f"    time.sleep(0.5)\n{ALTER_PARENTS}")) == [STEP]
        said += await child.stdout.readline()
        await asyncio.sleep(0.2)
        child.kill()
        said += await child.stdout.read()
        await child.wait()
        seen = Kills(kept=set(said.decode().split()))
        await look(database, seen)
    assert seen.faults == []


async def test_after_migrating_rows_that_refer_to_nothing_are_refused_again(filled: Database, tmp_path: Path) -> None:
    await to_newest(filled, with_step(tmp_path / "steps", ALTER_PARENTS))
    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        await execute(filled, "UPDATE links SET to_key = 'BET-0' WHERE from_key = 'BET-1' AND to_key = 'BET-2'")


async def test_sqlite_is_copied_before_it_is_altered(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'team.db'}"
    async with ready(url) as database:
        assert copies(url) == []
        await add_graph(database, 50)
        before = await digests(database)
        await to_newest(database, with_step(tmp_path / "steps", ALTER_PARENTS))
    assert copies(url) == [tmp_path / f"team.db.before-{REVISION}"]
    async with opened(f"sqlite:///{copies(url)[0]}") as copy:
        assert await state(copy) is SchemaState.CURRENT
        assert await digests(copy) == before


async def test_a_database_from_a_newer_version_is_left_alone(filled: Database, tmp_path: Path) -> None:
    await to_newest(filled, with_step(tmp_path / "steps", ALTER_PARENTS))
    before = await digests(filled)
    assert await state(filled) is SchemaState.NEWER
    with pytest.raises(NewerSchema) as refusal:
        await to_newest(filled)
    assert str(refusal.value) == (
        f"This database was made by a newer Throughline (schema {REVISION}; this version knows up to {ALL_STEPS[-1][:4]}). "
        "Start the newer version, or restore the copy from before it."
    )
    assert await digests(filled) == before


async def test_another_programs_database_is_left_alone(database: Database) -> None:
    await execute(database, "CREATE TABLE teams (id INTEGER PRIMARY KEY)")
    before = await shape(database)
    with pytest.raises(NotOurs) as refusal:
        await to_newest(database)
    assert str(refusal.value) == "This database has another program's tables: teams. Give Throughline one of its own."
    assert await shape(database) == before


async def test_a_step_that_loses_rows_unasked_changes_nothing(filled: Database, tmp_path: Path) -> None:
    before = await digests(filled)
    with pytest.raises(UnsafeMigration) as refusal:
        await to_newest(
            filled, with_step(tmp_path / "steps", '    op.execute("DELETE FROM team_members WHERE \\"user\\" = \'U1\'")')
        )
    assert str(refusal.value) == (
        f"Migration {REVISION} would change rows unasked: team_members had 2 and would have 1. Nothing was changed."
    )
    assert await digests(filled) == before
    assert await state(filled) is SchemaState.CURRENT


async def test_a_step_may_change_the_rows_that_it_names(filled: Database, tmp_path: Path) -> None:
    versions = with_step(tmp_path / "steps", '    op.execute("DELETE FROM team_members")', changes=["team_members"])
    assert await to_newest(filled, versions) == [STEP]
    assert (await digests(filled))["team_members"][0] == 0


async def test_a_step_that_leaves_rows_referring_to_nothing_changes_nothing(tmp_path: Path) -> None:
    async with ready(f"sqlite:///{tmp_path / 'team.db'}") as database:
        await add_graph(database, 10)
        before = await digests(database)
        with pytest.raises(UnsafeMigration) as refusal:
            await to_newest(database, with_step(tmp_path / "steps", "    op.execute(\"UPDATE teams SET name = 'Other'\")"))
        assert await digests(database) == before
    assert str(refusal.value) == (
        "The migration would leave rows that refer to nothing, in: objects, team_members. Nothing was changed."
    )


async def test_a_step_that_fails_half_way_leaves_the_old_schema(filled: Database, tmp_path: Path) -> None:
    before, old = await digests(filled), await shape(filled)
    with pytest.raises(ZeroDivisionError):
        await to_newest(filled, with_step(tmp_path / "steps", f"{ALTER_PARENTS}\n    1 / 0"))
    assert (await digests(filled), await shape(filled)) == (before, old)


@pytest.mark.parametrize("place", PLACES_TO_DIE)
async def test_a_kill_half_way_leaves_the_old_schema_and_the_next_start_migrates(
    filled: Database, database_url: str, tmp_path: Path, place: int
) -> None:
    versions = with_step(tmp_path / "steps", ALTER_PARENTS)
    before, old = await digests(filled), await shape(filled)
    child = await start("migrate", database_url, *versions, DIE_AT=str(place))
    assert await child.wait() == -signal.SIGKILL
    assert (await digests(filled), await shape(filled)) == (before, old)
    assert await state(filled, versions) is SchemaState.BEHIND
    assert await to_newest(filled, versions) == [STEP]
    assert await digests(filled) == before
