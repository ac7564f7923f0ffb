"""How deliveries go wrong and are repeated: sockets that close, servers that are slow or refuse."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.config import Config
from sandbox.outcomes import AppDidNotRespond
from sandbox.server import Sandbox
from tests.sandbox.helper import by_socket
from tests.sandbox.test_chat import refusal

Json = dict[str, Any]


class Endpoint:
    """A request URL that answers with the given statuses, then 200."""

    def __init__(self, *statuses: int, **headers: str) -> None:
        self.statuses = list(statuses)
        self.headers = headers
        self.requests: list[tuple[dict[str, str], bytes]] = []

    async def serve(self, request: web.Request) -> web.Response:
        self.requests.append((dict(request.headers), await request.read()))
        status = self.statuses.pop(0) if self.statuses else 200
        return web.Response(status=status, headers=self.headers)


@asynccontextmanager
async def reached_by_http(config: Config, endpoint: Endpoint) -> AsyncIterator[Sandbox]:
    application = web.Application()
    application.router.add_post("/", endpoint.serve)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    app = config.apps[0].model_copy(update={"request_url": f"http://127.0.0.1:{runner.addresses[0][1]}/"})
    there = config.model_copy(update={"apps": (app,)})
    async with Sandbox(there, answer_seconds=0.5, retry_factor=0.0) as slack:
        yield slack
    await runner.cleanup()


async def test_requests_are_signed_as_slack_signs_them(config: Config) -> None:
    endpoint = Endpoint()
    async with reached_by_http(config, endpoint) as slack:
        await slack.person("U01ANA").say("growth", "Hi")
        await slack.settle()
    headers, body = endpoint.requests[0]
    timestamp = headers["X-Slack-Request-Timestamp"]
    assert abs(time.time() - int(timestamp)) < 5
    digest = hmac.new(b"shhh", b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    assert headers["X-Slack-Signature"] == "v0=" + digest
    assert SignatureVerifier("shhh").is_valid_request(body, headers)


async def test_events_are_tried_four_times(config: Config) -> None:
    endpoint = Endpoint(500, 503, 404, 500)
    async with reached_by_http(config, endpoint) as slack:
        await slack.person("U01ANA").say("growth", "Hi")
        await slack.settle()
    retries = [(each.get("X-Slack-Retry-Num"), each.get("X-Slack-Retry-Reason")) for each, _ in endpoint.requests]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({json.loads(body)["event_id"] for _, body in endpoint.requests}) == 1


async def test_an_app_can_decline_retries(config: Config) -> None:
    endpoint = Endpoint(500, **{"X-Slack-No-Retry": "1"})
    async with reached_by_http(config, endpoint) as slack:
        await slack.person("U01ANA").say("growth", "Hi")
        await slack.settle()
    assert len(endpoint.requests) == 1


async def test_an_acknowledged_event_is_not_repeated(config: Config) -> None:
    endpoint = Endpoint(500)
    async with reached_by_http(config, endpoint) as slack:
        await slack.person("U01ANA").say("growth", "Hi")
        await slack.settle()
    assert len(endpoint.requests) == 2


async def test_a_refused_command_is_told_to_its_giver(config: Config) -> None:
    async with reached_by_http(config, Endpoint(500)) as slack:
        with pytest.raises(AppDidNotRespond, match="/ask failed"):
            await slack.person("U01ANA").command("growth", "/ask")


async def test_a_server_that_is_away_is_told_to_the_person(config: Config) -> None:
    app = config.apps[0].model_copy(update={"request_url": "http://127.0.0.1:9/"})
    async with Sandbox(config.model_copy(update={"apps": (app,)})) as slack:
        with pytest.raises(AppDidNotRespond):
            await slack.person("U01ANA").command("growth", "/ask")


async def test_without_any_app_a_person_hears_so_at_once(slack: Sandbox) -> None:
    with pytest.raises(AppDidNotRespond):
        await slack.person("U01ANA").command("growth", "/ask")


async def connect(slack: Sandbox, session: aiohttp.ClientSession) -> aiohttp.ClientWebSocketResponse:
    """A socket after its hello."""
    answer = await AsyncWebClient(token="xapp-acme", base_url=slack.api_url).apps_connections_open(app_token="xapp-acme")
    socket = await session.ws_connect(str(answer["url"]))
    hello = await socket.receive_json()
    assert (hello["type"], hello["connection_info"]) == ("hello", {"app_id": "A01HELPER"})
    return socket


async def acknowledge(socket: aiohttp.ClientWebSocketResponse) -> Json:
    envelope: Json = await socket.receive_json()
    await socket.send_json({"envelope_id": envelope["envelope_id"]})
    return envelope


async def test_envelopes_are_spread_over_connections(slack: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = [await connect(slack, session) for _ in range(2)]
        for text in ("one", "two", "three", "four"):
            await slack.person("U01ANA").say("growth", text)
        texts = [[(await acknowledge(each))["payload"]["event"]["text"] for _ in range(2)] for each in sockets]
        assert texts == [["one", "three"], ["two", "four"]]


async def test_an_eleventh_connection_is_turned_away(slack: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        sockets = [await connect(slack, session) for _ in range(10)]
        assert slack.sockets.connections("A01HELPER") == len(sockets)
        answer = await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token="xapp-acme")
        socket = await session.ws_connect(str(answer["url"]))
        assert (await socket.receive_json())["reason"] == "too_many_websockets"


async def test_a_ticket_is_good_once(slack: Sandbox) -> None:
    answer = await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token="xapp-acme")
    async with aiohttp.ClientSession() as session:
        await session.ws_connect(str(answer["url"]))
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(str(answer["url"]))


async def test_sockets_are_for_app_tokens(slack: Sandbox) -> None:
    client = AsyncWebClient(base_url=slack.api_url)
    assert await refusal(client.apps_connections_open(app_token="xoxb-acme")) == "not_allowed_token_type"
    assert await refusal(client.apps_connections_open(app_token="xapp-wrong")) == "invalid_auth"


async def test_an_unacknowledged_event_comes_again(slack: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await connect(slack, session)
        await slack.person("U01ANA").say("growth", "Hi")
        first = await socket.receive_json()
        again = await acknowledge(socket)
        assert (first["retry_attempt"], again["retry_attempt"], again["retry_reason"]) == (0, 1, "http_timeout")
        assert again["payload"]["event_id"] == first["payload"]["event_id"]
        assert again["envelope_id"] != first["envelope_id"]


async def test_an_event_on_a_cut_socket_comes_on_the_next(slack: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        first, second = await connect(slack, session), await connect(slack, session)
        await slack.person("U01ANA").say("growth", "Hi")
        lost = await first.receive_json()
        await first.close()
        again = await acknowledge(second)
        assert (again["payload"]["event_id"], again["retry_attempt"]) == (lost["payload"]["event_id"], 1)


async def test_which_envelopes_take_an_answer(slack: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await connect(slack, session)
        command = asyncio.create_task(slack.person("U01ANA").command("growth", "/ask"))
        envelope = await socket.receive_json()
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
        await socket.send_json({"envelope_id": envelope["envelope_id"], "payload": {"text": "Yes."}})
        assert (await command).text == "Yes."
        await slack.person("U01ANA").say("growth", "Hi")
        envelope = await acknowledge(socket)
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("events_api", False)


async def test_nonsense_on_a_socket_is_ignored(slack: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await connect(slack, session)
        for nonsense in ("{", "[]", '{"envelope_id": "unknown"}'):
            await socket.send_str(nonsense)
        await slack.person("U01ANA").say("growth", "Hi")
        assert (await acknowledge(socket))["payload"]["event"]["text"] == "Hi"


@pytest.mark.parametrize("reason", ["refresh_requested", "link_disabled"])
async def test_a_bolt_app_comes_back_after_a_refresh(slack: Sandbox, reason: Any) -> None:
    async with by_socket(slack) as helper:
        await slack.sockets.refresh("A01HELPER", reason)
        await slack.person("U01ANA").wait_for(lambda: slack.sockets.connections("A01HELPER") == 1)
        await slack.person("U01ANA").say("growth", "Still there?")
        await slack.settle()
        assert len(helper.of("message")) == 1


async def test_a_warning_leaves_the_socket_open(slack: Sandbox) -> None:
    async with aiohttp.ClientSession() as session:
        socket = await connect(slack, session)
        await slack.sockets.refresh("A01HELPER", "warning")
        assert (await socket.receive_json())["reason"] == "warning"
        assert slack.sockets.connections("A01HELPER") == 1


async def test_a_dropped_socket_loses_nothing(slack: Sandbox) -> None:
    slack.dispatcher.retry_factor = 0.005
    async with by_socket(slack) as helper:
        ana = slack.person("U01ANA")
        for number in range(6):
            await ana.say("growth", str(number))
            if number % 2:
                slack.sockets.drop()
                await ana.wait_for(lambda: slack.sockets.connections("A01HELPER") == 0)
                await ana.wait_for(lambda: slack.sockets.connections("A01HELPER") == 1)
        await slack.settle()
        assert {each["event"]["text"] for each in helper.of("message")} == set("012345")
