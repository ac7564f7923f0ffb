"""A safe copy of the database while it is in use."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.engine import URL, make_url

from storage.database import Database


class BackupRefused(Exception):
    """The copy was not made; the message says why and what to do."""


def file_of(database: Database) -> Path:
    """Return the file of a database on SQLite."""
    return Path(make_url(database.url).database or "")


async def backup(database: Database, path: Path) -> None:
    """Write a copy of the whole database to `path`: a database file on SQLite, pg_dump's custom format on PostgreSQL.

    Writers go on meanwhile; the copy holds what was committed when it began. It appears under its name only when it is whole,
    and only its owner can read it. Raises BackupRefused where `path` exists or pg_dump is missing or fails.
    """
    with _whole_or_not(path) as unfinished:
        if database.is_sqlite:
            async with database.engine.connect() as connection:
                await connection.run_sync(_copy_sqlite, unfinished)
        else:
            await _dump_postgres(make_url(database.url), unfinished)


@contextmanager
def _whole_or_not(path: Path) -> Iterator[Path]:
    """Yield a file beside `path` to write to; it takes the name `path` when all went well and vanishes otherwise."""
    if path.exists():
        raise BackupRefused(f"{path} exists already. Choose another name; I never overwrite a backup.")
    if not path.parent.is_dir():
        raise BackupRefused(f"There is no folder {path.parent}. Make it first, or choose another.")
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    unfinished = Path(name)
    try:
        yield unfinished
        with unfinished.open("rb+") as whole:
            os.fsync(whole.fileno())
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _copy_sqlite(connection: Connection, path: Path) -> None:
    # A plain copy of the file would miss what is still in its write-ahead log: https://sqlite.org/lang_vacuum.html
    cursor = connection.connection.cursor()  # the driver's own: through SQLAlchemy it would begin a transaction
    cursor.execute("VACUUM INTO ?", (str(path),))
    cursor.close()


async def _dump_postgres(url: URL, path: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise BackupRefused(
            "pg_dump is not installed here. Install PostgreSQL's client programs, or use your host's own backups."
        )
    dump = await asyncio.create_subprocess_exec(
        program, "--format=custom", f"--file={path}", env=_environment(url), stderr=asyncio.subprocess.PIPE
    )
    _, complaint = await dump.communicate()
    if dump.returncode != 0:
        raise BackupRefused(f"pg_dump could not copy the database: {complaint.decode(errors='replace').strip()}")


def _environment(url: URL) -> dict[str, str]:
    """Libpq's own variables, since arguments can be seen by every user of the machine.

    https://www.postgresql.org/docs/current/libpq-envars.html
    """
    wanted = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": url.port or url.query.get("port"),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("ssl") or url.query.get("sslmode"),
    }
    return {**os.environ, **{name: str(value) for name, value in wanted.items() if value}}
