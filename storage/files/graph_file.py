"""The graph file as it stands on disk: reading it once, and checking the shape of every entry. No kinds, no database.

What the kinds and the database have to say about the entries is `storage.files.importing`'s. The entries wait on the disk
meanwhile: the lists may stand in any order, while links can only be looked at when all objects are known.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import lru_cache
from io import BytesIO
from typing import Any, BinaryIO, NamedTuple

from storage.files.compact import KeySet, Repeats
from storage.files.findings import LISTS, Findings, Place, whole_file
from storage.files.graph_shapes import CLEARABLE, NAMED_BY, NEEDED, READERS
from storage.files.spool import Spool
from storage.files.strict_json import GivenTwice, JsonStream, NotJson, what_is
from storage.kinds import nearest
from storage.text import folded

VERSION = 1
Told = Callable[[int], None]  # how many bytes were read, or entries written, so far
_folded = lru_cache(1_000)(folded)  # the few relations of many links
_nearest = lru_cache(1_000)(nearest)
_OFTEN = 1_000_000  # characters after which it is told how far reading is


class Entry(NamedTuple):
    """One entry of a list: where it stands, and what it gives, each in the type that it should have. None: to be taken away."""

    list: int
    position: int
    name: str
    given: dict[str, Any]

    @property
    def place(self) -> Place:
        return Place(self.list, self.position, self.name)


@dataclass
class GraphFile:
    """The entries of each list, and what is wrong with their shapes.

    `keys`: of all objects. `repeated`: the keys that are given twice. `twice`: by list, the names that may be given twice.
    `told`: the keys that "history" names. `gone`: those of objects that were taken away.
    """

    findings: Findings = field(default_factory=Findings)
    entries: dict[str, Spool[Entry]] = field(default_factory=lambda: {name: Spool() for name in LISTS})
    keys: KeySet = field(default_factory=KeySet)
    repeated: set[str] = field(default_factory=set)
    twice: defaultdict[str, Repeats] = field(default_factory=lambda: defaultdict(Repeats))
    told: KeySet = field(default_factory=KeySet)
    gone: KeySet = field(default_factory=KeySet)

    def close(self) -> None:
        """Give the place on the disk back."""
        for spool in self.entries.values():
            spool.close()

    def count(self) -> int:
        """Return how many entries there are."""
        return sum(spool.count for spool in self.entries.values())


def read(source: bytes | BinaryIO, told: Told = lambda _: None) -> GraphFile:
    """Return what the file `source` holds, its problems among it. Raise NotJson where it cannot be read at all.

    It is to be closed, which `importing.import_graph` does. `told` hears from time to time how many bytes were read.
    """
    stream = JsonStream(BytesIO(source) if isinstance(source, bytes) else source)
    if stream.next() != "{":
        raise NotJson(
            f"A graph file is a JSON object with the lists {', '.join(LISTS[:-1])}; this is {what_is(stream.value())}."
        )
    file = GraphFile()
    with ExitStack() as unread:
        unread.callback(file.close)
        _read_members(stream, file, told)
        stream.end()
        unread.pop_all()
    return file


def _read_members(stream: JsonStream, file: GraphFile, told: Told) -> None:
    seen: dict[str, int] = {}
    for name in stream.members():
        seen[name] = seen.get(name, 0) + 1
        is_list = stream.next() == "["
        if name in LISTS and is_list and seen[name] == 1:
            _read_list(stream, file, name, told)
            continue
        value = list(_passed_over(stream)) if is_list else stream.value()
        for problem in _problems_of_member(name, value, seen[name]):
            file.findings.add(whole_file(name if name in ("version", *LISTS) else "file"), problem)
    if "version" not in seen:
        file.findings.add(whole_file("version"), f"is missing; it should be {VERSION}")


def _problems_of_member(name: str, value: Any, times: int) -> Iterator[str]:
    if times > 1:
        if times == 2:
            yield "is given twice"
    elif name == "version":
        if type(value) is not int or value != VERSION:
            yield f"should be {VERSION}; I know no other"
    elif name not in LISTS:
        yield f'unknown list "{name[:80]}"{_nearest(name[:80], LISTS)}'
    elif not isinstance(value, list | None):
        yield f"should be a list, not {what_is(value)}"


def _passed_over(stream: JsonStream) -> deque[Any]:
    return deque(stream.items(), maxlen=0)


def _read_list(stream: JsonStream, file: GraphFile, name: str, told: Told) -> None:
    spool, remember, rank = file.entries[name], _REMEMBER[name], LISTS.index(name)
    begin = heard = stream.position
    for position, raw in enumerate(stream.items()):
        entry = _entry(file.findings, rank, position, raw)
        remember(file, entry.given)
        end = stream.position
        spool.put(entry, end - begin)
        begin = end
        if end - heard > _OFTEN:
            told(stream.bytes)
            heard = end


def _entry(findings: Findings, rank: int, position: int, raw: Any) -> Entry:
    which = LISTS[rank]
    if not isinstance(raw, dict):
        findings.add(Place(rank, position), f"should be an object, not {what_is(raw)}")
        return Entry(rank, position, "", {})
    readers, given, problems = READERS[which], dict[str, Any](), list[str]()
    is_odd = type(raw) is GivenTwice
    for name, value in raw.items():
        read_one = readers.get(name)
        if read_one is None or value is None:
            is_odd = True
            if name in CLEARABLE[which]:
                given[name] = None
            continue
        try:
            given[name] = read_one(value)
        except ValueError as error:
            problems.append(f'"{name}" {error}')
        is_odd = is_odd or type(value) is GivenTwice
    entry = Entry(rank, position, _name(which, raw), given)
    if is_odd or problems or not given.keys() >= NEEDED[which]:
        for problem in (*_problems_of_names(which, raw), *problems):
            findings.add(entry.place, problem)
    return entry


def _name(which: str, raw: dict[str, Any]) -> str:
    key = raw.get("key")
    if which == "objects" and type(key) is str and key:
        return key[:80]
    parts = [raw.get(part) for part in NAMED_BY[which]]
    if which == "objects" and not parts[0]:
        title = raw.get("title")
        return f'"{title[:60]}"' if isinstance(title, str) else ""
    return " ".join([part[:80] for part in parts if isinstance(part, str)])


def _problems_of_names(which: str, raw: dict[str, Any]) -> Iterator[str]:
    known = READERS[which]
    for name in raw:
        if name not in known:
            yield f'unknown field "{name[:80]}"{_nearest(name[:80], tuple(known))}'
    for name in known:
        if name in NEEDED[which] and raw.get(name) is None:
            yield f'"{name}" is missing'
    for mapping in (raw, *raw.values()):
        if isinstance(mapping, GivenTwice):
            yield from (f'"{name}" is given twice' for name in mapping.twice)


def _remember_object(file: GraphFile, given: dict[str, Any]) -> None:
    key = given.get("key")
    if key is not None:
        if key in file.keys:
            file.repeated.add(key)
        file.keys.add(key)


def _remember_link(file: GraphFile, given: dict[str, Any]) -> None:
    file.twice["links"].see(link_name(given.get("from"), given.get("relation", ""), given.get("to")))


def _remember_value(file: GraphFile, given: dict[str, Any]) -> None:
    file.twice["values"].see((given.get("key"), given.get("at")))


def _remember_comment(file: GraphFile, given: dict[str, Any]) -> None:
    file.twice["comments"].see((given.get("key"), given.get("author"), given.get("at")))


def _remember_revision(file: GraphFile, given: dict[str, Any]) -> None:
    file.twice["history"].see((given.get("act"), given.get("position")))
    for name in ("key", "to"):
        if name in given:
            file.told.add(given[name])
    is_of_object = "relation" not in given and "value_at" not in given
    if is_of_object and "key" in given and given.get("before") is not None and given.get("after") is None:
        file.gone.add(given["key"])


def link_name(from_key: str | None, relation: str, to_key: str | None) -> tuple[str | None, str, str | None]:
    """Return what is the same for a link that is given twice, however its relation is spelled."""
    return from_key, _folded(relation), to_key


_REMEMBER: dict[str, Callable[[GraphFile, dict[str, Any]], None]] = {
    "teams": lambda _, __: None,
    "objects": _remember_object,
    "links": _remember_link,
    "values": _remember_value,
    "comments": _remember_comment,
    "history": _remember_revision,
}
