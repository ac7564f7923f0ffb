"""A SQLite file that does not open: that is said, and nothing of the attempt is left behind."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from storage.database import Database
from tests.storage.graph_files import Still


def test_the_thread_of_a_file_that_does_not_open_has_ended_before_the_loop(tmp_path: Path) -> None:
    async def look() -> None:
        database = Database(f"sqlite:///{tmp_path}/no-such-folder/throughline.db", Still())
        with pytest.raises(OperationalError):
            async with database.reading("") as tx:
                await tx.connection.exec_driver_sql("SELECT 1")
        await database.close()

    for _ in range(20):
        asyncio.run(look())  # a thread that tells a closed loop of its end fails the test
