"""What the objects of a graph file change: each entry checked against its kind and merged with what is there."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import bindparam, select

from storage import checks
from storage.changes import Change
from storage.database import ours
from storage.errors import Refused
from storage.files.compact import KeySet
from storage.files.findings import Place
from storage.files.graph_file import Entry
from storage.files.import_scene import AUTHOR, Scene, in_file
from storage.files.import_teams import Teams
from storage.graph import NEXT_NUMBER, new_object, revised
from storage.kinds import Kind, nearest
from storage.names import TITLE, stored
from storage.objects import OBJECT_COLUMNS, Draft, Object
from storage.tables import names, objects
from storage.text import folded

_OBJECTS = (
    select(*OBJECT_COLUMNS)
    .where(ours(objects), objects.c.key.in_(bindparam("wanted", expanding=True)))
    .order_by(objects.c.key)
    .with_for_update()
)
_ALIKE = (  # by the words of their titles, for which there is an index
    select(*OBJECT_COLUMNS)
    .join(names, (names.c.workspace == objects.c.workspace) & (names.c.key == objects.c.key))
    .where(ours(names), names.c.text.in_(bindparam("wanted", expanding=True)), names.c.rank == TITLE)
    .order_by(objects.c.key)
)

Alike = dict[tuple[str, str], list[Object]]  # stored objects by kind and folded title


class Objects:
    """Works out the changes of objects, some entries at a time."""

    def __init__(self, scene: Scene, teams: Teams) -> None:
        self._scene = scene
        self._teams = teams
        self._kinds = {folded(kind.name): kind for kind in scene.kinds}
        self._first: dict[str, Place] = {}  # of the keys that are given twice
        self._taken = KeySet()  # the stored objects that answer for an entry without a key already, and those made of one

    async def changes(self, entries: Sequence[Entry]) -> list[Change]:
        """Return what `entries` change; add to the findings what is wrong with them."""
        keys = [entry.given["key"] for entry in entries if "key" in entry.given]
        there = {row["key"]: Object(**row) for row in await self._scene.found(_OBJECTS, keys)}
        alike = await self._alike(entries)
        found = []
        for entry in entries:
            if self._is_first(entry):
                change = self._change_of(entry, there.get(entry.given.get("key", "")), alike)
                if change is not None:
                    found.append(change)
        return await self._with_keys(found)

    async def _alike(self, entries: Sequence[Entry]) -> Alike:
        titles = [stored(entry.given["title"]) for entry in entries if "title" in entry.given and "key" not in entry.given]
        alike: Alike = defaultdict(list)
        for row in await self._scene.found(_ALIKE, titles):
            if row["key"] not in self._scene.file.keys and row["key"] not in self._taken:
                alike[row["kind"], folded(row["title"])].append(Object(**row))
        return alike

    def _is_first(self, entry: Entry) -> bool:
        key = entry.given.get("key")
        if key not in self._scene.file.repeated:
            return True
        first = self._first.setdefault(key, entry.place)
        if first != entry.place:
            self._scene.findings.add(entry.place, f"the key is given twice, first at {first}")
        return first == entry.place

    def _change_of(self, entry: Entry, before: Object | None, alike: Alike) -> Change | None:
        given = dict(entry.given)
        key, kind = given.pop("key", ""), self._kind_called(entry.place, given.pop("kind", None))
        if kind is None or not self._key_fits(entry.place, key, kind, before):
            self._scene.kind_of[key] = None if kind is None else kind.name
            return None
        given = self._whole(given)
        try:
            if before is not None:
                return self._revised(before, given)
            if key == "" and self._is_there(given, alike[kind.name, folded(given["title"])]):
                return None
            return Change(None, self._made(kind, key, given))
        except Refused as refused:
            for problem in refused.problems:
                self._scene.findings.add(entry.place, in_file(problem))
            return None

    def _kind_called(self, place: Place, name: str | None) -> Kind | None:
        kind = self._kinds.get(name) or self._kinds.get(folded(name)) if name else None
        if name and kind is None:
            self._scene.findings.add(place, f'unknown kind "{name}"{nearest(name, self._scene.kinds.kinds)}')
        return kind

    def _key_fits(self, place: Place, key: str, kind: Kind, before: Object | None) -> bool:
        tells = not key or self._scene.kinds.of_key(key) is kind
        if before is not None and before.kind != kind.name:
            self._scene.findings.add(place, f"is of kind {before.kind} in the database, and stays so")
            return False
        if before is not None and not tells:
            self._scene.kind_of[key] = kind.name
        if before is None and not tells:
            self._scene.findings.add(place, f"the key of kind {kind.name} begins with {kind.prefix}-")
            return False
        return True

    def _whole(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return `given` with what was taken away in the form in which it is stored."""
        for name, empty in (("description", ""), ("tags", ())):
            if name in given and given[name] is None:
                given[name] = empty
        if given.get("team"):
            given["team"] = self._teams.called(given["team"])
        given.setdefault("title", "?")  # without a title: that was said before, go on with the rest
        return given

    def _made(self, kind: Kind, key: str, given: dict[str, Any]) -> Object:
        draft, problems = checks.check_draft(self._scene.kinds, Draft(kind=kind.name, **given))
        if problems:
            raise Refused(problems)
        now = self._scene.tx.now
        since = min(draft.created_at or now, now)  # what was made long ago is no news of today
        if key and since < now:
            self._scene.made_at.put(key, since)
        return new_object(self._scene.kinds, draft, key, AUTHOR, since)

    def _revised(self, before: Object, given: dict[str, Any]) -> Change | None:
        after = self._changed(before, given)
        if after == before:
            return None
        return Change(before, replace(after, version=before.version + 1, updated_at=self._scene.tx.now))

    def _changed(self, before: Object, given: dict[str, Any]) -> Object:
        changes = {name: value for name, value in given.items() if name != "created_at"}
        return replace(revised(self._scene.kinds, before, changes), created_at=given.get("created_at", before.created_at))

    def _is_there(self, given: dict[str, Any], candidates: list[Object]) -> bool:
        """Tell whether an object without a key was imported before, word for word; each stored one answers for one entry."""
        for candidate in candidates:
            if self._changed(candidate, given) == candidate:
                candidates.remove(candidate)
                self._taken.add(candidate.key)
                return True
        return False

    async def _with_keys(self, found: list[Change]) -> list[Change]:
        prefixes = {kind.name: kind.prefix for kind in self._scene.kinds}
        nameless = Counter(prefixes[each.thing.kind] for each in found if isinstance(each.thing, Object) and not each.thing.key)
        if not nameless or self._scene.findings:
            return found
        free = await self._free_numbers(nameless)
        return [self._with_key(each, prefixes, free) for each in found]

    def _with_key(self, change: Change, prefixes: Mapping[str, str], free: Mapping[str, Iterator[int]]) -> Change:
        made = change.thing
        if not isinstance(made, Object) or made.key:
            return change
        prefix = prefixes[made.kind]
        key = f"{prefix}-{next(free[prefix])}"
        self._taken.add(key)
        return Change(None, replace(made, key=key))

    async def _free_numbers(self, wanted: Counter[str]) -> dict[str, Iterator[int]]:
        statement = NEXT_NUMBER[self._scene.tx.connection.dialect.name]
        free: dict[str, Iterator[int]] = {}
        for prefix, count in sorted(wanted.items()):
            last = int(await self._scene.tx.value(statement, name=prefix, value=count))
            free[prefix] = iter(range(last - count + 1, last + 1))
        return free
