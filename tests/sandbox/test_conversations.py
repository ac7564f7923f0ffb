import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.test_chat import METADATA, refusal


async def test_a_bot_lists_what_it_may_know_of(client: AsyncWebClient) -> None:
    listed = await client.conversations_list(types="public_channel,private_channel")
    assert [each["name"] for each in listed["channels"]] == ["growth", "random", "past"]
    listed = await client.conversations_list(exclude_archived=True)
    assert [each["name"] for each in listed["channels"]] == ["growth", "random"]
    assert await refusal(client.conversations_list(types="secret_channel")) == "invalid_types"


async def test_conversations_of_a_user(client: AsyncWebClient) -> None:
    mine = await client.users_conversations()
    assert [each["name"] for each in mine["channels"]] == ["growth", "past"]
    hers = await client.users_conversations(user="U01ANA", types="public_channel,private_channel")
    assert [each["name"] for each in hers["channels"]] == ["growth", "random", "past"]


async def test_info_and_members(client: AsyncWebClient) -> None:
    channel = (await client.conversations_info(channel="C01GROWTH", include_num_members=True))["channel"]
    shown = {name: channel[name] for name in ("id", "name", "is_member", "is_private", "is_archived", "num_members")}
    assert shown == {
        "id": "C01GROWTH",
        "name": "growth",
        "is_member": True,
        "is_private": False,
        "is_archived": False,
        "num_members": 3,
    }
    assert (await client.conversations_members(channel="C01GROWTH"))["members"] == ["U01ANA", "U02BEN", "U0BOT"]
    assert await refusal(client.conversations_info(channel="C03SECRET")) == "channel_not_found"


async def test_history_comes_newest_first_in_pages_with_metadata_on_request(slack: Sandbox, client: AsyncWebClient) -> None:
    for number in range(5):
        await client.chat_postMessage(channel="C01GROWTH", text=str(number), metadata=METADATA)
    first = await client.conversations_history(channel="C01GROWTH", limit=3, include_all_metadata=True)
    assert [(each["text"], each["metadata"]) for each in first["messages"]] == [(t, METADATA) for t in "432"]
    assert first["has_more"]
    cursor = first["response_metadata"]["next_cursor"]
    second = await client.conversations_history(channel="C01GROWTH", limit=3, cursor=cursor)
    assert [(each["text"], "metadata" in each) for each in second["messages"]] == [("1", False), ("0", False)]
    assert not second["has_more"]


@pytest.mark.parametrize(
    ("bounds", "texts"),
    [
        ({"oldest": "1789632000.000001"}, "32"),
        ({"oldest": "1789632000.000001", "inclusive": True}, "321"),
        ({"latest": "1789632000.000002"}, "10"),
        ({"latest": "1789632000.000002", "inclusive": True}, "210"),
        ({"oldest": "0", "latest": "1789632001"}, "3210"),
    ],
)
async def test_history_between_two_times(slack: Sandbox, client: AsyncWebClient, bounds: dict[str, object], texts: str) -> None:
    for number in range(4):
        await slack.person("U01ANA").say("growth", str(number))
    found = await client.conversations_history(channel="C01GROWTH", **bounds)  # type: ignore[arg-type]
    assert [each["text"] for each in found["messages"]] == list(texts)


async def test_history_needs_membership(client: AsyncWebClient) -> None:
    assert await refusal(client.conversations_history(channel="C02RANDOM")) == "not_in_channel"
    assert await refusal(client.conversations_replies(channel="C01GROWTH", ts="1.000000")) == "thread_not_found"


async def test_joining(slack: Sandbox, client: AsyncWebClient) -> None:
    assert (await client.conversations_join(channel="C02RANDOM"))["channel"]["is_member"]
    assert (await client.conversations_join(channel="C02RANDOM"))["warning"] == "already_in_channel"
    assert await refusal(client.conversations_join(channel="C04PAST")) == "is_archived"
    await client.chat_postMessage(channel="C02RANDOM", text="Here now")
    assert [each.text for each in slack.person("U03CHO").sees("random")] == ["Here now"]


async def test_direct_messages_are_opened_once(client: AsyncWebClient) -> None:
    first = await client.conversations_open(users="U01ANA")
    again = await client.conversations_open(users=["U01ANA"], return_im=True)
    assert (first["already_open"], again["already_open"]) == (False, True)
    assert again["channel"]["id"] == first["channel"]["id"]
    assert (again["channel"]["is_im"], again["channel"]["user"]) == (True, "U01ANA")
    group = (await client.conversations_open(users=["U01ANA", "U02BEN"]))["channel"]
    assert (group["is_mpim"], group["name"]) == (True, "mpdm-ana--ben--helper-1")


async def test_who_cannot_be_written_to(slack: Sandbox, client: AsyncWebClient) -> None:
    workspace = slack.workspace()
    workspace.change_user(workspace.users["U03CHO"], deleted=True)
    assert await refusal(client.conversations_open(users="U03CHO")) == "user_disabled"
    assert await refusal(client.conversations_open(users="U0NOBODY")) == "user_not_found"
    assert await refusal(client.conversations_open(users="U0BOT")) == "cannot_dm_bot"
    assert await refusal(client.conversations_open(users="")) == "users_list_not_supplied"
