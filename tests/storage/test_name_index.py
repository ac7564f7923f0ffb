"""What names are looked up in: made with the tables, for what is there already too, and the better one as soon as it can be."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, text

from storage.audience import EVERYBODY
from storage.database import Database
from storage.migrate import VERSIONS, to_newest
from storage.search import search
from storage.tables import names
from tests.storage.many_names import put_all, titled
from tests.storage.rows import WORKSPACE, add_graph, opened
from tests.support.postgres import PostgresServer


async def keys(database: Database, words: str, workspace: str = WORKSPACE) -> list[str]:
    async with database.reading(workspace) as tx:
        return [item.key for item in await search(tx, words, EVERYBODY)]


async def run(database: Database, *statements: str) -> None:
    async with database.writing(WORKSPACE) as tx:
        for statement in statements:
            await tx.connection.execute(text(statement))


async def test_what_is_there_gets_its_names_and_former_titles(empty_database_url: str, tmp_path: Path) -> None:
    older = tmp_path / "older"
    older.mkdir()
    for step in (step for step in VERSIONS.glob("[0-9]*.py") if step.name < "0004"):
        shutil.copy(step, older)
    async with opened(empty_database_url) as database:
        await to_newest(database, (older,))
        await run(database, f"INSERT INTO workspaces (id, name, created_at) VALUES ('{WORKSPACE}', 'Acme', '2026-09-17')")
        await add_graph(database, 2_000)
        await run(database, "UPDATE revisions SET version = 2, before = '{\"title\": \"Once a wager\"}' WHERE key = 'BET-7'")
        assert "0004_names" in await to_newest(database)
        assert await keys(database, "bet 1999") == ["BET-1999"]
        assert await keys(database, "once wager") == ["BET-7"]
        async with database.reading(WORKSPACE) as tx:
            assert len((await tx.connection.execute(names.select())).all()) == 2_001


async def test_names_that_lost_their_index_get_it_again(tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path / 'team.db'}") as database:
        await to_newest(database)
        await put_all(database, {WORKSPACE: [titled(1, "Empty board"), titled(2, "Full board")]})
        await run(database, "DROP TRIGGER names_go")
        async with database.writing(WORKSPACE) as tx:
            await tx.run(delete(names).where(names.c.workspace == WORKSPACE, names.c.key == "BET-1"))
        await to_newest(database)
        assert await keys(database, "board") == ["BET-2"]
        await put_all(database, {"W2": [titled(3, "Next board")]})
        assert await keys(database, "board", "W2") == ["BET-3"]


@pytest.mark.postgres
async def test_without_the_extension_words_are_found_by_their_beginning_and_later_all(
    postgres_server: PostgresServer, postgres_url: str
) -> None:
    async with opened(postgres_url) as owner:
        await run(
            owner,
            "DO $$ BEGIN CREATE ROLE plain LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
            "GRANT ALL ON SCHEMA public TO plain",
        )
    async with opened(postgres_url.replace("postgres@", "plain@")) as database:
        await to_newest(database)
        every = [titled(1, "Activation rate of new teams"), *(titled(number, f"Bored {number}") for number in range(2, 2_500))]
        await put_all(database, {WORKSPACE: every})
        asked = ("activation", "rate activ", "activtion", "tivation")
        assert await _indexes(database) == ["ix_names_words"]
        assert [await keys(database, words) for words in asked] == [["BET-1"], ["BET-1"], ["BET-1"], []]
        async with opened(postgres_url) as owner:
            await run(owner, "CREATE EXTENSION pg_trgm")
        await to_newest(database)
        assert await _indexes(database) == ["ix_names_trigrams"]
    async with opened(postgres_url.replace("postgres@", "plain@")) as database:
        assert [await keys(database, words) for words in asked] == [["BET-1"]] * 4


async def _indexes(database: Database) -> list[Any]:
    query = "SELECT indexname FROM pg_indexes WHERE indexname IN ('ix_names_words', 'ix_names_trigrams')"
    async with database.reading(WORKSPACE) as tx:
        return list((await tx.connection.execute(text(query))).scalars())
