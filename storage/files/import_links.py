"""What the links of a graph file change: each entry checked against its relation and its ends."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from sqlalchemy import bindparam, select

from storage import checks
from storage.changes import Change
from storage.database import ours
from storage.errors import Problem
from storage.files.findings import LISTS, Place
from storage.files.graph_file import Entry, link_name
from storage.files.import_scene import AUTHOR, Scene, in_file
from storage.graph import Tie, new_link, updated_link
from storage.kinds import Relation
from storage.loops import Edges
from storage.objects import LINK_COLUMNS, Link
from storage.tables import links
from storage.text import folded

_LINKS = (
    select(*LINK_COLUMNS)
    .where(ours(links), links.c.from_key.in_(bindparam("wanted", expanding=True)))
    .order_by(links.c.from_key, links.c.to_key, links.c.relation)
    .with_for_update()
)
_EDGES = select(links.c.from_key, links.c.to_key).where(ours(links), links.c.relation == bindparam("the_relation"))
_AT_A_TIME = 10_000

Triple = tuple[str, str, str]
KindOf = dict[str, str | None]


class Links:
    """Works out the changes of links, some entries at a time."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._relations = {folded(relation.name): relation for relation in scene.kinds.relations.values()}
        self._first: dict[Triple, tuple[Place, Tie]] = {}  # of those that may be given twice
        self._edges = {name: Edges() for name, relation in scene.kinds.relations.items() if not relation.loops}
        self._problems_of_kinds = cache(self._look_at_kinds)

    async def changes(self, entries: Sequence[Entry]) -> list[Change]:
        """Return what `entries` change; add to the findings what is wrong with them."""
        entries = [entry for entry in entries if {"from", "relation", "to"} <= entry.given.keys()]
        kind_of = await self._scene.kinds_of(key for entry in entries for key in (entry.given["from"], entry.given["to"]))
        starts = [entry.given["from"] for entry in entries]
        there = {_triple(link): link for link in (Link(**row) for row in await self._scene.found(_LINKS, starts))}
        found = []
        for entry in entries:
            tie = self._checked(entry, kind_of)
            if tie is not None and self._is_first(entry, tie):
                self._remember_edge(entry, tie)
                change = self._change(entry.given["from"], tie, there.get((entry.given["from"], tie.relation, tie.other)))
                if change is not None:
                    found.append(change)
        return found

    def _checked(self, entry: Entry, kind_of: KindOf) -> Tie | None:
        given, problems = entry.given, list[Problem]()
        relation = self._relations.get(given["relation"]) or self._relations.get(folded(given["relation"]))
        if relation is None:
            problems.append(Problem("relation", checks.unknown_relation(self._scene.kinds, given["relation"])))
        fields = checks.check_fields(self._scene.kinds.link_fields, given.get("fields", {}), problems)
        confidence = checks.check_confidence(given.get("confidence"), problems)
        problems += self._problems_of_ends(relation, given["from"], given["to"], kind_of)
        for problem in problems:
            self._scene.findings.add(entry.place, in_file(problem))
        if relation is None or problems:
            return None
        return Tie(relation.name, given["to"], why=given.get("why", ""), confidence=confidence, fields=fields)

    def _problems_of_ends(self, relation: Relation | None, from_key: str, to_key: str, kind_of: KindOf) -> Sequence[Problem]:
        if from_key not in kind_of or to_key not in kind_of:
            unknown = [key for key in dict.fromkeys((from_key, to_key)) if key not in kind_of]
            return [Problem("end", f'unknown end "{key}"') for key in unknown]
        from_kind, to_kind = kind_of[from_key], kind_of[to_key]
        if relation is None or from_kind is None or to_kind is None:
            return ()
        return self._problems_of_kinds(relation.name, from_kind, to_kind)

    def _look_at_kinds(self, relation: str, from_kind: str, to_kind: str) -> Sequence[Problem]:
        found = checks.check_ends(self._scene.kinds, self._scene.kinds.relations[relation], from_kind, to_kind)
        return [replace(each, field="end") for each in found]

    def _is_first(self, entry: Entry, tie: Tie) -> bool:
        triple = (entry.given["from"], tie.relation, tie.other)
        if link_name(*triple) not in self._scene.file.twice["links"]:
            return True
        place, same = self._first.setdefault(triple, (entry.place, tie))
        if tie != same:
            self._scene.findings.add(entry.place, f"says something else than the same link at {place}")
        return place == entry.place

    def _remember_edge(self, entry: Entry, tie: Tie) -> None:
        edges = self._edges.get(tie.relation)
        if edges is not None:
            edges.add(entry.given["from"], tie.other, entry.position)

    def _change(self, from_key: str, tie: Tie, before: Link | None) -> Change | None:
        if before is None:
            made_at = max(self._scene.since(from_key), self._scene.since(tie.other))
            return Change(None, new_link(tie, from_key, AUTHOR, made_at))
        after = updated_link(before, tie)
        return None if after == before else Change(before, replace(after, version=before.version + 1))

    async def refuse_loops(self) -> None:
        """Add to the findings each loop of links that may not have any. Called when all were looked at."""
        for relation, edges in self._edges.items():
            if not edges.fresh:
                continue
            async for rows in self._scene.tx.batches(_EDGES, _AT_A_TIME, the_relation=relation):
                for row in rows:
                    edges.add_there(row.from_key, row.to_key)
            for (from_key, to_key), position, loop in edges.loops():
                name = f"{from_key} {relation} {to_key}"
                sentence = f'"{relation}" leads back to where it began: {" → ".join(loop)}'
                self._scene.findings.add(Place(LISTS.index("links"), position, name), sentence)


def _triple(link: Link) -> Triple:
    return link.from_key, link.relation, link.to_key
