from storage import measures
from storage.graph import Graph
from storage.measures import Measure
from storage.tables import LOCAL_WORKSPACE
from tests.storage.graph_files import NOW, take_in, workplace
from tests.storage.graphs import KINDS


async def test_the_newest_value_and_the_series_of_each_object(database_url: str) -> None:
    first, second = Measure("INP-1", NOW.replace(month=8), 41.2), Measure("INP-1", NOW, 42.0, "After")
    async with workplace(database_url) as database:
        await take_in(database, {"objects": [{"key": "INP-1", "kind": "input", "title": "Activation"}]})
        async with database.writing(LOCAL_WORKSPACE) as tx:
            await Graph(tx, KINDS, "U01ANA").measure(second, first)
            await Graph(tx, KINDS, "U02IVO").measure(Measure("INP-1", NOW, 43.0, "Corrected"))
        async with database.reading(LOCAL_WORKSPACE) as tx:
            corrected = Measure("INP-1", NOW, 43.0, "Corrected")
            assert await measures.latest(tx, ["INP-1", "INP-2"]) == {"INP-1": corrected}
            assert await measures.series(tx, ["INP-1", "INP-2"]) == {"INP-1": [first, corrected]}
