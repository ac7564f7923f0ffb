"""Does any sequence of acts leave the graph, and its past, as a plain model in memory has them?

`python -m tests.long.model [--runs 200] [--steps 40]` asks it of both engines and prints a table. After every step it looks at
the rows, plays history from nothing, and compares every remembered moment, and every two, with copies that the model kept;
the suite does the same in a shorter form. See `tests.storage.machine`.
"""

import argparse
import sys
import tempfile
import time as stopwatch
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test
from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

from storage.database import Transaction
from tests.storage.machine import GraphMachine
from tests.storage.model import Model
from tests.storage.test_model import world
from tests.support.postgres import running_server

COLUMNS = ("acts", "acts refused", "acts taken back", "taking back refused", "moments looked back at", "moves")


class CountingMachine(GraphMachine):
    """The machine of the suite, which counts what it does."""

    counted: Counter[str]

    def _compare(
        self, is_refused: bool, work: Callable[[Transaction], Awaitable[str]], before: Model, after: Model, author: str
    ) -> None:
        is_undo = "undo" in work.__qualname__
        names = ("acts taken back", "taking back refused") if is_undo else ("acts", "acts refused")
        self.counted[names[is_refused]] += 1
        super()._compare(is_refused, work, before, after, author)

    def teardown(self) -> None:
        super().teardown()
        self.counted["moments looked back at"] += len(self.moments)
        self.counted["moves"] += self.moves


@contextmanager
def _engines() -> Iterator[dict[str, str]]:
    with tempfile.TemporaryDirectory() as folder, running_server() as server:
        yield {"SQLite": f"sqlite:///{folder}/model.db", "PostgreSQL": server.url(server.create_database())}


def main() -> int:
    """Ask, and print the table; where something is wrong, the shortest sequence of acts that shows it ends the run."""
    parser = argparse.ArgumentParser(prog="python -m tests.long.model")
    for name, default in (("runs", 200), ("steps", 40)):
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    console, table = Console(width=128), Table("engine", "runs", *COLUMNS, "minutes", box=MARKDOWN)
    wanted = settings(
        max_examples=chosen.runs,
        stateful_step_count=chosen.steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    with _engines() as engines:
        for engine, url in engines.items():
            began, counted = stopwatch.monotonic(), Counter[str]()
            with world(url, is_thorough=True) as made:
                machine = type("Machine", (CountingMachine,), {"world": made, "counted": counted})
                run_state_machine_as_test(machine, settings=wanted)
            minutes = (stopwatch.monotonic() - began) / 60
            table.add_row(engine, f"{chosen.runs:,}", *(f"{counted[name]:,}" for name in COLUMNS), f"{minutes:.1f}")
    console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(main())
