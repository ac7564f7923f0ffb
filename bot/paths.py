"""Lays the paths of an answer out as the lines of a tree: what came first above, what came of it below."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from storage.answers import Answer
from storage.kinds import Kinds
from storage.lineage import Path
from storage.objects import Object

MOST_LINES = 12
FROM_FOUND = (
    "origin",
    "options",
    "inside",
    "served",
)  # ways whose trees begin with what was found, not with what was asked about


@dataclass(frozen=True)
class Line:
    """One object in the tree. `under`: for each level above whether it goes on below. `to`: what was asked about, where it leads
    there. `words`: of the link to the line above.
    """

    item: Object
    words: str = ""
    depth: int = 0
    is_last: bool = True
    under: tuple[bool, ...] = ()
    to: tuple[str, ...] = ()


@dataclass
class _Node:
    below: dict[str, "_Node"] = field(default_factory=dict)
    to: list[str] = field(default_factory=list)


def lines_of(kinds: Kinds, answer: Answer) -> tuple[list[Line], int]:
    """Return the lines that show the objects of `answer` with their paths, and how many objects are left out."""
    if not any(answer.paths.values()):
        shown = answer.objects[:MOST_LINES]
        return [Line(item) for item in shown], len(answer.objects) - len(shown)
    root = _Node()
    placed: set[str] = set()
    for key in sorted(answer.paths, key=lambda each: -len(answer.paths[each][0]) if answer.paths[each] else 0):
        if key not in placed and len(placed) < MOST_LINES:
            placed |= _place(kinds, answer, root, key, placed)
    lines = list(_walk(kinds, answer, root, None, 0, ()))[: MOST_LINES + len(answer.about)]
    seen = {line.item.key for line in lines}
    return lines, sum(item.key not in seen for item in answer.objects)


def _place(kinds: Kinds, answer: Answer, root: _Node, key: str, placed: set[str]) -> set[str]:
    """Hang `key` into the tree, with what lies on its path; return the keys that are in it now."""
    path = _path_for(answer, key, root, placed) or [key]
    if _begins_with_found(kinds, answer, path):
        way, asked = path[:-1], path[-1]
    else:
        way = path[::-1] if len(answer.about) > 1 else path[-2::-1]
        asked = ""
    node = root
    for step in way:
        node = node.below.setdefault(step, _Node())
    if asked and asked not in node.to:
        node.to.append(asked)
    return set(way)


def _path_for(answer: Answer, key: str, root: _Node, placed: set[str]) -> Path | None:
    """Return the best path over `key`: one that begins where the tree already does, else its own."""
    own = answer.paths[key]
    if not own:
        return None
    shared = [path for other in root.below if other in answer.paths for path in answer.paths[other] if key in path[:-1]]
    return min(shared, key=len) if shared and _leads_on(shared, placed) else own[0]


def _leads_on(paths: Sequence[Path], placed: set[str]) -> bool:
    return any(path[0] in placed for path in paths)


def _begins_with_found(kinds: Kinds, answer: Answer, path: Path) -> bool:
    question = answer.question
    relation = question.related[0] if question and question.related else None
    if relation is None or len(path) < 2:
        return False
    if relation.way == "purpose":
        return not any(
            edge.from_key == path[-1] and edge.to_key == path[-2] and kinds.relations[edge.relation].serves
            for edge in answer.edges
        )
    return relation.way in FROM_FOUND or (relation.way is None and relation.is_from)


def _walk(kinds: Kinds, answer: Answer, node: _Node, above: str | None, depth: int, under: tuple[bool, ...]) -> Iterator[Line]:
    """Return the lines below `node`, each under the one that it came from."""
    below = [(key, child) for key, child in node.below.items() if key in answer.steps]
    for place, (key, child) in enumerate(below):
        is_last = place == len(below) - 1
        start = above or (answer.about[0].key if len(answer.about) == 1 and not child.to else None)
        yield Line(answer.steps[key], _words(kinds, answer, start, key), depth, is_last, under[1:], tuple(child.to))
        yield from _walk(kinds, answer, child, key, depth + 1, (*under, not is_last))


def _words(kinds: Kinds, answer: Answer, above: str | None, key: str) -> str:
    """Return how the link between two lines reads downwards; nothing where there is none."""
    for edge in answer.edges:
        relation = kinds.relations.get(edge.relation)
        if relation and (edge.from_key, edge.to_key) == (above, key):
            return relation.words[0]
        if relation and (edge.from_key, edge.to_key) == (key, above):
            return relation.words[1]
    return ""


def keys_of(lines: Iterable[Line]) -> list[str]:
    return list(dict.fromkeys(line.item.key for line in lines))


def reasons(answer: Answer, whys: Mapping[str, str]) -> dict[str, str]:
    """Return why each object stands as it does: its own field, else what a link to it says (`whys`, by key)."""
    own = {item.key: str(item.fields["reason"]) for item in answer.objects if item.fields.get("reason")}
    return {**whys, **own}
