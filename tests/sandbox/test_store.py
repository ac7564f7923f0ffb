"""What a state file keeps: across a stop, and across a kill."""

import asyncio
import json
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.config import Config
from sandbox.server import Sandbox, serve
from sandbox.state import Channel, File, Message, Reaction, User, View
from tests.sandbox.acme import CONFIG
from tests.sandbox.helper import plain
from tests.sandbox.test_chat import METADATA

HOME = {"type": "home", "blocks": [{"type": "section", "text": plain("Hello")}]}


def everything(slack: Sandbox) -> tuple[dict[str, User], dict[str, Channel], dict[tuple[str, str], View], dict[str, File]]:
    workspace = slack.workspace()
    return workspace.users, workspace.channels, workspace.homes, workspace.files


async def live_a_little(slack: Sandbox) -> None:
    client = AsyncWebClient(token="xoxb-acme", base_url=slack.api_url)
    ana, ben = slack.person("U01ANA"), slack.person("U02BEN")
    parent = await client.chat_postMessage(channel="C01GROWTH", text="Parent", metadata=METADATA)
    await client.chat_postMessage(channel="C01GROWTH", text="Reply", thread_ts=parent["ts"])
    gone = await ana.say("growth", "Gone")
    await ana.delete(gone)
    kept = await ana.say("growth", "Kept \ud800 ☕")
    await ben.react(kept, "tada")
    await ana.edit(kept, "Edited")
    await client.chat_postEphemeral(channel="C01GROWTH", user="U01ANA", text="Only you")
    await client.views_publish(user_id="U01ANA", view=HOME)
    await client.files_upload_v2(filename="a.txt", content="Hello", channel="C01GROWTH")
    await client.chat_postMessage(channel="U02BEN", text="Psst")
    await ben.join("random")
    workspace = slack.workspace()
    workspace.change_user(workspace.users["U02BEN"], tz="Asia/Tokyo")
    slack.clock.advance(timedelta(days=3))


async def test_the_next_start_finds_everything(config: Config, tmp_path: Path) -> None:
    state = tmp_path / "state.db"
    async with Sandbox(config, state=state) as slack:
        await live_a_little(slack)
        before, now = everything(slack), slack.clock.now()
    async with Sandbox(config, state=state) as slack:
        assert everything(slack) == before
        assert slack.clock.now() == now
        kept = slack.workspace().channels["C01GROWTH"].timeline[1]
        assert (kept.text, kept.reactions, kept.edited_by) == ("Edited", [Reaction("tada", ["U02BEN"])], "U01ANA")
        message = await slack.person("U01ANA").say("growth", "Next")
        assert message.ts == "1789891200.000000"


async def test_timestamps_go_on_after_the_last(config: Config, tmp_path: Path) -> None:
    stamps = []
    for _ in range(3):
        async with Sandbox(config, state=tmp_path / "state.db") as slack:
            stamps.append((await slack.person("U01ANA").say("growth", "x")).ts)
    assert stamps == ["1789632000.000000", "1789632000.000001", "1789632000.000002"]


async def test_a_running_clock_runs_on_while_the_sandbox_is_off(tmp_path: Path) -> None:
    config = Config.model_validate({**CONFIG, "clock": {"starts": "2026-09-17T08:00:00Z"}})
    async with Sandbox(config, state=tmp_path / "state.db") as slack:
        slack.clock.move_to(datetime(2026, 10, 1, tzinfo=UTC))
    await asyncio.sleep(0.05)
    async with Sandbox(config, state=tmp_path / "state.db") as slack:
        gone = slack.clock.now() - datetime(2026, 10, 1, tzinfo=UTC)
        assert timedelta(milliseconds=50) <= gone < timedelta(seconds=30)


async def test_what_is_new_in_the_configuration_joins_what_was_kept(config: Config, tmp_path: Path) -> None:
    async with Sandbox(config, state=tmp_path / "state.db") as slack:
        await slack.person("U01ANA").say("growth", "Hello")
    workspace: dict[str, Any] = CONFIG["workspaces"][0]
    dee = {"id": "U04DEE", "name": "dee"}
    new = {"id": "C05NEW", "name": "new", "members": ["U04DEE"]}
    grown = {**workspace, "users": [*workspace["users"], dee], "channels": [*workspace["channels"], new]}
    config = Config.model_validate({**CONFIG, "workspaces": [grown]})
    async with Sandbox(config, state=tmp_path / "state.db") as slack:
        await slack.person("U04DEE").say("new", "First")
        assert [each.text for each in slack.person("U01ANA").sees("growth")] == ["Hello"]


CHILD = """
import asyncio, sys
from pathlib import Path
from sandbox.server import serve

async def main():
    async with serve(Path(sys.argv[1]), state=Path(sys.argv[2])) as url:
        print(url, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def test_what_was_answered_survives_a_kill(config: Config, tmp_path: Path) -> None:
    file, state = tmp_path / "acme.yaml", tmp_path / "state.db"
    file.write_text(json.dumps(CONFIG))
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        CHILD,
        str(file),
        str(state),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": "."},
    )
    assert child.stdout is not None
    url = (await child.stdout.readline()).decode().strip()
    client = AsyncWebClient(token="xoxb-acme", base_url=f"{url}/api/", retry_handlers=[])
    for number in range(20):
        await client.chat_postMessage(channel="C01GROWTH", text=str(number))
    child.send_signal(signal.SIGKILL)
    await child.wait()
    async with Sandbox(config, state=state) as slack:
        seen: list[Message] = slack.person("U01ANA").sees("growth")
        assert [each.text for each in seen] == [str(number) for number in range(20)]


async def test_a_taken_port_is_told_and_nothing_stays_open(config: Config, tmp_path: Path) -> None:
    async with Sandbox(config) as slack:
        port = int(slack.url.rpartition(":")[2])
        with pytest.raises(OSError, match=str(port)):
            async with Sandbox(config, port, tmp_path / "state.db"):
                pass


async def test_it_is_served_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "acme.yaml"
    file.write_text(yaml.safe_dump(CONFIG))
    async with serve(file) as url:
        answer = await AsyncWebClient(token="xoxb-acme", base_url=f"{url}/api/").auth_test()
        assert answer["url"] == url + "/"
