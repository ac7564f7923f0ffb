"""The board: what is open, counted and cut in the database, for whoever reads."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, text

from storage.audience import EVERYBODY, NOBODY, Audience
from storage.board import board, owned
from storage.database import Database, Transaction
from storage.packs.pack import starter
from storage.tables import objects, teams
from tests.storage.rows import WORKSPACE, an_object, ready

KINDS = starter()
MONDAY = datetime(2026, 9, 7, tzinfo=UTC)
GROWTH, PAYMENTS = "Growth", "Payments"


def stored(key: str, status: str, *, minutes: int = 0, **parts: Any) -> dict[str, Any]:
    kind = KINDS.of_key(key)
    assert kind is not None
    told = {"kind": kind.name, "status": status, "team": GROWTH, "owner": "U1", "horizon": None, "channel": None}
    return {**an_object(key, MONDAY + timedelta(minutes=minutes)), "archived": False, **told, **parts}


ROWS = [
    stored("INS-1", "new", minutes=1),
    stored("INS-2", "promoted", minutes=5, horizon="1-3 years"),
    stored("INS-3", "parked", minutes=9),
    stored("OPP-1", "open", minutes=3, team=PAYMENTS),
    stored("BET-1", "running", minutes=2, horizon="1-3 months"),
    stored("BET-2", "running", minutes=4, owner="U2"),
    stored("BET-3", "proposed", minutes=6),
    stored("BET-4", "won", minutes=8),
    stored("BET-5", "running", minutes=9, archived=True),
    stored("WRK-1", "doing", minutes=7, visibility="channel", channel="C9"),
    stored("DEC-1", "made", minutes=7),
]


@pytest.fixture
async def tx(database_url: str) -> AsyncIterator[Transaction]:
    async with ready(database_url) as database:
        await _put(database, ROWS)
        async with database.reading(WORKSPACE) as reading:
            yield reading


async def _put(database: Database, rows: list[dict[str, Any]]) -> None:
    async with database.writing(WORKSPACE) as tx:
        await tx.run_many(insert(teams), [{"name": name} for name in (GROWTH, PAYMENTS)])
        await tx.run_many(insert(objects), rows)


async def test_the_board_has_what_is_open_at_each_altitude_for_who_reads(tx: Transaction) -> None:
    levels = await board(tx, KINDS, EVERYBODY, team=GROWTH, most=2)
    assert [(level.altitude, level.count) for level in levels] == [
        ("possible", 2),
        ("prioritised", 3),
        ("doing", 0),
        ("working", 0),
    ]
    possible, prioritised, *_ = levels
    assert possible.counts == {"insight": {"new": 1, "promoted": 1}}
    assert prioritised.counts == {"bet": {"proposed": 1, "running": 2}}, "in the order of the lifecycle"
    assert [item.key for item in prioritised.items] == ["BET-3", "BET-2"]
    members = await board(tx, KINDS, Audience(frozenset({"C9"})), altitude="doing")
    assert [[item.key for item in level.items] for level in members] == [["WRK-1"]]
    assert [level.count for level in await board(tx, KINDS, NOBODY)] == [0, 0, 0, 0]

    everywhere = await board(tx, KINDS, EVERYBODY)
    assert [level.count for level in everywhere] == [3, 3, 0, 0]
    near = await board(tx, KINDS, EVERYBODY, horizon="1-3 months")
    assert [[item.key for item in level.items] for level in near] == [[], ["BET-1"], [], []]
    [rest] = await board(tx, KINDS, EVERYBODY, altitude="prioritised", most=2, skip=2)
    assert (rest.count, [item.key for item in rest.items]) == (3, ["BET-1"])
    [counted] = await board(tx, KINDS, EVERYBODY, altitude="prioritised", most=0)
    assert (counted.count, counted.items) == (3, ())


async def test_what_somebody_owns_is_of_every_kind(tx: Transaction) -> None:
    mine = await owned(tx, KINDS, EVERYBODY, "U1", most=3)
    assert mine.count == 6
    assert list(mine.counts) == ["insight", "opportunity", "bet", "decision"]
    assert [item.key for item in mine.items] == ["DEC-1", "BET-3", "INS-2"]
    assert (await owned(tx, KINDS, EVERYBODY, "U7")).count == 0


async def test_neither_reads_what_belongs_to_others(database_url: str) -> None:
    """The engines' own plans say so: a team's board reads that team, what somebody owns is found by its owner."""
    async with ready(database_url) as database:
        await _put(database, [stored(f"BET-{number}", "running", minutes=number) for number in range(1, 501)])
        for ask in (board, owned):
            for line in await _plans(database, ask):
                assert "ix_objects_workspace" in line
                assert "Seq Scan" not in line
                assert "SCAN objects" not in line


async def _plans(database: Database, ask: Any) -> list[str]:
    """Return how the database carries out each statement of `ask`, in its own words."""
    told: list[tuple[str, Any]] = []
    async with database.reading(WORKSPACE) as tx:
        if not database.is_sqlite:
            await tx.connection.execute(text("ANALYZE"))
            await tx.connection.execute(text("SET LOCAL enable_seqscan = off"))
        connection = tx.connection.sync_connection

        def note(*said: Any) -> None:
            told.append((said[2], said[3]))

        event.listen(connection, "before_cursor_execute", note)
        await (
            ask(tx, KINDS, EVERYBODY, team=GROWTH, horizon="1-3 months") if ask is board else ask(tx, KINDS, EVERYBODY, "U1")
        )
        event.remove(connection, "before_cursor_execute", note)
        verb = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
        ran = [await tx.connection.exec_driver_sql(f"{verb} {words}", bound) for words, bound in told]
        return ["\n".join(str(row[-1]) for row in rows) for rows in ran]
