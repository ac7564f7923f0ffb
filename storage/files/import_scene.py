"""What an import works with: the file, the database, and what is known so far of the objects that the file names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select

from storage.database import Transaction, ours
from storage.errors import Problem
from storage.files.compact import Moments
from storage.files.findings import Findings
from storage.files.graph_file import GraphFile
from storage.kinds import Kinds
from storage.tables import counters, objects, revisions

AUTHOR = "import"
_CHUNK = 5_000  # SQLite takes 32,766 variables in a statement
_COUNTERS = select(counters.c.name, counters.c.value).where(ours(counters))
_ANY = tuple(select(table.c.key).where(ours(table)).limit(1) for table in (objects, revisions))
_KINDS_OF = select(objects.c.key, objects.c.kind).where(ours(objects), objects.c.key.in_(bindparam("wanted", expanding=True)))


class FreshKeys:
    """The keys that were never given out before: those beyond the last number of their prefix."""

    def __init__(self, last: Mapping[str, int]) -> None:
        self._last = last

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, str) or not self._last:
            return key is not None
        prefix, _, number = key.rpartition("-")
        return int(number) > self._last.get(prefix, 0)


@dataclass
class Scene:
    """`fresh`: the keys that nothing ever had. `is_empty`: the workspace never had objects, so nothing is looked up.

    `made_at`: since when the objects that the file adds are as they are. `kind_of`: the kinds of those objects of the file
    whose keys do not tell; None where it is not known.
    """

    tx: Transaction
    kinds: Kinds
    file: GraphFile
    fresh: FreshKeys
    is_empty: bool
    made_at: Moments = field(default_factory=Moments)
    kind_of: dict[str, str | None] = field(default_factory=dict)

    @property
    def findings(self) -> Findings:
        return self.file.findings

    async def found(self, statement: Select[Any], wanted: Iterable[str], **values: object) -> list[Any]:
        """Return the rows that `statement` finds for the `wanted` names."""
        names = [] if self.is_empty else sorted(set(wanted))
        rows: list[Any] = []
        for start in range(0, len(names), _CHUNK):
            rows += await self.tx.rows(statement, wanted=names[start : start + _CHUNK], **values)
        return rows

    async def kinds_of(self, keys: Iterable[str]) -> dict[str, str | None]:
        """Return the kind of each of `keys` that is in the file or the database; None where the file does not say it well."""
        of_keys: dict[str, str | None] = {}
        elsewhere = []
        for key in set(keys):
            kind = self.kinds.of_key(key) if key in self.file.keys else None
            if key in self.kind_of:
                of_keys[key] = self.kind_of[key]
            elif kind is not None:
                of_keys[key] = kind.name
            else:
                elsewhere.append(key)
        return of_keys | {row["key"]: row["kind"] for row in await self.found(_KINDS_OF, elsewhere)}

    def since(self, key: str) -> datetime:
        """Return since when the object `key` is as it is, for what tells of it."""
        return self.made_at.get(key, self.tx.now)


async def scene_of(tx: Transaction, kinds: Kinds, file: GraphFile) -> Scene:
    """Return the scene at the beginning of an import, before any number is taken."""
    last = {row["name"]: row["value"] for row in await tx.rows(_COUNTERS)}
    found = [await tx.value(statement) for statement in _ANY]
    return Scene(tx, kinds, file, FreshKeys(last), is_empty=found == [None, None])


def in_file(problem: Problem) -> str:
    """Say of what `problem` is, unless its sentence does."""
    says_itself = problem.sentence.startswith("unknown") or problem.field == "end"
    return problem.sentence if says_itself else f"{problem.field}: {problem.sentence}"
