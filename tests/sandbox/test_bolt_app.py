"""An unchanged Bolt app on the sandbox, over Socket Mode and over signed HTTP."""

import aiohttp
import pytest
from slack_sdk.webhook.async_client import AsyncWebhookClient

from sandbox.outcomes import AppDidNotRespond, Option, SubmitResult, Unknown
from sandbox.server import Sandbox
from sandbox.state import View
from tests.sandbox.helper import CARD, Helper, modal, option, text_input

Pair = tuple[Sandbox, Helper]


async def opened(slack: Sandbox) -> View:
    ana = slack.person("U01ANA")
    await ana.command("growth", "/ask", "why")
    view: View = await ana.wait_for(ana.modal)
    return view


async def test_a_command_opens_a_modal_and_its_answers_reach_the_app(pair: Pair) -> None:
    slack, helper = pair
    view = await opened(slack)
    result = await slack.person("U01ANA").submit(view, {"text": "Why so?", "topic": option("Growth", "growth")})
    assert result == SubmitResult(closed=True)
    submission = helper.of("question")[0]
    assert submission["view"]["state"]["values"] == {
        "what": {"text": {"type": "plain_text_input", "value": "Why so?"}},
        "about": {"topic": {"type": "external_select", "selected_option": option("Growth", "growth")}},
    }
    assert submission["user"] == {"id": "U01ANA", "username": "ana", "name": "ana", "team_id": "T01ACME"}
    assert slack.person("U01ANA").modal() is None


async def test_a_command_carries_what_slack_sends(pair: Pair) -> None:
    slack, helper = pair
    await opened(slack)
    body = helper.of("/ask")[0]
    response_url, trigger_id = body.pop("response_url"), body.pop("trigger_id")
    assert response_url.startswith(f"{slack.url}/response/T01ACME/A01HELPER/")
    assert trigger_id.count(".") == 2
    assert body == {
        "token": "sandbox",
        "team_id": "T01ACME",
        "team_domain": "acme",
        "channel_id": "C01GROWTH",
        "channel_name": "growth",
        "user_id": "U01ANA",
        "user_name": "ana",
        "command": "/ask",
        "text": "why",
        "api_app_id": "A01HELPER",
        "is_enterprise_install": "false",
    }


async def test_a_command_can_answer_at_once_seen_by_its_giver_only(pair: Pair) -> None:
    slack, _ = pair
    reply = await slack.person("U01ANA").command("growth", "/ask", "now")
    assert reply.text == "Here you are."
    assert slack.person("U01ANA").sees("growth") == [reply.message]
    assert slack.person("U02BEN").sees("growth") == []


async def test_an_unknown_command_is_told_at_once(pair: Pair) -> None:
    with pytest.raises(Unknown, match="/nonsense"):
        await pair[0].person("U01ANA").command("growth", "/nonsense")


async def test_errors_stay_under_their_fields(pair: Pair) -> None:
    slack, helper = pair
    view = await opened(slack)
    helper.answer = {"response_action": "errors", "errors": {"what": "Say more."}}
    assert await slack.person("U01ANA").submit(view, {"text": "x"}) == SubmitResult(errors={"what": "Say more."})
    assert slack.person("U01ANA").modal() is view


async def test_errors_for_no_field_of_the_view_are_trouble(pair: Pair) -> None:
    slack, helper = pair
    view = await opened(slack)
    helper.answer = {"response_action": "errors", "errors": {"elsewhere": "Say more."}}
    with pytest.raises(AppDidNotRespond, match="trouble connecting"):
        await slack.person("U01ANA").submit(view, {"text": "x"})


async def test_an_empty_required_field_never_reaches_the_app(pair: Pair) -> None:
    slack, helper = pair
    view = await opened(slack)
    result = await slack.person("U01ANA").submit(view, {"text": ""})
    assert result == SubmitResult(errors={"what": "Please complete this required field."})
    assert helper.of("question") == []


async def test_a_submission_can_update_the_view_and_keeps_what_was_typed(pair: Pair) -> None:
    slack, helper = pair
    view = await opened(slack)
    helper.answer = {"response_action": "update", "view": modal("question", text_input(), text_input("second", "more"))}
    result = await slack.person("U01ANA").submit(view, {"text": "kept"})
    assert result == SubmitResult(updated=view)
    assert view.values == {
        "what": {"text": {"type": "plain_text_input", "value": "kept"}},
        "second": {"more": {"type": "plain_text_input", "value": None}},
    }


async def test_a_submission_can_push_a_view_and_clear_the_stack(pair: Pair) -> None:
    slack, helper = pair
    ana = slack.person("U01ANA")
    view = await opened(slack)
    helper.answer = {"response_action": "push", "view": modal("question", text_input())}
    pushed = (await ana.submit(view, {"text": "one"})).pushed
    assert pushed is not None
    assert (pushed.root_view_id, pushed.previous_view_id) == (view.id, view.id)
    assert ana.modal() is pushed
    helper.answer = {"response_action": "clear"}
    assert await ana.submit(pushed, {"text": "two"}) == SubmitResult(closed=True)
    assert ana.modal() is None


async def test_closing_is_told_to_an_app_that_asked_for_it(pair: Pair) -> None:
    slack, helper = pair
    view = await opened(slack)
    await slack.person("U01ANA").close(view)
    closed = helper.of("closed")[0]
    assert (closed["view"]["id"], closed["is_cleared"]) == (view.id, False)


async def test_type_ahead_asks_the_app(pair: Pair) -> None:
    slack, helper = pair
    view = await opened(slack)
    found = await slack.person("U01ANA").type_ahead(view, "topic", "g")
    assert found == [
        Option("Growth", "growth", option("Growth", "growth")),
        Option("Pricing", "pricing", option("Pricing", "pricing")),
    ]
    asked = helper.of("block_suggestion")[0]
    assert (asked["block_id"], asked["action_id"], asked["value"]) == ("about", "topic", "g")
    assert asked["container"] == {"type": "view", "view_id": view.id}


async def test_a_button_in_a_modal_carries_the_state_so_far(pair: Pair) -> None:
    slack, helper = pair
    view = await opened(slack)
    await slack.person("U01ANA").click(view, "further", values={"text": "half a th"})
    action = helper.of("block_actions")[0]
    assert action["view"]["state"]["values"]["what"] == {"text": {"type": "plain_text_input", "value": "half a th"}}
    assert "response_url" not in action


async def test_a_button_on_a_message_says_where_it_was_pressed(pair: Pair) -> None:
    slack, helper = pair
    posted = await helper.client.chat_postMessage(channel="C01GROWTH", text="A card", blocks=CARD)
    message = slack.workspace().channels["C01GROWTH"].by_ts[str(posted["ts"])]
    await slack.person("U02BEN").click(message, "go")
    body = helper.of("block_actions")[0]
    assert body["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": "C01GROWTH",
        "is_ephemeral": False,
    }
    assert body["channel"] == {"id": "C01GROWTH", "name": "growth"}
    assert body["message"]["blocks"] == CARD
    action = body["actions"][0]
    assert (action["block_id"], action["action_id"], action["value"]) == ("buttons", "go", "card-1")


async def test_a_response_url_is_good_for_five_answers(pair: Pair) -> None:
    slack, helper = pair
    ana = slack.person("U01ANA")
    reply = await ana.command("growth", "/ask", "now")
    assert reply.message is not None
    await ana.click(reply.message, "go")
    webhook = AsyncWebhookClient(helper.of("block_actions")[0]["response_url"])
    statuses = [(await webhook.send(text="Changed.", replace_original=True)).status_code for _ in range(5)]
    assert statuses == [200] * 5
    assert [(each.text, each.ephemeral_to) for each in ana.sees("growth")] == [("Changed.", "U01ANA")]
    sixth = await webhook.send(text="Once more.")
    assert (sixth.status_code, sixth.body) == (404, '{"ok": false, "error": "used_url"}')


async def test_a_response_url_can_delete_and_speak_to_all(pair: Pair) -> None:
    slack, helper = pair
    ana = slack.person("U01ANA")
    reply = await ana.command("growth", "/ask", "now")
    assert reply.message is not None
    await ana.click(reply.message, "go")
    webhook = AsyncWebhookClient(helper.of("block_actions")[0]["response_url"])
    await webhook.send(delete_original=True)
    await webhook.send(text="For all.", response_type="in_channel")
    assert [each.text for each in slack.person("U02BEN").sees("growth")] == ["For all."]
    assert [each.text for each in ana.sees("growth")] == ["For all."]


async def test_a_response_url_with_words_for_nobody_is_refused(pair: Pair) -> None:
    slack, helper = pair
    await opened(slack)
    async with aiohttp.ClientSession() as session, session.post(helper.of("/ask")[0]["response_url"], json={}) as response:
        assert (response.status, await response.json()) == (400, {"ok": False, "error": "no_text"})


async def test_shortcuts(pair: Pair) -> None:
    slack, helper = pair
    ana = slack.person("U01ANA")
    message = await ana.say("growth", "Worth keeping")
    await ana.shortcut("save", message)
    await ana.shortcut("new")
    saved, new = helper.of("message_action")[0], helper.of("shortcut")[0]
    assert (saved["callback_id"], saved["message"]["text"], saved["channel"]["id"]) == ("save", "Worth keeping", "C01GROWTH")
    assert (new["callback_id"], new["user"]["id"], "channel" in new) == ("new", "U01ANA", False)


async def test_a_home_is_published_when_it_is_opened(pair: Pair) -> None:
    slack, helper = pair
    ana = slack.person("U01ANA")
    assert await ana.open_home() is None
    home: View = await ana.wait_for(ana.home)
    assert home.blocks == [{"type": "section", "block_id": "hello", "text": {"type": "plain_text", "text": "Hello"}}]
    await ana.open_home()
    await slack.settle()
    first, second = (each["event"] for each in helper.of("app_home_opened"))
    assert "view" not in first
    assert second["view"]["id"] == home.id


async def test_an_app_that_is_too_slow_is_noticed(pair: Pair) -> None:
    slack, _ = pair
    slack.faults.add("drop", "/ask")
    with pytest.raises(AppDidNotRespond, match="/ask failed because the app did not respond"):
        await slack.person("U01ANA").command("growth", "/ask", "why")
