"""What several processes do with one inbox and one outbox."""

import asyncio

from storage import inbox, outbox
from storage.clock import RealClock
from storage.database import Database
from storage.outbox import Letter
from storage.tables import LOCAL_WORKSPACE
from tests.storage.graph_files import workplace

HERE = LOCAL_WORKSPACE


async def test_an_event_that_another_process_has_done_is_not_put_off_by_one_that_failed(database_url: str) -> None:
    async with workplace(database_url) as database, database.writing(HERE) as tx:
        await inbox.put(tx, "A01", "Ev01", {"event": {}})
        event = await inbox.peek(tx)
        assert event is not None
        await inbox.done(tx, event)
        assert await inbox.failed(tx, event, "7F3K") is False
        assert await inbox.counts(tx) == {"done": 1}


async def _claimed(database: Database, hold: float = 0) -> list[Letter]:
    async with database.writing(HERE) as tx:
        letters = await outbox.claim(tx)
        await asyncio.sleep(hold)
        return letters


async def test_while_one_process_claims_the_first_letter_of_a_card_no_other_takes_the_second(database_url: str) -> None:
    async with workplace(database_url) as database:
        other = Database(database_url, RealClock())
        try:
            async with database.writing(HERE) as tx:
                first = await outbox.show(tx, "card:BET-1", "C01GROWTH")
            claiming = asyncio.create_task(_claimed(database, hold=0.4))
            await asyncio.sleep(0.2)
            async with other.writing(HERE) as tx:
                await outbox.refresh(tx, "card:BET-1")
            beside = await _claimed(other)
            assert ([letter.id for letter in await claiming], beside) == ([first], [])
        finally:
            await other.close()
