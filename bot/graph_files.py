"""What `import` and `export` do with graph files."""

import asyncio
import sys
from pathlib import Path

from bot.opening import workplace
from bot.output import STANDARD, written
from bot.progress import Step
from bot.settings import Settings
from storage.exporting import count_entries, export_graph
from storage.graph_file import GraphFile, read
from storage.importing import Imported, import_graph
from storage.workspaces import kinds_of


def read_file(path: Path, step: Step) -> GraphFile:
    """Read the graph file at `path`, its problems among it; raise NotJson or OSError."""
    if path == STANDARD:
        return read(sys.stdin.buffer, step("Reading", None))
    with path.open("rb") as file:
        return read(file, step(f"Reading {path.name}", path.stat().st_size if path.is_file() else None))


async def import_file(settings: Settings, file: GraphFile, workspace: str | None, step: Step) -> Imported:
    """Take `file` in; return what changed. Raise Refused with every problem."""
    async with workplace(settings, workspace) as (database, the_id):
        async with database.writing(the_id) as tx:
            done = await import_graph(tx, await kinds_of(tx), file, step("Storing", file.count()))
        await database.give_back_log()
        return done


async def export_file(settings: Settings, path: Path, workspace: str | None, step: Step, *, history: bool) -> None:
    """Write the workspace to `path` as it is at one moment, with every revision where `history` is wanted; raise OSError."""
    async with workplace(settings, workspace) as (database, the_id), database.snapshot(the_id) as tx:
        told = step("Writing", await count_entries(tx, history=history))
        with written(path) as file:
            async for text in export_graph(tx, await kinds_of(tx), history=history, told=told):
                file.write(text)
                await asyncio.sleep(0)  # whoever wants to stop it can do so here
