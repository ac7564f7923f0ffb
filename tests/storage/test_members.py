from datetime import datetime, timedelta

from storage import teams
from storage.audience import ADMINISTRATOR, EVERYBODY, NOBODY, Audience
from storage.database import Database, Transaction
from storage.members import audience_of_channel, audience_of_user, channels_to_ask
from storage.objects import get
from storage.tables import LOCAL_WORKSPACE, channels, people
from storage.teams import Team
from tests.storage.graph_files import NOW, bet, take_in, workplace

GROWTH = Team("Growth", "C01GROWTH", "Europe/Berlin", ("U01ANA", "U02IVO"), ("U02IVO",))


async def put(database: Database, *wanted: Team) -> None:
    async with database.writing(LOCAL_WORKSPACE) as tx:
        for team in wanted:
            await teams.put(tx, team)


async def add_channel(
    tx: Transaction, channel: str, members: list[str] | None, *, shared: bool = False, seen_at: datetime = NOW
) -> None:
    about = {"name": channel.lower(), "is_private": True, "is_shared": shared, "members": members, "seen_at": seen_at}
    await tx.run(channels.insert(), channel=channel, **about)


async def add_person(tx: Transaction, user: str, *, outsider: bool = False, gone: bool = False) -> None:
    flags = {"is_admin": False, "is_outsider": outsider, "is_gone": gone}
    await tx.run(people.insert(), user=user, name=user.title(), seen_at=NOW, **flags)


async def test_a_person_sees_the_private_channels_that_they_are_known_to_be_in(database_url: str) -> None:
    async with workplace(database_url) as database:
        await put(
            database, GROWTH, Team("Pay", "C02PAY", members=("U01ANA",)), Team("Shared", "C03SHARED", members=("U01ANA",))
        )
        async with database.writing(LOCAL_WORKSPACE) as tx:
            await add_channel(tx, "C02PAY", ["U09"])
            await add_channel(tx, "C03SHARED", None, shared=True)
            await add_channel(tx, "C04SECRET", ["U01ANA", "U09"])
            await add_channel(tx, "C05UNKNOWN", None)
            await add_person(tx, "U01ANA")
            await add_person(tx, "U07GUEST", outsider=True)
            await add_person(tx, "U08GONE", gone=True)
            assert await audience_of_user(tx, "U01ANA") == Audience(frozenset({"C01GROWTH", "C04SECRET"}))
            assert await audience_of_user(tx, "U02IVO") == Audience(frozenset({"C01GROWTH"}))
            assert await audience_of_user(tx, "U99") == EVERYBODY
            assert await audience_of_user(tx, "U07GUEST") == NOBODY
            assert await audience_of_user(tx, "U08GONE") == NOBODY


async def test_the_readers_of_a_channel_see_what_is_open_and_what_belongs_to_it(database_url: str) -> None:
    hidden = {"visibility": "channel", "channel": "C04SECRET"}
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [bet(1), bet(2, **hidden)]})
        async with database.writing(LOCAL_WORKSPACE) as tx:
            await add_channel(tx, "C03SHARED", None, shared=True)
            await add_channel(tx, "C04SECRET", ["U01ANA"])
            await add_channel(tx, "C05GENERAL", None)
            seen = {
                channel: [key for key in ("BET-1", "BET-2") if await get(tx, key, await audience_of_channel(tx, channel))]
                for channel in ("C03SHARED", "C04SECRET", "C05GENERAL")
            }
        assert seen == {"C03SHARED": [], "C04SECRET": ["BET-1", "BET-2"], "C05GENERAL": ["BET-1"]}


async def test_the_readers_of_a_channel_that_slack_told_us_nothing_of_see_only_what_belongs_to_it(database_url: str) -> None:
    async with workplace(database_url) as database:
        await put(database, GROWTH)
        async with database.reading(LOCAL_WORKSPACE) as tx:
            audience = await audience_of_channel(tx, "C01GROWTH")
        assert audience == Audience(frozenset({"C01GROWTH"}), sees_workspace=False)


async def test_the_channels_that_we_know_least_of_are_asked_for_first(database_url: str) -> None:
    hidden = {"visibility": "channel", "channel": "C02SECRET"}
    async with workplace(database_url) as database:
        await put(database, GROWTH)
        await take_in(database, {"objects": [bet(1, channel="C09OPEN"), bet(2, **hidden)]})
        async with database.writing(LOCAL_WORKSPACE) as tx:
            for channel, age in (("C03OLD", 9), ("C04OLDER", 10), ("C05NEW", 1), ("D01DIRECT", 9)):
                await add_channel(tx, channel, None, seen_at=NOW - timedelta(hours=age))
            before = NOW - timedelta(hours=2)
            assert await channels_to_ask(tx, before, 9) == ["C01GROWTH", "C02SECRET", "C04OLDER", "C03OLD"]
            assert await channels_to_ask(tx, before, 3) == ["C01GROWTH", "C02SECRET", "C04OLDER"]


def test_two_audiences_share_what_both_see() -> None:
    ana = Audience(frozenset({"C1", "C2"}))
    assert ana & Audience(frozenset({"C2", "C3"})) == Audience(frozenset({"C2"}))
    assert ana & ADMINISTRATOR == ADMINISTRATOR & ana == ana
    assert ana & NOBODY == NOBODY


def test_whoever_sees_nothing_of_the_workspace_sees_in_a_channel_only_what_belongs_to_it() -> None:
    assert NOBODY.within("C01GROWTH") == Audience(frozenset({"C01GROWTH"}), sees_workspace=False)
    assert Audience(frozenset({"C02PAY"})).within("C01GROWTH") == Audience(frozenset({"C01GROWTH", "C02PAY"}))
