"""What a graph file would change: its entries checked against the kinds and the database, and merged with what is there."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select

from storage import checks, measures, teams
from storage.database import Transaction, ours
from storage.errors import Problem, Refused
from storage.graph import Tie, new_link, new_object, revised, updated_link
from storage.graph_file import Entry, Findings, GraphFile, Place
from storage.kinds import Kind, Kinds, Relation, nearest
from storage.loops import loops
from storage.measures import Measure
from storage.objects import LINK_COLUMNS, OBJECT_COLUMNS, Draft, Link, Object
from storage.tables import links, objects
from storage.teams import Team
from storage.text import folded

AUTHOR = "import"
_CHUNK = 5_000  # SQLite takes 32,766 variables in a statement

_OBJECTS = (
    select(*OBJECT_COLUMNS)
    .where(ours(objects), objects.c.key.in_(bindparam("wanted", expanding=True)))
    .order_by(objects.c.key)
    .with_for_update()
)
_ALIKE = (
    select(*OBJECT_COLUMNS)
    .where(ours(objects), objects.c.folded_title.in_(bindparam("wanted", expanding=True)))
    .order_by(objects.c.key)
)
_LINKS = (
    select(*LINK_COLUMNS)
    .where(ours(links), links.c.from_key.in_(bindparam("wanted", expanding=True)))
    .order_by(links.c.from_key, links.c.to_key, links.c.relation)
    .with_for_update()
)
_KINDS_OF = select(objects.c.key, objects.c.kind).where(ours(objects), objects.c.key.in_(bindparam("wanted", expanding=True)))
_EDGES = select(links.c.from_key, links.c.to_key).where(ours(links), links.c.relation == bindparam("the_relation"))

Triple = tuple[str, str, str]


@dataclass
class Plan:
    """What is to be written. Of each change: as it was, as it shall be. An added object with an empty key gets the next one."""

    teams: list[Team] = field(default_factory=list)
    added: list[Object] = field(default_factory=list)
    changed: list[tuple[Object, Object]] = field(default_factory=list)
    links_added: list[Link] = field(default_factory=list)
    links_changed: list[tuple[Link, Link]] = field(default_factory=list)
    measures: list[tuple[Measure | None, Measure]] = field(default_factory=list)


async def plan(tx: Transaction, kinds: Kinds, file: GraphFile) -> Plan:
    """Return what `file` changes in the workspace; add to its findings what is wrong. Writes nothing."""
    planning = _Planning(tx, kinds, file.findings)
    await planning.read_teams(file.teams)
    await planning.read_objects(file.objects)
    await planning.read_links(file.links)
    await planning.read_values(file.values)
    return planning.plan


class _Planning:
    def __init__(self, tx: Transaction, kinds: Kinds, findings: Findings) -> None:
        self._tx = tx
        self._kinds = kinds
        self._findings = findings
        self._kinds_by_name = {folded(kind.name): kind for kind in kinds}
        self._relations_by_name = {folded(relation.name): relation for relation in kinds.relations.values()}
        self._team_names: dict[str, str] = {}  # by folded name: "growth" is Growth
        self._kind_of: dict[str, str | None] = {}  # by key; None where the file gives a kind that is unknown
        self._made_at: dict[str, datetime] = {}
        self.plan = Plan()

    async def read_teams(self, entries: Sequence[Entry]) -> None:
        there = {folded(team.name): team for team in await teams.all_teams(self._tx)}
        self._team_names = {short: team.name for short, team in there.items()}
        first: dict[str, Place] = {}
        for entry in entries:
            short = folded(entry.given.get("name", ""))
            if short and short in first:
                self._findings.add(entry.place, f"the same team is at {first[short]}")
            elif short:
                first[short] = entry.place
                self._put_team(there.get(short), entry.given)

    def _put_team(self, before: Team | None, given: Mapping[str, Any]) -> None:
        after = replace(before or Team(given["name"]), **{name: value for name, value in given.items() if name != "name"})
        after = replace(after, members=tuple(sorted({*after.members, *after.leads})), leads=tuple(sorted(after.leads)))
        self._team_names.setdefault(folded(after.name), after.name)
        if after != before:
            self.plan.teams.append(after)

    def _team_called(self, name: str) -> str:
        """Return the team's name as it is kept; a team that is named nowhere comes into being."""
        if folded(name) not in self._team_names:
            self._put_team(None, {"name": name})
        return self._team_names[folded(name)]

    async def read_objects(self, entries: Sequence[Entry]) -> None:
        keys = [entry.given["key"] for entry in entries if "key" in entry.given]
        there = {row["key"]: Object(**row) for row in await self._chunks(_OBJECTS, keys)}
        titles = [folded(entry.given["title"]) for entry in entries if "title" in entry.given and "key" not in entry.given]
        alike = defaultdict(list)
        for row in await self._chunks(_ALIKE, titles):
            if row["key"] not in there:
                alike[row["kind"], folded(row["title"])].append(Object(**row))
        first: dict[str, Place] = {}
        for entry in entries:
            key = entry.given.get("key", "")
            if key in first:
                self._findings.add(entry.place, f"the key is given twice, first at {first[key]}")
            else:
                self._put_object(entry, there.get(key), alike)
            if key:
                first.setdefault(key, entry.place)

    def _put_object(self, entry: Entry, before: Object | None, alike: dict[tuple[str, str], list[Object]]) -> None:
        given = dict(entry.given)
        key, kind = given.pop("key", ""), self._kind_called(entry.place, given.pop("kind", None))
        self._kind_of[key] = None if kind is None else kind.name
        if kind is None or not self._key_fits(entry.place, key, kind, before):
            return
        given = self._whole(given)
        try:
            if before is not None:
                self._change(before, given)
            elif not (key == "" and self._is_there(given, alike[kind.name, folded(given["title"])])):
                self._add(kind, key, given)
        except Refused as refused:
            for problem in refused.problems:
                self._findings.add(entry.place, _in_file(problem))

    def _whole(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return `given` with what was taken away in the form in which it is stored."""
        empty = {name: value for name, value in (("description", ""), ("tags", ())) if name in given and given[name] is None}
        team = {"team": self._team_called(given["team"])} if given.get("team") else {}
        return {"title": "?", **given, **empty, **team}  # without a title: that was said before, go on with the rest

    def _add(self, kind: Kind, key: str, given: dict[str, Any]) -> None:
        draft, problems = checks.check_draft(self._kinds, Draft(kind=kind.name, **given))
        if problems:
            raise Refused(problems)
        made = new_object(self._kinds, draft, key, AUTHOR, self._tx.now)
        made = replace(made, updated_at=min(made.created_at, self._tx.now))
        self._made_at[key] = made.updated_at
        self.plan.added.append(made)

    def _change(self, before: Object, given: dict[str, Any]) -> None:
        after = self._changed(before, given)
        if after != before:
            self.plan.changed.append((before, replace(after, version=before.version + 1, updated_at=self._tx.now)))

    def _changed(self, before: Object, given: dict[str, Any]) -> Object:
        changes = {name: value for name, value in given.items() if name != "created_at"}
        return replace(revised(self._kinds, before, changes), created_at=given.get("created_at", before.created_at))

    def _is_there(self, given: dict[str, Any], candidates: list[Object]) -> bool:
        """Tell whether an object without a key was imported before, word for word; each stored one answers for one entry."""
        for candidate in candidates:
            if self._changed(candidate, given) == candidate:
                candidates.remove(candidate)
                return True
        return False

    def _kind_called(self, place: Place, name: str | None) -> Kind | None:
        kind = self._kinds_by_name.get(folded(name)) if name else None
        if name and kind is None:
            self._findings.add(place, f'unknown kind "{name}"{nearest(name, self._kinds.kinds)}')
        return kind

    def _key_fits(self, place: Place, key: str, kind: Kind, before: Object | None) -> bool:
        if before is not None and before.kind != kind.name:
            self._findings.add(place, f"is of kind {before.kind} in the database, and stays so")
            return False
        if key and before is None and self._kinds.of_key(key) is not kind:
            self._findings.add(place, f"the key of kind {kind.name} begins with {kind.prefix}-")
            return False
        return True

    async def read_links(self, entries: Sequence[Entry]) -> None:
        entries = [entry for entry in entries if {"from", "relation", "to"} <= entry.given.keys()]
        await self._learn_kinds(key for entry in entries for key in (entry.given["from"], entry.given["to"]))
        starts = [entry.given["from"] for entry in entries]
        there = {_triple(link): link for link in (Link(**row) for row in await self._chunks(_LINKS, starts))}
        first: dict[Triple, tuple[Place, Tie]] = {}
        for entry in entries:
            relation, tie = self._checked(entry)
            if relation is None or tie is None:
                continue
            triple = (entry.given["from"], relation.name, tie.other)
            place, same = first.setdefault(triple, (entry.place, tie))
            if tie != same:
                self._findings.add(entry.place, f"says something else than the same link at {place}")
            elif place is entry.place:
                self._put_link(triple[0], tie, there.get(triple))
        await self._refuse_loops({triple: place for triple, (place, _) in first.items()})

    def _checked(self, entry: Entry) -> tuple[Relation | None, Tie | None]:
        given, problems = entry.given, list[Problem]()
        relation = self._relations_by_name.get(folded(given["relation"]))
        if relation is None:
            problems.append(Problem("relation", checks.unknown_relation(self._kinds, given["relation"])))
        fields = checks.check_fields(self._kinds.link_fields, given.get("fields", {}), problems)
        confidence = checks.check_confidence(given.get("confidence"), problems)
        problems += self._problems_of_ends(relation, given["from"], given["to"])
        for problem in problems:
            self._findings.add(entry.place, _in_file(problem))
        if relation is None or problems:
            return relation, None
        return relation, Tie(relation.name, given["to"], why=given.get("why", ""), confidence=confidence, fields=fields)

    def _problems_of_ends(self, relation: Relation | None, from_key: str, to_key: str) -> list[Problem]:
        unknown = [key for key in dict.fromkeys((from_key, to_key)) if key not in self._kind_of]
        if unknown:
            return [Problem("end", f'unknown end "{key}"') for key in unknown]
        from_kind, to_kind = self._kind_of[from_key], self._kind_of[to_key]
        if relation is None or from_kind is None or to_kind is None:
            return []
        return [replace(each, field="end") for each in checks.check_ends(self._kinds, relation, from_kind, to_kind)]

    def _put_link(self, from_key: str, tie: Tie, before: Link | None) -> None:
        if before is None:
            made_at = max(self._made_at.get(key, self._tx.now) for key in (from_key, tie.other))
            self.plan.links_added.append(new_link(tie, from_key, AUTHOR, made_at))
            return
        after = updated_link(before, tie)
        if after != before:
            self.plan.links_changed.append((before, replace(after, version=before.version + 1)))

    async def _refuse_loops(self, given: Mapping[Triple, Place]) -> None:
        for relation in (each for each in self._kinds.relations.values() if not each.loops):
            fresh = {(from_key, to_key): place for (from_key, name, to_key), place in given.items() if name == relation.name}
            if fresh:
                rows = await self._tx.rows(_EDGES, the_relation=relation.name)
                for edge, loop in loops([(row["from_key"], row["to_key"]) for row in rows], fresh.keys()):
                    self._findings.add(fresh[edge], f'"{relation.name}" leads back to where it began: {" → ".join(loop)}')

    async def _learn_kinds(self, keys: Iterable[str]) -> None:
        unknown = [key for key in keys if key not in self._kind_of]
        self._kind_of |= {row["key"]: row["kind"] for row in await self._chunks(_KINDS_OF, unknown)}

    async def read_values(self, entries: Sequence[Entry]) -> None:
        entries = [entry for entry in entries if {"key", "at", "value"} <= entry.given.keys()]
        await self._learn_kinds(entry.given["key"] for entry in entries)
        there_now = await measures.stored(self._tx, (entry.given["key"] for entry in entries))
        there = {(each.key, each.at): each for of_one in there_now.values() for each in of_one}
        first: dict[tuple[str, datetime], tuple[Place, Measure]] = {}
        for entry in entries:
            if entry.given["key"] not in self._kind_of:
                self._findings.add(entry.place, f'unknown object "{entry.given["key"]}"')
                continue
            if not self._carries_values(entry.given["key"]):
                measured = measures.measured_kinds(self._kinds)
                self._findings.add(entry.place, f"the object carries no values; they belong to {measured}")
                continue
            before = there.get((entry.given["key"], entry.given["at"]))
            made = _measure(entry.given, before)
            place, same = first.setdefault((made.key, made.at), (entry.place, made))
            if made != same:
                self._findings.add(entry.place, f"says something else than the value of the same moment at {place}")
            elif place is entry.place and made != before:
                version = before.version + 1 if before else 1
                corrected = replace(made, version=version, author=AUTHOR, recorded_at=self._tx.now)
                self.plan.measures.append((before, corrected))

    def _carries_values(self, key: str) -> bool:
        kind = self._kind_of[key]
        return kind not in self._kinds.kinds or self._kinds.kind(kind).measured is not None

    async def _chunks(self, statement: Select[Any], wanted: Iterable[str]) -> list[Any]:
        found: list[Any] = []
        names = sorted(set(wanted))
        for start in range(0, len(names), _CHUNK):
            found += await self._tx.rows(statement, wanted=names[start : start + _CHUNK])
        return found


def _in_file(problem: Problem) -> str:
    """Say of what `problem` is, unless its sentence does."""
    says_itself = problem.sentence.startswith("unknown") or problem.field == "end"
    return problem.sentence if says_itself else f"{problem.field}: {problem.sentence}"


def _triple(link: Link) -> Triple:
    return link.from_key, link.relation, link.to_key


def _measure(given: Mapping[str, Any], before: Measure | None) -> Measure:
    note = given.get("note", before.note if before else "")
    rest = {name: given.get(name, getattr(before, name) if before else "") for name in ("unit", "source")}
    return Measure(given["key"], given["at"], float(given["value"]), note, **rest)
