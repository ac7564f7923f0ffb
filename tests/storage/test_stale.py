"""What waits for somebody to look again: the same as the question "what is stale?" tells, however much there is."""

from datetime import timedelta
from typing import Any

import pytest

from storage.asking.answers import ask
from storage.asking.listing import led_on
from storage.asking.resolving import Scene
from storage.audience import EVERYBODY, NOBODY
from storage.moments import REST, is_stale
from storage.objects import find
from storage.stale import stale
from tests.storage.graphs import KINDS, NOW, drawn, sample

OLD = (NOW - REST - timedelta(days=2)).isoformat()
YOUNG = (NOW - timedelta(days=2)).isoformat()


@pytest.mark.parametrize("team", [None, "Growth", "Payments"])
async def test_it_is_what_waits_and_what_the_question_tells(database_url: str, team: str | None) -> None:
    async with sample(database_url) as tx:
        everything = await find(tx, EVERYBODY, team=team, limit=10_000)
        led = await led_on(Scene(tx, KINDS, EVERYBODY), everything)
        found = await stale(tx, KINDS, EVERYBODY, team=team, most=1_000)
        waiting = {item.key for item in everything if is_stale(KINDS, item, tx.now, item.key in led)}
        assert {item.key for item in found.items} == waiting
        told = await ask(tx, KINDS, f"what is stale in {team}?" if team else "what is stale?", about=None, audience=EVERYBODY)
        assert {item.key for item in told.objects} == waiting
        assert found.count == told.count == len(waiting) > 0
        oldest = await stale(tx, KINDS, EVERYBODY, team=team, most=2)
        assert (oldest.count, oldest.items) == (found.count, found.items[:2])


async def test_what_led_on_is_not_stale_for_who_sees_what_came_of_it(database_url: str) -> None:
    objects: dict[str, dict[str, Any]] = {
        "INS_1": {"created_at": OLD},
        "INS_2": {"created_at": OLD},
        "INS_3": {"created_at": YOUNG},
        "INS_4": {"created_at": OLD, "archived": True},
        "OPP_1": {"created_at": YOUNG, "visibility": "channel", "channel": "C9"},
        "BET_1": {"created_at": YOUNG, "status": "running", "fields": {"review_date": "2026-09-01"}},
    }
    async with drawn(database_url, "INS-2 informs OPP-1", **objects) as tx:
        found = await stale(tx, KINDS, EVERYBODY)
        assert [item.key for item in found.items] == ["INS-1", "INS-2", "BET-1"]
        members = await stale(tx, KINDS, EVERYBODY.within("C9"))
        assert [item.key for item in members.items] == ["INS-1", "BET-1"]
        assert (await stale(tx, KINDS, NOBODY)).count == 0
