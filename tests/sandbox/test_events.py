"""What an app hears of, and that it hears of nothing else."""

from typing import Any

from sandbox.server import Sandbox
from sandbox.state import Channel, User
from tests.sandbox.helper import Helper
from tests.sandbox.test_chat import METADATA

Pair = tuple[Sandbox, Helper]
Json = dict[str, Any]


def events(helper: Helper, kind: str) -> list[Json]:
    return [body["event"] for body in helper.of(kind)]


async def test_the_envelope(pair: Pair) -> None:
    slack, helper = pair
    await slack.person("U01ANA").say("growth", "Hello")
    await slack.settle()
    (body,) = helper.of("message")
    event_id, context = body.pop("event_id"), body.pop("event_context")
    client_msg_id = body["event"].pop("client_msg_id")
    assert (event_id[:2], context[:2], len(client_msg_id)) == ("Ev", "4-", 10)
    assert body == {
        "token": "sandbox",
        "team_id": "T01ACME",
        "context_team_id": "T01ACME",
        "context_enterprise_id": None,
        "api_app_id": "A01HELPER",
        "event": {
            "type": "message",
            "user": "U01ANA",
            "text": "Hello",
            "ts": "1789632000.000000",
            "team": "T01ACME",
            "channel": "C01GROWTH",
            "event_ts": "1789632000.000000",
            "channel_type": "channel",
        },
        "type": "event_callback",
        "event_time": 1_789_632_000,
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": "T01ACME",
                "user_id": "U0BOT",
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }


async def test_a_mention_comes_as_two_events(pair: Pair) -> None:
    slack, helper = pair
    message = await slack.person("U01ANA").say("growth", "@helper where from?")
    await slack.settle()
    (mention,) = events(helper, "app_mention")
    assert (mention["text"], mention["ts"], mention["channel"]) == ("<@U0BOT> where from?", message.ts, "C01GROWTH")
    assert "channel_type" not in mention
    assert [each["text"] for each in events(helper, "message")] == ["<@U0BOT> where from?"]


async def test_channels_without_the_bot_are_not_its_business(pair: Pair) -> None:
    slack, helper = pair
    message = await slack.person("U01ANA").say("random", "@helper psst")
    await slack.person("U02BEN").react(message, "tada")
    await slack.settle()
    assert helper.heard == {}


async def test_direct_messages_come_without_a_mention(pair: Pair) -> None:
    slack, helper = pair
    ana = slack.person("U01ANA")
    await ana.say(await ana.open_messages(), "@helper hello")
    await slack.settle()
    assert [each["channel_type"] for each in events(helper, "message")] == ["im"]
    assert events(helper, "app_mention") == []
    assert [each["tab"] for each in events(helper, "app_home_opened")] == ["messages"]


async def test_the_bots_own_messages_and_metadata_come_back(pair: Pair) -> None:
    slack, helper = pair
    posted = await helper.client.chat_postMessage(channel="C01GROWTH", text="<@U0BOT>", metadata=METADATA)
    await helper.client.chat_update(
        channel="C01GROWTH", ts=str(posted["ts"]), text="x", metadata={**METADATA, "event_type": "y"}
    )
    await helper.client.chat_delete(channel="C01GROWTH", ts=str(posted["ts"]))
    await slack.settle()
    own = events(helper, "message")
    assert [(each.get("subtype"), each.get("bot_id")) for each in own] == [
        (None, "B01HELPER"),
        ("message_changed", None),
        ("message_deleted", None),
    ]
    assert events(helper, "app_mention") == []
    (receipt,) = events(helper, "message_metadata_posted")
    assert (receipt["metadata"], receipt["message_ts"], receipt["channel_id"]) == (METADATA, posted["ts"], "C01GROWTH")
    assert (receipt["app_id"], receipt["bot_id"], receipt["user_id"]) == ("A01HELPER", "B01HELPER", "U0BOT")
    (changed,) = events(helper, "message_metadata_updated")
    assert (changed["metadata"]["event_type"], changed["previous_metadata"]) == ("y", METADATA)
    (deleted,) = events(helper, "message_metadata_deleted")
    assert (deleted["previous_metadata"]["event_type"], deleted["deleted_ts"]) == ("y", posted["ts"])


async def test_edits_and_deletions_show_what_was_before(pair: Pair) -> None:
    slack, helper = pair
    ana = slack.person("U01ANA")
    message = await ana.say("growth", "One")
    await ana.edit(message, "Two")
    await ana.delete(message)
    await slack.settle()
    _, changed, deleted = events(helper, "message")
    assert (changed["message"]["text"], changed["previous_message"]["text"]) == ("Two", "One")
    assert changed["message"]["edited"] == {"user": "U01ANA", "ts": "1789632000.000000"}
    assert (deleted["deleted_ts"], deleted["previous_message"]["text"]) == (message.ts, "Two")


async def test_reactions(pair: Pair) -> None:
    slack, helper = pair
    message = await slack.person("U01ANA").say("growth", "One")
    await slack.person("U02BEN").react(message, "tada")
    await slack.person("U02BEN").unreact(message, "tada")
    await slack.settle()
    for kind in ("reaction_added", "reaction_removed"):
        assert events(helper, kind) == [
            {
                "type": kind,
                "user": "U02BEN",
                "reaction": "tada",
                "item_user": "U01ANA",
                "item": {"type": "message", "channel": "C01GROWTH", "ts": message.ts},
                "event_ts": "1789632000.000000",
            }
        ]


async def test_comings_and_goings(pair: Pair) -> None:
    slack, helper = pair
    await slack.person("U03CHO").join("growth")
    await slack.person("U03CHO").leave("growth")
    await slack.person("U01ANA").invite("secret", "U0BOT")
    await slack.settle()
    joined = [(each["user"], each["channel"], each["channel_type"]) for each in events(helper, "member_joined_channel")]
    assert joined == [("U03CHO", "C01GROWTH", "C"), ("U0BOT", "C03SECRET", "G")]
    assert events(helper, "member_joined_channel")[1]["inviter"] == "U01ANA"
    assert [each["user"] for each in events(helper, "member_left_channel")] == ["U03CHO"]


async def test_channels_and_people_change(pair: Pair) -> None:
    slack, helper = pair
    workspace = slack.workspace()
    workspace.change_channel(workspace.channels["C01GROWTH"], by="U01ANA", name="growth-two")
    workspace.change_channel(workspace.channels["C01GROWTH"], by="U01ANA", is_archived=True)
    workspace.add_channel(Channel("C09NEW", "new", creator="U01ANA"))
    workspace.change_user(workspace.users["U02BEN"], tz="Asia/Tokyo")
    workspace.add_user(User("U09DEE", "dee"))
    await slack.settle()
    assert [each["channel"]["name"] for each in events(helper, "channel_rename")] == ["growth-two"]
    assert [each["channel"] for each in events(helper, "channel_archive")] == ["C01GROWTH"]
    assert [each["channel"]["id"] for each in events(helper, "channel_created")] == ["C09NEW"]
    assert [each["user"]["tz"] for each in events(helper, "user_change")] == ["Asia/Tokyo"]
    assert [each["user"]["id"] for each in events(helper, "team_join")] == ["U09DEE"]


async def test_files(pair: Pair) -> None:
    slack, helper = pair
    await helper.client.files_upload_v2(filename="a.txt", content="x", channel="C01GROWTH")
    await slack.settle()
    (shared,) = events(helper, "file_shared")
    assert (shared["channel_id"], shared["user_id"], shared["file"]["name"]) == ("C01GROWTH", "U0BOT", "a.txt")


async def test_any_event_can_be_sent(pair: Pair) -> None:
    slack, helper = pair
    event_id = slack.emit({"type": "app_uninstalled"})
    await slack.settle()
    assert [(each["event_id"], each["event"]["type"]) for each in helper.of("app_uninstalled")] == [
        (event_id, "app_uninstalled")
    ]
