import asyncio
import os
import stat
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from storage.backup import BackupRefused, backup
from storage.database import Database
from tests.storage.rows import WORKSPACE, add_graph, add_whole, digests, opened, ready
from tests.support.postgres import PostgresServer

Restore = Callable[[Path], str]


@asynccontextmanager
async def writer(database: Database) -> AsyncIterator[list[str]]:
    """Write objects all the while, one transaction each; the list holds the keys committed so far."""
    written: list[str] = []

    async def write() -> None:
        while True:
            key = f"OPT-{len(written) + 1}"
            async with database.writing(WORKSPACE) as transaction:
                await add_whole(transaction, key)
            written.append(key)

    task = asyncio.create_task(write())
    try:
        yield written
    finally:
        task.cancel()
        await asyncio.wait([task])


async def keys(database: Database, column: str) -> list[str]:
    """The keys that the writer wrote, as they stand in a table."""
    async with database.engine.connect() as connection:
        found = await connection.execute(text(f"SELECT {column} AS found FROM {column.split('.', maxsplit=1)[0]}"))
        wanted = (str(row[0]).removeprefix("card:") for row in found)
        return sorted((key for key in wanted if key.startswith("OPT-")), key=lambda key: int(key[4:]))


def modes(folder: Path) -> dict[str, str]:
    return {file.name: stat.filemode(file.stat().st_mode) for file in folder.iterdir()}


@pytest.fixture
def restore(database_url: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Restore]:
    """How a copy becomes a database again; returns its address."""
    if database_url.startswith("sqlite"):
        yield lambda copy: f"sqlite:///{copy}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    monkeypatch.setenv("PATH", str(server.binaries), prepend=os.pathsep)  # pg_dump must not be older than the server
    name = server.create_database()

    def from_dump(copy: Path) -> str:
        subprocess.run([server.binaries / "pg_restore", "--dbname", server.url(name), copy], check=True)
        return server.url(name)

    yield from_dump
    server.drop_database(name)


async def test_a_copy_has_the_same_rows(database_url: str, tmp_path: Path, restore: Restore) -> None:
    async with ready(database_url) as database:
        await add_graph(database, 300)
        await backup(database, tmp_path / "copy")
        async with opened(restore(tmp_path / "copy")) as copy:
            assert await digests(copy) == await digests(database)


async def test_a_copy_made_while_a_writer_runs_is_whole(database_url: str, tmp_path: Path, restore: Restore) -> None:
    async with ready(database_url) as database:
        async with writer(database) as written:
            await asyncio.sleep(0.2)
            acknowledged = len(written)
            await backup(database, tmp_path / "copy")
        async with opened(restore(tmp_path / "copy")) as copy:
            found = await keys(copy, "objects.key")
            assert len(found) >= acknowledged > 0
            assert found == [f"OPT-{number}" for number in range(1, len(found) + 1)]
            assert await keys(copy, "revisions.key") == await keys(copy, "outbox.subject") == found


async def test_a_copy_is_for_its_owner_only_and_leaves_nothing_else_behind(
    database_url: str, tmp_path: Path, restore: Restore
) -> None:
    (tmp_path / "copies").mkdir()
    async with ready(database_url) as database:
        await backup(database, tmp_path / "copies" / "copy")
    assert modes(tmp_path / "copies") == {"copy": "-rw-------"}


async def test_a_copy_never_overwrites(database_url: str, tmp_path: Path) -> None:
    taken = tmp_path / "copy"
    taken.write_text("mine")
    async with ready(database_url) as database:
        with pytest.raises(BackupRefused) as refusal:
            await backup(database, taken)
    assert str(refusal.value) == f"{taken} exists already. Choose another name; I never overwrite a backup."
    assert taken.read_text() == "mine"


async def test_a_folder_that_is_not_there_is_named(database_url: str, tmp_path: Path) -> None:
    async with ready(database_url) as database:
        with pytest.raises(BackupRefused) as refusal:
            await backup(database, tmp_path / "none" / "copy")
    assert str(refusal.value) == f"There is no folder {tmp_path / 'none'}. Make it first, or choose another."


async def test_without_pg_dump_it_says_what_to_do(postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    async with ready(postgres_url) as database:
        with pytest.raises(BackupRefused) as refusal:
            await backup(database, tmp_path / "copy")
    assert str(refusal.value) == (
        "pg_dump is not installed here. Install PostgreSQL's client programs, or use your host's own backups."
    )
    assert modes(tmp_path) == {}


async def test_when_pg_dump_fails_its_own_words_are_passed_on(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "pg_dump"
    program.write_text("#!/bin/sh\necho 'server version mismatch' >&2\nexit 1\n")
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    async with ready(postgres_url) as database:
        with pytest.raises(BackupRefused) as refusal:
            await backup(database, tmp_path / "copy")
    assert str(refusal.value) == "pg_dump could not copy the database: server version mismatch"
    assert modes(tmp_path) == {"pg_dump": "-rwx------"}
