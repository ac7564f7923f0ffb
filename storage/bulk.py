"""Many new rows in one go: a statement for all of them on PostgreSQL, the driver's own loop on SQLite.

SQLAlchemy's way of giving each row's values to the driver takes longer than SQLite takes to write them. Only plain inserts
are here; a column of the table that the rows do not name takes its default.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import repeat
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Boolean, Column, Double, Integer, Table, Text

from storage.columns import Json, Moment, as_text, to_json
from storage.database import Transaction

_TYPES = {
    Text: "text",
    Integer: "integer",
    BigInteger: "bigint",
    Double: "double precision",
    Boolean: "boolean",
    Moment: "timestamptz",
}
Convert = Callable[[Any], Any]


class _Insert(NamedTuple):
    statement: str
    values: Callable[[Mapping[str, Any]], tuple[Any, ...]]  # of a row, in the statement's order
    converts: tuple[tuple[int, Convert], ...]  # by the place of the value


async def insert(tx: Transaction, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert `rows` into `table`, values by column, all with the same columns; nothing where there are none."""
    if not rows:
        return
    dialect = tx.connection.dialect.name
    found = _insert(table, tuple(rows[0]), dialect)
    columns: list[Sequence[Any]] = list(zip(*map(found.values, rows), strict=True))
    for place, convert in found.converts:
        columns[place] = list(map(convert, columns[place]))
    if dialect == "sqlite":
        parameters: Any = list(zip(repeat(tx.workspace), *columns, strict=False))
    else:
        parameters = (tx.workspace, *map(list, columns))
    await tx.connection.exec_driver_sql(found.statement, parameters)


@cache
def _insert(table: Table, names: tuple[str, ...], dialect: str) -> _Insert:
    is_sqlite = dialect == "sqlite"
    columns = [table.c[name] for name in names]
    converts = [(place, _conversion(column, is_sqlite)) for place, column in enumerate(columns)]
    into = f"INSERT INTO {table.name} ({', '.join(_quoted(name) for name in ('workspace', *names))})"
    statement = _rows_in_turn(into, columns) if is_sqlite else _rows_at_once(into, columns)
    values = itemgetter(*names)
    return _Insert(statement, values, tuple((place, convert) for place, convert in converts if convert is not None))


def _rows_in_turn(into: str, columns: Sequence[Column[Any]]) -> str:
    return f"{into} VALUES ({', '.join('?' for _ in range(len(columns) + 1))})"


def _rows_at_once(into: str, columns: Sequence[Column[Any]]) -> str:
    """Each column comes as an array. COPY would be quicker, and does not go with row-level security."""
    return f"{into} SELECT $1::text, {', '.join(_unnested(place, column) for place, column in enumerate(columns, 2))}"


def _unnested(place: int, column: Column[Any]) -> str:
    if column.type is Json:
        return f"unnest(${place}::text[])::jsonb"
    return f"unnest(${place}::{_TYPES[type(column.type)]}[])"


def _conversion(column: Column[Any], is_sqlite: bool) -> Convert | None:
    if column.type is Json:
        return _json_or_null
    return _moment_or_null if is_sqlite and isinstance(column.type, Moment) else None


def _json_or_null(value: Any) -> str | None:
    if value is None:
        return None
    return to_json(value) if value else "[]" if isinstance(value, list) else "{}"


def _moment_or_null(value: Any) -> str | None:
    return None if value is None else as_text(value)


def _quoted(name: str) -> str:
    return f'"{name}"'
