"""The Home fits into Slack and is found by indexes alone, whatever there is: nothing at all, everything full, any script."""

from pathlib import Path
from typing import Any

from sqlalchemy import event

from bot.flows.home.home import MOST_BETS, home
from bot.flows.home.waiting import waiting_for
from prompts.blocks import Block
from prompts.escape import plain
from sandbox.strict import check_call
from storage import pitches, proposals
from storage.audience import EVERYBODY
from storage.objects import get
from storage.people import Person, put_people
from storage.preferences import choose
from tests.benchmarks.bench_home import ANA as LEAD
from tests.benchmarks.bench_home import KINDS, WORKSPACE, fill
from tests.rituals.house import ANA, CHANNEL, IVO, MONDAY, THURSDAY, House, a_house
from tests.storage.rows import opened
from tests.storage.test_mine import PROMISES

NASTY = (
    "<!channel> & <@U02IVO> *bold* _it_ ~no~ `code`",
    "عربي \u202e עברית",
    "🧭" * 60,
    "<https://evil.example|bank>",
    "&<>" * 80,
)
LARGE = ("objects", "links", "revisions", "runs", "answers", "outbox", "inbox", "proposals", "pitches", "messages", "schedules")
SIZE, BETS = 1_000, 22


async def test_an_empty_home_says_what_it_is_for_in_two_sentences_and_offers_three_steps(database_url: str) -> None:
    async with a_house(database_url) as house:
        async with house.writing() as tx:
            await put_people(tx, [Person(IVO, "Ivo", "Europe/Berlin")])
            await choose(tx, IVO, "greeted", value=True)
        blocks = await shown(house, IVO)
        assert [block["type"] for block in blocks] == ["section", "actions", "actions"]
        assert plain(blocks[0]["text"]["text"]) == (
            "This is where your team’s bets are remembered: what they came from, what they should move, what came of them.\n"
            "Begin with one line. Only a title is needed; I ask for the rest when it matters."
        )
        assert [each["text"]["text"] for each in blocks[1]["elements"]] == ["Log an insight", "Propose a bet", "Log an impact"]
        assert [each["text"]["text"] for each in blocks[2]["elements"]] == ["Settings", "Stop the weekly note"]


async def test_a_home_in_which_everything_is_full_fits_and_shows_the_first_of_each(tmp_path: Path) -> None:
    async with a_house(f"sqlite:///{tmp_path / 'full.db'}", THURSDAY) as house:
        await everything(house)
        blocks = await shown(house, ANA)
        assert check_call("views.publish", {"user_id": ANA, "view": {"type": "home", "blocks": blocks}}) == []
        said = words(blocks)
        assert f"and {BETS - MOST_BETS} more: /pom mine" in said
        assert said.count(" · ▁▅ 60 % · look again 1 September") == MOST_BETS
        assert "What would be proposed" not in said
        assert "<!channel> & <@U02IVO> *bold*" in said
        assert "at a glance" in said
        assert "and 8 more" in said  # of the rituals
        async with house.reading() as tx:
            everything_that_waits = await waiting_for(tx, house.kinds, EVERYBODY, ANA, 30)
            listed = [block for each in everything_that_waits.first for block in each]
        assert everything_that_waits.count > 30
        assert check_call("views.open", {"trigger_id": "1", "view": a_modal(listed)}) == []


async def test_a_kind_of_a_companys_own_is_in_the_home_like_any_other(tmp_path: Path) -> None:
    async with a_house(f"sqlite:///{tmp_path / 'own.db'}", THURSDAY) as house:
        house.kinds = PROMISES
        await house.add_team("Growth", CHANNEL, "Europe/Berlin", [ANA])
        await house.add("promise", "Call back", fields={"look_on": "2026-09-01"})
        await house.add("promise", "Write back", status="kept")
        blocks = await shown(house, ANA)
        assert "🤝 PRO-1 Call back – given · look again 1 September" in words(blocks)
        offered = [(plain(block["text"]["text"]), block["accessory"]["action_id"]) for block in blocks if "accessory" in block]
        assert offered[:2] == [
            ("🤝 PRO-1 Call back\nYou wanted to look again on 1 September", "object.fill:look_on"),
            ("🤝 PRO-2 Write back\nNobody has said what it led to", "object.fill:to led to"),
        ]


async def everything(house: House) -> None:
    """Give Ana more than a Home can show, of everything that it shows."""
    await house.add_person(ANA, "Europe/Berlin", is_admin=True)
    for number in range(12):
        await house.add_team(f"{number} {NASTY[0]}", f"C{number:08}", "Europe/Berlin", [ANA])
    await house.add_team("Growth", CHANNEL, "Europe/Berlin", [ANA])
    fields = {"review_date": "2026-09-01", "confidence": 10}
    keys = [(await house.add_bet(f"{number} {NASTY[number % len(NASTY)]}", fields=fields)).key for number in range(BETS)]
    for key in keys:
        await house.revise(key, fields={"confidence": 60})
    for number in range(8):
        await house.add("release", f"{number} {NASTY[number % len(NASTY)]}", status="released")
    pitched = await house.add("bet", "Pitched", author=IVO)
    await house.set_up()
    await house.tick(MONDAY)
    async with house.writing() as tx:
        await pitches.pitch(tx, pitched.key, CHANNEL, IVO, ANA)
        for key in keys[:4]:
            item = await get(tx, key, EVERYBODY)
            assert item is not None
            await proposals.propose(tx, house.kinds, IVO, item, {"title": "y" * 200}, why=NASTY[0] * 10)


async def test_every_read_of_a_home_is_found_by_an_index(tmp_path: Path) -> None:
    async with opened(f"sqlite:///{tmp_path / 'large.db'}") as database:
        await fill(database, SIZE)
        told: list[tuple[str, Any]] = []
        async with database.reading(WORKSPACE) as tx:
            event.listen(tx.connection.sync_connection, "before_cursor_execute", lambda *said: told.append((said[2], said[3])))
            await home(tx, KINDS, LEAD)
            statements = [(words_, bound) for words_, bound in told if words_.lstrip().upper().startswith(("SELECT", "WITH"))]
            for words_, bound in statements:
                rows = await tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {words_}", bound)
                plan = [str(row[-1]) for row in rows]
                assert [step for step in plan if step.startswith(tuple(f"SCAN {table}" for table in LARGE))] == [], words_
        assert len(statements) < 80  # whatever there is: none for each object


async def shown(house: House, user: str) -> list[Block]:
    async with house.reading() as tx:
        return await home(tx, house.kinds, user)


def a_modal(blocks: list[Block]) -> Block:
    return {"type": "modal", "title": {"type": "plain_text", "text": "x"}, "blocks": blocks}


def words(blocks: list[Block]) -> str:
    """Return what a Home says, as its reader sees it, but for its buttons."""
    said = [block["text"]["text"] for block in blocks if block["type"] == "section"]
    said += [element["text"] for block in blocks if block["type"] == "context" for element in block["elements"]]
    return plain("\n".join(said))
