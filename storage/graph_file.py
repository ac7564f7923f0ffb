"""The graph file as it stands on disk: reading it, and checking the shape of every entry. No kinds, no database.

What the kinds and the database have to say about the entries is `storage.importing`'s.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from storage.errors import Problem, Refused
from storage.graph_shapes import CLEARABLE, NAMED_BY, NEEDED, READERS
from storage.kinds import nearest
from storage.strict_json import GivenTwice, NotJson, read_json, what_is

VERSION = 1
LISTS = ("teams", "objects", "links", "values", "history")
_WHOLE_FILE = -1


@dataclass(frozen=True, order=True)
class Place:
    """Where in the file something stands: the list, the position in it counted from 0, and the entry's name for people."""

    list: int
    index: int
    name: str = field(compare=False, default="")

    def __str__(self) -> str:
        return self.name if self.list == _WHOLE_FILE else f"{LISTS[self.list]}[{self.index}] {self.name}".rstrip()


def whole_file(part: str) -> Place:
    """Return the place of what concerns a `part` of the file, or all of it."""
    return Place(_WHOLE_FILE, 0, part)


@dataclass(frozen=True)
class Entry:
    """One entry of a list: what it gives, each in the type that it should have. None: to be taken away."""

    place: Place
    given: Mapping[str, Any]


@dataclass
class Findings:
    """Every problem found so far."""

    _found: list[tuple[Place, str]] = field(default_factory=list)

    def add(self, place: Place, sentence: str) -> None:
        self._found.append((place, sentence))

    def __bool__(self) -> bool:
        return bool(self._found)

    def refuse(self) -> NoReturn:
        """Raise Refused with all problems in the file's order; a problem's `field` is its place."""
        raise Refused([Problem(str(place), sentence) for place, sentence in sorted(self._found, key=lambda each: each[0])])


@dataclass(frozen=True)
class GraphFile:
    """The entries of each list, and what is wrong with their shapes."""

    teams: list[Entry]
    objects: list[Entry]
    links: list[Entry]
    values: list[Entry]
    history: list[Entry]
    findings: Findings


def read(data: bytes) -> GraphFile:
    """Return what the file's bytes `data` hold, its problems among it. Raise NotJson where it cannot be read at all."""
    content = read_json(data)
    if not isinstance(content, dict):
        raise NotJson(f"A graph file is a JSON object with the lists {', '.join(LISTS[:-1])}; this is {what_is(content)}.")
    findings = Findings()
    for name, problem in _problems_of_file(content):
        findings.add(whole_file(name), problem)
    lists = {name: _entries(position, content.get(name), findings) for position, name in enumerate(LISTS)}
    return GraphFile(**lists, findings=findings)


def _problems_of_file(content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    version = content.get("version")
    if type(version) is not int or version != VERSION:
        yield (
            "version",
            f"should be {VERSION}; I know no other" if "version" in content else f"is missing; it should be {VERSION}",
        )
    for name, value in content.items():
        if name in LISTS and not isinstance(value, list | None):
            yield name, f"should be a list, not {what_is(value)}"
        elif name not in ("version", *LISTS):
            yield "file", f'unknown list "{name}"{nearest(name, LISTS)}'
    if isinstance(content, GivenTwice):
        yield from ((name, "is given twice") for name in content.twice)


def _entries(position: int, entries: Any, findings: Findings) -> list[Entry]:
    if not isinstance(entries, list):
        return []
    which = LISTS[position]
    return [_entry(Place(position, index, _name(which, raw)), raw, findings) for index, raw in enumerate(entries)]


def _name(which: str, raw: Any) -> str:
    if not isinstance(raw, dict):
        return ""
    parts = [raw.get(part) for part in NAMED_BY[which]]
    if which == "objects" and not parts[0]:
        title = raw.get("title")
        return f'"{title[:60]}"' if isinstance(title, str) else ""
    return " ".join(part[:80] for part in parts if isinstance(part, str))


def _entry(place: Place, raw: Any, findings: Findings) -> Entry:
    which = LISTS[place.list]
    if not isinstance(raw, dict):
        findings.add(place, f"should be an object, not {what_is(raw)}")
        return Entry(place, {})
    problems = list(_problems_of_names(which, raw))
    given: dict[str, Any] = {}
    for name, value in raw.items():
        if name in READERS[which] and (value is not None or name in CLEARABLE[which]):
            try:
                given[name] = None if value is None else READERS[which][name](value)
            except ValueError as error:
                problems.append(f'"{name}" {error}')
    for problem in problems:
        findings.add(place, problem)
    return Entry(place, given)


def _problems_of_names(which: str, raw: dict[str, Any]) -> Iterator[str]:
    known = READERS[which]
    for name in raw:
        if name not in known:
            yield f'unknown field "{name}"{nearest(name, known)}'
    for name in NEEDED[which]:
        if raw.get(name) is None:
            yield f'"{name}" is missing'
    for mapping in (raw, *raw.values()):
        if isinstance(mapping, GivenTwice):
            yield from (f'"{name}" is given twice' for name in mapping.twice)
