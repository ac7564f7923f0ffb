import sqlite3
from contextlib import closing

import asyncpg
import pytest

from tests.support.postgres import PostgresServer, bundled_binaries, running_server


async def run(url: str, *statements: str) -> list[tuple[object, ...]]:
    """Run statements with the bare driver of the address's engine; return the rows of the last."""
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection, connection:
            return [connection.execute(statement).fetchall() for statement in statements][-1]
    postgres = await asyncpg.connect(url)
    try:
        return [list(map(tuple, await postgres.fetch(statement))) for statement in statements][-1]
    finally:
        await postgres.close()


@pytest.mark.parametrize("time", ["first", "second"])
async def test_each_test_has_an_empty_database_of_its_own(database_url: str, time: str) -> None:
    made = await run(database_url, "CREATE TABLE seen (time TEXT)", "SELECT * FROM seen")
    assert made == []
    assert await run(database_url, f"INSERT INTO seen VALUES ('{time}')", "SELECT * FROM seen") == [(time,)]


@pytest.mark.postgres
async def test_a_database_can_be_copied_from_a_template(postgres_server: PostgresServer, postgres_url: str) -> None:
    await run(postgres_url, "CREATE TABLE pattern (word TEXT)", "INSERT INTO pattern VALUES ('é')")
    name = postgres_server.create_database(template=postgres_url.rpartition("/")[2])
    copy = postgres_server.url(name)
    assert await run(copy, "SELECT upper(word) FROM pattern") == [("É",)]
    postgres_server.drop_database(name)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await run(copy, "SELECT 1")


@pytest.mark.postgres
def test_what_a_tool_complains_of_is_told(postgres_server: PostgresServer) -> None:
    with pytest.raises(RuntimeError, match=r'createdb failed: .*template database "nowhere" does not exist'):
        postgres_server.create_database(template="nowhere")


@pytest.mark.postgres
async def test_a_machine_without_postgresql_uses_the_bundled_one() -> None:
    with running_server(bundled_binaries) as server:
        url = server.url(server.create_database())
        assert await run(url, "SELECT 1") == [(1,)]
    with pytest.raises(OSError, match="Connect call failed"):
        await run(url, "SELECT 1")
