"""Each thing that can be made to go wrong, made to go wrong."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.faults import Faults
from sandbox.outcomes import AppDidNotRespond
from sandbox.server import Sandbox
from tests.sandbox.helper import by_socket
from tests.sandbox.test_chat import refusal
from tests.sandbox.test_delivery import connect

HELLO: dict[str, Any] = {"channel": "C01GROWTH", "text": "Hello"}


def texts(slack: Sandbox) -> list[str]:
    return [each.text for each in slack.workspace().channels["C01GROWTH"].timeline]


async def test_a_lost_answer_after_storing(slack: Sandbox, client: AsyncWebClient) -> None:
    slack.faults.add("lost", "chat.postMessage", stored=1)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.chat_postMessage(**HELLO)
    assert texts(slack) == ["Hello"]


async def test_the_sdks_own_retry_then_posts_twice(slack: Sandbox) -> None:
    slack.faults.add("lost", "chat.postMessage", stored=1)
    await AsyncWebClient(token="xoxb-acme", base_url=slack.api_url).chat_postMessage(**HELLO)
    assert texts(slack) == ["Hello", "Hello"]


async def test_a_lost_call(slack: Sandbox, client: AsyncWebClient) -> None:
    rule = slack.faults.add("lost", "chat.postMessage")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.chat_postMessage(**HELLO)
    assert (texts(slack), rule.hits) == ([], 1)


async def test_a_late_store(slack: Sandbox, client: AsyncWebClient) -> None:
    slack.faults.add("late", "chat.postMessage", seconds=0.2)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await client.chat_postMessage(**HELLO)
    assert texts(slack) == []
    await slack.person("U01ANA").wait_for(lambda: texts(slack) == ["Hello"])


@pytest.mark.parametrize(("stored", "early"), [(0, []), (1, ["Hello"])])
async def test_a_slow_answer(slack: Sandbox, client: AsyncWebClient, stored: int, early: list[str]) -> None:
    slack.faults.add("slow", "chat.postMessage", stored=stored, seconds=0.2)
    call = asyncio.create_task(client.chat_postMessage(**HELLO))
    await asyncio.sleep(0.1)
    assert texts(slack) == early
    assert (await call)["ok"]
    assert texts(slack) == ["Hello"]


@pytest.mark.parametrize("retry_after", ["7", None, "soon"])
async def test_rate_limits(slack: Sandbox, client: AsyncWebClient, retry_after: str | None) -> None:
    slack.faults.add("rate_limited", "chat.postMessage", retry_after=retry_after)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(**HELLO)
    response = caught.value.response
    assert (response.status_code, response.headers.get("Retry-After"), response["error"]) == (429, retry_after, "ratelimited")
    assert texts(slack) == []


async def test_server_errors(slack: Sandbox, client: AsyncWebClient) -> None:
    slack.faults.add("http_error", "chat.*", status=502)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(**HELLO)
    assert caught.value.response.status_code == 502
    assert texts(slack) == []


async def test_named_errors_half_stored_half_not(slack: Sandbox, client: AsyncWebClient) -> None:
    slack.faults.add("error", "chat.postMessage", error="internal_error", times=40, stored=0.5)
    errors = {await refusal(client.chat_postMessage(**HELLO)) for _ in range(40)}
    assert errors == {"internal_error"}
    assert 10 < len(texts(slack)) < 30


async def test_rules_look_at_workspace_and_arguments(slack: Sandbox, client: AsyncWebClient) -> None:
    slack.faults.add("error", workspace="T09OTHER")
    slack.faults.add("error", "chat.postMessage", where={"text": "Bad"}, error="fatal_error")
    await client.chat_postMessage(**HELLO)
    assert await refusal(client.chat_postMessage(channel="C01GROWTH", text="Bad")) == "fatal_error"


async def test_rules_can_skip_and_be_cleared(slack: Sandbox, client: AsyncWebClient) -> None:
    slack.faults.add("error", "auth.test", skip=1, times=None)
    assert (await client.auth_test())["ok"]
    assert await refusal(client.auth_test()) == "internal_error"
    slack.faults.clear()
    assert (await client.auth_test())["ok"]


async def test_duplicate_events(slack: Sandbox) -> None:
    async with by_socket(slack) as helper:
        slack.faults.add("duplicate", "message", copies=3)
        await slack.person("U01ANA").say("growth", "Hi")
        await slack.settle()
        assert len({each["event_id"] for each in helper.of("message")}) == 1
        assert len(helper.of("message")) == 3


async def test_reordered_events(slack: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await connect(slack, session)
        slack.faults.add("reorder", "message")
        for text in ("one", "two"):
            await slack.person("U01ANA").say("growth", text)
        heard = [(await socket.receive_json())["payload"]["event"]["text"] for _ in range(2)]
        assert heard == ["two", "one"]


async def test_dropped_and_delayed_events(slack: Sandbox) -> None:
    async with by_socket(slack) as helper:
        slack.faults.add("drop", "message")
        slack.faults.add("delay", "message", seconds=0.1)
        for text in ("dropped", "delayed", "third"):
            await slack.person("U01ANA").say("growth", text)
        await slack.settle()
        assert [each["event"]["text"] for each in helper.of("message")] == ["third", "delayed"]


async def test_a_double_click(slack: Sandbox) -> None:
    async with by_socket(slack) as helper:
        slack.faults.add("duplicate", "new")
        await slack.person("U01ANA").shortcut("new")
        assert len(helper.of("shortcut")) == 2


async def test_a_late_interaction(slack: Sandbox) -> None:
    async with by_socket(slack) as helper:
        slack.faults.add("delay", "new", seconds=0.1)
        await slack.person("U01ANA").shortcut("new")
        assert len(helper.of("shortcut")) == 1


async def test_deaf_sockets(slack: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await connect(slack, session)
        slack.faults.deafen(pongs=False)
        with pytest.raises(AppDidNotRespond):
            await slack.person("U01ANA").command("growth", "/ask")
        assert (slack.sockets.connections("A01HELPER"), socket.closed) == (1, False)
        slack.faults.hear()
        await slack.person("U01ANA").say("growth", "Hi")
        assert (await socket.receive_json())["payload"]["event"]["text"] == "Hi"


async def test_a_bolt_app_leaves_a_socket_that_answers_no_pings(slack: Sandbox) -> None:
    async with by_socket(slack) as helper:
        old = slack.sockets.all_of("A01HELPER")
        slack.faults.deafen(pongs=False)
        await slack.person("U01ANA").wait_for(lambda: slack.sockets.all_of("A01HELPER") != old)
        slack.faults.hear()
        slack.sockets.drop()
        await slack.person("U01ANA").wait_for(lambda: slack.sockets.all_of("A01HELPER") not in ([], old))
        await slack.person("U01ANA").say("growth", "Hi")
        await slack.settle()
        assert len(helper.of("message")) == 1


async def test_the_script_over_http(slack: Sandbox, client: AsyncWebClient) -> None:
    async with aiohttp.ClientSession() as session:
        address = f"{slack.url}/faults"
        rule = {"act": "error", "what": "auth.test", "error": "fatal_error"}
        for body in (
            {"act": "seed", "seed": 7},
            rule,
            {"act": "deafen"},
            {"act": "hear"},
            {"act": "drop_sockets"},
            {"act": "refresh"},
        ):
            assert (await session.post(address, data=json.dumps(body))).status == 200
        assert await refusal(client.auth_test()) == "fatal_error"
        (shown,) = await (await session.get(address)).json()
        assert (shown["what"], shown["times"], shown["hits"]) == ("auth.test", 0, 1)
        for wrong in ("{", "[]", '{"act": "explode"}', "{}", '{"act": "lost", "unknown": 1}'):
            assert (await session.post(address, data=wrong)).status == 400
        assert (await session.delete(address)).status == 200
        assert slack.faults.rules == []


def test_a_misspelt_rule_is_refused() -> None:
    with pytest.raises(ValidationError):
        Faults().add("lost", secnods=3)


@given(st.integers(), st.floats(0, 1))
def test_chances_can_be_repeated(seed: int, probability: float) -> None:
    def strikes() -> list[bool]:
        faults = Faults(seed)
        faults.add("error", probability=probability, times=None)
        return [faults.for_call("auth.test", "T", {}) is not None for _ in range(20)]

    assert strikes() == strikes()
