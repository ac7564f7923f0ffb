"""Finding the loops that a relation such as "part of" may not have. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Set
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

Edge = tuple[str, str]

_MOST = 100  # that are worth telling one by one


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
