from pathlib import Path

import pytest

from storage.lock import AlreadyInUse, sole_user
from tests.storage.child import started
from tests.storage.rows import opened


async def test_a_second_process_on_one_file_is_refused_in_words_until_the_first_has_died(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'throughline.db'}"
    async with started("hold", url) as child, opened(url) as database:
        assert child.stdout is not None
        assert await child.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyInUse) as refusal, sole_user(database):
            pass
        child.kill()
        await child.wait()
        with sole_user(database):
            pass
    assert str(refusal.value) == (
        f"Another Throughline (process {child.pid}) is already using throughline.db. Stop it first, or set DATABASE_URL "
        "to another file, or to PostgreSQL, where several can work together."
    )


async def test_the_lock_can_be_taken_again_once_it_is_let_go(tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path / 'throughline.db'}") as database:
        for _ in range(2):
            with sole_user(database), pytest.raises(AlreadyInUse), sole_user(database):
                pass


async def test_on_postgresql_several_may_work_at_once(postgres_url: str) -> None:
    async with opened(postgres_url) as database:
        with sole_user(database), sole_user(database):
            pass
