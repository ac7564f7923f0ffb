from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rituals.calendar import (
    EXAMPLES,
    PERIODS,
    PLACES,
    WEEKDAYS,
    Cadence,
    CadenceError,
    DayOfMonth,
    WeekdayOfMonth,
    Weekly,
    Workdays,
    local_date,
    next_slot,
    slots_between,
    week_of,
    zone_or_fallback,
)
from tests.long.zones import CADENCES, Due, FindSlot, check

# Each is odd in its own way: half-hour and two-hour changes, changes at midnight and before it, a change of
# the standard offset for Ramadan, quarter-hour offsets, the date line, and no change at all.
ODD_ZONES = (
    *("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Antarctica/Troll", "Africa/Cairo"),
    *("America/Nuuk", "Africa/Casablanca", "Pacific/Chatham", "Pacific/Apia", "Asia/Kathmandu", "Asia/Beirut"),
    *("Europe/Dublin", "America/Havana", "America/Santiago", "UTC"),
)

weekdays = st.integers(0, 6)
periods = st.sampled_from(tuple(PERIODS.values()))
starts = st.none() | st.dates(date(2000, 1, 1), date(2040, 1, 1))
yearly = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: DayOfMonth(day.day, (day.month,)))
rhythms = st.one_of(
    st.builds(Workdays),
    st.builds(Weekly, weekdays, st.integers(1, 12), starts),
    st.builds(DayOfMonth, st.integers(1, 31), periods),
    st.builds(WeekdayOfMonth, st.sampled_from(tuple(PLACES.values())), weekdays, periods),
    yearly,
)
cadences = st.builds(Cadence, rhythms, st.builds(time, st.integers(0, 23), st.integers(0, 59)))
zones = st.sampled_from(ODD_ZONES).map(ZoneInfo)
# Hypothesis takes its bounds without a zone.
limits = datetime(2026, 1, 1), datetime(2035, 12, 31)  # noqa: DTZ001
moments = st.datetimes(*limits, timezones=st.just(UTC))


@given(cadences)
def test_words_of_a_cadence_read_as_the_same_cadence(cadence: Cadence) -> None:
    assert Cadence.read(cadence.words) == cadence


@pytest.mark.parametrize("words", EXAMPLES)
def test_examples_are_canonical_words(words: str) -> None:
    assert Cadence.read(words).words == words


@pytest.mark.parametrize(
    ("said", "canonical"),
    [
        ("weekly on friday at 15:00", "every friday at 15:00"),
        ("  Every  MONDAY\nat 9:30 ", "every monday at 09:30"),
        ("every 6 weeks on tuesday at 10:00", "every six weeks on tuesday at 10:00"),
        ("every one weeks on tuesday at 10:00", "every tuesday at 10:00"),
        ("monthly on the 31st at 10:00", "monthly on the last day at 10:00"),
        ("quarterly on the 2nd at 10:00", "quarterly on the 2nd at 10:00"),
    ],
)
def test_other_ways_to_say_a_cadence(said: str, canonical: str) -> None:
    assert Cadence.read(said).words == canonical


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("every monday at 24:00", 'There is no time "24:00": times go from 00:00 to 23:59.'),
        ("yearly on 31 april at 09:00", "There is no 31 April: it goes from 1 to 30."),
        ("monthly on the 0th at 09:00", "No month has a day 0: days go from 1st to 31st."),
        ("monthly on the 32nd at 09:00", "No month has a day 32: days go from 1st to 31st."),
        (
            "every thirteen weeks on monday at 09:00",
            '"every thirteen weeks on monday at 09:00" is not a cadence that is understood. These are: '
            + "; ".join(EXAMPLES)
            + ".",
        ),
        (
            "every 13 weeks on monday at 09:00",
            '"every 13 weeks" is not understood: it may be from two to twelve.',
        ),
        (
            "every two weeks on monday at 09:00 from 2026-02-30",
            'There is no date "2026-02-30": dates are written as 2026-09-01.',
        ),
    ],
)
def test_words_that_are_no_cadence_are_refused_in_a_sentence(words: str, answer: str) -> None:
    with pytest.raises(CadenceError) as refused:
        Cadence.read(words)
    assert str(refused.value) == answer


@given(st.text())
def test_any_other_text_is_refused_the_same_way(words: str) -> None:
    with pytest.raises(CadenceError, match="is not a cadence that is understood"):
        Cadence.read(words)


@pytest.mark.parametrize(
    ("words", "dates"),
    [
        ("every weekday at 09:30", ["2026-12-31", "2027-01-01", "2027-01-04", "2027-01-05"]),
        ("every thursday at 09:30", ["2026-12-31", "2027-01-07", "2027-01-14", "2027-01-21"]),
        (
            "every two weeks on friday at 10:00 from 2026-12-15",
            ["2027-01-01", "2027-01-15", "2027-01-29", "2027-02-12"],
        ),
        (
            "every two weeks on friday at 10:00 from 2027-03-12",
            ["2027-03-12", "2027-03-26", "2027-04-09", "2027-04-23"],
        ),
        ("monthly on the 30th at 09:00", ["2027-01-30", "2027-02-28", "2027-03-30", "2027-04-30"]),
        ("monthly on the last day at 16:00", ["2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31"]),
        ("monthly on the last friday at 10:00", ["2027-01-29", "2027-02-26", "2027-03-26", "2027-04-30"]),
        (
            "quarterly on the first monday at 10:00",
            ["2027-01-04", "2027-04-05", "2027-07-05", "2027-10-04"],
        ),
        ("quarterly on the last day at 10:00", ["2027-01-31", "2027-04-30", "2027-07-31", "2027-10-31"]),
        ("yearly on 29 february at 09:00", ["2027-02-28", "2028-02-29", "2029-02-28", "2030-02-28"]),
    ],
)
def test_dates_from_new_years_eve_2026(words: str, dates: list[str]) -> None:
    found = islice(Cadence.read(words).dates(date(2026, 12, 31)), 4)
    assert list(map(str, found)) == dates


def test_weekdays_are_meant_by_name_where_cron_would_count_from_sunday() -> None:
    found = [next(Cadence.read(f"every {day} at 09:00").dates(date(2026, 3, 2))) for day in WEEKDAYS]
    assert [f"{day:%A}".lower() for day in found] == list(WEEKDAYS)


@given(cadences, zones, moments)
def test_the_next_slot_is_strictly_after_and_the_earliest(cadence: Cadence, zone: ZoneInfo, after: datetime) -> None:
    slot = next_slot(cadence, zone, after)
    assert slot > after
    assert next_slot(cadence, zone, slot - timedelta(microseconds=1)) == slot
    assert next_slot(cadence, zone, after + (slot - after) / 2) == slot


@given(cadences, zones, moments)
def test_each_due_local_date_has_exactly_one_slot(cadence: Cadence, zone: ZoneInfo, after: datetime) -> None:
    until = after + timedelta(days=400)
    slots = list(slots_between(cadence, zone, after, until))
    days = [local_date(slot, zone) for slot in slots]
    assert slots == sorted(slots)
    assert len(set(days)) == len(days)
    first, last = local_date(after, zone), local_date(until, zone)
    due = [day for day in islice(cadence.dates(first), 420) if day < last]
    assert [day for day in days if day not in (first, last)] == [day for day in due if day != first]


@given(cadences, zones, moments, st.timedeltas(timedelta(), timedelta(days=100)))
def test_asking_again_and_again_gives_what_asking_at_once_gives(
    cadence: Cadence, zone: ZoneInfo, after: datetime, span: timedelta
) -> None:
    one_by_one, slot = [], next_slot(cadence, zone, after)
    while slot <= after + span:
        one_by_one.append(slot)
        slot = next_slot(cadence, zone, slot)
    assert one_by_one == list(slots_between(cadence, zone, after, after + span))


@pytest.mark.parametrize(
    ("name", "day", "at", "slot"),
    [
        # Autumn: the wall time comes twice and counts the first time.
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30:00+00:00"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30:00+00:00"),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45:00+00:00"),
        # Spring: it never comes, and moves to the first moment that does.
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00:00+00:00"),
        ("America/New_York", "2026-03-08", "02:30", "2026-03-08T07:00:00+00:00"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30:00+00:00"),
        ("Antarctica/Troll", "2026-03-29", "02:30", "2026-03-29T01:00:00+00:00"),
        ("Africa/Cairo", "2026-04-24", "00:00", "2026-04-23T22:00:00+00:00"),
        # It never comes and the first moment is tomorrow: the last minute of today.
        ("America/Nuuk", "2026-03-28", "23:30", "2026-03-29T00:59:00+00:00"),
        # Ordinary days beside them.
        ("Europe/Berlin", "2026-03-30", "02:30", "2026-03-30T00:30:00+00:00"),
        ("Pacific/Kiritimati", "2026-01-01", "00:00", "2025-12-31T10:00:00+00:00"),
        ("Asia/Kathmandu", "2026-01-01", "09:30", "2026-01-01T03:45:00+00:00"),
    ],
)
def test_famous_dates(name: str, day: str, at: str, slot: str) -> None:
    zone = ZoneInfo(name)
    cadence = Cadence.read(f"every {date.fromisoformat(day):%A} at {at}")
    day_before = datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=zone) - timedelta(hours=12)
    assert next_slot(cadence, zone, day_before).isoformat() == slot
    assert str(local_date(next_slot(cadence, zone, day_before), zone)) == day


def test_in_the_second_of_two_equal_hours_the_slot_of_the_first_is_over() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    second_time = datetime(2026, 10, 25, 2, 15, fold=1, tzinfo=berlin)
    assert next_slot(Cadence.read("every sunday at 02:30"), berlin, second_time) == datetime(2026, 11, 1, 1, 30, tzinfo=UTC)


def test_a_date_that_a_zone_left_out_is_not_due_there() -> None:
    apia = ZoneInfo("Pacific/Apia")  # where Friday 30 December 2011 never was
    after = datetime(2011, 12, 28, tzinfo=apia)
    slots = slots_between(Cadence.read("every weekday at 09:30"), apia, after, after + timedelta(days=6))
    assert [str(local_date(slot, apia)) for slot in slots] == ["2011-12-28", "2011-12-29", "2012-01-02"]


@pytest.mark.parametrize("hour", range(24))
@pytest.mark.parametrize(
    ("before", "after"),
    [("Pacific/Auckland", "Pacific/Honolulu"), ("Pacific/Honolulu", "Pacific/Auckland"), ("UTC", "Asia/Tokyo")],
)
def test_no_local_date_is_due_twice_when_the_zone_changes(before: str, after: str, hour: int) -> None:
    cadence = Cadence.read("every weekday at 09:30")
    change = datetime(2026, 3, 3, hour, tzinfo=UTC)
    days, slot = [], next_slot(cadence, ZoneInfo(before), datetime(2026, 2, 28, tzinfo=UTC))
    while slot < change:
        days.append(local_date(slot, ZoneInfo(before)))
        slot = next_slot(cadence, ZoneInfo(before), slot, days[-1])
    slot = next_slot(cadence, ZoneInfo(after), change, days[-1])
    days.append(local_date(slot, ZoneInfo(after)))
    assert days == sorted(set(days))
    assert slot - change < timedelta(hours=48)


def test_a_slot_at_the_end_of_a_span_is_in_it_and_one_at_its_start_is_not() -> None:
    monday = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    week = timedelta(days=7)
    cadence = Cadence.read("every monday at 09:30")
    assert list(slots_between(cadence, ZoneInfo("UTC"), monday, monday + 2 * week)) == [
        monday + week,
        monday + 2 * week,
    ]


@pytest.mark.parametrize("name", ODD_ZONES)
def test_every_cadence_holds_in_an_odd_zone_for_two_years(name: str) -> None:
    assert [check(cadence, ZoneInfo(name), range(2026, 2028)).faults for cadence in CADENCES] == [[]] * len(CADENCES)


def an_hour_late_in_spring(cadence: Cadence, zone: ZoneInfo, after: datetime) -> datetime:
    days = cadence.dates(local_date(after, zone))
    slots = (datetime.combine(day, cadence.at, zone).astimezone(UTC) for day in days)
    return next(slot for slot in slots if slot > after)


def the_second_time_in_autumn(cadence: Cadence, zone: ZoneInfo, after: datetime) -> datetime:
    return next_slot(cadence, zone, after).astimezone(zone).replace(fold=1).astimezone(UTC)


def never_on_the_day_itself(cadence: Cadence, zone: ZoneInfo, after: datetime) -> datetime:
    return next_slot(cadence, zone, after + timedelta(days=1))


@pytest.mark.parametrize(
    ("wrong", "faults"),
    [
        (an_hour_late_in_spring, ["Europe/Berlin: 2026-03-29 01:30:00+00:00 is not 02:30:00 on 2026-03-29"]),
        (the_second_time_in_autumn, ["Europe/Berlin: 2026-10-25 01:30:00+00:00 is not 02:30:00 on 2026-10-25"]),
        (never_on_the_day_itself, ["Europe/Berlin: every weekday at 02:30: dates differ"]),
    ],
)
def test_a_wrong_calendar_is_found_out(wrong: FindSlot, faults: list[str]) -> None:
    rhythm = "every weekday at {}" if wrong is never_on_the_day_itself else "every sunday at {}"
    assert check(Due(rhythm, "02:30"), ZoneInfo("Europe/Berlin"), range(2026, 2027), wrong).faults == faults


@pytest.mark.parametrize(
    ("names", "zone", "fell_back"),
    [
        (("Europe/Berlin", "Asia/Tokyo"), "Europe/Berlin", False),
        ((None, "Asia/Tokyo"), "Asia/Tokyo", True),
        (("", "Etc/Unknown", "Asia/Tokyo"), "Asia/Tokyo", True),
        (("../../etc/passwd", "/etc/localtime", "US/Pacific-New"), "UTC", True),
        (("America", "right/Europe/Berlin", "localtime", "posixrules", "Factory", "leapseconds"), "UTC", True),
        (("europe/berlin", "Europe/Berlin\0", "\ud800", "Europe/Berlin "), "UTC", True),
        (("UTC",), "UTC", False),
        ((), "UTC", True),
    ],
)
def test_the_first_name_that_is_a_zone_counts(names: tuple[str | None, ...], zone: str, fell_back: bool) -> None:
    assert zone_or_fallback(*names) == (ZoneInfo(zone), fell_back)


@given(st.lists(st.none() | st.text(st.characters()) | st.sampled_from(sorted(available_timezones()))))
def test_no_names_whatever_raise(names: list[str | None]) -> None:
    zone, fell_back = zone_or_fallback(*names)
    assert fell_back == (not names or zone.key != names[0])


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)))
def test_all_days_of_a_week_are_in_the_same_week(day: date) -> None:
    monday = day - timedelta(days=day.weekday())
    days = [monday + timedelta(days=number) for number in range(8)]
    changes = [week_of(one) != week_of(other) for one, other in pairwise(days)]
    assert changes == [False] * 6 + [True]


def test_early_january_may_belong_to_the_week_of_the_year_before() -> None:
    assert week_of(date(2027, 1, 3)) == (2026, 53)
