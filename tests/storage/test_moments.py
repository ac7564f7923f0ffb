from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import StatementError

from storage.columns import Moment
from storage.database import ours
from storage.tables import objects
from tests.storage.rows import WORKSPACE, an_object, ready

# Whole, half and quarter hours, both sides of the date line, changes of two hours and of thirty minutes, and none at all.
ZONES = (
    *("UTC", "Europe/Berlin", "Europe/London", "Europe/Dublin", "America/New_York", "America/St_Johns", "America/Sao_Paulo"),
    *("America/Los_Angeles", "America/Nuuk", "Africa/Cairo", "Africa/Casablanca", "Asia/Kolkata", "Asia/Kathmandu"),
    *("Asia/Tokyo", "Asia/Tehran", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Apia", "Pacific/Marquesas"),
    "Antarctica/Troll",
)
READ = select(objects.c.key, objects.c.created_at).where(ours(objects)).order_by(objects.c.created_at)
AUTUMN = datetime(2026, 10, 25, 2, 30, 0, 123456)  # noqa: DTZ001 — comes twice in Berlin; each test gives it a zone, or none on purpose

aware = st.datetimes(AUTUMN.replace(year=1000), AUTUMN.replace(year=9998), timezones=st.timezones())


async def test_a_moment_comes_back_as_it_was_from_twenty_zones_and_in_the_order_of_time(database_url: str) -> None:
    assert len(ZONES) == 20
    moments = {
        f"{zone} {fold}": datetime.combine(AUTUMN.date(), AUTUMN.time(), ZoneInfo(zone)).replace(fold=fold)
        for zone in ZONES
        for fold in (0, 1)
    }
    async with ready(database_url) as database:
        async with database.writing(WORKSPACE) as transaction:
            rows = [{**an_object(key, moment), "created_at": moment} for key, moment in moments.items()]
            await transaction.run_many(insert(objects), rows)
        async with database.reading(WORKSPACE) as transaction:
            found = [(row["key"], row["created_at"]) for row in await transaction.rows(READ)]
    assert dict(found) == {key: moment.astimezone(UTC) for key, moment in moments.items()}
    assert {moment.tzinfo for _, moment in found} == {UTC}
    assert [moment for _, moment in found] == sorted(moment.astimezone(UTC) for moment in moments.values())


async def test_a_moment_without_a_zone_is_refused(database_url: str) -> None:
    async with ready(database_url) as database, database.writing(WORKSPACE) as transaction:
        row = {**an_object("BET-1", transaction.now), "created_at": AUTUMN}
        with pytest.raises(StatementError, match="a moment without a time zone cannot be stored"):
            await transaction.run(insert(objects), **row)


@pytest.mark.parametrize("microsecond", [0, 1, 999_999])
async def test_no_part_of_a_second_is_lost(database_url: str, microsecond: int) -> None:
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(microseconds=microsecond)
    async with ready(database_url) as database:
        async with database.writing(WORKSPACE) as transaction:
            await transaction.run(insert(objects), **an_object("BET-1", moment))
        async with database.reading(WORKSPACE) as transaction:
            found = await transaction.row(READ)
    assert found is not None
    assert found["created_at"] == moment


@given(aware, aware)
def test_on_sqlite_the_stored_text_is_ordered_like_the_moments(one: datetime, other: datetime) -> None:
    dialect, column = sqlite.dialect(), Moment()
    texts = [column.process_bind_param(moment, dialect) for moment in (one, other)]
    assert (texts[0] < texts[1]) == (one.astimezone(UTC) < other.astimezone(UTC))  # type: ignore[operator]
    assert column.process_result_value(texts[0], dialect) == one.astimezone(UTC)
