"""Measured values from a table, in each of its forms: on both engines."""

import pytest

from storage.sheets.rows import Options
from storage.sheets.values import NoValues
from tests.storage.graph_files import bet, take_in, workplace, write_out
from tests.storage.sheets import sentences, stored_values

INPUT = {"key": "INP-1", "kind": "input", "title": "Activation rate", "fields": {"unit": "percent"}}


@pytest.mark.parametrize(
    "table",
    [
        "Key,Date,Value,Unit,Note\nINP-1,2026-09-01,41.2,percent,first\nActivation rate,2026-10-01,43,,\n",
        "Metric;01.09.2026;01.10.2026\nActivation rate;41,2;43\n",
        "Date,Activation rate\n2026-09-01,41.2\n2026-10-01,43\n",
        "Wann\tINP-1\n2026-09-01T00:00:00Z\t41.2\n2026-10-01\t43\n",
    ],
)
async def test_values_come_in_from_every_form_of_table(database_url: str, table: str) -> None:
    options = Options(columns=("Wann=Date",)) if "Wann" in table else Options()
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [INPUT]})
        assert len((await stored_values(database, table, options)).changes) == 2
        values = (await write_out(database))["values"]
        assert [(each["key"], each["at"], each["value"]) for each in values] == [
            ("INP-1", "2026-09-01T00:00:00Z", 41.2),
            ("INP-1", "2026-10-01T00:00:00Z", 43),
        ]
        assert (await stored_values(database, table, options)).changes == []


async def test_a_value_is_corrected_and_what_the_table_leaves_empty_stays(database_url: str) -> None:
    async with workplace(database_url) as database:
        await take_in(
            database, {"objects": [INPUT], "values": [{"key": "INP-1", "at": "2026-09-01T00:00:00Z", "value": 1, "note": "n"}]}
        )
        plan = await stored_values(database, "Key,Date,Value,Unit\nINP-1,2026-09-01,2,teams\n")
        assert [(each.before.value if each.before else None, each.after.value, each.after.version) for each in plan.values] == [
            (1, 2, 2)
        ]
        (value,) = (await write_out(database))["values"]
        assert (value["value"], value["note"]) == (2, "n")


async def test_values_that_can_not_be_read_are_told(database_url: str) -> None:
    table = "Key,Date,Value\nBET-1,2026-09-01,1\nINP-9,2026-09-01,1\nINP-1,,1\n"
    table += "INP-1,2026-09-01,much\nINP-1,2026-09-02,\n,2026-09-02,1\n"
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [INPUT, bet(1)]})
        plan = await stored_values(database, table + "INP-1,2026-09-03,1\nINP-1,2026-09-03,2\n")
        assert sentences(plan) == {
            2: ["BET-1 is no metric: bets have no values."],
            3: ["I don't know “INP-9”."],
            4: ["Date is empty."],
            5: ["Value: “much” should be a number, such as 43 or 43.5."],
            6: ["Value is empty."],
            7: ["Of what is the value? Please give a key or a title."],
            9: ["Row 8 says something else of INP-1 at the same moment."],
        }
        with pytest.raises(NoValues, match="I find no column Value"):
            await stored_values(database, "Key,Date\nINP-1,2026-09-01\n")
