"""Whether somebody may be asked: what they wish holds, in every zone, and nothing is held back for ever without their wish."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rituals.calendar import local_date
from rituals.courtesy import Held, Quiet, Wishes, later, may_ask, quiet_hours

BERLIN = ZoneInfo("Europe/Berlin")
CHECKIN = "bet check-in"
MONDAY = datetime(2026, 9, 21, 7, 30, tzinfo=UTC)  # 09:30 in Berlin
DUE = date(2026, 9, 21)
ZONES = st.sampled_from(
    ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Nuuk", "Pacific/Apia"]
)
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
HOURS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))
QUIETS = st.builds(Quiet, HOURS, HOURS).filter(lambda quiet: quiet.begins != quiet.ends)


def asked(wishes: Wishes, at: datetime = MONDAY, already: int = 0) -> Held | None:
    return may_ask(wishes, CHECKIN, local_date(at, BERLIN), at, BERLIN, already)


@pytest.mark.parametrize(
    ("chosen", "held"),
    [
        ({}, None),
        ({"mute:bet check-in": True}, Held("muted")),
        ({"mute:insight harvest": True}, None),
        ({"bet check-in": False, "weekly note": True}, Held("muted")),
        ({"skip:bet check-in": "2026-09-21"}, Held("skipped")),
        ({"skip:bet check-in": "2026-09-14"}, None),
        ({"snooze:bet check-in": "2026-09-21T12:00:00+00:00"}, Held("snoozed", datetime(2026, 9, 21, 12, tzinfo=UTC))),
        ({"snooze:bet check-in": "2026-09-21T07:30:00+00:00"}, None),
        ({"quiet hours": ["18:00", "10:00"]}, Held("quiet", datetime(2026, 9, 21, 8, tzinfo=UTC))),
        ({"quiet hours": ["10:00", "18:00"]}, None),
        ({"quiet hours": ["09:00", "09:00"]}, None),
        ({"quiet hours": None, "prompts a week": None, "greeted": True}, None),
        ({"mute:bet check-in": True, "quiet hours": ["18:00", "10:00"]}, Held("muted")),
    ],
)
def test_what_somebody_chose_says_whether_they_are_asked(chosen: dict[str, object], held: Held | None) -> None:
    assert asked(Wishes.read(chosen)) == held


def test_a_week_has_five_prompts_or_as_many_as_somebody_wishes() -> None:
    assert [asked(Wishes(), already=number) for number in (0, 4, 5, 6)] == [None, None, Held("enough"), Held("enough")]
    assert asked(Wishes.read({"prompts a week": 1}), already=1) == Held("enough")


@pytest.mark.parametrize(
    ("how", "expected"),
    [("soon", "2026-09-21 11:30"), ("tomorrow", "2026-09-22 09:00"), ("monday", "2026-09-28 09:00")],
)
def test_later_is_in_two_hours_tomorrow_morning_or_next_monday(how: str, expected: str) -> None:
    assert f"{later(how, MONDAY, BERLIN).astimezone(BERLIN):%Y-%m-%d %H:%M}" == expected  # type: ignore[arg-type]


@given(QUIETS, MOMENTS, ZONES, st.integers(0, 4))
def test_quiet_hours_hold_a_prompt_back_until_they_are_over_and_no_longer(
    quiet: Quiet, at: datetime, zone: str, already: int
) -> None:
    clock = ZoneInfo(zone)
    held = may_ask(Wishes(quiet=quiet), CHECKIN, local_date(at, clock), at, clock, already)
    assert (held is not None) == quiet.covers(at.astimezone(clock).time())
    if held:
        assert held.until is not None
        assert at < held.until <= at + timedelta(hours=50)
        assert may_ask(Wishes(quiet=quiet), CHECKIN, local_date(at, clock), held.until, clock, already) is None


@given(MOMENTS, ZONES, st.sampled_from(["soon", "tomorrow", "monday"]))
def test_later_lies_ahead_and_within_eight_days(at: datetime, zone: str, how: str) -> None:
    again = later(how, at, ZoneInfo(zone))  # type: ignore[arg-type]
    assert at < again <= at + timedelta(days=8)
    assert how == "soon" or local_date(again, ZoneInfo(zone)) > local_date(at, ZoneInfo(zone))


@given(
    st.booleans(),
    st.one_of(st.none(), st.dates()),
    st.one_of(st.none(), MOMENTS),
    st.integers(1, 9),
    st.integers(0, 9),
    MOMENTS,
)
def test_who_wishes_nothing_that_forbids_it_is_asked(
    muted: bool, skipped: date | None, snoozed: datetime | None, most: int, already: int, at: datetime
) -> None:
    wishes = Wishes(
        frozenset([CHECKIN] if muted else []),
        {CHECKIN: skipped} if skipped else {},
        {CHECKIN: snoozed} if snoozed else {},
        most,
    )
    forbids = muted or (skipped and skipped >= local_date(at, BERLIN)) or (snoozed and snoozed > at) or already >= most
    assert (asked(wishes, at, already) is not None) == bool(forbids)


def test_hours_that_are_not_said_whole_are_none() -> None:
    assert quiet_hours("18:00", None) is quiet_hours(None, None) is quiet_hours("07:00", "07:00") is None
    assert quiet_hours("18:00", "09:00") == Quiet(time(18), time(9))
