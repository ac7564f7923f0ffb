"""What is a person's own and waits for them: what the pack says, whatever the kind is called, and what they may see of it."""

from datetime import timedelta

from storage.audience import EVERYBODY, Audience
from storage.graph import Tie
from storage.mine import Some, left_alone, to_look_at, under_way, untold
from storage.packs.pack import read_pack
from tests.rituals.house import ANA, IVO, THURSDAY, House, a_house

TODAY = THURSDAY.date()
PROMISES = read_pack("""
version: 1
extends: starter
kinds:
  promise:
    prefix: PRO
    label: Promise
    emoji: "🤝"
    lifecycle: [given, kept, broken]
    running: [given]
    closed: [kept, broken]
    moves:
      renew: {label: Renew, start: [broken], to: [given], asks: look_on}
    fields:
      look_on: {label: "When do we look?", type: date}
      sworn_on: {label: "When was it given?", type: date}
    links:
      - {relation: led to, label: "What did it lead to?", wanted_from: kept, gap: nobody has said what it led to}
relations:
  led to: {words: [led to, came of], ends: [{from: [promise], to: [any]}], flow: forward}
""")


async def found(
    house: House, audience: Audience = EVERYBODY, user: str = ANA, most: int = 9
) -> dict[str, tuple[list[str], int]]:
    """Return what each read finds: the keys, and the count."""
    async with house.reading() as tx:
        kinds = house.kinds
        parts: dict[str, Some] = {
            "under way": await under_way(tx, kinds, audience, user, most),
            "to look at": await to_look_at(tx, kinds, audience, user, TODAY, most),
            "left alone": await left_alone(tx, kinds, audience, user, THURSDAY - timedelta(days=21), most),
            "untold": await untold(tx, kinds, audience, user, most),
        }
    return {name: ([item.key for item in some.items], some.count) for name, some in parts.items()}


async def test_what_waits_is_found_in_its_order_and_counted_beyond_what_is_shown(database_url: str) -> None:
    async with a_house(database_url) as house:
        house.clock.at = THURSDAY - timedelta(days=30)
        await house.add_team("Growth", None, None)
        await house.add("bet", "No day", status="running")
        await house.add_bet("Late", fields={"review_date": "2026-09-10"})
        await house.add_bet("Later still", fields={"review_date": "2026-09-01"}, at=THURSDAY)
        await house.add_bet("In time", fields={"review_date": "2026-09-17"})
        await house.add_bet("Won already", status="won", fields={"review_date": "2026-09-01"})
        await house.add_bet("Put away", fields={"review_date": "2026-09-01"})
        await house.revise("BET-6", archived=True)
        await house.add_bet("Of another", author=IVO, fields={"review_date": "2026-09-01"})
        await house.add_bet("Hidden", visibility="channel", channel="C09", fields={"review_date": "2026-09-05"})
        for number in range(1, 4):
            await house.add("release", f"Release {number}", status="released")
        await house.add("impact", "It helped", Tie("results in", "REL-1", backward=True))
        await house.add("impact", "Hidden help", Tie("results in", "REL-2", backward=True), visibility="channel", channel="C09")
        assert await found(house) == {
            "under way": (["BET-3", "BET-4", "BET-1", "BET-2"], 4),
            "to look at": (["BET-3", "BET-2"], 2),
            "left alone": (["BET-1"], 1),
            "untold": (["REL-2", "REL-3"], 2),
        }
        within = await found(house, Audience(frozenset({"C09"})), most=1)
        assert within["under way"][1] == 5
        assert within["to look at"] == (["BET-3"], 3)
        assert within["untold"] == (["REL-3"], 1)
        assert await found(house, user="U99") == dict.fromkeys(within, ([], 0))


async def test_a_kind_of_a_companys_own_waits_alike(database_url: str) -> None:
    async with a_house(database_url) as house:
        house.kinds = PROMISES
        await house.add_team("Growth", None, None)
        await house.add("promise", "Call back", fields={"look_on": "2026-09-01"}, at=THURSDAY - timedelta(days=30))
        await house.add("promise", "Not yet", fields={"sworn_on": "2026-09-01"}, at=THURSDAY)
        await house.add("promise", "Done", status="kept")
        assert await found(house) == {
            "under way": (["PRO-2", "PRO-1"], 2),
            "to look at": (["PRO-1"], 1),
            "left alone": ([], 0),
            "untold": (["PRO-3"], 1),
        }
