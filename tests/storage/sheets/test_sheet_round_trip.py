"""What goes out as a table comes in again and changes nothing, whatever is stored."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from storage.audience import EVERYBODY
from storage.packs.pack import starter
from storage.sheets.out import export_sheet
from storage.sheets.rows import Options
from storage.sheets.sheet import read_sheet
from storage.tables import LOCAL_WORKSPACE
from storage.text import storable, storable_line
from tests.storage.graph_files import bet, insight, link, take_in, workplace, write_out
from tests.storage.sheets import planned, stored, table_of

INPUT = {"key": "INP-1", "kind": "input", "title": "Activation rate"}
NASTY = [
    "=1+1",
    "'=1",
    "-5",
    "+5",
    "@x",
    "a;b",
    '"q"',
    "a, b",
    "two\nlines",
    "\ufeffx",
    "　＝x",
    "yes",
    "2026-01-02",
    "BET-1",
    "43,5",
]


async def test_a_private_object_stays_private_on_its_way_through_a_table(database_url: str) -> None:
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [bet(1, visibility="channel", channel="C09SECRET")]})
        text = await table_of(database)
    assert "Visibility,Channel" in text
    assert "C09SECRET" in text


async def test_an_export_comes_in_again_and_changes_nothing(database_url: str, new_sqlite_url: Callable[[], str]) -> None:
    objects: list[Any] = [INPUT, insight(1), insight(2, title="=HYPERLINK(1)")]
    for number, text in enumerate(NASTY, start=1):
        fields = {"risk": text, "appetite": text, "confidence": number + 0.25, "all_in": number % 2 == 0}
        objects.append(bet(number, title=f"{text} {number}", description=text, tags=[text, f"x{text}"], fields=fields))
    objects.append(bet(50, fields={"appetite": 60}, source="https://x.example/?a=1,2;3"))
    links = [link("BET-1", "targets", "INP-1"), link("INS-1", "informs", "BET-1"), link("INS-2", "informs", "BET-1")]
    async with workplace(database_url) as database:
        await take_in(database, {"objects": objects, "links": links})
        plan = await planned(database, await table_of(database), Options())
        assert (plan.refused, plan.questions, plan.notes, plan.changes) == ({}, [], [], [])
        assert len(plan.rows) == len(NASTY) + 1
        text = await table_of(database)
        before = await write_out(database)
    async with workplace(new_sqlite_url()) as other:
        await take_in(other, {"objects": [each for each in objects if each["kind"] != "bet"]})
        assert (await stored(other, text, Options())).refused == {}
        after = await write_out(other)
    assert [each["fields"]["risk"] for each in after["objects"] if "risk" in each.get("fields", {})] == [
        text.strip() for text in NASTY
    ]
    assert after["links"] == before["links"]
    assert [each.get("tags") for each in after["objects"]] == [each.get("tags") for each in before["objects"]]


async def test_a_cell_holds_no_more_links_than_a_spreadsheet_shows(database_url: str) -> None:
    keys = range(2, 1_004)
    async with workplace(database_url) as database:
        links = [link(f"BET-{number}", "part of", "BET-1") for number in keys]
        await take_in(database, {"objects": [bet(1), *map(bet, keys)], "links": links})
        text = await table_of(database)
        async with database.reading(LOCAL_WORKSPACE) as tx:
            _, remarks = await export_sheet(tx, starter(), starter().kind("bet"), EVERYBODY)
        plan = await planned(database, text, Options())
    assert remarks == ["BET-1 “contains” 1,002 others; its cell has the first 1,000 of them."]
    assert max(len(cell) for row in read_sheet(text.encode()).rows for cell in row.cells) < 32_767
    assert (plan.refused, plan.changes) == ({}, [])


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from(list("=+-@'\"\n;,\t")), max_size=25)
LINES = TEXTS.map(storable_line)
FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "risk": TEXTS.map(lambda text: storable(text, 1_000)).filter(bool),
        "appetite": LINES.filter(bool) | st.integers(-(10**9), 10**9) | st.floats(-1e6, 1e6),
        "confidence": st.floats(0, 100) | st.integers(0, 100),
        "all_in": st.booleans(),
        "review_date": st.dates().map(str) | st.datetimes(timezones=st.just(UTC)).map(datetime.isoformat),
    },
)
BETS = st.lists(
    st.tuples(
        LINES.filter(bool), TEXTS.map(lambda text: storable(text, 1_000)), st.lists(LINES.filter(bool), unique=True), FIELDS
    ),
    min_size=1,
    max_size=4,
)


@pytest.mark.slow
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(bets=BETS)
@example(bets=[("0", "", [], {"appetite": 1e-07})])
def test_whatever_is_stored_an_export_comes_in_again_and_changes_nothing(
    new_sqlite_url: Callable[[], str], bets: list[tuple[str, str, list[str], dict[str, Any]]]
) -> None:
    async def there_and_back() -> None:
        async with workplace(new_sqlite_url()) as database:
            listed = [
                bet(number, title=title, description=description, tags=tags, fields=fields)
                for number, (title, description, tags, fields) in enumerate(bets, start=1)
            ]
            await take_in(database, {"objects": listed})
            plan = await planned(database, await table_of(database), Options())
            assert (plan.refused, plan.questions, plan.changes) == ({}, [], [])

    asyncio.run(there_and_back())
