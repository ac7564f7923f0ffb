"""aiosqlite with one way to its thread and back for a statement, where SQLAlchemy would make four.

SQLAlchemy makes a cursor, executes, fetches all rows and closes the cursor, and waits each time for the thread of the
connection. Here the four are one, and BEGIN goes with the first of a transaction. A rollback where no transaction is open,
which ends each use of a connection, is none.
"""

import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Self

from aiosqlite import Connection

ROWS_IN_A_CHUNK = 64  # of an iteration over a cursor, which we never do


class OneWayConnection(Connection):
    """What `aiosqlite.connect` returns, with quicker cursors."""

    _begin = ""
    _in_use = False  # since the last commit or rollback; also true of what is queued and not yet done

    def begin_with(self, statement: str) -> None:
        """Begin a transaction with `statement` ("BEGIN IMMEDIATE") as soon as there is something to do in it."""
        self._begin = statement

    def cursor(self) -> "Cursor":  # type: ignore[override]  # SQLAlchemy awaits nothing of it but the methods below
        return Cursor(self)

    async def in_thread(self, function: Callable[[sqlite3.Connection], None]) -> None:
        """Call `function` with the connection, in its thread, within the transaction that is to begin."""
        begin, self._begin, self._in_use = self._begin, "", True
        await self._execute(self._run, begin, function)  # type: ignore[no-untyped-call]  # aiosqlite leaves it untyped

    async def commit(self) -> None:
        if self._in_use:
            await super().commit()
        self._begin, self._in_use = "", False

    async def rollback(self) -> None:
        if self._in_use:
            await super().rollback()
        self._begin, self._in_use = "", False

    def _run(self, begin: str, function: Callable[[sqlite3.Connection], None]) -> None:
        if begin:
            self._conn.execute(begin)
        function(self._conn)


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
        await self._connection.in_thread(partial(self._run, sqlite3.Cursor.execute, statement, values))

    async def executemany(self, statement: str, rows: Sequence[Sequence[Any]]) -> None:
        await self._connection.in_thread(partial(self._run, sqlite3.Cursor.executemany, statement, rows))

    async def fetchall(self) -> list[Any]:
        return self._rows

    async def close(self) -> None:
        self._rows = []

    def _run(self, way: Callable[..., Any], statement: str, values: Sequence[Any], connection: sqlite3.Connection) -> None:
        cursor = connection.cursor()
        try:
            way(cursor, statement, values)
            self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
            self._rows = cursor.fetchall() if cursor.description else []
        finally:
            cursor.close()


def connect(file: str, **options: Any) -> Connection:
    """Return a connection to be awaited; `options` are those of `sqlite3.connect`."""
    connection = OneWayConnection(partial(sqlite3.connect, file, **options), ROWS_IN_A_CHUNK)
    connection._thread.daemon = True  # noqa: SLF001  # as SQLAlchemy does: a process that ends must not wait for it
    return connection
