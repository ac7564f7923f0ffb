"""Question → Answer: what was asked for, the paths that prove it, the gaps. Only what the audience may see exists."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace

from storage.asking.listing import MOST, bounds, kept, led_on, listed
from storage.asking.periods import Period
from storage.asking.question import Asks, Question, Related, Thing
from storage.asking.questions import readings
from storage.asking.recalling import believed, who_plays
from storage.asking.relating import connection, related
from storage.asking.resolving import Scene, Unclear, Unknown
from storage.asking.suggestions import clearer, understandable
from storage.asking.vocabulary import Noun
from storage.audience import Audience
from storage.context import weakest_on
from storage.database import Transaction
from storage.expected import Effect, effects
from storage.gaps import Gap, gaps_among
from storage.kinds import Kinds
from storage.lineage import Edge, Lineage, Path
from storage.moments import changed_between, is_overdue, is_stale
from storage.objects import Object, get
from storage.stale import stale
from storage.weakness import Weak

MOST_GAPS = 4
BELIEVED = ("purpose", "above", "touched")  # ways whose answers name the weakest link
WALKED = ("origin", "outcome", "purpose")  # ways whose answers show gaps of what was found

_TEAMS = Question(nouns=(Noun("team"),))


@dataclass(frozen=True)
class Answer:
    """What a question found. `question`: as it was understood, None where it was not; then there are `suggestions` only.

    `about`: the objects asked about. `objects`: what was asked for, the most relevant first, and `paths` its paths to them,
    from the found object on. `steps`: every object on a path, by key; `edges`: the links between them; `weakest`: the
    weakest belief among them, where it matters. `people`: owners, as Slack ids. `effects`: what was expected of those asked
    about, and what happened.
    `unclear`: the words that nothing is called, or (`is_unclear`) that could be several things.
    """

    understood: bool
    question: Question | None = None
    about: tuple[Object, ...] = ()
    objects: tuple[Object, ...] = ()
    paths: dict[str, list[Path]] = field(default_factory=dict)
    steps: dict[str, Object] = field(default_factory=dict)
    edges: tuple[Edge, ...] = ()
    weakest: Weak | None = None
    people: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    effects: tuple[Effect, ...] = ()
    suggestions: tuple[str, ...] = ()
    unclear: str = ""
    is_unclear: bool = False

    @property
    def count(self) -> int:
        return len(self.objects)


async def ask(
    tx: Transaction, kinds: Kinds, words: str, *, about: str | None, audience: Audience, asker: str | None = None
) -> Answer:
    """Return the answer to `words`. `about`: the key of the object that the talk is about. `asker`: who says "my" (a user)."""
    scene = Scene(tx, kinds, audience, await get(tx, about, audience) if about else None, asker)
    problem: Unclear | Unknown | None = None
    for question in readings(kinds, words):
        try:
            return await answer(scene, question)
        except (Unclear, Unknown) as error:
            problem = problem if isinstance(problem, Unclear) else problem if isinstance(error, Unknown) and problem else error
    if isinstance(problem, Unclear):
        return Answer(
            False, suggestions=clearer(words, problem.words, problem.candidates), unclear=problem.words, is_unclear=True
        )
    offered = await understandable(scene, words)
    return Answer(False, suggestions=offered, unclear=problem.words if problem else "")


async def answer(scene: Scene, question: Question) -> Answer:
    """Return the answer to a question; raise Unknown or Unclear where a name in it cannot be looked up."""
    return await _ANSWERS[question.asks](scene, question)


async def _list(scene: Scene, question: Question) -> Answer:
    if not question.related:
        items = await listed(scene, question)
        return replace(_found(question, items), gaps=await _missing(scene, question, items))
    found = await _related(scene, question, question.related[0])
    for relation in question.related[1:]:
        found = found.only(set((await _related(scene, question, relation)).objects))
    items = await kept(scene, question, list(found.objects.values()))
    way = question.related[0].way
    if way == "purpose":
        served = [item for item in items if scene.kinds.kind(item.kind).altitude == "working"]
        items = served + _by_altitude(scene.kinds, [item for item in items if item not in served])
    elif way not in ("feeds", "fed", "above", "touched"):  # these stay in the order of the walk, the nearest first
        items = _by_altitude(scene.kinds, items)
    told = _found(question, items, found)
    if way in BELIEVED:
        told = await _with_weakest(scene, told)
    return replace(told, gaps=await _gaps(scene, question, told))


async def _with_weakest(scene: Scene, told: Answer) -> Answer:
    """Return the answer with the weakest belief on the shortest paths of its objects."""
    paths = [ways[0] for ways in told.paths.values() if ways]
    return replace(told, weakest=await weakest_on(scene.tx, scene.kinds, told.edges, paths))


async def _related(scene: Scene, question: Question, relation: Related) -> Lineage:
    anchors = await things(scene, relation.to, _likely(scene.kinds, relation, question))
    return await related(scene, relation, [item.key for item in anchors], question.kinds)


def _likely(kinds: Kinds, relation: Related, question: Question) -> list[str] | None:
    """Return the kinds that can stand at the other end of `relation`, or None where it can be any."""
    name = relation.relation or {"feeds": "contributes to", "fed": "contributes to", "owned": "owns"}.get(
        relation.way or "", ""
    )
    if name not in kinds.relations:
        return None
    wanted = question.kinds or tuple(kinds.kinds)
    is_from = relation.is_from if relation.relation else relation.way == "feeds"
    ends = [(one, other) if is_from else (other, one) for one in wanted for other in kinds.kinds]
    others = [end[1 if is_from else 0] for end in ends if kinds.relations[name].allows(*end)]
    return list(dict.fromkeys(others)) or None


async def things(scene: Scene, thing: Thing, likely: Sequence[str] | None = None) -> list[Object]:
    """Return what `thing` means: the object that the talk is about, one of that name, or a list; raise Unknown or Unclear."""
    if scene.about and (thing.is_this or scene.about.kind in thing.may_be_this):
        return [scene.about]
    if thing.is_this:
        found = await listed(scene, thing.list) if thing.list else []
        if len(found) != 1:
            raise Unknown(thing.words)
        return found
    if thing.list is None:
        return [await scene.object_named(thing.words, likely)]
    return await _list_or_name(scene, thing, likely)


async def _list_or_name(scene: Scene, thing: Thing, likely: Sequence[str] | None) -> list[Object]:
    """A title can read like a list ("Running bets"), so a whole title or a key comes first, and a part of one last."""
    try:
        item = await scene.object_named(thing.words, likely)
        if item.title.casefold() == thing.words or item.key.lower() in thing.words:
            return [item]
    except (Unknown, Unclear):
        item = None
    try:
        found = list((await answer(scene, thing.list)).objects) if thing.list else []
    except (Unknown, Unclear):
        found = []
    is_plain_kind = thing.list == Question(nouns=thing.list.nouns) if thing.list else False
    alive = [each for each in found if each.status not in scene.kinds.kind(each.kind).closed]
    is_the_one = bool(thing.may_be_this) and not (thing.list and thing.list.statuses)  # "the strategy" is the current one
    if found:
        return alive if (is_plain_kind or is_the_one) and alive else found
    if item is not None:
        return [item]
    if thing.list and not is_plain_kind:
        return []
    raise Unknown(thing.words)


def _found(question: Question, items: Sequence[Object], lineage: Lineage | None = None) -> Answer:
    if lineage is None:
        return Answer(True, question, objects=tuple(items))
    paths = {item.key: lineage.paths[item.key] for item in items}
    on_paths = {key for ways in paths.values() for path in ways for key in path}
    return Answer(
        True,
        question,
        about=tuple(lineage.asked.values()),
        objects=tuple(items),
        paths=paths,
        steps={key: item for key, item in lineage.every.items() if key in on_paths or key in lineage.asked},
        edges=tuple(edge for edge in lineage.edges if edge.from_key in on_paths and edge.to_key in on_paths),
    )


def _by_altitude(kinds: Kinds, items: Sequence[Object]) -> list[Object]:
    places = {kind.name: place for place, kind in enumerate(kinds)}
    return sorted(items, key=lambda item: (places[item.kind], item.created_at, item.key))


async def _gaps(scene: Scene, question: Question, told: Answer) -> tuple[Gap, ...]:
    """Return the gaps that matter here: of what was asked about, then, in a lineage, of what is still open."""
    way = question.related[0].way
    if question.nouns and way not in ("learned", "options"):
        return ()
    keys = [item.key for item in told.about] if len(told.about) <= MOST_GAPS else []
    if way in WALKED:
        keys += [item.key for item in told.objects if item.status not in scene.kinds.kind(item.kind).closed]
    return tuple((await gaps_among(scene.tx, scene.kinds, keys, scene.audience))[:MOST_GAPS])


async def _missing(scene: Scene, question: Question, items: Sequence[Object]) -> tuple[Gap, ...]:
    """Return, for "which bets have no hypothesis?", those very gaps, so that they can be filled."""
    fields = {has.field for has in question.has if not has.is_there}
    if not fields:
        return ()
    every = await gaps_among(scene.tx, scene.kinds, [item.key for item in items][:MOST_GAPS], scene.audience)
    return tuple(gap for gap in every if gap.name in fields)[:MOST_GAPS]


async def _connection(scene: Scene, question: Question) -> Answer:
    if question.about is None or question.other is None:
        raise Unknown("")
    ones, others = await things(scene, question.about), await things(scene, question.other)
    found = await connection(scene, ones[0], others) if ones and others else None
    if found is None:
        return Answer(True, question, about=(*ones, *others))
    return await _with_weakest(scene, _found(question, list(found.objects.values()), found))


async def _owners(scene: Scene, question: Question) -> Answer:
    if question.about is None:
        raise Unknown("")
    items = await things(scene, question.about)
    owned = await related(scene, Related(question.about, relation="owns"), [item.key for item in items], ())
    teams = list(owned.objects.values()) or await _own_teams(scene, items)
    people = [user for item in items for user in _people(item)]
    told = _found(question, _by_altitude(scene.kinds, teams), owned | _plain(items, teams))
    return replace(told, people=tuple(dict.fromkeys(people)))


async def _own_teams(scene: Scene, items: Sequence[Object]) -> list[Object]:
    """Return the team objects of the teams that the objects belong to; no team owns itself."""
    names, asked = {item.team for item in items if item.team}, {item.key for item in items}
    teams = await listed(scene, _TEAMS) if "team" in scene.kinds.kinds else []
    return [team for team in teams if team.title in names and team.key not in asked]


def _people(item: Object) -> list[str]:
    more = [user for name in ("held_by", "owners") for user in _as_list(item.fields.get(name))]
    return [*([item.owner] if item.owner else []), *more]


def _as_list(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _plain(asked: Sequence[Object], found: Sequence[Object]) -> Lineage:
    """Return a lineage that no link shows: the team is written on the object itself."""
    return Lineage({item.key: item for item in asked}, {item.key: item for item in found}, {item.key: [] for item in found}, ())


async def _changes(scene: Scene, question: Question) -> Answer:
    period = question.period or Period(days=7)
    since, until = await bounds(scene, period)
    changed = await changed_between(scene.tx, since, until, scene.audience)
    everything = await listed(scene, replace(question, period=None))
    items = [item for item in everything if item.key in changed or since <= item.created_at < until]
    return _found(replace(question, period=period), items)


async def _stale(scene: Scene, question: Question) -> Answer:
    teams: Sequence[str | None] = await scene.teams_called(question.place) if question.place else [None]
    if question == Question(asks="stale", place=question.place) and len(teams) == 1:  # however much there is
        waiting = await stale(scene.tx, scene.kinds, scene.audience, team=teams[0], most=MOST)
        return _found(question, sorted(waiting.items, key=lambda item: (item.updated_at, item.key)))
    if question.related:
        everything = list((await _list(scene, replace(question, asks="list"))).objects)
    else:
        everything = await listed(scene, question)
    led = await led_on(scene, everything)
    items = [item for item in everything if is_stale(scene.kinds, item, scene.tx.now, item.key in led)]
    return _found(question, sorted(items, key=lambda item: (item.updated_at, item.key)))


async def _overdue(scene: Scene, question: Question) -> Answer:
    everything = (await _list(scene, replace(question, asks="list"))).objects
    return _found(question, [item for item in everything if is_overdue(scene.kinds, item, scene.tx.now)])


async def _reason(scene: Scene, question: Question) -> Answer:
    """Return the decisions on a thing; why it stands as it does is written on the thing itself."""
    if question.about is None:
        raise Unknown("")
    items = await things(scene, question.about)
    found = await related(scene, Related(question.about, relation="decides"), [item.key for item in items], ())
    return _found(question, _by_altitude(scene.kinds, list(found.objects.values())), found)


async def _told_gaps(scene: Scene, question: Question) -> Answer:
    if question.about is None:
        raise Unknown("")
    items = await things(scene, question.about)
    gaps = await gaps_among(scene.tx, scene.kinds, [item.key for item in items][:MOST_GAPS], scene.audience)
    return Answer(True, question, about=tuple(items), gaps=tuple(gaps))


async def _effect(scene: Scene, question: Question) -> Answer:
    """Return what those asked about should move, or by what they should be moved, each with what came of it."""
    if question.about is None:
        raise Unknown("")
    items = await things(scene, question.about)
    asked = {item.key for item in items}
    found = await effects(scene.tx, scene.kinds, asked, scene.audience, scene.tx.now)
    pairs = [(each.on, each.by) if each.by.key in asked else (each.by, each.on) for each in found]
    paths: dict[str, list[Path]] = {}
    for item, about in pairs:
        paths.setdefault(item.key, []).append([item.key, about.key])
    others = {item.key: item for item, _ in pairs}
    told = Answer(True, question, tuple(items), tuple(others.values()), paths, effects=tuple(found))
    gaps = await gaps_among(scene.tx, scene.kinds, [item.key for item in items], scene.audience) if not found else []
    return replace(told, gaps=tuple(gaps[:MOST_GAPS]))


async def _believed(scene: Scene, question: Question) -> Answer:
    """Return objects as they were: what they say is what was believed."""
    about = await things(scene, question.about) if question.about else []
    return _found(question, await believed(scene, question, about))


async def _players(scene: Scene, question: Question) -> Answer:
    found = await who_plays(scene, question)
    return replace(_found(question, found.holders), people=found.people)


_ANSWERS: dict[Asks, Callable[[Scene, Question], Awaitable[Answer]]] = {
    "list": _list,
    "connection": _connection,
    "owners": _owners,
    "changes": _changes,
    "stale": _stale,
    "overdue": _overdue,
    "gaps": _told_gaps,
    "reason": _reason,
    "effect": _effect,
    "believed": _believed,
    "players": _players,
}
