"""What the comments of a graph file add and change. A comment is known by its object, who said it, and when."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from storage.checks import VISIBILITIES
from storage.comments import COLUMNS, Comment
from storage.database import ours
from storage.files.findings import Place
from storage.files.graph_file import Entry
from storage.files.import_scene import AUTHOR, Scene
from storage.ids import new_id
from storage.tables import comments

_THERE = select(*COLUMNS).where(ours(comments), comments.c.key.in_(bindparam("wanted", expanding=True)))
_PUT = insert(comments)
_SAID = ("text", "added_by", "source", "channel", "visibility")
_CHANGE = (
    update(comments)
    .where(ours(comments), comments.c.id == bindparam("the_id"))
    .values({name: bindparam(f"new_{name}") for name in _SAID})
)

Name = tuple[str, str, datetime]


class Comments:
    """Takes in comments, some entries at a time."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._first: dict[Name, tuple[Place, Comment]] = {}  # of those that may be given twice

    async def take(self, entries: Sequence[Entry]) -> int:
        """Store what `entries` add and change, and return how many; add to the findings what is wrong with them."""
        entries = [entry for entry in entries if {"key", "author", "at", "text"} <= entry.given.keys()]
        keys = {entry.given["key"] for entry in entries}
        known = await self._scene.kinds_of(keys)
        there = {_name(row): Comment(**row) for row in await self._scene.found(_THERE, keys)}
        new, changed = list[Comment](), list[Comment]()
        for entry in entries:
            if problem := _problem(entry.given, known):
                self._scene.findings.add(entry.place, problem)
                continue
            before = there.get(_name(entry.given))
            after = _comment(entry.given, before)
            if self._is_first(entry, after) and after != before:
                (new if before is None else changed).append(after)
        if not self._scene.findings:
            await self._scene.tx.run_many(_PUT, [{**asdict(each), "id": new_id()} for each in new])
            for each in changed:
                values = {f"new_{name}": getattr(each, name) for name in _SAID}
                await self._scene.tx.run(_CHANGE, the_id=each.id, **values)
        return len(new) + len(changed)

    def _is_first(self, entry: Entry, made: Comment) -> bool:
        name = made.key, made.author, made.at
        if name not in self._scene.file.twice["comments"]:
            return True
        place, same = self._first.setdefault(name, (entry.place, made))
        if made != same:
            self._scene.findings.add(entry.place, f"says something else than the comment of the same moment at {place}")
        return place == entry.place


def _name(said: Mapping[str, Any]) -> Name:
    return said["key"], said["author"], said["at"]


def _problem(given: Mapping[str, Any], known: Mapping[str, str | None]) -> str | None:
    visibility = given.get("visibility", "workspace")
    if given["key"] not in known:
        return f'unknown object "{given["key"]}"'
    if not given["text"]:
        return '"text" should not be empty'
    if visibility not in VISIBILITIES:
        return f'unknown visibility "{visibility}"; it is workspace or channel'
    return "visibility channel needs a channel" if visibility == "channel" and not given.get("channel") else None


def _comment(given: Mapping[str, Any], before: Comment | None) -> Comment:
    """Return the comment as it shall be; a part that is not given stays."""
    if before is not None:
        return replace(before, **{name: given[name] for name in _SAID if given.get(name) is not None})
    about = {"added_by": AUTHOR, "source": None, "channel": None, "visibility": "workspace"}
    return Comment(id="", **{**about, **{name: value for name, value in given.items() if value is not None}})
