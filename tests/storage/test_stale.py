"""What waits for somebody to look again: the same as the question "what is stale?" tells, however much there is."""

from datetime import timedelta

import pytest

from storage.asking.answers import ask
from storage.audience import EVERYBODY, NOBODY
from storage.moments import REST
from storage.stale import stale
from tests.storage.graphs import KINDS, NOW, drawn, sample

OLD = (NOW - REST - timedelta(days=2)).isoformat()
YOUNG = (NOW - timedelta(days=2)).isoformat()


@pytest.mark.parametrize("team", [None, "Growth", "Payments"])
async def test_it_is_what_the_question_tells(database_url: str, team: str | None) -> None:
    async with sample(database_url) as tx:
        told = await ask(tx, KINDS, f"what is stale in {team}?" if team else "what is stale?", about=None, audience=EVERYBODY)
        found = await stale(tx, KINDS, EVERYBODY, team=team, most=1_000)
        assert {item.key for item in found.items} == {item.key for item in told.objects}
        assert found.count == told.count > 0
        oldest = await stale(tx, KINDS, EVERYBODY, team=team, most=2)
        assert (oldest.count, oldest.items) == (found.count, found.items[:2])


async def test_what_led_on_is_not_stale_for_who_sees_what_came_of_it(database_url: str) -> None:
    objects = {
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
