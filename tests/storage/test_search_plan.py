"""No search reads all names, or all objects: the engines' own plans say so."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import event

from storage.audience import EVERYBODY, Audience
from storage.database import Database
from storage.migrate import to_newest
from storage.search import entitled, named, search
from tests.storage.many_names import put_all, titled
from tests.storage.rows import opened

pytestmark = pytest.mark.slow
GUEST = Audience(frozenset({"C1"}), sees_workspace=False)


@pytest.fixture
async def filled(database_url: str) -> AsyncIterator[Database]:
    async with opened(database_url) as database:
        await to_newest(database)
        await put_all(
            database,
            {
                "W1": (titled(number, f"Guide the board {number} of {number * 7919}") for number in range(1, 8_001)),
                "W2": (titled(number, f"Measure the invoice {number}") for number in range(1, 2_001)),
            },
        )
        yield database


SEARCHES: list[tuple[str, dict[str, Any]]] = [
    ("g", {}),
    ("gu", {}),
    ("guide the b", {}),
    ("7919", {}),
    ("boadr 17", {}),
    ("guide teh baord of nothing", {}),
    ("board", {"kinds": ["scope"]}),
    ("board", {"kinds": ["bet", "option"], "team": "Growth"}),
    ("board", {"audience": GUEST}),
    ("", {"kinds": ["scope"]}),
    ("", {}),
    ("bet-7", {}),
]


async def test_no_search_reads_everything(filled: Database) -> None:
    for words, how in SEARCHES:
        ran = await _plans(filled, search, words, **{"audience": EVERYBODY, **how})
        assert (words, [line for line in ran if _reads_everything(line)]) == (words, [])
        assert ran
    for ask in (entitled, named):
        ran = await _plans(filled, ask, "guide the board 5", audience=EVERYBODY)
        assert [line for line in ran if _reads_everything(line)] == []


async def test_what_stands_inside_a_word_is_looked_up_in_the_index_of_trigrams(filled: Database) -> None:
    ran = "\n".join(await _plans(filled, search, "7919", audience=EVERYBODY))
    assert ("VIRTUAL TABLE INDEX" if filled.is_sqlite else "Bitmap Index Scan on ix_names_trigrams") in ran


def _reads_everything(line: str) -> bool:
    if "SCAN" in line:  # SQLite's word; it also scans the matches of FTS5, and lists of constants
        return not any(small in line for small in ("VIRTUAL TABLE INDEX", "CONSTANT ROW", "(subquery"))
    return "Seq Scan" in line


async def _plans(database: Database, ask: Any, words: str, **how: Any) -> list[str]:
    """Return the lines of the plans of all statements that `ask` runs."""
    ran: list[tuple[str, Any]] = []

    def note(_: Any, __: Any, statement: str, values: Any, *___: Any) -> None:
        ran.append((statement, values))

    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    async with database.reading("W1") as tx:
        audience = how.pop("audience")
        await ask(tx, words, audience, **how)
        event.remove(database.engine.sync_engine, "before_cursor_execute", note)
        lines = []
        for statement, values in ran:
            rows = (await tx.connection.exec_driver_sql(f"{explain} {statement}", values)).all()
            lines += [str(row[-1]) for row in rows]
    return lines
