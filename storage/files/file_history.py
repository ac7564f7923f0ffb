"""The "history" of a graph file: every revision of its objects, links and values, put back unchanged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from storage import bulk
from storage.changes import REVISABLE, Change, Thing, item_of
from storage.checks import with_article
from storage.database import ours
from storage.files.findings import whole_file
from storage.files.graph_file import Entry
from storage.files.import_scene import Scene
from storage.history import Item, Revision
from storage.measures import Measure
from storage.objects import Link, Object
from storage.tables import revisions

_PARTS = {
    "object": {*REVISABLE, "kind", "created_at", "created_by"},
    "link": {"why", "confidence", "fields"},
    "value": {"value", "unit", "source", "note"},
}
_NEEDED_BACK = {
    **_PARTS,
    "object": _PARTS["object"] - {"archived"},
    "link": set[str](),
    "value": {"value"},
}  # else a default
_NEEDED = {"act", "position", "key", "version", "author", "at"}
_THERE = select(revisions.c.act, revisions.c.position).where(
    ours(revisions),
    revisions.c.act.in_(bindparam("wanted", expanding=True)),
    revisions.c.position.between(bindparam("lowest"), bindparam("highest")),
)
_OF_KEYS = (
    select(
        revisions.c.key,
        revisions.c.relation,
        revisions.c.to_key,
        revisions.c.value_at,
        revisions.c.version,
        revisions.c.author,
        revisions.c.at,
        revisions.c.before.is_(None).label("begins"),
        revisions.c.after["created_by"].as_string().label("created_by"),  # of an object that came back: who made it first
    )
    .where(ours(revisions), revisions.c.key.in_(bindparam("keys", expanding=True)))
    .order_by(revisions.c.version, revisions.c.at)
)
_OF = {
    Object: _OF_KEYS.where(revisions.c.relation.is_(None), revisions.c.value_at.is_(None)),
    Link: _OF_KEYS.where(revisions.c.relation.is_not(None)),
    Measure: _OF_KEYS.where(revisions.c.value_at.between(bindparam("since"), bindparam("until"))),
}


class _Life(NamedTuple):
    """What history tells of one thing: who made it and when, and its last version."""

    author: str
    at: datetime
    version: int
    last_author: str
    last_at: datetime


class FileHistory:
    """Takes the revisions of a file, and tells which versions, authors and times its objects, links and values have then."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._seen: set[tuple[str, int]] = set()  # of those that may be given twice
        self._is_news = False

    @property
    def is_restored(self) -> bool:
        """Whether the file has a history that the workspace takes over."""
        return self._scene.is_empty and self._scene.file.entries["history"].count > 0

    async def take(self, entries: Sequence[Entry]) -> None:
        """Check some revisions and store them where nothing is wrong; one that is there already is left."""
        entries = [entry for entry in entries if entry.given.keys() >= _NEEDED]
        for entry in entries:
            for problem in self._problems(entry.given):
                self._scene.findings.add(entry.place, problem)
        found = [_revision(entry.given) for entry in entries]
        if not self._scene.is_empty:
            await self._compare(found)
        elif not self._scene.findings:
            await bulk.insert(self._scene.tx, revisions, [vars(each) for each in found])

    def _problems(self, given: Mapping[str, Any]) -> Iterable[str]:
        name, file = (given["act"], given["position"]), self._scene.file
        if name in file.twice["history"]:
            if name in self._seen:
                yield "is there twice"
            self._seen.add(name)
        for key in dict.fromkeys((given["key"], given.get("to", given["key"]))):
            if key not in file.keys and key not in file.gone:
                yield f'unknown object "{key}"'
        if ("relation" in given) != ("to" in given):
            yield 'a link has both "relation" and "to"'
        else:
            yield from _problems_of_states(given)

    async def _compare(self, found: Sequence[Revision]) -> None:
        positions = [each.position for each in found]
        if self._is_news or not positions:
            return
        acts = (each.act for each in found)
        rows = await self._scene.found(_THERE, acts, lowest=min(positions), highest=max(positions))
        there = {(row["act"], row["position"]) for row in rows}
        self._is_news = any((each.act, each.position) not in there for each in found)
        if self._is_news:
            self._scene.findings.add(
                whole_file("history"),
                'can only be restored into an empty database; without "history" the file updates this one',
            )

    async def as_told(self, changes: Sequence[Change]) -> tuple[list[Change], list[Change]]:
        """Return those of `changes`, all of one type, of which history tells, as it tells them, and the others."""
        lives = await self._lives([change.thing for change in changes])
        told: list[Change] = []
        others: list[Change] = []
        for change in changes:
            life = lives.get(item_of(change.thing))
            if life is None:
                others.append(change)
            else:
                told.append(Change(None, _as_it_was(change.thing, life)))
        return told, others

    async def _lives(self, things: Sequence[Thing]) -> dict[Item, _Life]:
        if not things:
            return {}
        keys = sorted({thing.from_key if isinstance(thing, Link) else thing.key for thing in things})
        moments = [thing.at for thing in things if isinstance(thing, Measure)]
        values = {"since": min(moments), "until": max(moments)} if moments else {}
        lives: dict[Item, _Life] = {}
        for row in await self._scene.tx.rows(_OF[type(things[0])], keys=keys, **values):
            item = Item(row["key"], row["relation"], row["to_key"], row["value_at"])
            begun = _Life(row["created_by"] or row["author"], row["at"], row["version"], row["author"], row["at"])
            life = begun if row["begins"] else lives.get(item, begun)
            lives[item] = life._replace(version=row["version"], last_author=row["author"], last_at=row["at"])
        return lives


def _problems_of_states(given: Mapping[str, Any]) -> Iterable[str]:
    """Say which parts of its states no such thing has, and which it needs to come back: the past is built of them."""
    what = "link" if "relation" in given else "value" if "value_at" in given else "object"
    before, after = given.get("before"), given.get("after")
    for name in sorted({*(before or ()), *(after or ())} - _PARTS[what]):
        yield f'says "{name[:80]}", which {with_article(what)} has not'
    missing = sorted(_NEEDED_BACK[what] - set(before or ())) if after is None and before is not None else []
    if missing:
        words = " and ".join([*([", ".join(missing[:-1])] if missing[1:] else []), missing[-1]])
        yield f"what went is not told whole: {words} {'are' if missing[1:] else 'is'} missing"


def _revision(given: Mapping[str, Any]) -> Revision:
    optional: dict[str, Any] = {name: given.get(name) for name in ("relation", "reason", "before", "after", "value_at")}
    needed = {name: given[name] for name in ("act", "position", "key", "version", "author", "at")}
    return Revision(**needed, **optional, to_key=given.get("to"))


def _as_it_was(made: Thing, life: _Life) -> Thing:
    if isinstance(made, Object):
        return replace(made, version=life.version, created_by=life.author, updated_at=life.last_at)
    if isinstance(made, Link):
        return replace(made, version=life.version, created_by=life.author, created_at=life.at)
    return replace(made, version=life.version, author=life.last_author, recorded_at=life.last_at)
