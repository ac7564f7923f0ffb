"""What is asked of a large workspace is found by an index, whatever the planner thinks of the few rows of a test."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, event, insert, text

from storage.database import Database
from storage.files import import_objects
from storage.names import rows_of
from storage.past import difference, undo, undo_checks
from storage.tables import names
from tests.storage.rows import WORKSPACE, add_graph, ready

SIZE = 500
MONDAY = datetime(2026, 9, 7, tzinfo=UTC)
CASES: Mapping[str, tuple[Select[Any], Mapping[str, Any], str]] = {
    "objects by title": (import_objects._ALIKE, {"wanted": ["  guide "]}, "ix_names_workspace_text_id"),
    "keys that changed": (difference._TOUCHED, {"since": MONDAY, "until": MONDAY}, "ix_revisions_workspace_at"),
    "acts of a person": (undo._ACTS, {"the_author": "U7", "most": 20}, "ix_revisions_acts"),
    "answers about": (undo_checks._ANSWERS, {"keys": ["BET-1"]}, "ix_answers_workspace_about"),
}


async def test_what_is_asked_of_a_large_workspace_is_found_by_an_index(database_url: str) -> None:
    async with ready(database_url) as database:
        await add_graph(database, SIZE)
        await _add_names(database)
        for statement, values, index in CASES.values():
            plan = await _plan(database, statement, values)
            assert index in plan
            assert "SCAN" not in plan
            assert "Seq Scan" not in plan


async def _add_names(database: Database) -> None:
    found = [rows_of(f"BET-{number}", "", f"Bet {number}", [], []) for number in range(1, SIZE + 1)]
    async with database.writing(WORKSPACE) as tx:
        await tx.run_many(insert(names), [row for rows in found for row in rows])


async def _plan(database: Database, statement: Select[Any], values: Mapping[str, Any]) -> str:
    """Return how the database carries out `statement`, in its own words."""
    told: list[tuple[str, Any]] = []
    async with database.reading(WORKSPACE) as tx:
        if not database.is_sqlite:
            await tx.connection.execute(text("ANALYZE"))
            await tx.connection.execute(text("SET LOCAL enable_seqscan = off"))
        event.listen(tx.connection.sync_connection, "before_cursor_execute", lambda *said: told.append((said[2], said[3])))
        await tx.run(statement, **values)
        words, bound = told[0]
        verb = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        return "\n".join(str(row[-1]) for row in await tx.connection.exec_driver_sql(f"{verb} {words}", bound))
