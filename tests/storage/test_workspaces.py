import pytest

from storage import workspaces
from storage.audience import ADMINISTRATOR
from storage.objects import find
from storage.packs.pack import read_pack, starter
from storage.tables import LOCAL_WORKSPACE
from storage.workspaces import WhichWorkspace
from tests.storage.graph_files import bet, insight, take_in, workplace, write_out


async def test_a_database_without_a_workspace_works_on_the_local_one(database_url: str) -> None:
    async with workplace(database_url) as database:
        assert await workspaces.the_workspace(database) == LOCAL_WORKSPACE
        assert await workspaces.the_workspace(database, LOCAL_WORKSPACE) == LOCAL_WORKSPACE
        with pytest.raises(WhichWorkspace, match=r"There is no workspace T9 in this database\. It has: local\."):
            await workspaces.the_workspace(database, "T9")


async def test_one_of_several_workspaces_must_be_named(database_url: str) -> None:
    async with workplace(database_url) as database:
        async with database.writing("") as tx:
            await workspaces.take_over(tx, "T1", "One")
            await workspaces.take_over(tx, "T2", "Two")
        assert await workspaces.the_workspace(database, "T2") == "T2"
        with pytest.raises(WhichWorkspace, match=r"several workspaces; choose one with --workspace\. It has: T1, T2\."):
            await workspaces.the_workspace(database)


async def test_the_first_slack_workspace_takes_the_local_one_over_with_all_that_is_in_it(database_url: str) -> None:
    content = {
        "teams": [{"name": "Growth", "members": ["U01ANA"]}],
        "objects": [insight(1, team="Growth"), bet(1), {"key": "INP-1", "kind": "input", "title": "Activation"}],
        "links": [{"from": "INS-1", "relation": "informs", "to": "BET-1"}],
        "values": [{"key": "INP-1", "at": "2026-09-01T00:00:00Z", "value": 1}],
    }
    async with workplace(database_url) as database:
        await take_in(database, content)
        before = await write_out(database, history=True)
        async with database.writing(LOCAL_WORKSPACE) as tx:
            await workspaces.take_over(tx, "T01", "Acme", "https://acme.example", "A01", "U0BOT")
        assert await workspaces.the_workspace(database) == "T01"
        async with database.writing("T01") as tx:
            assert [item.key for item in await find(tx, ADMINISTRATOR)] == ["BET-1", "INP-1", "INS-1"]
            await workspaces.take_over(tx, "T01", "Acme again")
            assert await workspaces.kinds_of(tx) == starter()
        assert await workspaces.all_ids(database) == ["T01"]
        assert len(before["history"]) == 5


async def test_a_workspace_may_have_a_pack_of_its_own(database_url: str) -> None:
    wish = 'wish: {prefix: WIS, label: Wish, emoji: "🌠", lifecycle: [open]}'
    pack = f"version: 1\nhorizons: [soon]\nkinds:\n  {wish}\nrelations: {{}}\n"
    async with workplace(database_url) as database, database.writing(LOCAL_WORKSPACE) as tx:
        await workspaces.set_pack(tx, read_pack(pack))
        assert [kind.label for kind in await workspaces.kinds_of(tx)] == ["Wish"]
