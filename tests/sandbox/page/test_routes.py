"""The page over HTTP, without a browser."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from sandbox.config import Config
from sandbox.person import Upload
from sandbox.server import Sandbox
from tests.sandbox.page.demo import CONFIG


@pytest.fixture
async def quiet() -> AsyncIterator[Sandbox]:
    """The company with its app asleep."""
    async with Sandbox(Config.model_validate(CONFIG), answer_seconds=0.1) as slack:
        yield slack


@pytest.fixture
async def http(quiet: Sandbox) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(quiet.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield session


async def act(http: aiohttp.ClientSession, user: str, deed: str, /, **body: Any) -> dict[str, Any]:
    async with http.post(f"/as/{user}/act/{deed}", json=body) as response:
        answer: dict[str, Any] = await response.json()
        return answer


async def lands_at(http: aiohttp.ClientSession, path: str) -> str:
    async with http.get(path) as response:
        assert response.status == 200
        return str(response.url.relative())


async def test_the_front_door_leads_to_the_first_channel_and_later_to_whom_one_was(http: aiohttp.ClientSession) -> None:
    assert await lands_at(http, "/") == "/as/U01ANA/C01GROWTH"
    assert await lands_at(http, "/as/U03CHO") == "/as/U03CHO"
    assert await lands_at(http, "/") == "/as/U03CHO/C02PLATFORM"


async def test_who_may_not_look_is_led_to_where_they_may(http: aiohttp.ClientSession) -> None:
    assert await lands_at(http, "/as/U02IVO/C03LEADS") == "/as/U02IVO/C01GROWTH"
    assert await lands_at(http, "/as/U9NOBODY/C03LEADS") == "/as/U02IVO/C01GROWTH"
    assert await lands_at(http, "/as/U0BOT/C03LEADS") == "/as/U02IVO/C01GROWTH"


async def test_a_permalink_leads_to_the_message(quiet: Sandbox, http: aiohttp.ClientSession) -> None:
    first = await quiet.person("U01ANA").say("growth", "first")
    reply = await quiet.person("U01ANA").say("growth", "reply", thread_ts=first.ts)
    await lands_at(http, "/as/U02IVO/C01GROWTH")
    plain_ts = reply.ts.replace(".", "")
    path = f"/archives/C01GROWTH/p{plain_ts}?thread_ts={first.ts}&cid=C01GROWTH"
    async with http.get(path, allow_redirects=False) as response:
        assert response.headers["Location"] == f"/as/U02IVO/C01GROWTH/thread/{first.ts}#t-{reply.ts}"


async def test_what_is_said_is_escaped_and_mentions_are_made(quiet: Sandbox, http: aiohttp.ClientSession) -> None:
    answer = await act(http, "U01ANA", "say", channel="C01GROWTH", text="@Ivo Marin <b> #growth")
    assert answer == {"ok": True, "channel": "C01GROWTH"}
    said = quiet.person("U01ANA").sees("growth")[-1]
    assert said.text == "<@U02IVO> &lt;b&gt; <#C01GROWTH|growth>"


async def test_the_first_words_to_someone_open_the_direct_message(quiet: Sandbox, http: aiohttp.ClientSession) -> None:
    answer = await act(http, "U01ANA", "say", channel="U02IVO", text="hi")
    assert [each.text for each in quiet.person("U02IVO").sees(answer["channel"])] == ["hi"]


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        (
            "say",
            {"channel": "C01GROWTH", "text": "/nope x"},
            "/nope is not a valid command. To send a message that starts with “/”, put a space before it.",
        ),
        ("say", {"channel": "C01GROWTH", "text": "/idea", "thread_ts": "1.2"}, "/idea is not supported in threads. Sorry!"),
        ("say", {"channel": "C01GROWTH", "text": "/idea"}, "/idea failed because the app did not respond."),
        ("say", {"channel": "C01GROWTH", "text": "  "}, "There is nothing to send yet."),
        ("react", {"message": "C01GROWTH:1.2", "name": "eyes"}, "This message is not here any more."),
        ("submit", {"view": "V1"}, "This window is not open any more."),
    ],
)
async def test_a_refusal_comes_back_in_words(http: aiohttp.ClientSession, name: str, body: dict[str, Any], words: str) -> None:
    assert await act(http, "U01ANA", name, **body) == {"ok": False, "error": words}


async def test_another_site_cannot_act_here(quiet: Sandbox, http: aiohttp.ClientSession) -> None:
    body = {"channel": "C01GROWTH", "text": "spam"}
    for path in ("act/say", "act/clock", "read", "options", "tour"):
        async with http.post(f"/as/U01ANA/{path}", json=body, headers={"Sec-Fetch-Site": "cross-site"}) as response:
            assert response.status == 403
    assert quiet.person("U01ANA").sees("growth") == []


async def test_the_page_allows_no_script_but_its_own(http: aiohttp.ClientSession) -> None:
    async with http.get("/as/U01ANA/C01GROWTH") as response:
        policy = response.headers["Content-Security-Policy"]
        text = await response.text()
    assert policy.startswith("default-src 'self'; img-src")
    assert 'style="' not in text


async def test_a_file_is_shown_only_to_those_who_see_its_channel(quiet: Sandbox, http: aiohttp.ClientSession) -> None:
    said = await quiet.person("U01ANA").say("leads", "look", files=[Upload("plan.html", b"<script>")])
    path = f"files/{said.files[0]}"
    async with http.get(f"/as/U01ANA/{path}") as response:
        assert (response.status, response.content_type) == (200, "application/octet-stream")
        assert response.headers["Content-Disposition"] == "attachment"
    async with http.get(f"/as/U02IVO/{path}") as response:
        assert response.status == 404


async def test_a_file_comes_with_words(quiet: Sandbox, http: aiohttp.ClientSession) -> None:
    form = aiohttp.FormData()
    form.add_field("asked", '{"channel": "C01GROWTH", "text": "the plan"}')
    form.add_field("file", b"1,2", filename="plan.csv")
    async with http.post("/as/U01ANA/act/say", data=form) as response:
        assert (await response.json())["ok"] is True
    said = quiet.person("U01ANA").sees("growth")[-1]
    assert [(quiet.workspace().files[each].name, quiet.workspace().files[each].content) for each in said.files] == [
        ("plan.csv", b"1,2")
    ]


async def test_the_clock_is_moved_and_paused(quiet: Sandbox, http: aiohttp.ClientSession) -> None:
    await act(http, "U01ANA", "clock", to="2026-09-18T13:00:00+00:00")
    await act(http, "U01ANA", "clock", advance_seconds=3600)
    assert quiet.clock.now().isoformat() == "2026-09-18T14:00:00+00:00"
    await act(http, "U01ANA", "clock", runs=True)
    assert quiet.clock.runs is True


async def test_a_reaction_is_taken_back_by_the_second_press(quiet: Sandbox, http: aiohttp.ClientSession) -> None:
    said = await quiet.person("U02IVO").say("growth", "hello")
    press = {"message": f"C01GROWTH:{said.ts}", "name": "eyes"}
    await act(http, "U01ANA", "react", **press)
    assert [(each.name, each.users) for each in said.reactions] == [("eyes", ["U01ANA"])]
    await act(http, "U01ANA", "react", **press)
    assert said.reactions == []


@pytest.mark.parametrize("part", ["sidebar", "header", "messages", "modals", "clock", "log", "tour"])
async def test_each_part_can_be_fetched_alone(http: aiohttp.ClientSession, part: str) -> None:
    async with http.get(f"/as/U01ANA/part/{part}", params={"place": "C01GROWTH", "tab": "channel"}) as response:
        assert response.status == 200


@pytest.mark.parametrize("path", ["part/page?place=C01GROWTH", "part/messages?place=C99", "log/99", "files/F99"])
async def test_what_is_not_there_is_not_found(http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(f"/as/U01ANA/{path}") as response:
        assert response.status == 404


async def test_live_events_begin_with_all_and_then_name_what_changed(quiet: Sandbox, http: aiohttp.ClientSession) -> None:
    async with http.get("/as/U01ANA/live") as stream:
        lines = (line.decode().strip() async for line in stream.content)
        assert [await anext(lines) for _ in range(3)] == ["retry: 500", 'data: ["all"]', ""]
        said = await quiet.person("U02IVO").say("growth", "hello")
        assert await anext(lines) == f'data: ["channel:C01GROWTH", "log", "sidebar", "thread:{said.ts}"]'
