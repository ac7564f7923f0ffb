"""The buttons of a card fit on a phone and into Slack's limits, in every status of every kind, and nothing is out of reach."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.flows.objects.menu import MOST, all_of, entries_of, row_of
from sandbox import strict
from storage.gaps import gaps_of
from storage.kinds import Kind
from storage.objects import Object
from storage.packs.pack import starter

KINDS = starter()
STATUSES = [(kind, status) for kind in KINDS.offered for status in kind.offered]
AT = datetime(2026, 9, 17, tzinfo=UTC)


def thing(kind: Kind, status: str, *, archived: bool = False) -> Object:
    rest: dict[str, Any] = {
        "owner": None,
        "team": None,
        "horizon": None,
        "tags": [],
        "fields": {},
        "source": None,
        "channel": None,
    }
    about: dict[str, Any] = {
        "visibility": "workspace",
        "version": 12,
        "created_by": "U1ANA",
        "created_at": AT,
        "updated_at": AT,
    }
    return Object(f"{kind.prefix}-12345", kind.name, "A title", "", status, **rest, **about, archived=archived)


def does(elements: list[dict[str, Any]]) -> list[str]:
    """Return what the buttons and menu entries among `elements` do on the wire."""
    options = [option for each in elements if each["type"] == "overflow" for option in each["options"]]
    buttons = [each["action_id"] for each in elements if each["type"] == "button"]
    return [*buttons, *(json.loads(option["value"])["does"] for option in options)]


@given(st.sampled_from(STATUSES), st.booleans())
def test_every_card_fits_and_leads_everywhere(where: tuple[Kind, str], archived: bool) -> None:
    kind, status = where
    item = thing(kind, status, archived=archived)
    gaps = [] if archived or status in kind.closed else gaps_of(KINDS, item, [])  # as the card has it
    row, rows = row_of(kind, item, gaps), all_of(kind, item, gaps, is_followed=False)
    assert strict.check_blocks([row], surface="message") == []
    assert strict.check_blocks(rows, surface="modal") == []
    [menu] = [each for each in row["elements"] if each["type"] == "overflow"]
    assert 2 <= len(menu["options"]) <= MOST
    assert len(row["elements"]) <= 4  # two that take it on, why, and the menu
    assert does([menu])[-1] == "object.more"
    behind = does([element for each in rows for element in each["elements"]])
    moves = [] if archived else [f"object.go:{name}" for name in kind.moves_from(status)]
    assert set(behind) >= {*moves, *(each.does for each in entries_of(kind, item) if each.does != "object.unfollow")}


@pytest.mark.parametrize(
    ("kind", "status", "first"),
    [
        ("bet", "proposed", ["object.go:place", "object.fill:hypothesis", "object.why"]),
        ("insight", "new", ["object.go:triage", "object.go:promote", "object.why"]),  # nothing is missing: another move
        ("driver", "active", ["object.fill:to contributes to", "object.why"]),  # its only move ends it
    ],
)
def test_what_takes_it_on_comes_first(kind: str, status: str, first: list[str]) -> None:
    item = thing(KINDS.kind(kind), status)
    row = row_of(KINDS.kind(kind), item, gaps_of(KINDS, item, []))
    assert does([each for each in row["elements"] if each["type"] == "button"]) == first
