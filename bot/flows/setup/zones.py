"""The time zones to choose from: found as one types, the person's own and those of their colleagues first."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from storage.text import folded

MOST = 100  # options; https://docs.slack.dev/reference/block-kit/block-elements/select-menu-element
_NOT_PLACES = ("Etc/", "SystemV/", "US/", "Canada/", "Brazil/", "Chile/", "Mexico/")  # older names of what has another


def zones_for(typed: str, first: Iterable[str | None]) -> list[str]:
    """Return the names of the zones that `typed` may mean, the likeliest first; without a word those of `first`, then all.

    What somebody in `first` lives in stands before what nobody does; what begins a city's name before what stands within.
    """
    word = folded(typed.replace("_", " "))
    own = [zone for zone in dict.fromkeys(first) if zone in _places()]
    ranked = {zone: rank for zone in (*own, *_places()) if (rank := _rank(zone, word)) is not None}
    return sorted(ranked, key=lambda zone: (ranked[zone], zone not in own))[:MOST]


def zone_label(zone: str, now: datetime) -> str:
    """Return the name of a zone and how far its clocks are from UTC: "Europe/Berlin (UTC+02:00)"."""
    offset = f"{now.astimezone(ZoneInfo(zone)):%z}"
    return f"{zone.replace('_', ' ')} (UTC{offset[:3]}:{offset[3:]})"


def _rank(zone: str, word: str) -> int | None:
    name = _words(zone)
    *_, city = name.split("/")
    if city.startswith(word):
        return 0
    return 1 if word in name or word in name.replace("/", " ") else None


@cache
def _words(zone: str) -> str:
    return folded(zone.replace("_", " "))


@cache
def _places() -> tuple[str, ...]:
    return tuple(sorted({*_named_after_places(), "UTC"}))


def _named_after_places() -> Iterator[str]:
    return (zone for zone in available_timezones() if "/" in zone and not zone.startswith(_NOT_PLACES))
