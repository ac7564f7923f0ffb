"""Each read takes an audience: what reads the graph and tells of it without one is a writer's, and stands here with its reason.

Found by reading the code of storage, and not by its names: whatever leads to a table of the graph, over any number of calls.
"""

import pytest

from tests.storage.call_graph import Code, is_of_the_graph

WRITER = "a writer: it looks at what it is about to change, and answers with what it wrote"
IMPORTS = "a graph file is taken in by an administrator, and this looks at what is there already"
TURNED = "for those beside it, which ask who reads before anybody is told (storage.past)"
SEEN = "it is given what its reader has been shown, and tells when, or how sure, of no more"
CHECKS = "it looks for what would be refused, and says of it only what the writer named"
# Each without an audience, and why. What is new here needs a reason as good.
ALLOWED = {
    "storage.changes.store": WRITER,
    "storage.comments.comment": WRITER,
    "storage.graph.Graph.add": WRITER,
    "storage.graph.Graph.link": WRITER,
    "storage.graph.Graph.measure": WRITER,
    "storage.graph.Graph.revise": WRITER,
    "storage.graph.Graph.unlink": WRITER,
    "storage.graph.Graph.unmeasure": WRITER,
    "storage.handover.owners_gone": "whose things pass on; nobody is told",
    "storage.handover.pass_on": WRITER,
    "storage.proposals.propose": WRITER,
    "storage.proposals.withdraw": WRITER,
    "storage.proposals.waiting_on": "which messages are drawn anew, each for those who may see it; nobody is told",
    "storage.shaping.Shaping.close": WRITER,
    "storage.shaping.Shaping.make_of": WRITER,
    "storage.shaping.Shaping.merge": WRITER,
    "storage.shaping.Shaping.renew": WRITER,
    "storage.shaping.Shaping.teach": WRITER,
    "storage.mentions.following": WRITER,
    "storage.older_texts.read_page": WRITER,
    "storage.history.versions_of_gone": WRITER,
    "storage.measures.stored": "for those who write them, and for storage.past, which asks who reads",
    "storage.mentions.is_said": CHECKS,
    "storage.nesting.check_loop": CHECKS,
    "storage.sheets.links.closing": CHECKS,
    "storage.files.file_history.FileHistory.as_told": IMPORTS,
    "storage.files.import_comments.Comments.take": IMPORTS,
    "storage.files.import_links.Links.changes": IMPORTS,
    "storage.files.import_objects.Objects.changes": IMPORTS,
    "storage.files.import_scene.Scene.kinds_of": IMPORTS,
    "storage.files.import_scene.scene_of": IMPORTS,
    "storage.files.import_values.Values.changes": IMPORTS,
    "storage.files.importing.import_graph": IMPORTS,
    "storage.files.exporting.count_entries": "how many entries an export will have, for its bar",
    "storage.files.exporting.export_graph": "everything, on the command line, for an administrator",
    "storage.packs.changes.outcome": "how much of what a pack drops is in use, for an administrator",
    "storage.packs.stored.stored": "how much of what a pack drops is in use, for an administrator",
    "storage.migrate.to_newest": "it brings the tables to their newest form, and tells which steps it took",
    "storage.members.channels_to_ask": "of which channels Slack is asked who is in them; nobody is told",
    "storage.past.as_of.turned_back": TURNED,
    "storage.past.things.built": TURNED,
    "storage.past.things.by_item": TURNED,
    "storage.past.things.revisions_of": TURNED,
    "storage.past.things.stored": TURNED,
    "storage.context.weak_links": SEEN,
    "storage.context.weakest_on": SEEN,
    "storage.lives.lives": SEEN,
    "storage.lives.releases": SEEN,
    "storage.moments.reached_at": SEEN,
}
# Who looks with an administrator's eyes, whoever asks, and why.
SEES_ALL = {
    "storage.audience.ADMINISTRATOR": "here it is made",
    "storage.handover.pass_on": "all that somebody leaves passes on, each thing to one who may see it",
    "storage.past.as_of.objects_as_of": "how it is now, to turn it back; whether its reader may see it is asked next",
    "storage.past.as_of.links_as_of": "as objects_as_of, which says whether both ends are seen",
    "storage.past.as_of._links_from": "as objects_as_of, which says whether both ends are seen",
    "storage.shaping.Shaping._take_over_links": "every link goes with what is merged, whoever merges it; it tells of none",
    "storage.shaping.Shaping._there": "what is shaped, as Graph does: whether somebody may change it is asked before",
}

STORAGE = Code.of("storage")


def test_what_tells_of_the_graph_takes_who_reads_or_is_a_writers() -> None:
    assert sorted(STORAGE.without_readers()) == sorted(ALLOWED)


def test_whoever_is_told_to_read_is_asked() -> None:
    assert STORAGE.ignoring_readers() == []


def test_nobody_else_looks_with_an_administrators_eyes() -> None:
    assert sorted(STORAGE.seeing_all()) == sorted(SEES_ALL)
    assert Code.of("rituals").seeing_all() == []


def test_outside_storage_nobody_reads_the_tables_of_the_graph() -> None:
    outside = [module for package in ("bot", "rituals") for module in Code.of(package).modules.values()]
    reading = {module.name for module in outside for each in module.imports.values() if is_of_the_graph(each)}
    assert reading == {"rituals.schedules"}  # who owns a running bet, to ask them of it; nobody is told


HEAD = """
from storage import measures
from storage.audience import ADMINISTRATOR, Audience
from storage.objects import get
from storage.tables import links, teams
_ALL = select(links)
for _ in range(2):
    _LATE = _ALL.where(True)
def _rows(tx): return tx.rows(_LATE)
class Reader:
    audience: Audience
    async def all(self) -> list: return self._some()
    def _some(self): return _rows(self.tx)
class Graph:
    async def all(self) -> list: return self._some()
    def _some(self): return _rows(self.tx)
"""


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("async def read(tx) -> list: return await _rows(tx)", ["read"]),
        ("async def read(tx, audience: Audience) -> list: return await _rows(tx)", []),
        ("async def read(tx, reader: Reader | None) -> list: return await _rows(tx)", []),
        ("async def read(tx, graph: Graph) -> list: return await _rows(tx)", ["read"]),
        ("async def read(tx) -> list: return await get(tx, 'BET-1', ADMINISTRATOR)", ["read"]),
        ("async def read(tx) -> list: return await measures.series(tx, [], None)", ["read"]),
        ("async def read(tx) -> list: return await tx.rows(select(teams))", []),
        ("async def write(tx) -> None: await _rows(tx)", []),
        ("async def _read(tx) -> list: return await _rows(tx)", []),
    ],
)
def test_a_read_without_a_reader_is_found(source: str, found: list[str]) -> None:
    others = {
        "storage.objects": "from storage.tables import objects\nasync def get(tx, key, audience): return tx.row(objects)",
        "storage.measures": "from storage.tables import measured_values\nasync def series(*all): return measured_values",
    }
    code = Code({**others, "storage.planted": f"{HEAD}\n{source}"})
    names = [name.removeprefix("storage.planted.") for name in code.without_readers() if name.startswith("storage.planted")]
    assert names == ["Graph.all", *found]


def test_a_reader_who_is_not_asked_and_eyes_that_see_all_are_found() -> None:
    code = Code({"storage.planted": f"{HEAD}\nasync def read(tx, audience: Audience) -> list: return _rows(tx, ADMINISTRATOR)"})
    assert code.ignoring_readers() == ["storage.planted.read"]
    assert code.seeing_all() == ["storage.planted.read"]
