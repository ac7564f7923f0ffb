import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import asyncpg
import pytest

from tests.support.postgres import PostgresServer, bundled_binaries, running_server

ROOT = Path(__file__).parents[2]


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


@pytest.mark.parametrize("turn", ["first", "second"])
async def test_each_test_has_an_empty_database_of_its_own(empty_database_url: str, turn: str) -> None:
    made = await run(empty_database_url, "CREATE TABLE seen (turn TEXT)", "SELECT * FROM seen")
    assert made == []
    assert await run(empty_database_url, f"INSERT INTO seen VALUES ('{turn}')", "SELECT * FROM seen") == [(turn,)]


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
def test_what_the_server_complains_of_is_told(postgres_server: PostgresServer) -> None:
    with pytest.raises(asyncpg.InvalidCatalogNameError, match='template database "nowhere" does not exist'):
        postgres_server.create_database(template="nowhere")


@pytest.mark.postgres
async def test_a_machine_without_postgresql_uses_the_bundled_one() -> None:
    with running_server(bundled_binaries) as server:
        url = server.url(server.create_database())
        assert await run(url, "SELECT 1") == [(1,)]
    with pytest.raises(OSError, match="Connect call failed"):
        await run(url, "SELECT 1")


@pytest.mark.postgres
@pytest.mark.slow
def test_a_killed_test_run_leaves_no_server_behind() -> None:
    script = """
from tests.support.postgres import running_server
with running_server() as server:
    print(server.port, flush=True)
    input()
"""
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdout
        port = int(run.stdout.readline())
        assert is_open(port)
        run.kill()
    ends = time.monotonic() + 20
    while is_open(port) and time.monotonic() < ends:
        time.sleep(0.05)
    assert not is_open(port)


def is_open(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0
