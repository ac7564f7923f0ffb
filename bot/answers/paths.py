"""Lays the paths of an answer out as the lines of trees: what came first above, what came of it below."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from storage.asking.answers import Answer
from storage.kinds import Kinds
from storage.lineage import Path
from storage.objects import Object

MOST_LINES = 12
FROM_FOUND = ("origin", "options", "inside", "served", "around")  # ways whose trees begin with what was found


@dataclass(frozen=True)
class Line:
    """One object in a tree. `words`: of the link to the line above, or, at depth 1, to what was asked about.

    `under`: for each level above, whether it goes on below. `to`: where the line leads to what was asked about, its keys, each
    with the words of the link that leads there.
    """

    item: Object
    words: str = ""
    depth: int = 0
    is_last: bool = True
    under: tuple[bool, ...] = ()
    to: tuple[tuple[str, str], ...] = ()


@dataclass
class _Node:
    below: dict[str, "_Node"] = field(default_factory=dict)
    to: list[str] = field(default_factory=list)


def lines_of(kinds: Kinds, answer: Answer) -> tuple[list[Line], int]:
    """Return the lines that show the objects of `answer` with their paths, and how many objects they leave out."""
    if not any(answer.paths.values()):
        lines = [Line(item) for item in answer.objects[:MOST_LINES]]
    else:
        lines = list(_Trees(kinds, answer).lines())[:MOST_LINES]
    seen = {line.item.key for line in lines}
    return lines, sum(item.key not in seen for item in answer.objects)


class _Trees:
    """Two kinds of trees: from what was asked about down to what was found, and from what was found down to it."""

    def __init__(self, kinds: Kinds, answer: Answer) -> None:
        self._kinds = kinds
        self._answer = answer
        related = answer.question.related if answer.question else ()
        self._way = related[0].way if related else None
        self._from_asked, self._from_found = _Node(), _Node()
        placed: set[str] = set()
        farthest_first = sorted(answer.paths, key=lambda key: -len(answer.paths[key][0]) if answer.paths[key] else 0)
        for key in farthest_first:
            if key not in placed and answer.paths[key]:
                placed |= self._place(key, placed)

    def _place(self, key: str, placed: set[str]) -> set[str]:
        """Hang `key` into a tree with what lies on its path; return the keys that are in it now."""
        path = self._path_over(key, placed)
        if not self._begins_with_found(path):
            way = path[::-1] if len(self._answer.about) > 1 else path[-2::-1]
            _hang(self._from_asked, way)
            return set(way)
        leaf = _hang(self._from_found, path[:-1])
        if path[-1] not in leaf.to:
            leaf.to.append(path[-1])
        return set(path[:-1])

    def _path_over(self, key: str, placed: set[str]) -> Path:
        """Return the best path over `key`: one that begins where a tree already does, else its own."""
        roots = [root for root in self._from_found.below if root in placed]
        shared = [path for root in roots for path in self._answer.paths.get(root, ()) if key in path[:-1]]
        return min(shared, key=len, default=self._answer.paths[key][0])

    def _begins_with_found(self, path: Path) -> bool:
        question = self._answer.question
        relation = question.related[0] if question and question.related else None
        if relation is None:
            return False
        if relation.way == "purpose":  # what it serves hangs from it; what it came from leads to it
            return not any(
                (edge.from_key, edge.to_key) == (path[-1], path[-2]) and self._kinds.relations[edge.relation].serves
                for edge in self._answer.edges
            )
        return relation.way in FROM_FOUND or (relation.way is None and relation.is_from)

    def lines(self) -> Iterator[Line]:
        """Return the lines of all trees, each under the one that it came from."""
        about = self._answer.about
        single = about[0].key if len(about) == 1 else None
        yield from self._below(self._from_asked, single, ())
        yield from self._below(self._from_found, None, ())

    def _below(self, node: _Node, above: str | None, under: tuple[bool, ...]) -> Iterator[Line]:
        below = [(key, child) for key, child in node.below.items() if key in self._answer.steps]
        if self._way == "above":  # a scope in one line comes before a long chain, which may be cut
            below.sort(key=lambda branch: _size(branch[1]))
        for place, (key, child) in enumerate(below):
            is_last = place == len(below) - 1
            depth = len(under) + (above is not None)
            to = tuple((asked, self._words(key, asked)) for asked in child.to)
            yield Line(self._answer.steps[key], self._words(above, key), depth, is_last, under, to)
            yield from self._below(child, key, under if above is None else (*under, not is_last))

    def _words(self, above: str | None, key: str) -> str:
        """Return how the link between two lines reads downwards; nothing where there is none."""
        for edge in self._answer.edges:
            relation = self._kinds.relations[edge.relation]
            if (edge.from_key, edge.to_key) == (above, key):
                return relation.words[0]
            if (edge.from_key, edge.to_key) == (key, above):
                return relation.words[1]
        return ""


def _size(node: _Node) -> int:
    return 1 + sum(_size(child) for child in node.below.values())


def _hang(root: _Node, way: Iterable[str]) -> _Node:
    """Return the node at the end of `way`, which is made where it is not there yet."""
    for step in way:
        root = root.below.setdefault(step, _Node())
    return root
