"""aiosqlite with one way to its thread and back for a statement, where SQLAlchemy would make four.

SQLAlchemy makes a cursor, executes, fetches all rows and closes the cursor, and waits each time for the thread of the
connection. Here the four are one. A rollback where no transaction is open, which ends each use of a connection, is none.
"""

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Self

from aiosqlite import Connection

ROWS_IN_A_CHUNK = 64  # of an iteration over a cursor, which we never do


class OneWayConnection(Connection):
    """What `aiosqlite.connect` returns, with quicker cursors."""

    def cursor(self) -> "Cursor":  # type: ignore[override]  # SQLAlchemy awaits nothing of it but the methods below
        return Cursor(self)

    async def in_thread(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call `function` in the thread of the connection and return what it returns."""
        return await self._execute(function, *arguments)

    async def rollback(self) -> None:
        if self.in_transaction:
            await super().rollback()


class Cursor:
    """The part of an aiosqlite cursor that SQLAlchemy uses; it is closed as soon as its rows are there."""

    description: Any = None
    rowcount = -1
    lastrowid: int | None = None
    arraysize = 1

    def __init__(self, connection: OneWayConnection) -> None:
        self._connection = connection
        self._rows: list[Any] = []

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, values: Sequence[Any] = ()) -> None:
        await self._connection.in_thread(self._run, sqlite3.Cursor.execute, statement, values)

    async def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        await self._connection.in_thread(self._run, sqlite3.Cursor.executemany, statement, rows)

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        self._rows = []

    def _run(self, way: Callable[..., sqlite3.Cursor], statement: str, values: Sequence[Any]) -> None:
        cursor = way(self._connection._conn.cursor(), statement, values)  # noqa: SLF001
        try:
            self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
            self._rows = cursor.fetchall() if cursor.description else []
        finally:
            cursor.close()


def connect(file: str, **options: Any) -> Connection:
    """Return a connection to be awaited; `options` are those of `sqlite3.connect`."""
    connection = OneWayConnection(partial(sqlite3.connect, file, **options), ROWS_IN_A_CHUNK)
    connection._thread.daemon = True  # noqa: SLF001  # as SQLAlchemy does: a process that ends must not wait for it
    return connection
