"""What a person wishes of being asked, and whether they may be asked now. Pure: wishes and a moment in, a decision out.

The wishes are preferences of the person, by these names. Those of one ritual carry it behind a colon: "mute:bet check-in"; a
preference that has the name of a ritual and is false ("weekly note") mutes it, too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count
from typing import Any, Literal
from zoneinfo import ZoneInfo

from rituals.calendar import local_date, moment_on

MUTE, SKIP, SNOOZE = "mute", "skip", "snooze"  # true; the local date up to which; the moment until which
MOST, QUIET = "prompts a week", "quiet hours"  # a number; [from, until] as "HH:MM"
USUAL_MOST = 5
MORNING = time(9)
MONDAY = 0

Why = Literal["muted", "skipped", "snoozed", "enough", "quiet"]
Later = Literal["soon", "tomorrow", "monday"]


@dataclass(frozen=True)
class Held:
    """Why a prompt is held back. `until`: when it is looked at again; None where it does not come any more."""

    why: Why
    until: datetime | None = None


@dataclass(frozen=True)
class Quiet:
    """The hours, by the person's clock, in which nothing is asked; they may go over midnight."""

    begins: time
    ends: time

    def covers(self, at: time) -> bool:
        if self.begins <= self.ends:
            return self.begins <= at < self.ends
        return at >= self.begins or at < self.ends

    def end_after(self, at: datetime, zone: ZoneInfo) -> datetime:
        """Return the first moment after `at` at which they are over, in UTC."""
        ends = _daily(self.ends, zone, at)
        return next(end for end in ends if not self.covers(end.astimezone(zone).time()))


@dataclass(frozen=True)
class Wishes:
    """What a person wishes; rituals by their ids. `most`: prompts in a week, over all rituals."""

    muted: frozenset[str] = frozenset()
    skipped: Mapping[str, date] = field(default_factory=dict)
    snoozed: Mapping[str, datetime] = field(default_factory=dict)
    most: int = USUAL_MOST
    quiet: Quiet | None = None

    @classmethod
    def read(cls, chosen: Mapping[str, Any]) -> "Wishes":
        """Read them from all that a person chose, by name (storage.preferences)."""
        return cls(
            muted=frozenset([*_of_rituals(chosen, MUTE), *(name for name, value in chosen.items() if value is False)]),
            skipped={ritual: date.fromisoformat(day) for ritual, day in _of_rituals(chosen, SKIP).items()},
            snoozed={ritual: datetime.fromisoformat(until) for ritual, until in _of_rituals(chosen, SNOOZE).items()},
            most=int(chosen.get(MOST) or USUAL_MOST),
            quiet=quiet_hours(*(chosen.get(QUIET) or (None, None))),
        )

    def rests(self, ritual: str, due: date, at: datetime) -> Held | None:
        """Return why `ritual`, due on the local date `due`, would not come at the moment `at`; None where it would."""
        if ritual in self.muted:
            return Held("muted")
        if ritual in self.skipped and due <= self.skipped[ritual]:
            return Held("skipped")
        if ritual in self.snoozed and at < self.snoozed[ritual]:
            return Held("snoozed", self.snoozed[ritual])
        return None


def quiet_hours(begins: str | None, ends: str | None) -> Quiet | None:
    """Return the quiet hours from "18:00" to "09:00"; None where one is not said, or both are the same."""
    return Quiet(time.fromisoformat(begins), time.fromisoformat(ends)) if begins and ends and begins != ends else None


def may_ask(wishes: Wishes, ritual: str, due: date, at: datetime, zone: ZoneInfo, asked: int) -> Held | None:
    """Return why a person, whose clock is that of `zone`, is not asked at the moment `at`; None where they are.

    `due`: the local date on which `ritual` fell due. `asked`: how many prompts they had this week already. What rests longest
    has the word: what is muted does not come at nine o'clock instead.
    """
    if held := wishes.rests(ritual, due, at):
        return held
    if asked >= wishes.most:
        return Held("enough")
    if wishes.quiet and wishes.quiet.covers(at.astimezone(zone).time()):
        return Held("quiet", wishes.quiet.end_after(at, zone))
    return None


def later(how: Later, at: datetime, zone: ZoneInfo) -> datetime:
    """Return when to ask somebody again who says so at `at`: in two hours, or in the morning of tomorrow or of Monday."""
    if how == "soon":
        return at + timedelta(hours=2)
    today = local_date(at, zone)
    mornings = (each for each in _daily(MORNING, zone, at) if local_date(each, zone) > today)
    return next(each for each in mornings if how == "tomorrow" or each.astimezone(zone).weekday() == MONDAY)


def _daily(wall: time, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Yield the moments after `after` at which clocks in `zone` show `wall`, in UTC."""
    today = local_date(after, zone)
    moments = (moment_on(today + timedelta(days=number), wall, zone) for number in count())
    return (each for each in moments if each is not None and each > after)


def _of_rituals(chosen: Mapping[str, Any], what: str) -> dict[str, Any]:
    return {name.removeprefix(f"{what}:"): value for name, value in chosen.items() if name.startswith(f"{what}:")}
