"""A tick that the database does not let work is a dead one (FAULTS 43)."""

from pathlib import Path

from bot.tick import Step, Tick
from storage import migrate
from storage.clock import RealClock
from storage.database import Database


async def _nothing() -> None:
    pass


async def test_steps_that_need_no_database_do_not_make_a_tick_look_alive(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'throughline.db'}", RealClock())
    try:
        tick = Tick(database, "here:1", [Step("idle", _nothing), Step("rare", _nothing, 3600)])
        never = tick.age
        await tick.once()  # there is no table to beat in
        assert tick.age >= never
        await migrate.to_newest(database)
        await tick.once()
        assert tick.age < never
    finally:
        await database.close()
