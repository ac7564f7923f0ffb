"""Opening the bet form and storing a bet, end to end over signed HTTP, against a bare Bolt app that does the same.

The workspace and the load run in this process, each app in one of its own: two cores, one for each side.
"""

import asyncio
import json
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from urllib.parse import urlencode

import aiohttp
from rich.console import Console
from rich.table import Table
from slack_sdk.signature import SignatureVerifier

from sandbox.server import Sandbox
from storage.database import Database
from storage.workspaces import take_over
from tests.support.postgres import running_server
from tests.support.sample import WORKSPACE, sample_config
from tests.support.story import free_port, load_sample

SECONDS = 4.0
ROUNDS = 3
CLIENTS = (1, 32)
Body = Callable[[Sandbox], str]


@dataclass
class Measured:
    """Requests in a second, and how long each took, in seconds."""

    rate: float
    times: list[float]

    @property
    def p99(self) -> float:
        return quantiles(self.times, n=100)[98]


def command_body(slack: Sandbox) -> str:
    """Return the form fields of `/bet`, with a trigger that the workspace knows."""
    trigger = slack.context.triggers.issue(slack.app().id, WORKSPACE, "U01ANA")
    common = {"team_id": WORKSPACE, "user_id": "U01ANA", "channel_id": "C01GROWTH", "channel_name": "growth"}
    return urlencode(
        {**common, "command": "/bet", "text": "", "trigger_id": trigger, "api_app_id": slack.app().id, "token": "t"}
    )


def submission_body(slack: Sandbox) -> str:
    """Return the payload of a filled bet form."""
    context = {"kind": "bet", "channel": "C01GROWTH", "team": "Growth", "card": "C01GROWTH"}
    values = {
        "title": {"value": {"type": "plain_text_input", "value": "Guide the first board"}},
        "field.hypothesis": {"value": {"type": "plain_text_input", "value": "We believe that it helps, because it did."}},
        "field.confidence": {"value": {"type": "number_input", "value": "60"}},
        "link.to targets": {
            "link": {
                "type": "multi_external_select",
                "selected_options": [{"text": {"type": "plain_text", "text": "INP-1 Activation rate"}, "value": "INP-1"}],
            }
        },
    }
    view = {
        "id": f"V{secrets.token_hex(8).upper()}",
        "type": "modal",
        "callback_id": "object.save",
        "private_metadata": json.dumps(context),
        "blocks": [{"type": "input", "block_id": name} for name in values],
        "state": {"values": values},
    }
    user, team = {"id": "U01ANA", "team_id": WORKSPACE}, {"id": WORKSPACE, "domain": "acme"}
    payload = {
        "type": "view_submission",
        "team": team,
        "user": user,
        "view": view,
        "api_app_id": slack.app().id,
        "trigger_id": "",
    }
    return urlencode({"payload": json.dumps(payload)})


@contextmanager
def serving(name: str, slack: Sandbox, database_url: str) -> Iterator[str]:
    """Serve one of tests/benchmarks/apps.py while the block lasts; give its address for events."""
    port, app = free_port(), slack.app()
    arguments = [name, str(port), slack.api_url, app.bot_tokens[WORKSPACE], app.signing_secret, database_url]
    process = subprocess.Popen([sys.executable, "-m", "tests.benchmarks.apps", *arguments])
    try:
        yield f"http://127.0.0.1:{port}/slack/events"
    finally:
        process.terminate()
        process.wait(20)


async def load(slack: Sandbox, url: str, body: Body, clients: int) -> Measured:
    """Send requests from so many clients at once for SECONDS."""
    verifier = SignatureVerifier(slack.app().signing_secret)
    times: list[float] = []

    async def client(session: aiohttp.ClientSession, until: float) -> None:
        while time.perf_counter() < until:
            content = body(slack)
            stamp = str(int(time.time()))
            headers = {
                "content-type": "application/x-www-form-urlencoded",
                "x-slack-request-timestamp": stamp,
                "x-slack-signature": verifier.generate_signature(timestamp=stamp, body=content) or "",
            }
            begun = time.perf_counter()
            async with session.post(url, data=content, headers=headers) as answer:
                said = await answer.text()
            assert answer.status == 200, (answer.status, said)
            assert "response_action" not in said, said
            times.append(time.perf_counter() - begun)

    async with aiohttp.ClientSession() as session:
        begun = time.perf_counter()
        await asyncio.gather(*(client(session, begun + SECONDS) for _ in range(clients)))
    return Measured(len(times) / (time.perf_counter() - begun), times)


async def _up(url: str) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(300):
            try:
                async with session.post(url, data=b""):
                    return
            except aiohttp.ClientError:
                await asyncio.sleep(0.1)
    raise AssertionError("the app never listened")


async def compared(database_url: Callable[[], str], names: tuple[str, str], body: Body, clients: int) -> dict[str, Measured]:
    """Measure two apps in turns, each on a database of its own with the sample organisation; give the median round of each."""
    rounds: dict[str, list[Measured]] = {name: [] for name in names}
    async with Sandbox(sample_config()) as slack:
        for name in names * ROUNDS:
            database = database_url()
            await load_sample(database, slack)
            await _as_workspace(database, slack)
            with serving(name, slack, database) as url:
                await _up(url)
                slack.workspace().modals.clear()
                rounds[name].append(await load(slack, url, body, clients))
    return {name: sorted(measured, key=lambda each: each.rate)[len(measured) // 2] for name, measured in rounds.items()}


async def _as_workspace(database_url: str, slack: Sandbox) -> None:
    """The bare app inserts rows of the Slack workspace, so it must be known before."""
    database = Database(database_url, slack.clock)
    try:
        async with database.writing(WORKSPACE) as tx:
            await take_over(tx, WORKSPACE, "Acme", "https://acme.slack.com/")
    finally:
        await database.close()


@asynccontextmanager
async def engines() -> AsyncIterator[dict[str, Callable[[], str]]]:
    """Give, for each engine, a function that makes an empty database and returns its address."""
    with tempfile.TemporaryDirectory() as folder, running_server() as server:
        yield {
            "SQLite": lambda: f"sqlite:///{Path(folder) / secrets.token_hex(4)}.db",
            "PostgreSQL": lambda: server.url(server.create_database()),
        }


async def measure() -> None:
    """Measure and print everything."""
    table = Table("what", "clients", "ours /s", "other /s", "ratio", "goal", "p99 of ours", title="Over signed HTTP")

    def add(what: str, clients: int, measured: dict[str, Measured], goal: float) -> None:
        ours, other = measured.values()
        ratio = ours.rate / other.rate
        mark = "" if ratio >= goal else " !"
        figures = (f"{ours.rate:,.0f}", f"{other.rate:,.0f}", f"{ratio:.2f}{mark}", f"≥ {goal}", f"{ours.p99 * 1000:.0f} ms")
        table.add_row(what, str(clients), *figures)

    async with engines() as fresh:
        for clients in CLIENTS:
            add(
                "open the bet form, against bare Bolt",
                clients,
                await compared(fresh["SQLite"], ("ours", "bare"), command_body, clients),
                0.65,
            )
        add("all listeners, against one", 1, await compared(fresh["SQLite"], ("ours", "ours-alone"), command_body, 1), 0.9)
        for engine, database_url in fresh.items():
            for clients in CLIENTS:
                measured = await compared(database_url, ("ours", "bare"), submission_body, clients)
                add(f"store a bet, {engine}, against the bare driver", clients, measured, 0.5)
    Console(width=140).print(table)


def main() -> None:
    asyncio.run(measure())


if __name__ == "__main__":
    main()
