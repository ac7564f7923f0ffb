"""From every earlier schema to the newest one: no row is lost or changed, wherever a kill comes."""

import signal
from pathlib import Path

import pytest
from sqlalchemy import MetaData, insert, select

from storage.audience import ADMINISTRATOR
from storage.database import Database
from storage.graph import Graph
from storage.migrate import SchemaState, state, to_newest
from storage.packs.pack import starter
from storage.past.undo import acts_of, undo
from storage.search import search
from storage.tables import workspaces
from tests.storage.child import start
from tests.storage.rows import WORKSPACE, digests, fill, opened
from tests.storage.steps import STEPS, steps_until

SIZE, VALUES = 1_000, 300
FIRST = STEPS[0].stem


async def fill_earlier(database: Database, newest: str, folder: Path) -> MetaData:
    """Give the database the schema that `newest` made, and a graph; return that schema."""
    await to_newest(database, [steps_until(newest, folder)])
    return await fill(database, SIZE, VALUES)


async def told(database: Database, schema: MetaData) -> set[str]:
    """Return every revision that the earlier schema has, whole."""
    async with database.engine.connect() as connection:
        return set(map(repr, (await connection.execute(select(schema.tables["revisions"]))).all()))


@pytest.mark.parametrize("earlier", [step.stem for step in STEPS[:-1]])
async def test_every_row_of_an_earlier_schema_is_there_after_the_newest(
    empty_database_url: str, tmp_path: Path, earlier: str
) -> None:
    async with opened(empty_database_url) as database:
        schema = await fill_earlier(database, earlier, tmp_path / "steps")
        before, revisions = await digests(database, schema), await told(database, schema)
        assert await to_newest(database) == [step.stem for step in STEPS if step.stem > earlier]
        after = await digests(database, schema)
        added = await told(database, schema) - revisions
    assert revisions
    assert {name for name in before if before[name] != after[name]} <= {"revisions", "workspaces"}
    assert len(added) == (VALUES if earlier == FIRST else 0)  # the making of each value that was there
    assert after["revisions"][0] == before["revisions"][0] + len(added)


async def test_what_is_older_can_be_found_changed_and_looked_back_at(empty_database_url: str, tmp_path: Path) -> None:
    async with opened(empty_database_url) as database:
        await fill_earlier(database, FIRST, tmp_path / "steps")
        await to_newest(database)
        async with database.writing(WORKSPACE) as tx:
            [found] = await search(tx, "The bet BET-917", ADMINISTRATOR, limit=1)
            after = await Graph(tx, starter(), "U2").revise(found.key, {"title": "Another one"})
            [again] = await search(tx, "another", ADMINISTRATOR)
    assert (found.key, after.version, again) == ("BET-917", 2, after)


async def test_only_what_one_recorded_oneself_is_taken_back_of_the_values_that_were_there(
    empty_database_url: str, tmp_path: Path
) -> None:
    async with opened(empty_database_url) as database:
        await fill_earlier(database, FIRST, tmp_path / "steps")
        async with database.writing("W2") as tx:
            await tx.connection.execute(insert(workspaces), {"id": "W2", "name": "Empty", "created_at": tx.now})
        await to_newest(database)
        async with database.writing(WORKSPACE) as tx:
            mine = await acts_of(tx, "U1", ADMINISTRATOR, most=2_000)
            of_values = [deed for deed in mine if deed.items[0].value_at is not None]
            taken = await undo(tx, starter(), of_values[0].act, "U1", ADMINISTRATOR)
    assert len(of_values) == VALUES
    assert len(taken.changes) == 1


async def test_killed_at_any_statement_the_old_schema_is_whole_and_the_next_start_migrates(
    empty_database_url: str, tmp_path: Path
) -> None:
    async with opened(empty_database_url) as database:
        schema = await fill_earlier(database, FIRST, tmp_path / "steps")
        before, kills, statement = await digests(database, schema), 0, 3
        while True:
            child = await start("migrate_dying", empty_database_url, str(statement))
            if await child.wait() != -signal.SIGKILL:
                break
            assert await state(database) is SchemaState.BEHIND
            assert await digests(database, schema) == before
            kills, statement = kills + 1, statement * 2
        assert (child.returncode, kills > 3) == (0, True)
        assert await state(database) is SchemaState.CURRENT
        after = await digests(database, schema)
    assert {name for name in before if before[name] != after[name]} <= {"revisions", "workspaces"}
