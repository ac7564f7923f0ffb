"""What people typed and did not save: kept for each person and form, and forgotten after a month."""

from datetime import timedelta

from storage import drafts
from storage.database import Database
from storage.drafts import Unsaved
from tests.storage.rows import WORKSPACE, ready

ANA, IVO = "U01ANA", "U02IVO"


async def forms_of(database: Database, user: str) -> dict[str, dict[str, object]]:
    async with database.reading(WORKSPACE) as tx:
        return {each.form: dict(each.values) for each in await drafts.unsaved(tx, user, ["new:bet", "new:bet:2", "edit:BET-1"])}


async def test_each_person_has_one_draft_of_a_form_and_it_is_forgotten_after_a_month(database_url: str) -> None:
    async with ready(database_url) as database:
        async with database.writing(WORKSPACE) as tx:
            long_ago = tx.now - timedelta(days=31)
            await drafts.keep(tx, ANA, Unsaved("new:bet", {"title": "Guide"}, "V1"))
            await drafts.keep(tx, ANA, Unsaved("new:bet", {"title": "Guide \x00them \ud800all"}, "V1", "{}"))
            await drafts.keep(tx, ANA, Unsaved("edit:BET-1", {"field.risk": "None"}, at=long_ago))
            await drafts.keep(tx, IVO, Unsaved("new:bet", {"title": "Mine"}))
        assert await forms_of(database, ANA) == {"new:bet": {"title": "Guide them all"}, "edit:BET-1": {"field.risk": "None"}}
        async with database.writing(WORKSPACE) as tx:
            newest, oldest = await drafts.unsaved(tx, ANA, ["edit:BET-1", "new:bet"])
            assert (newest.view, newest.context, oldest.form, oldest.at) == ("V1", "{}", "edit:BET-1", long_ago)
            await drafts.forget_old(tx)
            await drafts.drop(tx, IVO, "new:bet")
        assert list(await forms_of(database, ANA)) == ["new:bet"]
        assert await forms_of(database, IVO) == {}
