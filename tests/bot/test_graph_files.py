"""Graph files by command: how far it is, for a person; and what Ctrl-C leaves."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.benchmarks.bench_import import write_file
from tests.storage.graph_files import bet, take_in, workplace

COMMAND = [sys.executable, "-c", "from bot.cli import main; main()"]
# Where the tests themselves run in the background, a shell has them, and what they start, ignore Ctrl-C.
HEARS_CTRL_C = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
STOPPABLE = [*COMMAND[:2], f"{HEARS_CTRL_C}; {COMMAND[2]}"]


def _environment(folder: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": f"sqlite:///{folder / 'throughline.db'}", **more}


@pytest.mark.slow
def test_an_import_that_is_stopped_leaves_nothing_and_says_so(tmp_path: Path) -> None:
    write_file(tmp_path / "graph.json", 20_000)
    asyncio.run(_fill(tmp_path / "throughline.db", {"objects": [bet(1)]}))
    command = [*STOPPABLE, "import", str(tmp_path / "graph.json")]
    with subprocess.Popen(command, env=_environment(tmp_path), stderr=subprocess.PIPE, text=True) as importing:
        _wait_until_it_writes(tmp_path / "throughline.db", importing)
        importing.send_signal(signal.SIGINT)
        _, said = importing.communicate(timeout=60)
    assert (importing.returncode, said) == (130, "Stopped. Nothing was stored.\n")
    with sqlite3.connect(tmp_path / "throughline.db") as database:
        assert database.execute("SELECT count(*) FROM objects").fetchone() == (1,)
    database.close()


async def _fill(path: Path, content: dict[str, object]) -> None:
    async with workplace(f"sqlite:///{path}") as database:
        await take_in(database, content)


def _wait_until_it_writes(path: Path, importing: subprocess.Popen[str]) -> None:
    log = path.with_name(f"{path.name}-wal")
    while importing.poll() is None and not (log.exists() and log.stat().st_size > 1_000_000):
        time.sleep(0.01)
    assert importing.returncode is None


def test_a_person_sees_how_far_it_is_and_a_program_does_not(tmp_path: Path) -> None:
    write_file(tmp_path / "graph.json", 700)
    steps_of = {"import": ("Reading graph.json", "Storing"), "export": ("Writing",)}
    for command, steps in steps_of.items():
        for environment, is_person in ((_environment(tmp_path, FORCE_COLOR="1"), True), (_environment(tmp_path), False)):
            words = [*COMMAND, command, str(tmp_path / "graph.json")]
            ran = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=60, check=False)
            assert (ran.returncode, ran.stdout) == (0, "")
            assert [step in ran.stderr for step in steps] == [is_person] * len(steps)
