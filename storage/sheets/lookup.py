"""What the rows of a sheet may be about: the objects that they name by key or title, looked up some thousands at a time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, select

from storage.audience import VISIBLE, Audience
from storage.database import Transaction, ours
from storage.objects import OBJECT_COLUMNS, Link, Object, links_from, links_to
from storage.search import search
from storage.sheets.cells import items
from storage.sheets.rows import Reading
from storage.tables import objects, people
from storage.text import TITLE_LIMIT, folded, without_unstorable

Triple = tuple[str, str, str]
_MOST_HINTS = 20
_CHUNK = 5_000  # SQLite takes 32,766 variables in a statement

_WANTED: BindParameter[Any] = bindparam("wanted", expanding=True)
_OF_KEYS = select(*OBJECT_COLUMNS).where(ours(objects), objects.c.key.in_(_WANTED), VISIBLE).order_by(objects.c.key)
_ENTITLED = select(*OBJECT_COLUMNS).where(ours(objects), objects.c.folded_title.in_(_WANTED), VISIBLE).order_by(objects.c.key)
_TAKEN = select(objects.c.key).where(ours(objects), objects.c.key.in_(_WANTED))
_PEOPLE = select(people.c.user, people.c.name).where(ours(people)).order_by(people.c.user)


class Lookup:
    """The objects that a sheet's rows name, as far as their reader may see them.

    `objects`: by key. `entitled`: keys by folded title. `taken`: the keys that are in use at all. `links`: those of `objects`.
    """

    def __init__(self, tx: Transaction, audience: Audience, *, lock: bool) -> None:
        self._tx = tx
        self._audience = audience
        self._lock = lock
        self.sees_all = audience.sees_all
        self.objects: dict[str, Object] = {}
        self.entitled: dict[str, list[str]] = defaultdict(list)
        self.taken: set[str] = set()
        self.links: dict[Triple, Link] = {}
        self._alike: dict[str, str] = {}

    async def learn(self, readings: Sequence[Reading]) -> None:
        """Look up everything that `readings` may name."""
        pieces = {piece for each in readings for cells in each.links.values() for cell in cells for piece in pieces_of(cell)}
        titles = {each.given["title"] for each in readings if "title" in each.given and "key" not in each.given}
        keys = {each.given["key"] for each in readings if "key" in each.given}
        await self.look_up(keys | {piece.upper() for piece in pieces}, titles | pieces)
        coming = {folded(each.given["title"]) for each in readings if "title" in each.given}
        await self.find_alike(
            cell for each in readings for cells in each.links.values() for cell in cells if folded(cell) not in coming
        )
        named = [key for key in keys if key in self.objects]
        named += [key for title in titles for key in self.entitled.get(folded(title), ())]
        if any(each.links for each in readings):
            tied = [*await links_from(self._tx, named, self._audience), *await links_to(self._tx, named, self._audience)]
            self.links = {(link.from_key, link.relation, link.to_key): link for link in tied}

    async def look_up(self, keys: Iterable[str], titles: Iterable[str]) -> None:
        """Look the objects up that have these keys or titles."""
        wanted = sorted({key for key in keys if _can_be_stored(key)})
        found = await self._objects(_OF_KEYS, wanted)
        found += await self._objects(_ENTITLED, sorted({folded(title) for title in titles if _can_be_stored(title)}))
        self.objects |= {each.key: each for each in found}
        for key in sorted({each.key for each in found}):
            self.entitled[folded(self.objects[key].title)].append(key)
        self.taken |= {row["key"] for row in await self._chunks(_TAKEN, wanted)}

    async def find_alike(self, names: Iterable[str]) -> None:
        """Look up what those of `names` may mean that are neither a key nor a title, as far as a few are concerned."""
        unknown = [name for name in dict.fromkeys(names) if name.strip() and _can_be_stored(name) and not self._knows(name)]
        for name in unknown[:_MOST_HINTS]:
            for item in await search(self._tx, name, self._audience, limit=1):
                self._alike[folded(name)] = f"{item.key} ({item.title})"

    def hint(self, name: str) -> str:
        """Return `; did you mean …?` for what is not known, or nothing where nothing is near."""
        return f"; did you mean {self._alike[folded(name)]}?" if folded(name) in self._alike else "."

    def _knows(self, name: str) -> bool:
        return name.strip().upper() in self.objects or folded(name) in self.entitled

    async def _objects(self, statement: Select[Any], wanted: Sequence[str]) -> list[Object]:
        statement = statement.with_for_update() if self._lock else statement
        return [Object(**row) for row in await self._chunks(statement, wanted, **self._audience.binds)]

    async def _chunks(self, statement: Select[Any], wanted: Sequence[str], **values: Any) -> list[Any]:
        found: list[Any] = []
        for start in range(0, len(wanted), _CHUNK):
            found += await self._tx.rows(statement, wanted=wanted[start : start + _CHUNK], **values)
        return found


def _can_be_stored(name: str) -> bool:
    """Tell whether anything can be called so: PostgreSQL takes no NUL, not even in a question."""
    return len(name) <= TITLE_LIMIT and name == without_unstorable(name)


def pieces_of(cell: str) -> list[str]:
    """Return everything in a cell that may be the key or the title of an object: all of it, its parts, and their parts."""
    parts = items(cell)
    return list(dict.fromkeys([cell.strip(), *parts, *(piece for part in parts for piece in items(part, commas=True))]))


async def names_of_people(tx: Transaction) -> dict[str, str]:
    """Return the display name of everybody whom Slack told us of, by id."""
    return {row["user"]: row["name"] for row in await tx.rows(_PEOPLE)}
