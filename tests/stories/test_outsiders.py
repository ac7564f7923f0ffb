"""Guests, people of other companies, bots and those who are gone: they read what is posted, and can do nothing (FAULTS 66)."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from sqlalchemy import select

from bot import gate
from bot.app import Throughline, assembled, prepare
from bot.flows.wire import WIRE
from bot.requests import Request
from prompts import labels
from sandbox.server import Sandbox
from sandbox.state import User
from storage.audience import ADMINISTRATOR
from storage.database import ours
from storage.objects import find
from storage.tables import outbox
from tests.storage.rows import digests
from tests.support.sample import BOT, WORKSPACE, sample_config
from tests.support.story import Story, free_port, load_sample, sample_story, settings_for, words_of

ANA, IVO, LEA, PETRA, NORA = "U01ANA", "U02IVO", "U05LEA", "U18PETRA", "U15NORA"
GUEST, LIMITED, PARTNER, STRANGER, ROBOT, NOBODY = (
    "U31GUEST",
    "U32LIMITED",
    "U33PARTNER",
    "U34STRANGER",
    "U35ROBOT",
    "U99NOBODY",
)
OUTSIDERS = (GUEST, LIMITED, PARTNER, STRANGER, ROBOT, PETRA, NOBODY)
INSIDERS = {"member": LEA, "owner": ANA, "lead": IVO, "admin": NORA}
GROWTH = "C01GROWTH"
SENTENCE = labels()["members_only"]
BESIDE = {"people", "channels", "outbox"}  # who comes may be learnt of, and told the sentence where they are


@asynccontextmanager
async def strange_company(database_url: str) -> AsyncIterator[tuple[Sandbox, Throughline]]:
    """The sample organisation with outsiders in #growth, and a bot that works on whatever is handed to it."""
    async with Sandbox(sample_config()) as slack:
        let_in(slack)
        await load_sample(database_url, slack)
        async with assembled(settings_for(slack, database_url, "socket", free_port())) as house:
            await prepare(house)
            yield slack, house


def let_in(slack: Sandbox) -> None:
    workspace = slack.workspace()
    for user in (
        User(GUEST, "guest", is_restricted=True),
        User(LIMITED, "limited", is_restricted=True, is_ultra_restricted=True),
        User(PARTNER, "partner", home_team="T99OTHER"),  # with whom a channel is shared: no stranger to Slack
        User(STRANGER, "stranger", is_stranger=True, home_team="T98FAR"),
        User(ROBOT, "robot", bot_id="B35ROBOT", app_id="A35ROBOT"),
    ):
        workspace.add_user(user)
        workspace.join(workspace.channels[GROWTH], user.id)


@dataclass(frozen=True)
class Gesture:
    """Something that a person can do on the wire: the `sort` of name, the name, and what Slack then sends."""

    sort: str
    name: str

    def body(self, user: str, team: str = WORKSPACE) -> dict[str, Any]:
        if self.sort == "commands":
            said = {"team_id": team, "channel_id": GROWTH, "user_id": user, "text": "BET-12", "trigger_id": "1.2.3"}
            return {**said, "command": self.name, "response_url": ""}
        home = "T99OTHER" if user == PARTNER else WORKSPACE
        who: dict[str, Any] = {"user": {"id": user, "team_id": home}, "team": {"id": team}, "trigger_id": "1.2.3"}
        body = {**who, **getattr(self, f"_{self.sort}")}
        if "view" in body:  # on the screen of another company it names who has us
            body |= {"team": {"id": home}, "view": {**body["view"], "app_installed_team_id": team}}
        return body

    @property
    def _actions(self) -> dict[str, Any]:
        about = {"key": "BET-12", "kind": "bet", "field": "hypothesis", "question": "what came of BET-12?", "channel": GROWTH}
        action = {"type": "button", "action_id": self.name, "block_id": "b", "value": json.dumps(about)}
        container = {"type": "message", "message_ts": "1.2", "channel_id": GROWTH}
        return {"type": "block_actions", "actions": [action], "channel": {"id": GROWTH}, "container": container}

    @property
    def _submissions(self) -> dict[str, Any]:
        return {"type": "view_submission", "view": self._view(self.name)}

    @property
    def _closed(self) -> dict[str, Any]:
        return {"type": "view_closed", "view": self._view(self.name)}

    @property
    def _options(self) -> dict[str, Any]:
        asked = {"action_id": self.name, "block_id": "link.to targets", "value": "rate"}
        return {"type": "block_suggestion", **asked, "view": self._view("object.save")}

    @property
    def _shortcuts(self) -> dict[str, Any]:
        message = {"type": "message", "text": "Guide them", "ts": "1.2", "user": ANA}
        return {"type": "message_action", "callback_id": self.name, "channel": {"id": GROWTH}, "message": message}

    def _view(self, callback: str) -> dict[str, Any]:
        form = json.dumps({"kind": "bet", "channel": GROWTH, "key": "BET-12", "version": 1})
        title = {"title": {"value": {"type": "plain_text_input", "value": "Taken over"}}}
        about = {"type": "modal", "id": "V1", "callback_id": callback, "private_metadata": form, "blocks": []}
        return {**about, "state": {"values": title}}


def every_gesture() -> Iterator[Gesture]:
    for sort in ("commands", "actions", "submissions", "options", "shortcuts", "closed"):
        yield from (Gesture(sort, name) for name in getattr(WIRE, sort))


async def test_no_outsider_changes_or_learns_anything_by_any_name_on_the_wire(database_url: str) -> None:
    async with strange_company(database_url) as (slack, house):
        async with house.database.reading(WORKSPACE) as tx:
            titles = [item.title for item in await find(tx, ADMINISTRATOR)]
        before = await stored(house)
        slack.log.clear()
        for gesture in every_gesture():
            answers = [await done(house, gesture.body(user)) for user in OUTSIDERS]
            answers.append(await done(house, gesture.body(ANA, team="T99OTHER")))  # an id of ours, from elsewhere
            await house.desk.idle()
            for answer in answers:
                assert not [title for title in titles if title in answer], (gesture, answer)
                match gesture.sort:
                    case "commands" | "submissions":
                        assert SENTENCE in answer, gesture
                    case "options":
                        assert json.loads(answer) == {"options": []}, gesture
                    case _:
                        assert answer == "", gesture
        assert await stored(house) == before
        assert await said(house) <= {SENTENCE}
        sent = [json.dumps(each.request, ensure_ascii=False) for each in slack.log if each.what != "users.info"]
        assert not [words for words in sent for title in titles if title in words]
        for user in OUTSIDERS:
            assert not slack.workspace().modals.get(user)
        for user in INSIDERS.values():
            for gesture in every_gesture():
                assert await gate.through(house.desk, WORKSPACE, _reached, request_of(gesture, user)) == {"reached": True}


async def _reached(*_: object) -> dict[str, Any]:
    return {"reached": True}


def request_of(gesture: Gesture, user: str) -> Request:
    body = gesture.body(user)
    return Request.of_command(body) if gesture.sort == "commands" else Request.of_interaction(body)


async def done(house: Throughline, body: Mapping[str, Any]) -> str:
    """Hand a payload to the bot and return what it answers."""
    answer = await house.bolt.async_dispatch(AsyncBoltRequest(mode="socket_mode", body=dict(body)))
    assert answer.status == 200
    return json.dumps(json.loads(answer.body), ensure_ascii=False) if answer.body else ""


async def said(house: Throughline) -> set[str]:
    async with house.database.reading(WORKSPACE) as tx:
        return {
            (row["payload"] or {}).get("text", "a subject")
            for row in await tx.rows(select(outbox.c.payload).where(ours(outbox)))
        }


async def stored(house: Throughline) -> dict[str, tuple[int, str]]:
    return {table: digest for table, digest in (await digests(house.database)).items() if table not in BESIDE}


@pytest.fixture
async def story(database_url: str) -> AsyncIterator[Story]:
    async with sample_story(database_url) as living:
        let_in(living.slack)
        yield living


async def test_an_outsider_reads_one_courteous_sentence_wherever_they_ask(story: Story) -> None:
    ana, guest = story.person(ANA), story.person(GUEST)
    await ana.command(GROWTH, "/bet", "Guide them all")
    assert (await ana.submit(await story.modal(ANA, "Guide them all"))).errors == {}
    card = await story.message(GUEST, GROWTH, "Guide them all")  # what is posted where they are, they read
    await guest.click(card, "object.why")
    told = await story.message(GUEST, GROWTH, SENTENCE)
    assert (told.ephemeral_to, words_of(told).replace(SENTENCE, "").strip()) == (GUEST, "")
    reply = await story.person(PARTNER).command(GROWTH, "/pom", "BET-12")
    assert reply.text == SENTENCE
    asked = await story.person(PARTNER).say(GROWTH, f"<@{BOT}> where did BET-12 come from?")
    answer = await story.message(PARTNER, GROWTH, SENTENCE, thread_ts=asked.ts)
    assert "INS-4" not in words_of(answer)
    direct = await guest.open_messages()
    await guest.say(direct, "which bets target Activation rate?")
    assert [words_of(await story.message(GUEST, direct, SENTENCE)).count("BET")] == [0]
    await guest.open_home()
    home = await story.until(guest.home, "a Home")
    assert [block["text"]["text"] for block in home.blocks] == [SENTENCE]

    story.slack.workspace().change_user(story.slack.workspace().users[LEA], is_restricted=True)  # who worked here until now
    await story.until(lambda: story.slack.log.of("user_change"), "the event")
    lea = story.person(LEA)
    for _ in range(100):
        reply = await lea.command(GROWTH, "/pom", "BET-12")
        if reply.text == SENTENCE:
            break
    assert reply.text == SENTENCE
