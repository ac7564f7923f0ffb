from random import Random

import pytest
from sqlalchemy import insert

from storage.tables import counters, objects
from tests.long.kills import Kills, kill_often, look
from tests.storage.rows import WORKSPACE, an_object, ready


@pytest.mark.slow
async def test_what_was_acknowledged_before_a_kill_is_there_whole_after_it(database_url: str) -> None:
    seen = await kill_often(database_url, 5, Random(5))
    assert seen.faults == []
    assert seen.kills == 5
    assert len(seen.kept) >= 5


async def test_a_half_act_a_lost_one_and_a_lost_number_would_be_noticed(database_url: str) -> None:
    seen = Kills(kept={"BET-2"})
    async with ready(database_url) as database:
        async with database.writing(WORKSPACE) as transaction:
            await transaction.run(insert(counters), name="BET", value=2)
            await transaction.run(insert(objects), **an_object("BET-1", transaction.now))
        await look(database, seen)
    assert seen.faults == ["numbers: 2 taken for 1 bets", "lost: BET-2", "half: BET-1"]
    assert seen.unspoken == {"BET-1"}
