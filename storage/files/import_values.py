"""What the measured values of a graph file change."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from storage.changes import Change
from storage.database import ours
from storage.files.findings import Place
from storage.files.graph_file import Entry
from storage.files.import_scene import AUTHOR, Scene
from storage.measures import Measure, measured_kinds
from storage.tables import measured_values

_THERE = select(*(measured_values.c[name] for name in Measure.__dataclass_fields__)).where(
    ours(measured_values),
    measured_values.c.key.in_(bindparam("wanted", expanding=True)),
    measured_values.c.at.between(bindparam("since"), bindparam("until")),
)


class Values:
    """Works out the changes of values, some entries at a time."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._first: dict[tuple[str, datetime], tuple[Place, Measure]] = {}  # of those that may be given twice

    async def changes(self, entries: Sequence[Entry]) -> list[Change]:
        """Return what `entries` change; add to the findings what is wrong with them."""
        entries = [entry for entry in entries if {"key", "at", "value"} <= entry.given.keys()]
        keys = {entry.given["key"] for entry in entries}
        known = await self._scene.kinds_of(keys)
        there = await self._there(entries)
        found = []
        for entry in entries:
            if entry.given["key"] not in known:
                self._scene.findings.add(entry.place, f'unknown object "{entry.given["key"]}"')
                continue
            if not self._carries_values(known[entry.given["key"]]):
                words = f"the object carries no values; they belong to {measured_kinds(self._scene.kinds)}"
                self._scene.findings.add(entry.place, words)
                continue
            before = there.get((entry.given["key"], entry.given["at"]))
            after = _measure(entry.given, before)
            if self._is_first(entry, after) and after != before:
                version = before.version + 1 if before else 1
                found.append(Change(before, replace(after, version=version, author=AUTHOR, recorded_at=self._scene.tx.now)))
        return found

    async def _there(self, entries: Sequence[Entry]) -> dict[tuple[str, datetime], Measure]:
        moments = [entry.given["at"] for entry in entries]
        if not moments:
            return {}
        keys = (entry.given["key"] for entry in entries)
        rows = await self._scene.found(_THERE, keys, since=min(moments), until=max(moments))
        return {(row["key"], row["at"]): Measure(**row) for row in rows}

    def _carries_values(self, kind: str | None) -> bool:
        declared = self._scene.kinds.kinds.get(kind or "")
        return declared is None or declared.measured is not None

    def _is_first(self, entry: Entry, made: Measure) -> bool:
        if (made.key, made.at) not in self._scene.file.twice["values"]:
            return True
        place, same = self._first.setdefault((made.key, made.at), (entry.place, made))
        if made != same:
            self._scene.findings.add(entry.place, f"says something else than the value of the same moment at {place}")
        return place == entry.place


def _measure(given: Mapping[str, Any], before: Measure | None) -> Measure:
    rest = {name: given.get(name, getattr(before, name) if before else "") for name in ("unit", "source", "note")}
    return Measure(given["key"], given["at"], float(given["value"]), **rest)
