import pytest

from storage import teams
from storage.database import Database
from storage.tables import LOCAL_WORKSPACE
from storage.teams import Team
from tests.storage.graph_files import workplace

GROWTH = Team("Growth", "C01GROWTH", "Europe/Berlin", ("U01ANA", "U02IVO"), ("U02IVO",))
PAY = Team("Payments", None, None, ("U01ANA",), ())


async def put(database: Database, *wanted: Team) -> None:
    async with database.writing(LOCAL_WORKSPACE) as tx:
        for team in wanted:
            await teams.put(tx, team)


async def test_teams_are_found_by_channel_and_by_member(database_url: str) -> None:
    async with workplace(database_url) as database:
        await put(database, GROWTH, PAY)
        async with database.reading(LOCAL_WORKSPACE) as tx:
            assert await teams.all_teams(tx) == [GROWTH, PAY]
            assert await teams.homes(tx) == {team.channel: team.name for team in (GROWTH, PAY) if team.channel}
            assert await teams.team_of_channel(tx, "C01GROWTH") == GROWTH.name
            assert await teams.team_of_channel(tx, "C99") is None
            assert await teams.teams_of(tx, "U01ANA") == [GROWTH, PAY]
            assert await teams.teams_of(tx, "U02IVO") == [GROWTH]
            assert await teams.teams_of(tx, "U99") == []


async def test_a_team_is_put_over_what_was_there(database_url: str) -> None:
    async with workplace(database_url) as database:
        await put(database, GROWTH, Team("Growth", timezone="Asia/Kolkata", leads=("U03ZOE",)))
        async with database.reading(LOCAL_WORKSPACE) as tx:
            assert await teams.all_teams(tx) == [Team("Growth", None, "Asia/Kolkata", ("U03ZOE",), ("U03ZOE",))]


@pytest.mark.parametrize("name", ["US/Pacific-New", "Etc/Unknown", "../../etc/passwd", "Europe", "\0", "Berlin"])
def test_what_is_no_time_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="should be a time zone"):
        teams.check_timezone(name)
