"""The door: tokens, bodies, unknown methods; and the small methods behind it."""

import base64
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from sandbox.config import Config
from sandbox.server import Sandbox
from tests.sandbox.acme import CONFIG
from tests.sandbox.test_chat import refusal

Json = dict[str, Any]


async def post(slack: Sandbox, method: str, **request: Any) -> Json:
    async with aiohttp.ClientSession() as session, session.post(slack.api_url + method, **request) as response:
        answer: Json = await response.json()
        return answer


AUTH = {"Authorization": "Bearer xoxb-acme"}


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        ({}, "not_authed"),
        ({"headers": {"Authorization": "Bearer xoxb-wrong"}}, "invalid_auth"),
        ({"data": {"token": "xoxb-wrong"}}, "invalid_auth"),
        ({"headers": {"Authorization": "Bearer xapp-acme"}}, "not_allowed_token_type"),
        ({"data": b"{", "headers": {**AUTH, "Content-Type": "application/json"}}, "invalid_json"),
        ({"json": [1], "headers": AUTH}, "json_not_object"),
    ],
)
async def test_calls_that_are_turned_away(slack: Sandbox, request_: Json, error: str) -> None:
    assert await post(slack, "auth.test", **request_) == {"ok": False, "error": error}


@pytest.mark.parametrize(
    "request_",
    [
        {"headers": AUTH},
        {"data": {"token": "xoxb-acme"}},
        {"json": {}, "headers": AUTH},
        {"params": {"token": "xoxb-acme"}},
    ],
)
async def test_tokens_and_bodies_of_all_kinds(slack: Sandbox, request_: Json) -> None:
    assert await post(slack, "auth.test", **request_) == {
        "ok": True,
        "url": slack.url + "/",
        "team": "Acme",
        "user": "helper",
        "team_id": "T01ACME",
        "user_id": "U0BOT",
        "bot_id": "B01HELPER",
        "is_enterprise_install": False,
    }


async def test_structured_arguments_in_a_form(slack: Sandbox) -> None:
    form = {"channel": "C01GROWTH", "text": "x", "blocks": '[{"type": "divider", "block_id": "d"}]'}
    assert (await post(slack, "chat.postMessage", data=form, headers=AUTH))["ok"]
    assert slack.workspace().channels["C01GROWTH"].timeline[0].blocks == [{"type": "divider", "block_id": "d"}]


async def test_a_multipart_form(slack: Sandbox) -> None:
    with aiohttp.MultipartWriter("form-data") as form:
        for name, value in (("channel", "C01GROWTH"), ("text", "x")):
            form.append(value).set_content_disposition("form-data", name=name)
    assert (await post(slack, "chat.postMessage", data=form, headers=AUTH))["ok"]


async def test_unknown_methods(slack: Sandbox) -> None:
    expected = {"ok": False, "error": "unknown_method", "req_method": "chat.shout"}
    assert await post(slack, "chat.shout", headers=AUTH) == expected


async def test_a_revoked_token(slack: Sandbox, client: AsyncWebClient) -> None:
    await post_fault(slack, {"act": "revoke", "token": "xoxb-acme"})
    assert await refusal(client.auth_test()) == "token_revoked"


async def post_fault(slack: Sandbox, body: Json) -> None:
    async with aiohttp.ClientSession() as session, session.post(f"{slack.url}/faults", json=body) as response:
        assert response.status == 200


async def test_a_missing_scope_says_which(config: Config) -> None:
    app = config.apps[0].model_copy(update={"scopes": ("chat:write",)})
    async with Sandbox(config.model_copy(update={"apps": (app,)})) as slack:
        assert await post(slack, "users.info", data={"user": "U01ANA"}, headers=AUTH) == {
            "ok": False,
            "error": "missing_scope",
            "needed": "users:read",
            "provided": "chat:write",
        }


async def test_who_is_who(client: AsyncWebClient) -> None:
    user = (await client.users_info(user="U02BEN", include_locale=True))["user"]
    shown = {name: user[name] for name in ("id", "name", "real_name", "tz", "tz_offset", "locale", "is_bot", "deleted")}
    assert shown == {
        "id": "U02BEN",
        "name": "ben",
        "real_name": "Ben Okafor",
        "tz": "America/New_York",
        "tz_offset": -4 * 3600,
        "locale": "en-US",
        "is_bot": False,
        "deleted": False,
    }
    assert user["profile"]["email"] == "ben@acme.example"
    assert await refusal(client.users_info(user="U0NOBODY")) == "user_not_found"
    assert [each["id"] for each in (await client.users_list())["members"]] == ["U01ANA", "U02BEN", "U03CHO", "U0BOT"]
    bot = (await client.bots_info(bot="B01HELPER"))["bot"]
    assert (bot["app_id"], bot["user_id"], bot["name"]) == ("A01HELPER", "U0BOT", "Helper")
    assert await refusal(client.bots_info(bot="B0NONE")) == "bot_not_found"
    team = (await client.team_info())["team"]
    assert (team["id"], team["name"], team["domain"]) == ("T01ACME", "Acme", "acme")


async def test_lists_come_in_pages(client: AsyncWebClient) -> None:
    names = [[each["name"] for each in page["members"]] async for page in await client.users_list(limit=3)]
    assert names == [["ana", "ben", "cho"], ["helper"]]
    assert await refusal(client.users_list(cursor="nonsense")) == "invalid_cursor"


async def test_a_file_is_uploaded_and_served(slack: Sandbox, client: AsyncWebClient) -> None:
    answer = await client.files_upload_v2(
        filename="notes.txt", content="Hello", title="Notes", channel="C01GROWTH", initial_comment="See"
    )
    file = answer["file"]
    assert (file["name"], file["title"], file["mimetype"], file["size"]) == ("notes.txt", "Notes", "text/plain", 5)
    async with aiohttp.ClientSession() as session, session.get(file["url_private"]) as response:
        assert await response.text() == "Hello"
    assert [(each.text, each.files) for each in slack.person("U01ANA").sees("growth")] == [("See", [file["id"]])]


async def test_a_file_that_was_never_uploaded(client: AsyncWebClient) -> None:
    asked = await client.files_getUploadURLExternal(filename="a.png", length=3)
    complete = client.files_completeUploadExternal(files=[{"id": asked["file_id"], "title": "A"}])
    assert await refusal(complete) == "file_not_found"


async def consent(slack: Sandbox) -> str:
    """The address to which a person's yes leads."""
    query = {"client_id": "1.2", "scope": "chat:write", "redirect_uri": "http://127.0.0.1/back", "state": "s1"}
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{slack.url}/oauth/v2/authorize", params=query) as page:
            assert "Helper asks to join your workspace" in await page.text()
        async with session.post(f"{slack.url}/oauth/v2/authorize", data=query, allow_redirects=False) as answer:
            return answer.headers["Location"]


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")  # by aiohttp; slack_sdk uses it still
async def test_an_app_is_installed_by_oauth(slack: Sandbox) -> None:
    code = (await consent(slack)).removeprefix("http://127.0.0.1/back?code=").removesuffix("&state=s1")
    client = AsyncWebClient(base_url=slack.api_url)
    granted = await client.oauth_v2_access(client_id="1.2", client_secret="very secret", code=code)
    assert granted.data == {
        "ok": True,
        "app_id": "A01HELPER",
        "authed_user": {"id": "U01ANA"},
        "scope": "",
        "token_type": "bot",
        "access_token": "xoxb-acme",
        "bot_user_id": "U0BOT",
        "team": {"id": "T01ACME", "name": "Acme"},
        "enterprise": None,
        "is_enterprise_install": False,
    }
    again = client.oauth_v2_access(client_id="1.2", client_secret="very secret", code=code)
    assert await refusal(again) == "invalid_code"


@pytest.mark.parametrize(("basic", "error"), [("1.2:wrong", "bad_client_secret"), ("9.9:x", "invalid_client_id")])
async def test_oauth_refuses_strangers(slack: Sandbox, basic: str, error: str) -> None:
    headers = {"Authorization": "Basic " + base64.b64encode(basic.encode()).decode()}
    assert await post(slack, "oauth.v2.access", data={"code": "x"}, headers=headers) == {"ok": False, "error": error}


async def test_two_workspaces_are_told_apart_by_token() -> None:
    other = {"id": "T02BETA", "name": "Beta", "domain": "beta", "channels": [{"id": "C0BETA", "name": "beta"}]}
    app = {**CONFIG["apps"][0], "bot_tokens": {"T01ACME": "xoxb-acme", "T02BETA": "xoxb-beta"}}
    config = Config.model_validate({**CONFIG, "workspaces": [*CONFIG["workspaces"], other], "apps": [app]})
    async with Sandbox(config) as slack:
        client = AsyncWebClient(token="xoxb-beta", base_url=slack.api_url)
        assert (await client.auth_test())["team_id"] == "T02BETA"
        with pytest.raises(SlackApiError, match="channel_not_found"):
            await client.chat_postMessage(channel="C01GROWTH", text="x")
