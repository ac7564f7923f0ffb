"""Finding the loops that a relation such as "part of" may not have, among a million links too. Pure."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from graphlib import CycleError, TopologicalSorter
from itertools import compress, pairwise

Edge = tuple[str, str]

_MOST = 100  # that are worth telling one by one
_ROUNDS = 40  # of leaving out what can be on no loop; deeper than that nothing is nested that people made
_FROM_THE_DATABASE = -1


class Edges:
    """The links of one relation: those that are there, and `fresh` ones, each with its position in a file."""

    def __init__(self) -> None:
        self.fresh = 0
        self._prefixes: dict[str, int] = {}
        self._from, self._to, self._positions = array("Q"), array("Q"), array("q")

    def add(self, from_key: str, to_key: str, position: int) -> None:
        """Add a fresh edge."""
        self.fresh += 1
        self._add(from_key, to_key, position)

    def add_there(self, from_key: str, to_key: str) -> None:
        """Add an edge that is in the database; it may be a fresh one that has come there."""
        self._add(from_key, to_key, _FROM_THE_DATABASE)

    def loops(self) -> Iterator[tuple[Edge, int, list[str]]]:
        """Yield each loop that fresh edges close: one of them, its position, and the loop's keys in order."""
        self._leave_out_the_loopless()
        there, fresh = set[Edge](), dict[Edge, int]()
        for number, position in enumerate(self._positions):
            edge = self._key(self._from[number]), self._key(self._to[number])
            if position == _FROM_THE_DATABASE:
                there.add(edge)
            else:
                fresh.setdefault(edge, position)
        for edge, loop in loops(there - fresh.keys(), fresh.keys()):
            yield edge, fresh[edge], loop

    def _add(self, from_key: str, to_key: str, position: int) -> None:
        self._from.append(self._number(from_key))
        self._to.append(self._number(to_key))
        self._positions.append(position)

    def _number(self, key: str) -> int:
        prefix, _, number = key.rpartition("-")
        return self._prefixes.setdefault(prefix, len(self._prefixes)) << 32 | int(number)

    def _key(self, number: int) -> str:
        return f"{list(self._prefixes)[number >> 32]}-{number & 0xFFFFFFFF}"

    def _leave_out_the_loopless(self) -> None:
        """Leave out what leads to nothing or comes from nothing, and then what led to or came from that."""
        for _ in range(_ROUNDS):
            before = len(self._from)
            begin, end = _Numbers(self._from), _Numbers(self._to)
            kept = bytes(to in begin and source in end for source, to in zip(self._from, self._to, strict=True))
            self._from = array("Q", compress(self._from, kept))
            self._to = array("Q", compress(self._to, kept))
            self._positions = array("q", compress(self._positions, kept))
            if len(self._from) in (0, before):
                return


class _Numbers:
    """A set of numbers that lie close to one another."""

    def __init__(self, numbers: Iterable[int]) -> None:
        self._bits: dict[int, int] = {}
        for number in numbers:
            self._bits[number >> 8] = self._bits.get(number >> 8, 0) | 1 << (number & 255)

    def __contains__(self, number: int) -> bool:
        return bool(self._bits.get(number >> 8, 0) >> (number & 255) & 1)


def loops(there: Iterable[Edge], fresh: Set[Edge]) -> Iterator[tuple[Edge, list[str]]]:
    """Yield each loop that the edges `fresh` close among those that are `there`: a fresh edge of it, and its nodes in order.

    That edge is left out of the search for the next one. What is there must have no loop of its own.
    """
    above: dict[str, set[str]] = defaultdict(set)
    for from_key, to_key in (*there, *fresh):
        above[from_key].add(to_key)
    for _ in range(_MOST):
        loop = _one_loop(above)
        if loop is None:
            return
        edge = next(edge for edge in pairwise(loop) if edge in fresh)
        yield edge, loop
        above[edge[0]].discard(edge[1])


def _one_loop(above: dict[str, set[str]]) -> list[str] | None:
    try:
        TopologicalSorter(above).prepare()
    except CycleError as error:
        nodes: list[str] = error.args[1]
        return nodes[::-1]  # they are told from the end of an edge to its beginning
    return None
