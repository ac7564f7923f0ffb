import asyncio
from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.config import Config
from sandbox.server import Sandbox
from tests.sandbox.acme import CONFIG

METADATA = {"event_type": "card", "event_payload": {"id": "01"}}


async def refusal(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_a_message_is_posted_changed_and_deleted(slack: Sandbox, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C01GROWTH", text="One", metadata=METADATA)
    assert posted["message"] == {
        "type": "message",
        "user": "U0BOT",
        "text": "One",
        "ts": "1789632000.000000",
        "team": "T01ACME",
        "bot_id": "B01HELPER",
        "app_id": "A01HELPER",
        "metadata": METADATA,
    }
    updated = await client.chat_update(channel="C01GROWTH", ts=posted["ts"], text="Two")
    assert (updated["text"], updated["message"]["metadata"]) == ("Two", METADATA)
    await client.chat_delete(channel="C01GROWTH", ts=posted["ts"])
    assert slack.workspace().channels["C01GROWTH"].timeline == []


async def test_the_sync_client_works_too(slack: Sandbox) -> None:
    client = WebClient(token="xoxb-acme", base_url=slack.api_url)
    posted = await asyncio.to_thread(client.chat_postMessage, channel="#growth", text="One")
    assert posted["channel"] == "C01GROWTH"


async def test_updates_retain_what_is_not_given_and_remove_what_is_empty(slack: Sandbox, client: AsyncWebClient) -> None:
    block = {"type": "section", "block_id": "b", "text": {"type": "mrkdwn", "text": "Block"}}
    posted = await client.chat_postMessage(channel="C01GROWTH", text="One", blocks=[block])
    message = slack.workspace().channels["C01GROWTH"].timeline[0]
    await client.chat_update(channel="C01GROWTH", ts=posted["ts"], text="Two")
    assert (message.text, message.blocks) == ("Two", [block])
    await client.chat_update(channel="C01GROWTH", ts=posted["ts"], text="Three", blocks=[])
    assert (message.text, message.blocks) == ("Three", None)


async def test_timestamps_grow_though_the_clock_stands_still(client: AsyncWebClient) -> None:
    stamps = [(await client.chat_postMessage(channel="C01GROWTH", text="x"))["ts"] for _ in range(3)]
    assert stamps == ["1789632000.000000", "1789632000.000001", "1789632000.000002"]


@pytest.mark.parametrize(
    ("channel", "error"),
    [
        ("C02RANDOM", "not_in_channel"),
        ("C03SECRET", "channel_not_found"),
        ("C04PAST", "is_archived"),
        ("C0NOWHERE", "channel_not_found"),
        ("U0BOT", "cannot_dm_bot"),
    ],
)
async def test_where_the_bot_may_not_post(client: AsyncWebClient, channel: str, error: str) -> None:
    assert await refusal(client.chat_postMessage(channel=channel, text="x")) == error


async def test_a_message_to_a_user_goes_to_their_direct_message(slack: Sandbox, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="U02BEN", text="Psst")
    assert [each.text for each in slack.person("U02BEN").sees(posted["channel"])] == ["Psst"]
    assert slack.person("U01ANA").sees(posted["channel"]) == []


async def test_without_its_messages_tab_an_app_cannot_write_to_people(config: Config) -> None:
    app = config.apps[0].model_copy(update={"messages_tab": False})
    async with Sandbox(config.model_copy(update={"apps": (app,)})) as slack:
        client = AsyncWebClient(token="xoxb-acme", base_url=slack.api_url)
        assert await refusal(client.chat_postMessage(channel="U02BEN", text="x")) == "messages_tab_disabled"


async def test_an_ephemeral_message_is_seen_by_one_person(slack: Sandbox, client: AsyncWebClient) -> None:
    await client.chat_postEphemeral(channel="C01GROWTH", user="U01ANA", text="Only you")
    assert [each.text for each in slack.person("U01ANA").sees("growth")] == ["Only you"]
    assert slack.person("U02BEN").sees("growth") == []
    assert (await client.conversations_history(channel="C01GROWTH"))["messages"] == []
    assert await refusal(client.chat_postEphemeral(channel="C01GROWTH", user="U03CHO", text="x")) == "user_not_in_channel"


async def test_only_its_own_messages_can_be_changed(slack: Sandbox, client: AsyncWebClient) -> None:
    message = await slack.person("U01ANA").say("growth", "Mine")
    assert await refusal(client.chat_update(channel="C01GROWTH", ts=message.ts, text="x")) == "cant_update_message"
    assert await refusal(client.chat_delete(channel="C01GROWTH", ts=message.ts)) == "cant_delete_message"
    assert await refusal(client.chat_update(channel="C01GROWTH", ts="1.000000", text="x")) == "message_not_found"


async def test_threads(slack: Sandbox, client: AsyncWebClient) -> None:
    parent = await client.chat_postMessage(channel="C01GROWTH", text="Parent")
    first = await client.chat_postMessage(channel="C01GROWTH", text="First", thread_ts=parent["ts"])
    await client.chat_postMessage(channel="C01GROWTH", text="Second", thread_ts=first["ts"], reply_broadcast=True)
    replies = (await client.conversations_replies(channel="C01GROWTH", ts=parent["ts"]))["messages"]
    assert [each["text"] for each in replies] == ["Parent", "First", "Second"]
    assert {each["thread_ts"] for each in replies} == {parent["ts"]}
    assert (replies[0]["reply_count"], replies[0]["reply_users"]) == (2, ["U0BOT"])
    assert [each.text for each in slack.person("U01ANA").sees("growth")] == ["Parent", "Second"]
    assert await refusal(client.chat_postMessage(channel="C01GROWTH", text="x", thread_ts="1.0")) == "thread_not_found"


async def test_a_deleted_parent_leaves_a_tombstone(slack: Sandbox, client: AsyncWebClient) -> None:
    parent = await client.chat_postMessage(channel="C01GROWTH", text="Parent")
    await client.chat_postMessage(channel="C01GROWTH", text="Reply", thread_ts=parent["ts"])
    await client.chat_delete(channel="C01GROWTH", ts=parent["ts"])
    seen = slack.person("U01ANA").sees("growth", parent["ts"])
    assert [each.text for each in seen] == ["This message was deleted.", "Reply"]


async def test_permalinks(slack: Sandbox, client: AsyncWebClient) -> None:
    posted = await client.chat_postMessage(channel="C01GROWTH", text="Parent")
    reply = await client.chat_postMessage(channel="C01GROWTH", text="Reply", thread_ts=posted["ts"])
    link = await client.chat_getPermalink(channel="C01GROWTH", message_ts=posted["ts"])
    assert link["permalink"] == f"{slack.url}/archives/C01GROWTH/p1789632000000000"
    link = await client.chat_getPermalink(channel="C01GROWTH", message_ts=reply["ts"])
    place = f"{slack.url}/archives/C01GROWTH/p1789632000000001"
    assert link["permalink"] == f"{place}?thread_ts=1789632000.000000&cid=C01GROWTH"


async def test_reactions(slack: Sandbox, client: AsyncWebClient) -> None:
    message = await slack.person("U01ANA").say("growth", "Nice")
    await client.reactions_add(channel="C01GROWTH", timestamp=message.ts, name="tada")
    shown = (await client.conversations_history(channel="C01GROWTH"))["messages"][0]
    assert shown["reactions"] == [{"name": "tada", "users": ["U0BOT"], "count": 1}]
    again = client.reactions_add(channel="C01GROWTH", timestamp=message.ts, name="tada")
    assert await refusal(again) == "already_reacted"


async def test_a_payload_that_slack_refuses_is_refused_with_where_it_is_wrong(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C01GROWTH", text="x", blocks=[{"type": "header"}])
    answer = caught.value.response.data
    assert isinstance(answer, dict)
    assert answer["error"] == "invalid_blocks"
    messages = answer["response_metadata"]["messages"]
    assert messages == ["[ERROR] missing required field: text [json-pointer:/blocks/0]"]


async def test_missing_fallback_text_is_warned_of(client: AsyncWebClient) -> None:
    divider: dict[str, Any] = {"type": "divider"}
    with pytest.warns(UserWarning, match="text"):
        answer = await client.chat_postMessage(channel="C01GROWTH", blocks=[divider])
    assert answer["response_metadata"] == {"warnings": ["missing_text_in_message"]}


@pytest.mark.parametrize("scopes", [[], ["chat:write"], ["chat:write", "chat:write.public"]])
async def test_scopes(scopes: list[str]) -> None:
    app = {**CONFIG["apps"][0], "scopes": ["users:read", *scopes]}
    async with Sandbox(Config.model_validate({**CONFIG, "apps": [app]})) as slack:
        client = AsyncWebClient(token="xoxb-acme", base_url=slack.api_url)
        call = client.chat_postMessage(channel="C02RANDOM", text="x")
        if "chat:write.public" in scopes:
            assert (await call)["ok"]
        else:
            assert await refusal(call) == ("not_in_channel" if scopes else "missing_scope")
