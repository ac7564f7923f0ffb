"""A small app on unchanged Bolt, and the company it is tried in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.config import Config
from sandbox.server import Sandbox
from tests.sandbox.page.gallery import CARD, FORM, TEXTS, labelled, mrkdwn, option, plain

Json = dict[str, Any]

CONFIG: Json = {
    "workspaces": [
        {
            "id": "T01ACME",
            "name": "Acme",
            "domain": "acme",
            "users": [
                {
                    "id": "U01ANA",
                    "name": "ana",
                    "real_name": "Ana Ruiz",
                    "tz": "Europe/Berlin",
                    "locale": "en-GB",
                    "title": "Product, Growth",
                },
                {"id": "U02IVO", "name": "ivo", "real_name": "Ivo Marin", "tz": "America/New_York", "title": "Lead, Platform"},
                {"id": "U03CHO", "name": "cho", "real_name": "Cho Min", "tz": "Asia/Tokyo", "title": "Design"},
            ],
            "channels": [
                {
                    "id": "C01GROWTH",
                    "name": "growth",
                    "members": ["U01ANA", "U02IVO"],
                    "topic": "Getting teams to their second session",
                },
                {"id": "C02PLATFORM", "name": "platform", "members": ["U02IVO", "U03CHO"]},
                {"id": "C03LEADS", "name": "leads", "is_private": True, "members": ["U01ANA"]},
            ],
        }
    ],
    "apps": [
        {
            "id": "A01IDEAS",
            "name": "Ideas",
            "bot_user": {"id": "U0BOT", "name": "ideas", "icon": "🧵", "channels": ["C01GROWTH", "C03LEADS"]},
            "bot_tokens": {"T01ACME": "xoxb-ideas"},
            "app_token": "xapp-ideas",
            "signing_secret": "shhh",
            "commands": [
                {"command": "/idea", "description": "Note an idea", "usage_hint": "[title]"},
                {"command": "/card", "description": "Post a card"},
                {"command": "/deaf", "description": "Never answers"},
            ],
            "shortcuts": [
                {"type": "message", "callback_id": "keep", "name": "Keep this"},
                {"type": "global", "callback_id": "new_idea", "name": "New idea"},
            ],
            "bot_events": ["app_mention", "message.channels", "message.im", "app_home_opened"],
        }
    ],
    "clock": {"starts": "2026-09-17T08:00:00Z", "runs": False},
    "tour": [
        {"text": "Note an idea: `/idea`", "done_when": {"command": "/idea"}},
        {"text": "See a card: `/card please`", "done_when": {"command": "/card", "text": "please"}},
    ],
}
TARGETS = ["Activation rate", "Weekly active teams", "Second sessions", "Invited colleagues"]


def form(title: str = "") -> Json:
    blocks = [dict(block) for block in FORM]
    if title:
        blocks[0] = labelled("title", "Title", {"type": "plain_text_input", "initial_value": title})
    return {
        "type": "modal",
        "callback_id": "idea",
        "title": plain("New idea"),
        "submit": plain("Save"),
        "close": plain("Cancel"),
        "notify_on_close": True,
        "blocks": [
            *blocks,
            {
                "type": "actions",
                "block_id": "further",
                "elements": [{"type": "button", "action_id": "push", "text": plain("More…")}],
            },
        ],
    }


WAITING: Json = {
    "type": "modal",
    "callback_id": "idea",
    "title": plain("New idea"),
    "submit": plain("Save"),
    "blocks": [labelled("early", "Title", {"type": "plain_text_input"})],
}
PUSHED: Json = {
    "type": "modal",
    "callback_id": "pushed",
    "title": plain("More about it"),
    "submit": plain("Done"),
    "blocks": [labelled("risk", "Risk", {"type": "plain_text_input"}, optional=True)],
}


def build(client: AsyncWebClient) -> AsyncApp:
    """The app; every act of it is an ordinary Bolt listener."""
    app = AsyncApp(client=client, signing_secret="shhh")

    @app.command("/idea")
    async def idea(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        opened = await client.views_open(trigger_id=body["trigger_id"], view=WAITING)
        await client.views_update(view_id=opened["view"]["id"], view=form(body["text"]))

    @app.command("/card")
    async def card(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack("Here it comes.")
        await client.chat_postMessage(channel=body["channel_id"], text="BET-12 Guide the first board", blocks=CARD)
        await client.chat_postMessage(channel=body["channel_id"], text="Texts", blocks=TEXTS)

    @app.command("/deaf")
    async def deaf() -> None:
        """It does not acknowledge, so the person must be told."""

    @app.view("idea")
    async def save(ack: Any, body: Json, view: Json, client: AsyncWebClient) -> None:
        title = view["state"]["values"]["title"]["title_value"]["value"]
        if "bad" in title:
            await ack(response_action="errors", errors={"title": "A kinder title, please."})
            return
        await ack()
        text = f"*{title}* was noted by <@{body['user']['id']}>"
        await client.chat_postMessage(channel="C01GROWTH", text=text)

    @app.view("pushed")
    async def pushed(ack: Any) -> None:
        await ack()

    @app.view_closed("idea")
    async def closed(ack: Any) -> None:
        await ack()

    @app.action("push")
    async def push(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_push(trigger_id=body["trigger_id"], view=PUSHED)

    @app.action("why")
    async def why(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        ts = body["message"]["ts"]
        await client.chat_postMessage(channel=body["channel"]["id"], thread_ts=ts, text="It came from *INS-4*.")

    @app.action("drop")
    async def drop(ack: Any, body: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.chat_update(
            channel=body["channel"]["id"],
            ts=body["message"]["ts"],
            text="Dropped",
            blocks=[{"type": "section", "text": mrkdwn("~BET-12~ was dropped.")}],
        )

    @app.action("colour")
    async def colour(ack: Any, body: Json, respond: Any) -> None:
        await ack()
        chosen = body["actions"][0]["selected_option"]["value"]
        await respond(text=f"You chose {chosen}.", response_type="ephemeral", replace_original=False)

    @app.options("target_value")
    async def targets(ack: Any, body: Json) -> None:
        found = [each for each in TARGETS if body["value"].lower() in each.lower()]
        await ack(
            option_groups=[{"label": plain("Inputs"), "options": [option(each, each) for each in found]}] if found else []
        )

    @app.options("targets_value")
    async def more_targets(ack: Any, body: Json) -> None:
        await ack(options=[option(each, each) for each in TARGETS if body["value"].lower() in each.lower()])

    @app.shortcut("keep")
    async def keep(ack: Any, shortcut: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=form(shortcut["message"]["text"]))

    @app.shortcut("new_idea")
    async def new_idea(ack: Any, shortcut: Json, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=shortcut["trigger_id"], view=form())

    @app.event("app_mention")
    async def mention(event: Json, say: Any) -> None:
        await say(text="You called?", thread_ts=event.get("thread_ts") or event["ts"])

    @app.event("message")
    async def message() -> None:
        """Others' words are none of its business."""

    @app.event("app_home_opened")
    async def home(event: Json, client: AsyncWebClient) -> None:
        if event["tab"] == "home":
            blocks = [{"type": "header", "text": plain("Waiting for you")}, *CARD[1:]]
            await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": blocks})

    return app


@asynccontextmanager
async def demo(config: Json = CONFIG, port: int = 0) -> AsyncIterator[Sandbox]:
    """The company with the app connected to it."""
    async with Sandbox(Config.model_validate(config), port, answer_seconds=1.0) as slack:
        client = AsyncWebClient("xoxb-ideas", base_url=slack.api_url)
        handler = AsyncSocketModeHandler(build(client), "xapp-ideas", web_client=client)
        await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
        try:
            yield slack
        finally:
            await handler.close_async()  # type: ignore[no-untyped-call]
