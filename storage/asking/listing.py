"""Lists of objects: of a kind, in a state, a horizon, a place, a period, with or without something."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from storage.asking.periods import Period
from storage.asking.question import Has, Question
from storage.asking.relating import follow
from storage.asking.resolving import Scene, Unknown
from storage.database import ours
from storage.lineage import Steps, steps
from storage.moments import changed_between, reached_at, touched_at
from storage.objects import Object, links_of, select_objects
from storage.search import entitled
from storage.tables import objects, rituals, runs

MOST = 20_000  # objects in a list; a count is exact up to there
_CHUNK = 5_000

_LAST_REVIEW = (
    select(func.max(runs.c.slot_at))
    .select_from(runs.join(rituals, (rituals.c.workspace == runs.c.workspace) & (rituals.c.id == runs.c.ritual)))
    .where(ours(runs), rituals.c.plan == "weekly review", runs.c.slot_at <= bindparam("until"))
)
Test = Callable[[Object], bool]


async def listed(scene: Scene, question: Question) -> list[Object]:
    """Return all objects that fit the question's own words (not its relations), the most recently changed first."""
    statement, values = select_objects(scene.audience)
    if question.nouns:
        statement = statement.where(objects.c.kind.in_(question.kinds))
    if question.horizon:
        statement = statement.where(objects.c.horizon == question.horizon)
    statement = statement.order_by(objects.c.updated_at.desc(), objects.c.key).limit(MOST)
    rows: Sequence[Any] = (await scene.tx.run(statement, **values)).all()
    return await kept(scene, question, [Object(*row) for row in rows])


async def kept(scene: Scene, question: Question, items: Sequence[Object]) -> list[Object]:
    """Return those of `items` that fit the question's own words; raise Unknown where a place or person in them is nobody's."""
    statuses = dict(question.statuses)
    found = [
        item
        for item in items
        if item.status in statuses.get(item.kind, (item.status,))
        and all(item.fields.get(name) == value for name, value in question.fields)
        and question.horizon in (None, item.horizon)
    ]
    for test in [await _in_place(scene, question.place), await _of_owner(scene, question.owner)]:
        found = [item for item in found if test(item)]
    for wanted in question.has:
        found = await _having(scene, wanted, found)
    return await _in_period(scene, question, found)


def _anything(_: Object) -> bool:
    return True


async def _in_place(scene: Scene, place: str | None) -> Test:
    """Return a test for what is in a team, with a person, or in or around a named object (a scope, an opportunity)."""
    if not place:
        return _anything
    teams = await scene.teams_called(place)
    if teams:
        return lambda item: item.team in teams and not (item.kind == "team" and item.title in teams)
    person = await scene.person_called(place)
    if person:
        return lambda item: item.owner == person
    held = await scene.object_named(place)
    inside = await follow(scene, [held.key], steps(scene.kinds, "inside"))
    keys = set(inside.objects)
    if not scene.kinds.kind(held.kind).anchor:
        for way in ("origin", "outcome", "served"):
            keys |= set((await follow(scene, [held.key], steps(scene.kinds, way))).objects)
    return lambda item: item.key in keys


async def _of_owner(scene: Scene, owner: str | None) -> Test:
    if not owner:
        return _anything
    person = await scene.person_called(owner)
    if person:
        return lambda item: item.owner == person
    teams = await scene.teams_called(owner)
    if not teams:
        raise Unknown(owner)
    owned = await _owned_by(scene, teams)
    return lambda item: item.key in owned or (item.team in teams and item.kind != "team")


async def _owned_by(scene: Scene, teams: Sequence[str]) -> set[str]:
    """Return the keys of what the team objects of `teams` are linked with as owners."""
    found: set[str] = set()
    for team in teams:
        for item in await entitled(scene.tx, team, scene.audience, ["team"]):
            owned = await follow(scene, [item.key], Steps(("owns",), (), ("owns",)), set(scene.kinds.kinds))
            found |= set(owned.objects)
    return found


async def _having(scene: Scene, wanted: Has, items: Sequence[Object]) -> list[Object]:
    if wanted.field:
        return [item for item in items if _has_field(item, wanted.field) == wanted.is_there]
    linked = await _linked_with(scene, [item.key for item in items], wanted)
    return [item for item in items if (item.key in linked) == wanted.is_there]


def _has_field(item: Object, name: str) -> bool:
    own = {"owner": item.owner, "team": item.team, "horizon": item.horizon, "source": item.source}
    own |= {"description": item.description, "tags": ", ".join(item.tags)}
    value = item.fields.get(name, own.get(name))
    return value not in (None, "", [])


async def _linked_with(scene: Scene, keys: Sequence[str], wanted: Has) -> set[str]:
    """Return those of `keys` that are linked with a visible object of the wanted kind, by the wanted relation."""
    pairs = [
        pair
        for link in await links_of(scene.tx, keys, scene.audience)
        if wanted.relation in ("", link.relation)
        for pair in ((link.from_key, link.to_key), (link.to_key, link.from_key))
    ]
    others = await _kind_of(scene, sorted({other for _, other in pairs}), wanted.kind)
    return {key for key, other in pairs if other in others}


async def _kind_of(scene: Scene, keys: Sequence[str], kind: str) -> set[str]:
    """Return those of `keys` that are of `kind` (or any, where it is empty), as far as the audience may see."""
    statement, values = select_objects(scene.audience, archived=True)
    statement = statement.with_only_columns(objects.c.key).where(objects.c.key.in_(bindparam("keys", expanding=True)))
    if kind:
        statement = statement.where(objects.c.kind == kind)
    found: set[str] = set()
    for start in range(0, len(keys), _CHUNK):
        found |= set((await scene.tx.run(statement, keys=keys[start : start + _CHUNK], **values)).scalars())
    return found


async def led_on(scene: Scene, items: Sequence[Object]) -> set[str]:
    """Return the keys of those of `items` of which something came that the audience may see."""
    relations = scene.kinds.relations
    ways = [
        (link.from_key, link.to_key) if relation.flow == "forward" else (link.to_key, link.from_key)
        for link in await links_of(scene.tx, [item.key for item in items], scene.audience)
        if (relation := relations.get(link.relation)) and relation.flow
    ]
    visible = await _kind_of(scene, sorted({later for _, later in ways}), "")
    return {earlier for earlier, later in ways if later in visible}


async def bounds(scene: Scene, period: Period) -> tuple[datetime, datetime]:
    """Return the first moment of `period` and the first after it. "Since the last review" asks which runs there were."""
    since, until = period.bounds(scene.tx.now)
    if period.review:
        last = await scene.tx.value(_LAST_REVIEW, until=scene.tx.now)
        since = last or since
    return since, until


async def _in_period(scene: Scene, question: Question, items: Sequence[Object]) -> list[Object]:
    if question.period is None:
        return list(items)
    since, until = await bounds(scene, question.period)
    if question.moment == "reached":
        moments = await reached_at(scene.tx, items)
        return [item for item in items if since <= moments[item.key] < until]
    if question.moment == "changed":
        changed = await changed_between(scene.tx, since, until, scene.audience)
        return [item for item in items if item.key in changed or since <= touched_at(item) < until]
    return [item for item in items if since <= item.created_at < until]
