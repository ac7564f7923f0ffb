"""People who work in the local workspace, as many at once as are wanted: what they send, and how long each answer takes."""

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode

import aiohttp
from slack_sdk.signature import SignatureVerifier

from sandbox.config import Config, UserConfig
from sandbox.server import Sandbox
from sandbox.workspace import Change
from tests.support.sample import WORKSPACE, sample_config

CROWD = tuple(f"U9{number:03d}" for number in range(32))
TYPED = {
    "title": {"type": "plain_text_input", "value": "Guide the first board"},
    "field.hypothesis": {"type": "plain_text_input", "value": "We believe that it helps, because it did."},
    "field.confidence": {"type": "number_input", "value": "60"},
}
CHOSEN = [{"text": {"type": "plain_text", "text": "INP-1 Activation rate"}, "value": "INP-1"}]
CONTEXT = json.dumps({"kind": "bet", "channel": "C01GROWTH", "team": "Growth", "card": "C01GROWTH"})
Gesture = Callable[["Crowd", str, str], Awaitable[float]]


@dataclass
class Measured:
    """How often a gesture was done in a second, and how long each waited for its acknowledgement, in seconds."""

    rate: float
    waits: list[float] = field(repr=False)

    @property
    def p99(self) -> float:
        return quantiles(self.waits, n=100)[98]


def crowded_config() -> Config:
    """Return the sample workspace with CROWD in it: each client is a person, since a person has one form open."""
    config = sample_config()
    workspace = config.workspaces[0]
    users = (*workspace.users, *(UserConfig(id=user, name=user.lower()) for user in CROWD))
    return config.model_copy(update={"workspaces": (workspace.model_copy(update={"users": users}),)})


class Crowd:
    """The clients: they sign what they send as Slack does, and see what the app makes of it."""

    def __init__(self, slack: Sandbox, session: aiohttp.ClientSession) -> None:
        self.slack = slack
        self._session = session
        self._verifier = SignatureVerifier(slack.app().signing_secret)
        self._shown: dict[str, asyncio.Future[None]] = {}
        slack.workspace().listeners.append(self._see)

    def _see(self, change: Change) -> None:
        waiting = self._shown.pop(change.user, None) if change.kind == "modal_changed" else None
        if waiting:
            waiting.set_result(None)

    def form_filled(self, user: str) -> asyncio.Future[None]:
        """Return what is done when the modal that `user` has open was updated."""
        self._shown[user] = asyncio.get_running_loop().create_future()
        return self._shown[user]

    async def send(self, url: str, fields: dict[str, str]) -> float:
        """Send a signed request; return how long its acknowledgement took. Anything but a plain one is a failure."""
        content, stamp = urlencode(fields), str(int(time.time()))
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "x-slack-request-timestamp": stamp,
            "x-slack-signature": self._verifier.generate_signature(timestamp=stamp, body=content) or "",
        }
        begun = time.perf_counter()
        async with self._session.post(url, data=content, headers=headers) as answer:
            said = await answer.text()
        took = time.perf_counter() - begun
        if answer.status != 200 or said not in ("", "{}"):
            raise RuntimeError(f"{answer.status}: {said}")
        return took


async def open_form(crowd: Crowd, url: str, user: str) -> float:
    """Give `/bet` and wait until the form is there as a whole."""
    app = crowd.slack.app().id
    filled = crowd.form_filled(user)
    took = await crowd.send(
        url,
        {
            "command": "/bet",
            "text": "",
            "team_id": WORKSPACE,
            "user_id": user,
            "channel_id": "C01GROWTH",
            "channel_name": "growth",
            "api_app_id": app,
            "trigger_id": crowd.slack.context.triggers.issue(app, WORKSPACE, user),
            "token": "",
        },
    )
    await asyncio.wait_for(filled, 10)
    return took


async def store_bet(crowd: Crowd, url: str, user: str) -> float:
    """Save a filled form."""
    return await crowd.send(url, {"payload": json.dumps(submission(user))})


def submission(user: str) -> dict[str, Any]:
    """Return Slack's payload of a saved bet, with three fields typed and one link chosen."""
    values: dict[str, Any] = {block: {"value": element} for block, element in TYPED.items()}
    values["link.to targets"] = {"link": {"type": "multi_external_select", "selected_options": CHOSEN}}
    return {
        "type": "view_submission",
        "team": {"id": WORKSPACE, "domain": "acme"},
        "user": {"id": user, "team_id": WORKSPACE},
        "trigger_id": "",
        "view": {
            "id": f"V{secrets.token_hex(8).upper()}",
            "type": "modal",
            "callback_id": "object.save",
            "private_metadata": CONTEXT,
            "blocks": [{"type": "input", "block_id": block} for block in values],
            "state": {"values": values},
        },
    }


async def load(crowd: Crowd, gesture: Gesture, url: str, clients: int, seconds: float) -> Measured:
    """Let so many clients repeat `gesture` for so long."""
    waits: list[float] = []

    async def client(user: str, until: float) -> None:
        while time.perf_counter() < until:
            waits.append(await gesture(crowd, url, user))

    begun = time.perf_counter()
    await asyncio.gather(*(client(user, begun + seconds) for user in CROWD[:clients]))
    return Measured(len(waits) / (time.perf_counter() - begun), waits)
