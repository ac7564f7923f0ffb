"""INSERT … ON CONFLICT, which SQLite and PostgreSQL spell alike and SQLAlchemy does not."""

from collections.abc import Iterable

from sqlalchemy import Insert, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.dml import ReturningInsert


def insert_new(table: Table) -> dict[str, Insert]:
    """Return, by dialect, an insert that leaves rows alone that are there already (by any unique key)."""
    return {
        "sqlite": sqlite.insert(table).on_conflict_do_nothing(),
        "postgresql": postgresql.insert(table).on_conflict_do_nothing(),
    }


def insert_or_update(table: Table, columns: Iterable[str]) -> dict[str, Insert]:
    """Return, by dialect, an insert that updates `columns` of the row with the same primary key."""
    key = list(table.primary_key.columns)
    for_sqlite, for_postgresql = sqlite.insert(table), postgresql.insert(table)
    names = list(columns)
    return {
        "sqlite": for_sqlite.on_conflict_do_update(
            index_elements=key, set_={name: for_sqlite.excluded[name] for name in names}
        ),
        "postgresql": for_postgresql.on_conflict_do_update(
            index_elements=key, set_={name: for_postgresql.excluded[name] for name in names}
        ),
    }


def insert_and_count(table: Table, column: str) -> dict[str, ReturningInsert[tuple[int]]]:
    """Return, by dialect, an insert that adds to `column` of the row with the same primary key, and returns the sum."""
    key, total = list(table.primary_key.columns), table.c[column]
    for_sqlite, for_postgresql = sqlite.insert(table), postgresql.insert(table)
    return {
        "sqlite": for_sqlite.on_conflict_do_update(
            index_elements=key, set_={column: total + for_sqlite.excluded[column]}
        ).returning(total),
        "postgresql": for_postgresql.on_conflict_do_update(
            index_elements=key, set_={column: total + for_postgresql.excluded[column]}
        ).returning(total),
    }
