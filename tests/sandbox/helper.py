"""A tiny Bolt app that uses everything: commands, modals, actions, options, events, shortcuts, home."""

import copy
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.config import Config
from sandbox.server import Sandbox
from tests.sandbox.acme import CONFIG

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def option(text: str, value: str) -> Json:
    return {"text": plain(text), "value": value}


def button(action_id: str, text: str, value: str = "1") -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": value}


def modal(callback_id: str, *blocks: Json, **more: Any) -> Json:
    body = {"type": "modal", "callback_id": callback_id, "title": plain("Question"), "submit": plain("Send")}
    return {**body, "blocks": list(blocks), **more}


def text_input(block_id: str = "what", action_id: str = "text", **element: Any) -> Json:
    field = {"type": "plain_text_input", "action_id": action_id, **element}
    return {"type": "input", "block_id": block_id, "label": plain("What?"), "element": field}


TOPIC = {"type": "external_select", "action_id": "topic", "min_query_length": 0, "placeholder": plain("Choose")}
QUESTION = modal(
    "question",
    text_input(),
    {"type": "input", "block_id": "about", "label": plain("Topic"), "optional": True, "element": TOPIC},
    {"type": "actions", "block_id": "more", "elements": [button("further", "Further")]},
    notify_on_close=True,
)
CARD: list[Json] = [
    {"type": "section", "block_id": "words", "text": {"type": "mrkdwn", "text": "A *card*"}},
    {"type": "actions", "block_id": "buttons", "elements": [button("go", "Go", "card-1")]},
]


class Helper:
    """The Bolt app, with what its listeners were given in `heard`, by name."""

    def __init__(self, client: AsyncWebClient) -> None:
        self.client = client
        self.heard: dict[str, list[Json]] = {}
        self.answer: Json = {}
        self.bolt = AsyncApp(
            client=client, signing_secret="shhh", process_before_response=True, ignoring_self_events_enabled=False
        )
        self._listen()

    def of(self, name: str) -> list[Json]:
        return self.heard.get(name, [])

    def _hear(self, name: str, body: Json) -> None:
        self.heard.setdefault(name, []).append(copy.deepcopy(body))

    def _listen(self) -> None:
        app = self.bolt
        app.command("/ask")(self.ask)
        app.view("question")(self.submitted)
        app.view_closed("question")(self.closed)
        app.action("go")(self.acted)
        app.action("further")(self.acted)
        app.options("topic")(self.topics)
        app.shortcut("save")(self.acted)
        app.shortcut("new")(self.acted)
        app.event("app_home_opened")(self.home)
        app.event(re.compile(".*"))(self.nothing_more)
        app.use(self.note_events)

    async def note_events(self, body: Json, next_: Any) -> None:
        if body.get("type") == "event_callback":
            self._hear(body["event"]["type"], body)
        await next_()

    async def nothing_more(self, body: Json) -> None:
        """Take every event, since Bolt answers 404 to what no listener takes."""

    async def ask(self, ack: Any, body: Json, client: AsyncWebClient) -> None:
        self._hear("/ask", body)
        if body["text"] == "now":
            await ack(text="Here you are.", blocks=CARD)
            return
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=QUESTION)

    async def submitted(self, ack: Any, body: Json) -> None:
        self._hear("question", body)
        await ack(**self.answer)

    async def closed(self, ack: Any, body: Json) -> None:
        self._hear("closed", body)
        await ack()

    async def acted(self, ack: Any, body: Json) -> None:
        self._hear(body["type"], body)
        await ack()

    async def topics(self, ack: Any, body: Json) -> None:
        self._hear("block_suggestion", body)
        names = ("Growth", "Churn", "Pricing")
        found = [option(name, name.lower()) for name in names if body["value"].lower() in name.lower()]
        await ack(options=found)

    async def home(self, event: Json, client: AsyncWebClient) -> None:
        blocks = [{"type": "section", "block_id": "hello", "text": plain("Hello")}]
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})


@asynccontextmanager
async def by_socket(slack: Sandbox) -> AsyncIterator[Helper]:
    """The app, connected by Socket Mode."""
    helper = Helper(AsyncWebClient(token="xoxb-acme", base_url=slack.api_url))
    handler = AsyncSocketModeHandler(helper.bolt, "xapp-acme", ping_interval=0.2)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        yield helper
    finally:
        await slack.settle()
        await handler.close_async()  # type: ignore[no-untyped-call]


@asynccontextmanager
async def by_http() -> AsyncIterator[tuple[Sandbox, Helper]]:
    """A sandbox and the app, reached by signed HTTP."""
    helper = Helper(AsyncWebClient(token="xoxb-acme"))
    runner = web.AppRunner(helper.bolt.web_app("/slack/events"), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    config = copy.deepcopy(CONFIG)
    config["apps"][0]["request_url"] = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    async with Sandbox(Config.model_validate(config), answer_seconds=1.0, retry_factor=0.0) as slack:
        helper.client.base_url = slack.api_url
        try:
            yield slack, helper
        finally:
            await slack.settle()
    await runner.cleanup()
