"""What names are looked up in, beside the indexes that `storage.tables` declares; each engine has its own.

SQLite: FTS5 over pieces of three letters. PostgreSQL: a GIN index over the same (pg_trgm), or over whole words on a server
that has no such extension.
"""

from sqlalchemy import Connection, column, func, inspect, select, table, text
from sqlalchemy.exc import DBAPIError

from storage.tables import names

TRIGRAMS, WORDS = "ix_names_trigrams", "ix_names_words"
MARKS = "string_to_array(names.workspace || ' ' || names.marks, ' ')"
LEXEMES = "array_to_tsvector(string_to_array(btrim(names.text), '  '))"
_ON_POSTGRES = {
    TRIGRAMS: f"CREATE INDEX {TRIGRAMS} ON names USING gin (({MARKS}), text gin_trgm_ops)",
    WORDS: f"CREATE INDEX {WORDS} ON names USING gin (({MARKS}), ({LEXEMES}))",
}

FTS = "names_fts"
_ON_SQLITE = {
    FTS: "CREATE VIRTUAL TABLE names_fts"
    " USING fts5(text, marks, content='names', content_rowid='id', tokenize='trigram case_sensitive 1')",
    "names_come": "CREATE TRIGGER names_come AFTER INSERT ON names"
    " BEGIN INSERT INTO names_fts (rowid, text, marks) VALUES (new.id, new.text, new.marks); END",
    "names_go": "CREATE TRIGGER names_go AFTER DELETE ON names"
    " BEGIN INSERT INTO names_fts (names_fts, rowid, text, marks) VALUES ('delete', old.id, old.text, old.marks); END",
}  # no name is ever updated, except that it follows its workspace, which is not in there


def make(connection: Connection) -> None:
    """Make what is missing of it, from the names that are there; on PostgreSQL the better index, as soon as the server can."""
    if not inspect(connection).has_table(names.name):
        return
    if connection.dialect.name == "sqlite":
        _make_on_sqlite(connection)
    else:
        _make_on_postgres(connection)


def is_declared(name: str | None, *_: object) -> bool:
    """Tell alembic whether `storage.tables` declares a table or an index called `name`; what `make` makes it does not."""
    return not (name or "").startswith((FTS, TRIGRAMS, WORDS))


def _make_on_sqlite(connection: Connection) -> None:
    there: set[str] = set(connection.scalars(select(column("name")).select_from(table("sqlite_master"))))
    missing = [statement for name, statement in _ON_SQLITE.items() if name not in there]
    for statement in missing:
        connection.exec_driver_sql(statement)
    if missing:
        connection.exec_driver_sql("INSERT INTO names_fts (names_fts) VALUES ('rebuild')")


def _make_on_postgres(connection: Connection) -> None:
    wanted, other = (TRIGRAMS, WORDS) if _can_trigrams(connection) else (WORDS, TRIGRAMS)
    if connection.scalar(select(func.to_regclass(wanted))) is None:
        connection.exec_driver_sql(_ON_POSTGRES[wanted])
    connection.exec_driver_sql(f"DROP INDEX IF EXISTS {other}")


def _can_trigrams(connection: Connection) -> bool:
    """Tell whether pg_trgm is there, or can be had, and knows letters beyond ASCII; with the locale "C" it does not."""
    try:
        with connection.begin_nested():
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            return bool(connection.scalar(text("SELECT cardinality(show_trgm('я')) > 0")))
    except DBAPIError:  # not installed on this server, not allowed to this user, or out of this user's sight
        return False
