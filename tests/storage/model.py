"""A plain model of the graph, in memory: what should be there after any sequence of acts.

It knows nothing of tables, revisions or versions: things are dictionaries by name, an act is what was there before it and after
it, and a moment of the past is a copy.
"""

import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from storage.kinds import Kinds

Name = tuple[str, str, str, str]  # key, relation, "to" key, moment of a value; empty where a thing has none
State = dict[str, Any]
Things = dict[Name, State]

PRIVATE = "C01PRIVATE"


class Wrong(Exception):
    """The model says that this must be refused."""


def of_object(key: str) -> Name:
    return key, "", "", ""


def of_link(from_key: str, relation: str, to_key: str) -> Name:
    return from_key, relation, to_key, ""


def of_value(key: str, at: datetime) -> Name:
    return key, "", "", at.isoformat()


@dataclass
class Done:
    """An act: who did it, and each thing that it changed as it was before and after."""

    author: str
    before: dict[Name, State | None]
    after: dict[Name, State | None]


@dataclass
class Model:
    kinds: Kinds
    things: Things = field(default_factory=dict)
    last: Things = field(default_factory=dict)  # every object that ever was, as it is or was at its end
    numbers: dict[str, int] = field(default_factory=dict)

    def copy(self) -> "Model":
        return replace(self, things=copy.deepcopy(self.things), last=copy.deepcopy(self.last), numbers=dict(self.numbers))

    def keys(self, prefix: str = "") -> list[str]:
        return sorted(name[0] for name in self.things if name == of_object(name[0]) and name[0].startswith(prefix))

    def links(self) -> list[Name]:
        return sorted(name for name in self.things if name[1])

    def values(self) -> list[Name]:
        return sorted(name for name in self.things if name[3])

    def next_key(self, kind: str) -> str:
        prefix = self.kinds.kind(kind).prefix
        return f"{prefix}-{self.numbers.get(prefix, 0) + 1}"

    def add(self, kind: str, author: str, ties: Iterable[Name], **said: Any) -> str:
        """Add an object; in `ties` its key stands as an empty text."""
        key = self.next_key(kind)
        self.numbers[key.partition("-")[0]] = int(key.partition("-")[2])
        nothing: State = {"description": "", "status": self.kinds.kind(kind).first_status, "fields": {}, "channel": None}
        self.things[of_object(key)] = {**nothing, "visibility": "workspace", **said, "kind": kind, "created_by": author}
        for from_key, relation, to_key, _ in ties:
            self.things[of_link(from_key or key, relation, to_key or key)] = {"why": "", "confidence": None, "fields": {}}
        self._refuse_loops()
        return key

    def revise(self, key: str, author: str, changes: Mapping[str, Any]) -> None:
        before = self.things[of_object(key)]
        merged = {**before["fields"], **changes.get("fields", {})}
        after = {**before, **changes, "fields": {name: value for name, value in merged.items() if value is not None}}
        if not self.kinds.kind(before["kind"]).may_follow(before["status"], after["status"]):
            raise Wrong
        self._put(of_object(key), after, author)

    def link(self, name: Name, why: str, confidence: float | None) -> None:
        before = self.things.get(name, {"why": "", "confidence": None, "fields": {}})
        self.things[name] = {
            **before,
            "why": why or before["why"],
            "confidence": before["confidence"] if confidence is None else confidence,
        }
        self._refuse_loops()

    def remove(self, name: Name) -> None:
        self.things.pop(name, None)

    def measure(self, name: Name, value: float, note: str) -> None:
        self.things[name] = {"value": value, "unit": "", "source": "", "note": note}

    def undo(self, done: Done, author: str, *, as_admin: bool) -> None:
        if author != done.author and not as_admin:
            raise Wrong
        wanted = dict(self._wanted(done))
        if not wanted:
            raise Wrong
        for name, state in wanted.items():
            if state is None:
                del self.things[name]
            else:
                self._put(name, state, author)
        self._refuse_orphans()
        self._refuse_loops()

    def _wanted(self, done: Done) -> Iterator[tuple[Name, State | None]]:
        for name, before in done.before.items():
            after, now = done.after[name], self.things.get(name)
            if before in (after, now):
                continue
            if before is None or after is None:
                if now != after:
                    raise Wrong
                yield name, before
            elif now is None:
                raise Wrong
            else:
                yield name, _merged(before, after, now)

    def _put(self, name: Name, after: State, author: str) -> None:
        before = self.things.get(name)
        if before and before.get("visibility") == "channel":
            is_moved = (after["visibility"], after["channel"]) != (before["visibility"], before["channel"])
            if is_moved and author != before["created_by"]:
                raise Wrong
        if after.get("visibility") == "channel" and not after["channel"]:
            raise Wrong
        self.things[name] = after

    def _refuse_orphans(self) -> None:
        for key, _, to_key, _ in self.things:
            if of_object(key) not in self.things or (to_key and of_object(to_key) not in self.things):
                raise Wrong

    def _refuse_loops(self) -> None:
        above = {
            key: [to_key for one, relation, to_key, _ in self.links() if (one, relation) == (key, "part of")]
            for key in self.keys()
        }
        free: set[str] = set()
        while ready := [key for key, holders in above.items() if key not in free and free.issuperset(holders)]:
            free.update(ready)
        if len(free) < len(above):
            raise Wrong

    def remember(self) -> None:
        """Take note of how each object is; called after each act."""
        self.last |= {name: state for name, state in copy.deepcopy(self.things).items() if name == of_object(name[0])}


def _merged(before: State, after: State, now: State) -> State:
    was, left, is_now = _flat(before), _flat(after), _flat(now)
    for name in {*was, *left}:
        if was.get(name) == left.get(name) or is_now.get(name) == was.get(name):
            continue
        if is_now.get(name) != left.get(name):
            raise Wrong
        is_now[name] = was.get(name)
    fields = {name[1]: value for name, value in is_now.items() if name[0] == "fields" and value is not None}
    return {name[1]: value for name, value in is_now.items() if name[0] == ""} | ({"fields": fields} if "fields" in now else {})


def _flat(state: State) -> dict[tuple[str, str], Any]:
    own = {("", name): value for name, value in state.items() if name != "fields"}
    return own | {("fields", name): value for name, value in state.get("fields", {}).items()}


def visible(things: Things, last: Things, *, to_all: bool) -> Things:
    """Return what can be seen of `things`, as they were once, by an administrator or by everybody."""

    def is_open(key: str) -> bool:
        return all(each[of_object(key)]["visibility"] == "workspace" for each in (things, last))

    return {
        name: state for name, state in things.items() if not to_all or (is_open(name[0]) and (not name[2] or is_open(name[2])))
    }
