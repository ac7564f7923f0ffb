"""Does every button, select and form that people are shown do what it should, whatever is answered?

`python -m tests.long.walks [--walks 20] [--steps 400] [--seed 1]` takes so many walks on each engine and prints a table. What a
walk raises names what was done before; the same seed walks the same way, as far as the clock of the machine allows.
"""

import argparse
import asyncio
import tempfile
import time as stopwatch
from collections import Counter
from pathlib import Path
from random import Random

from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

from tests.support.copies import make_tables
from tests.support.postgres import running_server
from tests.support.walks import names, never_met, walk_all_over

LETTERS = "aé漢😀\u202e\u200d<>&*_~`\n\t{}%'\"\\|:;#@ "


def main() -> int:
    """Walk, print what was met, and return the exit code."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--walks", type=int, default=20)
    asked.add_argument("--steps", type=int, default=400)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    table = Table(*("engine", "walks", "acts", "names on the wire", "never met", "seconds"), box=MARKDOWN)
    missing: set[str] = set()
    with tempfile.TemporaryDirectory() as folder, running_server() as server:
        for engine in ("sqlite", "postgresql"):
            met: Counter[str] = Counter()
            began = stopwatch.monotonic()
            for seed in range(given.seed, given.seed + given.walks):
                if engine == "sqlite":
                    url = f"sqlite:///{Path(folder) / f'{seed}.db'}"
                    make_tables(url)
                    asyncio.run(walk_all_over(url, seed, _texts(seed), met, given.steps))
                else:
                    with server.database() as url:
                        make_tables(url)
                        asyncio.run(walk_all_over(url, seed, _texts(seed), met, given.steps))
            left = never_met(met)
            missing |= left
            seconds = stopwatch.monotonic() - began
            table.add_row(engine, str(given.walks), f"{met.total():,}", str(len(names())), str(len(left)), f"{seconds:,.0f}")
    console = Console(width=120)
    console.print(table)
    for name in sorted(missing):
        console.print(f"never met: {name}")
    return 1 if missing else 0


def _texts(seed: int) -> list[str]:
    random = Random(seed)
    return ["".join(random.choices(LETTERS, k=random.randint(0, 300))) for _ in range(6)]


if __name__ == "__main__":
    raise SystemExit(main())
