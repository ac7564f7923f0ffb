"""On SQLite one process works on the database at a time; PostgreSQL takes many."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.backup import file_of
from storage.database import Database


class AlreadyInUse(Exception):
    """Another Throughline is already using this database."""


@contextmanager
def sole_user(database: Database) -> Iterator[None]:
    """Hold `FILE.lock` beside a SQLite file, with the holder's process id in it; do nothing on PostgreSQL.

    Raises AlreadyInUse where another process holds it. The system lets go of it when its holder dies, however that happens; the
    file stays, since removing it would let two processes hold two different files of one name.
    """
    if not database.is_sqlite:
        yield
        return
    file = file_of(database)
    with Path(f"{file}.lock").open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            lock.seek(0)
            raise AlreadyInUse(_words(file, lock.read().strip())) from taken
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def _words(file: Path, process: str) -> str:
    which = f" (process {process})" if process else ""  # it writes its number just after it has taken the lock
    return (
        f"Another Throughline{which} is already using {file.name}. "
        "Stop it first, or set DATABASE_URL to another file, or to PostgreSQL, where several can work together."
    )
