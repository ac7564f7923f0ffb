"""`throughline demo`: a workspace on localhost, the sample organisation in it, and the bot; one address to open."""

import shutil
from importlib.resources import as_file, files
from pathlib import Path

from rich.console import Console

from bot.demo.serving import PortInUse, serving
from bot.processes import run
from bot.settings import Settings
from sandbox.config import Config
from sandbox.server import Sandbox
from storage import migrate, outbox
from storage.audience import EVERYBODY
from storage.database import Database, Transaction
from storage.files.graph_file import read
from storage.files.importing import import_graph
from storage.objects import find
from storage.packs.pack import starter
from storage.tables import LOCAL_WORKSPACE
from storage.teams import all_teams
from storage.workspaces import all_ids, the_workspace

FOLDER = Path(".demo")
PORT = 8765
NEWEST_SHOWN, BETS_SHOWN = 5, 3  # cards in each team's channel: what it would have seen of late

console = Console(stderr=True, highlight=False)


async def demo(*, reset: bool = False, port: int = PORT) -> int:
    """Run the demo until Ctrl-C and return the exit code. Its data is kept for the next time; `reset` starts afresh."""
    config = _prepare(reset)
    console.print("Starting the local workspace…")
    try:
        async with serving(config, port, FOLDER / "workspace.db") as slack:
            await _load(slack)
            console.print("Starting Throughline…")
            console.print(f"\nOpen [bold]{slack.url}[/bold] in a browser.\nCtrl-C stops everything; your data is kept.\n")
            return await run(_settings(slack))
    except PortInUse as busy:
        console.print(str(busy))
        return 2


def _prepare(reset: bool) -> Config:
    """Make the folder for the demo's data, empty where it is to start afresh, and read who is in the workspace."""
    if reset:
        shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(exist_ok=True)
    with as_file(files("bot.demo").joinpath("workspace.yaml")) as path:
        return Config.read(path)


def _settings(slack: Sandbox) -> Settings:
    app = slack.app()
    return Settings(
        slack_bot_token=app.bot_tokens[slack.workspace().id],
        slack_app_token=app.app_token,
        slack_api_url=slack.api_url,
        database_url=_database_url(),
        throughline_clock_url=f"{slack.url}/clock",
    )


def _database_url() -> str:
    return f"sqlite:///{FOLDER / 'throughline.db'}"


async def _load(slack: Sandbox) -> None:
    """At the first start, load the sample organisation; the latest of it gets cards."""
    database = Database(_database_url(), slack.clock)
    try:
        await migrate.to_newest(database)
        if await all_ids(database):
            return
        console.print("Loading the sample organisation…")
        workspace = await the_workspace(database, LOCAL_WORKSPACE)
        content = read(files("bot.demo").joinpath("organisation.json").read_bytes())
        async with database.writing(workspace) as tx:
            await import_graph(tx, starter(), content)
            await _show_latest(tx)
    finally:
        await database.close()


async def _show_latest(tx: Transaction) -> None:
    """Let each team's channel show cards of what it logged last, and below them of the bets it is living with."""
    kinds = starter()
    for team in await all_teams(tx):
        if team.channel is None:
            continue
        items = await find(tx, EVERYBODY, team=team.name)
        under_way = [item for item in items if item.status in kinds.kind(item.kind).running]
        others = [item for item in items if item not in under_way]
        shown = sorted(others, key=lambda item: item.created_at)[-NEWEST_SHOWN:]
        shown += sorted(under_way, key=lambda item: item.updated_at)[-BETS_SHOWN:]
        for item in shown:
            await outbox.show(tx, f"card:{item.key}", team.channel)
