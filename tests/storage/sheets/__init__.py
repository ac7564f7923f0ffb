"""Tables for tests: planned, stored and written out."""

from storage.audience import ADMINISTRATOR, Audience
from storage.database import Database
from storage.sheets.out import export_sheet
from storage.sheets.plan import IMPORT, SheetPlan, plan_sheet, store_sheet
from storage.sheets.rows import Options
from storage.sheets.sheet import read_sheet
from storage.sheets.values import ValuesPlan, plan_values, store_values
from storage.tables import LOCAL_WORKSPACE
from storage.workspaces import kinds_of

BETS, NOTHING_SAID = Options("bet"), Options()


async def planned(
    database: Database, table: str, options: Options = BETS, audience: Audience = ADMINISTRATOR, author: str = IMPORT
) -> SheetPlan:
    """Return what `table` would change."""
    async with database.reading(LOCAL_WORKSPACE) as tx:
        return await plan_sheet(tx, await kinds_of(tx), read_sheet(table.encode()), options, audience, author)


async def stored(database: Database, table: str, options: Options = BETS, author: str = IMPORT) -> SheetPlan:
    """Store `table` and return what that changed."""
    async with database.writing(LOCAL_WORKSPACE) as tx:
        kinds = await kinds_of(tx)
        plan = await plan_sheet(tx, kinds, read_sheet(table.encode()), options, ADMINISTRATOR, author, lock=True)
        await store_sheet(tx, kinds, plan, author)
        return plan


async def stored_values(database: Database, table: str, options: Options = NOTHING_SAID) -> ValuesPlan:
    """Store the values in `table` and return what that changed."""
    async with database.writing(LOCAL_WORKSPACE) as tx:
        kinds = await kinds_of(tx)
        plan = await plan_values(tx, kinds, read_sheet(table.encode()), options, ADMINISTRATOR, lock=True)
        await store_values(tx, kinds, plan)
        return plan


async def table_of(database: Database, kind: str = "bet", audience: Audience = ADMINISTRATOR) -> str:
    """Return the objects of `kind` as a table."""
    async with database.reading(LOCAL_WORKSPACE) as tx:
        kinds = await kinds_of(tx)
        text, _ = await export_sheet(tx, kinds, kinds.kind(kind), audience)
        return text


def states(plan: SheetPlan) -> dict[str, str]:
    """Return what becomes of each object, by key."""
    return {each.after.key: "same" if each.is_same else "changed" if each.before else "new" for each in plan.rows}


def sentences(plan: SheetPlan | ValuesPlan) -> dict[int, list[str]]:
    """Return what is wrong with each row, by its number."""
    return {row.number: said for row, said in plan.refused.items()}
