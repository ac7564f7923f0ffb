"""What people type behind /pom: taken apart as they mean it; and whatever it is, it gets an answer that Slack takes."""

import asyncio
import shutil
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.deliver import Delivery
from bot.desk import Desk
from bot.directory import Directory
from bot.errors import attempted
from bot.fitting import fitted
from bot.flows.pom.command import pom, read
from bot.flows.pom.link import Said, read_link
from bot.flows.pom.part import NoSuchTeam, Part, read_part
from bot.flows.pom.registry import COMMANDS
from bot.flows.pom.subcommand import offered, registered
from bot.flows.pom.value import Value, read_value
from bot.flows.pom.words import key_first, key_of, kind_in, near_keys, near_kinds, near_name, only_key_in, wrong_key
from bot.requests import Request
from bot.slack import CallFailed, Slack
from prompts import parts
from prompts.blocks import Message
from sandbox import strict
from storage.database import Database
from storage.errors import NotFound, Refused
from storage.packs.pack import starter
from storage.tables import LOCAL_WORKSPACE
from tests.storage.graphs import StillClock
from tests.support.copies import put_organisation

KINDS = starter()
TEAMS = ["Growth", "Payments", "Core Platform"]
NOW = datetime(2026, 9, 17, 8, tzinfo=UTC)  # a Thursday


@pytest.mark.parametrize(
    ("words", "name", "rest"),
    [
        ("", "help", ""),
        (" ? ", "help", ""),
        ("  BOARD   growth ", "board", "growth"),
        ("why-me", "why-me", ""),
        ("why me", "why-me", ""),
        ("Why BET-12", "why", "BET-12"),
        ("boards", None, ""),
    ],
)
def test_a_command_is_read_in_any_case_with_any_spaces(words: str, name: str | None, rest: str) -> None:
    command, after = read(words)
    assert (command and command.name, after) == (name, rest)


def test_every_command_says_how_it_is_written_and_only_admins_are_told_of_theirs() -> None:
    assert set(COMMANDS) == set(parts("pom_commands"))
    assert all(f"`/pom {name}" in command.told for name, command in COMMANDS.items())
    told = {command.name for command in offered(COMMANDS, to_admin=False)}
    assert set(COMMANDS) - told == {"setup"}
    with pytest.raises(ValueError, match='"board" is there twice'):
        registered([COMMANDS["board"], COMMANDS["board"]])


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("BET-12", "BET-12"),
        (" bet 12?", "BET-12"),
        ("“bet-12”", "BET-12"),
        ("bet–12", "BET-12"),
        ("bet12", "BET-12"),
        ("BAT-12", "BAT-12"),
        ("week 12", None),
        ("BET-012", None),
        ("BET-12 INS-4", None),
        ("BET-", None),
    ],
)
def test_a_key_is_read_as_people_write_it(words: str, key: str | None) -> None:
    assert key_of(KINDS, words) == key


def test_what_is_nearest_is_found() -> None:
    assert near_name("bord", COMMANDS) == "board"
    assert near_name("hlep", COMMANDS) == "help"
    assert near_name("valeu", COMMANDS) == "value"
    assert near_name("x", COMMANDS) is None
    assert near_name("hamster", COMMANDS) is None
    assert [(kind.name, rest) for kind, rest in near_kinds(KINDS, "insihgt Stuck at the board")] == [
        ("insight", "Stuck at the board")
    ]
    assert [
        (kind and kind.name, rest) for kind, rest in map(partial(kind_in, KINDS), ("BÉTS  and so", "business outcome X", "x"))
    ] == [
        ("bet", "and so"),
        ("outcome", "X"),
        (None, "x"),
    ]
    assert near_keys(KINDS, "BAT-12")[0] == "BET-12"
    assert only_key_in(KINDS, "tell me about bet-12, please") == "BET-12"
    assert only_key_in(KINDS, "BET-12 or BET-9?") is None
    assert key_first(KINDS, "INP-1: 43 %") == ("INP-1", "43 %")
    assert key_first(KINDS, "board 12") == (None, "board 12")
    assert wrong_key(KINDS, "bat–12, targets INP-1") == ("BAT-12", "targets INP-1")
    assert wrong_key(KINDS, "BET-12 targets INP-1") == (None, "BET-12 targets INP-1")
    assert wrong_key(KINDS, "Covid-19 matters") == (None, "Covid-19 matters")


@pytest.mark.parametrize(
    ("words", "part", "is_team_said"),
    [
        ("", Part(), False),
        ("growth", Part("Growth"), True),
        ("GROWTH team", Part("Growth"), True),
        ("1–3 months prioritized core  platform", Part("Core Platform", "1-3 months", "prioritised"), True),
        ("working", Part(altitude="working"), False),
        ("quarters", Part(horizon="1-3 quarters"), False),
        ("all possible", Part(altitude="possible"), True),
    ],
)
def test_a_part_of_the_board_is_named_in_any_order(words: str, part: Part, is_team_said: bool) -> None:
    assert read_part(KINDS, TEAMS, words) == (part, is_team_said)


def test_a_team_that_is_not_there_is_none() -> None:
    with pytest.raises(NoSuchTeam, match="grwth"):
        read_part(KINDS, TEAMS, "grwth 1-3 months")


@pytest.mark.parametrize(
    ("words", "relation", "backward", "other", "why"),
    [
        ("bet-12 targets inp-1 because new teams stall", "targets", False, "INP-1", "new teams stall"),
        ("BET-12 is informed by INS-4: they said so", "informs", True, "INS-4", "they said so"),
        ("BET-12 TARGETS activation rate because it counts", "targets", False, "activation rate", "it counts"),
        ("BET-12 targts INP-1", None, False, "INP-1", ""),
        ("BET-12 INP-1", None, False, "INP-1", ""),
    ],
)
def test_a_link_is_read_as_a_sentence(words: str, relation: str | None, backward: bool, other: str, why: str) -> None:
    said = read_link(KINDS, words)
    assert said is not None
    assert (said.key, said.relation and said.relation.name) == ("BET-12", relation)
    assert (said.backward, said.other, said.why) == (backward, other, why)


def test_a_link_needs_a_key_and_asks_for_the_rest() -> None:
    assert read_link(KINDS, "BET-12") == Said("BET-12")
    assert read_link(KINDS, "the bet targets INP-1") is None


@pytest.mark.parametrize(
    ("words", "unit", "value"),
    [
        ("43 %", "%", Value("43 %")),
        ("43%", "", Value("43 %")),
        ("43", "%", Value("43")),
        ("1,200 teams", "teams", Value("1,200 teams")),
        ("1.2k after the release", "teams", Value("1.2k", None, "after the release")),
        ("€ 1 200 on 2026-09-14", "", Value("€ 1 200", "2026-09-14")),
        ("43 % on 14 September: counted by hand", "%", Value("43 %", "2026-09-14", "counted by hand")),
        ("43 on monday", "%", Value("43", "2026-09-14")),
        ("43 on mobile", "%", Value("43", None, "on mobile")),
        ("43 on 31 February", "%", Value("43", "31 February")),
        ("43 % note: “only trials”", "%", Value("43 %", None, "only trials")),
        ("soon", "%", Value("soon")),
    ],
)
def test_a_value_has_a_figure_a_day_and_a_note(words: str, unit: str, value: Value) -> None:
    assert read_value(words, unit, NOW) == value


PIECES = [
    *(f"{name} " for name in COMMANDS if name not in ("export", "setup")),  # those ask Slack who somebody is
    "BET-12 ",
    "inp-1 ",
    "INS-999 ",
    "BAT-12 ",
    "targets ",
    "because ",
    "growth ",
    "1-3 months ",
    "bets ",
    "43 % ",
    "on 2026-09-14 ",
    "bord ",
    "“",
    "what is stale? ",
    "<@U01ANA> ",
    "*_~` ",
]
WORDS = st.one_of(
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=6).map("".join),
    st.text(max_size=300),
    st.text(alphabet="ab 12-", max_size=40).map(lambda text: text * 100),
)


def test_any_words_get_an_answer_that_slack_takes(tmp_path: Path, sqlite_with_tables: Path) -> None:
    file = tmp_path / "throughline.db"
    shutil.copyfile(sqlite_with_tables, file)
    with asyncio.Runner() as runner:
        runner.run(put_organisation(f"sqlite:///{file}", StillClock()))
        session = runner.run(_session())
        slack = Slack(session, "http://127.0.0.1:1/", "")
        database = Database(f"sqlite:///{file}", StillClock())
        desk = Desk(database, slack, Delivery(database, LOCAL_WORKSPACE, slack, {}), Directory(database, slack))

        @settings(max_examples=120)
        @given(WORDS)
        @example("find " + "\u202e" + "ل" * 500)
        @example("value INP-1 " + "9" * 5_000)
        @example("link BET-12 " + "targets " * 400)
        @example("log " + "🎲" * 3_000)
        def answered(words: str) -> None:
            runner.run(_answered(desk, words))

        try:
            answered()
        finally:
            runner.run(desk.idle())
            runner.run(database.close())
            runner.run(session.close())


async def _session() -> aiohttp.ClientSession:
    return aiohttp.ClientSession()


async def _answered(desk: Desk, words: str) -> None:
    """Ask, and see that Slack takes the answer. What the graph refuses is one, too; a form cannot be opened here."""
    body = {"team_id": LOCAL_WORKSPACE, "user_id": "U01ANA", "channel_id": "C01GROWTH", "text": words}
    reply, error = await attempted(pom(desk, Request.of_command(body)))
    if isinstance(error, Refused | NotFound | CallFailed):
        return
    if error:
        raise error
    assert reply
    assert reply["response_type"] == "ephemeral"
    assert reply["text"]
    if "blocks" in reply:
        assert strict.check_blocks(fitted(Message(reply["text"], reply["blocks"]))["blocks"], surface="message") == []
