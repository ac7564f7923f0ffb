from random import Random

from tests.long.kills import kill_often


async def test_what_was_acknowledged_before_a_kill_is_there_whole_after_it(database_url: str) -> None:
    seen = await kill_often(database_url, 5, Random(5))
    assert seen.faults == []
    assert seen.kills == 5
    assert len(seen.kept) >= 5
