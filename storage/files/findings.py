"""What is wrong with a file, each with its place, however much it is."""

from dataclasses import dataclass, field
from operator import itemgetter
from typing import NoReturn

from storage.errors import Problem, Refused

LISTS = ("teams", "objects", "links", "values", "comments", "history")
TOLD = 300  # problems that are told one by one
COUNTED = 1_000_000  # beyond them nobody looks on
_LONGEST = 1_000  # characters of a sentence that quotes the file
_WHOLE_FILE = -1


@dataclass(frozen=True, order=True)
class Place:
    """Where in the file something stands: the list, the position in it counted from 0, and the entry's name for people."""

    list: int
    position: int
    name: str = field(compare=False, default="")

    def __str__(self) -> str:
        return self.name if self.list == _WHOLE_FILE else f"{LISTS[self.list]}[{self.position}] {self.name}".rstrip()


def whole_file(part: str) -> Place:
    """Return the place of what concerns a `part` of the file, or all of it."""
    return Place(_WHOLE_FILE, 0, part)


@dataclass
class Findings:
    """Every problem found so far; of very many the first, and their number."""

    count: int = 0
    _first: list[tuple[Place, str]] = field(default_factory=list)

    def add(self, place: Place, sentence: str) -> None:
        """Add a problem; raise Refused where there are more than anybody would count."""
        self.count += 1
        self._first.append((place, sentence[:_LONGEST]))
        if len(self._first) > 2 * TOLD:
            self._keep_first()
        if self.count > COUNTED:
            self.refuse()

    def __bool__(self) -> bool:
        return self.count > 0

    def refuse(self) -> NoReturn:
        """Raise Refused with the problems in the file's order; a problem's `field` is its place."""
        self._keep_first()
        told = [Problem(str(place), sentence) for place, sentence in self._first]
        more = self.count - len(told)
        if more:
            several = (
                f"at least {more:,} problems" if self.count > COUNTED else "one problem" if more == 1 else f"{more:,} problems"
            )
            told.append(Problem("file", f"{several} more; these are the first {len(told)}"))
        raise Refused(told)

    def _keep_first(self) -> None:
        self._first.sort(key=itemgetter(0))
        del self._first[TOLD:]
