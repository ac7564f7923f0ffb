import asyncio

from slack_sdk.web.async_client import AsyncWebClient

from sandbox.server import Sandbox
from tests.sandbox.helper import modal, plain, text_input
from tests.sandbox.test_chat import refusal

VIEW = modal("one", text_input())
HOME = {"type": "home", "blocks": [{"type": "section", "text": plain("Hello")}]}


def trigger(slack: Sandbox) -> str:
    return slack.context.triggers.issue("A01HELPER", "T01ACME", "U01ANA")


async def test_a_trigger_is_good_once(slack: Sandbox, client: AsyncWebClient) -> None:
    trigger_id = trigger(slack)
    await client.views_open(trigger_id=trigger_id, view=VIEW)
    assert await refusal(client.views_open(trigger_id=trigger_id, view=VIEW)) == "exchanged_trigger_id"
    assert await refusal(client.views_open(trigger_id="1.2.3", view=VIEW)) == "invalid_trigger_id"


async def test_a_trigger_expires(slack: Sandbox, client: AsyncWebClient) -> None:
    slack.context.triggers.seconds = 0.1
    early, late = trigger(slack), trigger(slack)
    assert (await client.views_open(trigger_id=early, view=VIEW))["ok"]
    await asyncio.sleep(0.11)
    assert await refusal(client.views_open(trigger_id=late, view=VIEW)) == "expired_trigger_id"


async def test_three_views_are_the_most(slack: Sandbox, client: AsyncWebClient) -> None:
    root = (await client.views_open(trigger_id=trigger(slack), view=VIEW))["view"]
    for _ in range(2):
        pushed = (await client.views_push(trigger_id=trigger(slack), view=VIEW))["view"]
        assert pushed["root_view_id"] == root["id"]
    assert await refusal(client.views_push(trigger_id=trigger(slack), view=VIEW)) == "push_limit_reached"


async def test_a_modal_is_updated_by_id_and_guarded_by_its_hash(slack: Sandbox, client: AsyncWebClient) -> None:
    view = (await client.views_open(trigger_id=trigger(slack), view={**VIEW, "external_id": "mine"}))["view"]
    new = (await client.views_update(view_id=view["id"], hash=view["hash"], view=modal("two", text_input())))["view"]
    assert (new["callback_id"], new["id"]) == ("two", view["id"])
    old_hash = client.views_update(view_id=view["id"], hash=view["hash"], view=VIEW)
    assert await refusal(old_hash) == "hash_conflict"
    modal_now = slack.person("U01ANA").modal()
    assert modal_now is not None
    assert modal_now.callback_id == "two"


async def test_a_closed_modal_is_not_found(slack: Sandbox, client: AsyncWebClient) -> None:
    view = (await client.views_open(trigger_id=trigger(slack), view=VIEW))["view"]
    open_view = slack.person("U01ANA").modal()
    assert open_view is not None
    await slack.person("U01ANA").close(open_view)
    assert await refusal(client.views_update(view_id=view["id"], view=VIEW)) == "not_found"


async def test_external_ids(slack: Sandbox, client: AsyncWebClient) -> None:
    named = {**VIEW, "external_id": "mine"}
    await client.views_open(trigger_id=trigger(slack), view=named)
    again = client.views_push(trigger_id=trigger(slack), view=named)
    assert await refusal(again) == "duplicate_external_id"
    assert (await client.views_update(external_id="mine", view=named))["ok"]


async def test_the_home_is_published_and_replaced(slack: Sandbox, client: AsyncWebClient) -> None:
    first = (await client.views_publish(user_id="U01ANA", view=HOME))["view"]
    again = (await client.views_publish(user_id="U01ANA", view=HOME, hash=first["hash"]))["view"]
    assert again["id"] == first["id"]
    assert await refusal(client.views_publish(user_id="U01ANA", view=HOME, hash=first["hash"])) == "hash_conflict"
    assert await refusal(client.views_publish(user_id="U0NOBODY", view=HOME)) == "user_not_found"
    home = slack.person("U01ANA").home()
    assert home is not None
    assert [block["text"] for block in home.blocks] == [plain("Hello")]


async def test_a_view_that_slack_refuses(slack: Sandbox, client: AsyncWebClient) -> None:
    long_title = {**VIEW, "title": plain("x" * 25)}
    assert await refusal(client.views_open(trigger_id=trigger(slack), view=long_title)) == "invalid_arguments"
