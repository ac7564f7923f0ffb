"""The pure parts behind the page: what is typed, things to try, where one is, what is unread, what changed."""

from datetime import UTC, datetime, timedelta

import pytest

from sandbox.clock import Clock
from sandbox.config import AppConfig, Config
from sandbox.log import Exchange
from sandbox.page.avatars import avatar, initials
from sandbox.page.exchanges import Line, lines
from sandbox.page.live import parts_changed
from sandbox.page.marks import Marks
from sandbox.page.messages import MessageReader
from sandbox.page.places import find_place, first_place
from sandbox.page.reader import Reader
from sandbox.page.sidebar import Item, SidebarMaker
from sandbox.page.suggestions import suggestions
from sandbox.page.tour import Progress, matches
from sandbox.page.typed import split_command, typed_text, with_mentions
from sandbox.seed import seed
from sandbox.workspace import Change, Workspace
from tests.sandbox.page.demo import CONFIG

NOW = datetime(2026, 9, 17, 8, tzinfo=UTC)


@pytest.fixture
def config() -> Config:
    return Config.model_validate(CONFIG)


@pytest.fixture
def apps(config: Config) -> tuple[AppConfig, ...]:
    return config.apps


@pytest.fixture
def acme_now(config: Config) -> Workspace:
    """The company as it begins, without a server."""
    workspace = Workspace("T01ACME", "Acme", "acme", Clock(NOW, runs=False))
    seed(workspace, config)
    return workspace


@pytest.mark.parametrize(
    ("typed", "command"),
    [
        ("/bet Guide the board ", ("/bet", "Guide the board")),
        ("/BET", ("/bet", "")),
        ("/pom help\nme", ("/pom", "help\nme")),
        (" /bet", None),
        ("/path/to/file", None),
        ("either/or", None),
        ("/", None),
    ],
)
def test_tells_commands_from_words(typed: str, command: tuple[str, str] | None) -> None:
    assert split_command(typed) == command


def test_names_become_mentions_the_longest_first() -> None:
    users = {"ana": "U1", "Ana Ruiz": "U1", "Ideas": "U0"}
    typed = "@Ana Ruiz and @ana, ask @ideas; mail ana@ideas, @anabel"
    assert with_mentions(typed, users) == "<@U1> and <@U1>, ask <@U0>; mail ana@ideas, @anabel"


def test_a_stored_text_is_edited_as_it_was_typed(reader: Reader) -> None:
    stored = "&lt;b&gt; <@U01ANA> in <#C01GROWTH|growth> <https://a.b> <!here>"
    assert typed_text(stored, reader) == "<b> @Ana Ruiz in #growth https://a.b @here"


@pytest.mark.parametrize(
    ("wanted", "deed", "done"),
    [
        ({"command": "/bet"}, {"command": "/bet"}, True),
        ({"command": "/bet"}, {"command": "/bet", "text": "Guide the board"}, True),
        ({"command": "/bet"}, {"command": "/pom"}, False),
        ({"command": "/pom", "text": "BET-12"}, {"command": "/pom", "text": "bet-12"}, True),
        ({"command": "/pom", "text": "BET-12"}, {"command": "/pom", "text": "help"}, False),
        ({"clock_moved": True}, {"clock_moved": True}, True),
        ({"mention": True, "thread": True}, {"said": True, "mention": True, "thread": False}, False),
        ({}, {"said": True}, False),
    ],
)
def test_a_step_is_done_by_its_deed(wanted: dict[str, str | bool], deed: dict[str, str | bool], done: bool) -> None:
    assert matches(wanted, deed) is done


@pytest.mark.parametrize("progress", [Progress(), Progress(frozenset({0, 2})), Progress(frozenset({1}), dismissed=True)])
def test_progress_survives_its_cookie(progress: Progress) -> None:
    assert Progress.parse(str(progress)) == progress


def test_one_begins_in_ones_first_channel(acme_now: Workspace) -> None:
    assert [first_place(acme_now, user) for user in ("U01ANA", "U02IVO", "U03CHO")] == ["C01GROWTH", "C01GROWTH", "C02PLATFORM"]


@pytest.mark.parametrize(
    ("user", "wanted", "tab", "found"),
    [
        ("U01ANA", "C01GROWTH", "", ("channel", "growth")),
        ("U01ANA", "C02PLATFORM", "", ("channel", "platform")),
        ("U02IVO", "C03LEADS", "", None),
        ("U01ANA", "C99", "", None),
        ("U01ANA", "A01IDEAS", "", ("home", "Ideas")),
        ("U01ANA", "A01IDEAS", "messages", ("messages", "Ideas")),
        ("U01ANA", "U02IVO", "", ("person", "Ivo Marin")),
    ],
)
def test_finds_only_what_is_open_to_a_person(
    acme_now: Workspace, apps: tuple[AppConfig, ...], user: str, wanted: str, tab: str, found: tuple[str, str] | None
) -> None:
    place = find_place(acme_now, apps, user, wanted, tab)
    assert (place and (place.kind, place.title)) == found


def test_the_direct_message_with_an_app_is_the_apps_messages(acme_now: Workspace, apps: tuple[AppConfig, ...]) -> None:
    channel = acme_now.open_conversation(["U01ANA", "U0BOT"])
    place = find_place(acme_now, apps, "U01ANA", channel.id)
    assert place is not None
    assert (place.id, place.kind, place.channel) == ("A01IDEAS", "messages", channel)


def test_the_sidebar_counts_what_is_unread(acme_now: Workspace, apps: tuple[AppConfig, ...], reader: Reader) -> None:
    marks = Marks()
    growth = acme_now.channels["C01GROWTH"]
    acme_now.post(growth, "U02IVO", "before")
    marks.begin([acme_now])
    acme_now.post(growth, "U02IVO", "hello <@U01ANA>")
    acme_now.post(growth, "U01ANA", "my own words")
    acme_now.post(growth, "U0BOT", "not for Ana", ephemeral_to="U02IVO")
    acme_now.post(acme_now.open_conversation(["U01ANA", "U0BOT"]), "U0BOT", "a check-in")
    place = find_place(acme_now, apps, "U01ANA", "C03LEADS")
    assert place is not None
    sidebar = SidebarMaker(acme_now, apps, marks, reader, place).make()
    bot = acme_now.users["U0BOT"]
    assert sidebar.channels == [
        Item("public", "growth", "/as/U01ANA/C01GROWTH", unread=True, mentions=1),
        Item("private", "leads", "/as/U01ANA/C03LEADS", current=True),
    ]
    assert sidebar.more_channels == [Item("public", "platform", "/as/U01ANA/C02PLATFORM")]
    assert sidebar.apps == [Item("app", "Ideas", "/as/U01ANA/A01IDEAS/messages", unread=True, mentions=1, user=bot)]
    assert sidebar.mentions == 2
    assert [marks.read("U01ANA", growth), marks.read("U01ANA", growth)] == [True, False]


def test_messages_of_one_author_stand_together_until_a_new_day(acme_now: Workspace, reader: Reader) -> None:
    growth, clock = acme_now.channels["C01GROWTH"], acme_now.clock
    first = acme_now.post(growth, "U01ANA", "one")
    acme_now.post(growth, "U01ANA", "two")
    acme_now.post(growth, "U01ANA", "three", thread_ts=first.ts)
    acme_now.post(growth, "U02IVO", "four")
    clock.advance(timedelta(days=1))
    acme_now.post(growth, "U02IVO", "five")
    entries = MessageReader(acme_now, reader, "C01GROWTH").entries(growth.timeline)
    assert [(each.message.text, each.heading, each.compact) for each in entries] == [
        ("one", True, False),
        ("two", False, True),
        ("four", False, False),
        ("five", True, False),
    ]
    assert entries[0].thread is not None
    assert (entries[0].thread.count, entries[0].thread.href) == (1, f"/as/U01ANA/C01GROWTH/thread/{first.ts}")


def test_a_change_touches_only_the_pages_of_those_who_see_it(acme_now: Workspace) -> None:
    leads = acme_now.channels["C03LEADS"]
    secret = acme_now.post(leads, "U01ANA", "for leads")
    change = Change("message_posted", "T01ACME", secret, user="U01ANA", channel=leads.id)
    assert parts_changed(change, acme_now, "U01ANA") == {"channel:C03LEADS", "sidebar", f"thread:{secret.ts}"}
    assert parts_changed(change, acme_now, "U02IVO") == set()
    aside = acme_now.post(acme_now.channels["C01GROWTH"], "U0BOT", "psst", ephemeral_to="U02IVO")
    assert parts_changed(Change("message_posted", "T01ACME", aside), acme_now, "U01ANA") == set()


@pytest.mark.parametrize(
    ("element", "query", "found"),
    [
        ({"type": "users_select"}, "iv", ["Ivo Marin"]),
        ({"type": "multi_channels_select"}, "#", ["#growth", "#platform"]),
        ({"type": "conversations_select", "filter": {"include": ["private"]}}, "", ["#leads"]),
        ({"type": "conversations_select"}, "", ["#growth", "#leads", "#platform", "Ideas"]),
        ({"type": "conversations_select", "filter": {"exclude_bot_users": True}}, "", ["#growth", "#leads", "#platform"]),
    ],
)
def test_selects_of_the_workspace_offer_what_a_person_may_see(
    acme_now: Workspace, element: dict[str, object], query: str, found: list[str]
) -> None:
    acme_now.open_conversation(["U01ANA", "U0BOT"])
    assert [each["text"] for each in suggestions(acme_now, "U01ANA", element, query)] == found


def test_the_log_is_listed_newest_first_and_filtered() -> None:
    def exchange(number: int, what: str, response: object, status: int = 200) -> Exchange:
        return Exchange(number, NOW, "from app", what, "A1", {"channel": "C1"}, response, status, 2.5)

    log = [
        exchange(1, "chat.postMessage", {"ok": True}),
        exchange(2, "views.open", {"ok": False, "error": "expired_trigger_id"}),
        exchange(3, "auth.test", "", 500),
    ]
    assert lines(log) == [
        Line(3, NOW, "from app", "auth.test", "500", True, 2.5),
        Line(2, NOW, "from app", "views.open", "expired_trigger_id", True, 2.5),
        Line(1, NOW, "from app", "chat.postMessage", "ok", False, 2.5),
    ]
    assert [line.number for line in lines(log, "EXPIRED views")] == [2]


def test_faces_are_initials_or_an_emoji() -> None:
    assert [initials(name) for name in ("Ana Ruiz", "mira", "Jo de la Cruz", "")] == ["AR", "m", "JC", ""]
    assert "🧵" in avatar("U0", "Ideas", icon=":thread:")
    assert 'src="https://a.b/i.png"' in avatar("U0", "Ideas", icon="https://a.b/i.png")
