"""What `import` and `export` do with graph files."""

import asyncio
import gc
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from bot.commands.opening import workplace
from bot.commands.output import STANDARD, written
from bot.commands.progress import Step
from bot.settings import Settings
from storage.files.exporting import count_entries, export_graph
from storage.files.graph_file import GraphFile, read
from storage.files.importing import Imported, import_graph
from storage.workspaces import kinds_of


def read_file(path: Path, step: Step) -> GraphFile:
    """Read the graph file at `path`, its problems among it; raise NotJson or OSError."""
    if path == STANDARD:
        return read(sys.stdin.buffer, step("Reading", None))
    with path.open("rb") as file, _collecting_seldom():
        return read(file, step(f"Reading {path.name}", path.stat().st_size if path.is_file() else None))


async def import_file(settings: Settings, file: GraphFile, workspace: str | None, step: Step) -> Imported:
    """Take `file` in; return what changed. Raise Refused with every problem."""
    with ExitStack() as commit:
        async with workplace(settings, workspace) as (database, the_id), database.writing_much(the_id) as tx:
            with _collecting_seldom():
                done = await import_graph(tx, await kinds_of(tx), file, step("Storing", file.count()))
            commit.enter_context(_unstoppable())
            await asyncio.sleep(0)  # who stopped it before this has stopped it
    return done


async def export_file(settings: Settings, path: Path, workspace: str | None, step: Step, *, history: bool) -> None:
    """Write the workspace to `path` as it is at one moment, with every revision where `history` is wanted; raise OSError."""
    async with workplace(settings, workspace) as (database, the_id), database.snapshot(the_id) as tx:
        told = step("Writing", await count_entries(tx, history=history))
        with written(path) as file:
            async for text in export_graph(tx, await kinds_of(tx), history=history, told=told):
                file.write(text)
                await asyncio.sleep(0)  # whoever wants to stop it can do so here


@contextmanager
def _unstoppable() -> Iterator[None]:
    """Let Ctrl-C do nothing: what is being committed is stored, and must not be called stopped."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _collecting_seldom() -> Iterator[None]:
    """Look for circles of garbage less often: entries leave none, and looking takes a seventh of the time."""
    thresholds = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()
