"""Finds what stands in a relation to named objects: along a way through the graph, or by one link."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from storage.asking.question import Related
from storage.asking.resolving import Scene
from storage.context import serving
from storage.lineage import Lineage, Path, Steps, steps, walk
from storage.objects import Object

CONNECTING = ("serves", "origin", "outcome", "any")  # the ways in which two objects are linked, the most telling first


async def related(scene: Scene, relation: Related, anchors: Sequence[str], wanted: Sequence[str]) -> Lineage:
    """Return what stands to the objects `anchors` as `relation` says; `wanted`: of these kinds, or any."""
    found = await _followed(scene, relation, anchors, wanted)
    kept = [key for key, item in found.objects.items() if not wanted or item.kind in wanted]
    found_of_kind = found.only(kept)
    return _nearest(found_of_kind, found.objects) if relation.nearest else found_of_kind


async def _followed(scene: Scene, relation: Related, anchors: Sequence[str], wanted: Sequence[str]) -> Lineage:
    own = _OF_THEIR_OWN.get(relation.way)
    if own is not None:
        return await own(scene, anchors)
    if relation.way is not None:
        return await follow(scene, anchors, steps(scene.kinds, relation.way), set(wanted))  # type: ignore[arg-type]
    found = await _one_link(scene, anchors, relation.relation, relation.is_from)
    if not found.objects and not await _fits(scene, relation, anchors, wanted):
        # "Which bets target the north star?": no bet can, yet what they target feeds it.
        return await follow(scene, anchors, steps(scene.kinds, "served" if relation.is_from else "serves"), set(wanted))
    return found


async def _purpose(scene: Scene, anchors: Sequence[str]) -> Lineage:
    serves = await follow(scene, anchors, steps(scene.kinds, "serves"))
    return serves | await follow(scene, anchors, steps(scene.kinds, "origin"))


async def _above(scene: Scene, anchors: Sequence[str]) -> Lineage:
    return await serving(scene.tx, scene.kinds, anchors, scene.audience)


async def _touched(scene: Scene, anchors: Sequence[str]) -> Lineage:
    return await walk(scene.tx, scene.kinds, anchors, steps(scene.kinds, "touched"), scene.audience, into_anchors=True)


async def _owned(scene: Scene, anchors: Sequence[str]) -> Lineage:
    return await _one_link(scene, anchors, "owns", is_from=False)


async def follow(scene: Scene, keys: Sequence[str], way: Steps, wanted: set[str] | None = None) -> Lineage:
    """Walk from `keys`. Kinds that only hold others are entered where they are `wanted`."""
    anchors = {kind.name for kind in scene.kinds if kind.anchor}
    into_anchors = bool(anchors & (wanted or set()))
    return await walk(scene.tx, scene.kinds, keys, way, scene.audience, into_anchors=into_anchors)


async def _one_link(scene: Scene, keys: Sequence[str], relation: str, is_from: bool) -> Lineage:
    """Return what stands at the "from" (or "to") end of `relation` to any of `keys`."""
    only = (relation,)
    way = Steps((), only, only) if is_from else Steps(only, (), only)
    return await walk(scene.tx, scene.kinds, keys, way, scene.audience, into_anchors=True)


async def _fits(scene: Scene, relation: Related, anchors: Sequence[str], wanted: Sequence[str]) -> bool:
    """Tell whether the relation can hold between the wanted kinds and those of the anchors at all."""
    declared = scene.kinds.relations[relation.relation]
    ends = {kind.name for key in anchors if (kind := scene.kinds.of_key(key))}
    pairs = [(one, other) for one in wanted or scene.kinds.kinds for other in ends]
    return not declared.serves or any(declared.allows(*(pair if relation.is_from else pair[::-1])) for pair in pairs)


def _nearest(found: Lineage, every: Mapping[str, Object]) -> Lineage:
    """Return those of `found` that have a path on which no other object of their kind lies."""
    kept = {
        key: clear
        for key, item in found.objects.items()
        if (clear := [path for path in found.paths[key] if not any(every[step].kind == item.kind for step in path[1:-1])])
    }
    return replace(found.only(kept), paths=kept)


async def _options(scene: Scene, anchors: Sequence[str]) -> Lineage:
    """Return the options that were weighed for bets, decisions or opportunities.

    Those that became it and that it, or a decision on it, is said to have considered; where nobody has said what else was
    considered, those that its opportunities offer.
    """
    become = await _one_link(scene, anchors, "becomes", is_from=True)
    considered = await _one_link(scene, anchors, "considers", is_from=False)
    decisions = await _one_link(scene, anchors, "decides", is_from=True)
    by_decision = await _through(scene, decisions, "considers", is_from=False)
    offered = await _one_link(scene, anchors, "frames", is_from=False)
    told = considered | by_decision | become | offered
    if considered.objects or by_decision.objects or offered.objects:
        return told
    opportunities = await _through(scene, become, "frames", is_from=True)
    return told | await _through(scene, opportunities, "frames", is_from=False)


async def _through(scene: Scene, found: Lineage, relation: str, is_from: bool) -> Lineage:
    """Return what is one link further than `found`, with its paths on to what was asked about."""
    further = await _one_link(scene, list(found.objects), relation, is_from)
    paths = {
        key: [[*path, *onward[1:]] for path in ways for onward in found.paths[path[-1]] if key not in onward]
        for key, ways in further.paths.items()
        if key not in found.asked
    }
    kept = {key: ways for key, ways in paths.items() if ways}
    objects = {key: further.objects[key] for key in kept}
    steps_between = {**found.objects, **found.steps}
    return Lineage(found.asked, objects, kept, (*found.edges, *further.edges), steps_between)


_OF_THEIR_OWN: dict[str | None, Callable[[Scene, Sequence[str]], Awaitable[Lineage]]] = {
    "purpose": _purpose,
    "above": _above,
    "touched": _touched,
    "owned": _owned,
    "options": _options,
}


async def connection(scene: Scene, one: Object, others: Sequence[Object]) -> Lineage | None:
    """Return how `one` is linked to the others: they and the steps between. None where no way leads from one to another."""
    targets = {item.key for item in others}
    for name in CONNECTING:
        way = steps(scene.kinds, name)  # type: ignore[arg-type]
        found = await follow(scene, [one.key], way)
        if targets & found.objects.keys():
            return _between(found, targets)
    return None


def _between(found: Lineage, targets: set[str]) -> Lineage:
    ways = [path for key in sorted(targets & found.objects.keys()) for path in found.paths[key]]
    best = sorted(ways, key=len)
    steps_of = dict.fromkeys(key for path in best for key in reversed(path[:-1]))
    paths = {key: _unique(path[path.index(key) :] for path in best if key in path) for key in steps_of}
    return replace(found, objects={key: found.objects[key] for key in steps_of}, paths=paths)


def _unique(paths: Iterable[Path]) -> list[Path]:
    return list({tuple(path): path for path in paths}.values())
