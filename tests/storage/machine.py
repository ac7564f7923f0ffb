"""The state machine that does what it likes with the graph, and with the plain model beside it (see `tests.storage.model`)."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import combinations, count
from typing import Any, TypeVar

from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import insert, select

from storage.audience import ADMINISTRATOR, EVERYBODY, Audience
from storage.changes import Thing, item_of, state_of
from storage.database import Database, Transaction, ours
from storage.errors import Refused
from storage.files.graph_file import read
from storage.files.importing import import_graph
from storage.graph import Graph, Tie
from storage.history import REVISION_COLUMNS, Item, Revision
from storage.measures import Measure
from storage.objects import LINK_COLUMNS, OBJECT_COLUMNS, Draft, Link, Object
from storage.packs.pack import starter
from storage.past.as_of import graph_as_of
from storage.past.difference import difference
from storage.past.undo import undo
from storage.tables import links, measured_values, objects, revisions, workspaces
from tests.storage.graph_files import Still, exported
from tests.storage.model import PRIVATE, Done, Model, Name, State, Things, Wrong, of_link, of_object, of_value, visible

T = TypeVar("T")

ANA, IVO = "U01ANA", "U02IVO"
KINDS = starter()
RELATIONS = (("informs", "INS", "BET"), ("targets", "BET", "INP"), ("part of", "BET", "BET"), ("becomes", "OPT", "BET"))
KIND_OF = {"INS": "insight", "BET": "bet", "INP": "input", "OPT": "option"}
MOST_MOMENTS = 4  # that are looked at, in pairs
BEGIN = datetime(2026, 9, 1, 9, tzinfo=UTC)
MOMENTS = tuple(BEGIN - timedelta(days=days) for days in (30, 20, 10))
_NUMBERS = count()
_OBJECTS, _LINKS = select(*OBJECT_COLUMNS).where(ours(objects)), select(*LINK_COLUMNS).where(ours(links))
_VALUES = select(*(measured_values.c[name] for name in Measure.__dataclass_fields__)).where(ours(measured_values))
_REVISIONS = select(*REVISION_COLUMNS).where(ours(revisions)).order_by(revisions.c.version)

WHAT = ("add", *("revise", "link", "measure") * 2, "unlink", "unmeasure", "status", "hide", "show")
texts, numbers = some.sampled_from(("", "one", "two")), some.integers(0, 40)
authors = some.sampled_from((ANA, IVO))


@dataclass(frozen=True)
class Deed:
    """One thing that somebody does. What it does it to, is chosen among what is there by `which` and `other`."""

    what: str
    which: int
    other: int
    text: str
    number: int | None


a_deed = some.builds(Deed, some.sampled_from(WHAT), numbers, numbers, texts, some.none() | some.integers(0, 2))
deeds = some.lists(a_deed, min_size=1, max_size=3)


@dataclass(frozen=True)
class World:
    """A database, a clock that the test sets, and the loop in which all of it runs."""

    runner: asyncio.Runner
    database: Database
    clock: Still
    is_thorough: bool = False


class GraphMachine(RuleBasedStateMachine):
    """Acts, their undoing, moments to remember, and moves to another workspace through a file with its history."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.world.clock.at = BEGIN
        self.model = Model(KINDS)
        self.acts: list[tuple[str, Done]] = []
        self.moves = 0
        self.moments: list[tuple[datetime, Things]] = []
        self.workspace = self._do(self._new_workspace)

    def _do(self, work: Callable[[Transaction], Awaitable[Any]]) -> Any:
        async def done() -> Any:
            async with self.world.database.writing(getattr(self, "workspace", "none")) as tx:
                return await work(tx)

        return self.world.runner.run(done())

    async def _new_workspace(self, tx: Transaction) -> str:
        workspace = f"W{next(_NUMBERS)}"
        await tx.connection.execute(insert(workspaces), {"id": workspace, "name": workspace, "created_at": tx.now})
        return workspace

    @initialize()
    def begin_with_some(self) -> None:
        self._act(ANA, [Deed("add", number, 0, "one", None) for number in (0, 1, 1, 2)])
        self._act(IVO, [Deed("add", number, 3, "two", None) for number in (1, 1, 2, 3)])

    @rule(author=authors, deeds=deeds)
    def act(self, author: str, deeds: list[Deed]) -> None:
        self._act(author, deeds)

    @rule(author=authors, deeds=deeds)
    def act_at_once(self, author: str, deeds: list[Deed]) -> None:  # so that acts come as often as the rest together
        self._act(author, deeds)

    @rule(author=authors, deeds=deeds)
    def act_later(self, author: str, deeds: list[Deed]) -> None:
        """Remember this moment, so that what is done now comes after it."""
        self.moments.append((self.world.clock.at, self.model.copy().things))
        self.world.clock.at += timedelta(seconds=1)
        self._act(author, deeds)

    def _act(self, author: str, deeds: list[Deed]) -> None:
        """Do several things in one act: all of them, or none."""
        before = self.model.copy()
        after = self.model.copy()
        is_refused = _is_refused(partial(_expect, after, author, deeds))

        async def work(tx: Transaction) -> str:
            graph, guide = Graph(tx, KINDS, author), before.copy()
            for each in deeds:
                await _perform(graph, guide, each)
                assert not _is_refused(partial(_expect, guide, author, [each])), f"the graph does {each}"
            return graph.act.id

        self._compare(is_refused, work, before, after, author)

    @rule(number=some.integers(0, 5), by_another=some.integers(0, 9))
    def undo(self, number: int, by_another: int) -> None:
        """Take one of the last acts back, the takings back among them; rarely as somebody else, or as an administrator."""
        act, done = self.acts[-1 - number % len(self.acts)]
        author, as_admin = (IVO if done.author == ANA else ANA, by_another == 1) if by_another < 2 else (done.author, False)
        before, after = self.model.copy(), self.model.copy()
        is_refused = _is_refused(partial(after.undo, done, author, as_admin=as_admin))

        async def work(tx: Transaction) -> str:
            return (await undo(tx, KINDS, act, author, ADMINISTRATOR, as_admin=as_admin)).act

        self._compare(is_refused, work, before, after, author)

    def _compare(
        self, is_refused: bool, work: Callable[[Transaction], Awaitable[str]], before: Model, after: Model, author: str
    ) -> None:
        """Have the graph do what the model has done, or refuse what the model refuses."""
        try:
            act = self._do(work)
        except (Refused, Wrong):
            assert is_refused, "the graph refuses what the model does"
            return
        assert not is_refused, "the graph does what the model refuses"
        names = {name for name in {**before.things, **after.things} if before.things.get(name) != after.things.get(name)}
        if names:
            was, is_now = ({name: each.things.get(name) for name in names} for each in (before, after))
            self.acts.append((act, Done(author, was, is_now)))
        after.remember()
        self.model = after

    @rule(goes_on_there=some.booleans())
    def export(self, goes_on_there: bool) -> None:
        """Take the file of the graph into the graph itself; or, with its history, into another workspace, and go on there."""
        content = json.dumps(self._do(partial(exported, kinds=KINDS, history=goes_on_there))).encode()
        if goes_on_there:
            self.workspace = self._do(self._new_workspace)
            self.moves += 1
        done = self._do(lambda tx: import_graph(tx, KINDS, read(content)))
        assert goes_on_there or set(vars(done).values()) == {0}, f"the same again changes something: {done}"

    @invariant()
    def the_rows_are_the_model(self) -> None:
        things = self._do(_stored)
        found = {_name(each): _of_model(state_of(each)) for each in things}
        differing = [name for name in {**found, **self.model.things} if found.get(name) != self.model.things.get(name)]
        assert not differing, [(name, found.get(name), self.model.things.get(name)) for name in differing]
        played = self._do(_replayed)
        assert played == {item_of(each): (each.version, _plain(state_of(each))) for each in things}

    @invariant()
    def the_past_is_as_it_was(self) -> None:
        if self.world.is_thorough:
            self._look_back()

    def teardown(self) -> None:
        self._look_back()

    def _look_back(self) -> None:
        chosen = self.moments[:: 1 + len(self.moments) // MOST_MOMENTS]
        for audience in (ADMINISTRATOR, EVERYBODY):
            for at, things in chosen:
                assert self._do(partial(_as_of, at=at, audience=audience)) == self._visible(things, audience)
            for (since, before), (until, after) in combinations(chosen, 2):
                found = self._do(partial(_differences, since=since, until=until, audience=audience))
                was, is_now = self._visible(before, audience), self._visible(after, audience)
                names = {name for name in {**before, **after} if before.get(name) != after.get(name)}
                assert found == {name: (was.get(name), is_now.get(name)) for name in names if was.get(name) != is_now.get(name)}

    def _visible(self, things: Things, audience: Audience) -> Things:
        return visible(things, self.model.last, to_all=audience is EVERYBODY)


def _is_refused(work: Callable[[], object]) -> bool:
    try:
        work()
    except Wrong:
        return True
    return False


def _chosen(among: list[T], number: int) -> T:
    if not among:
        raise Wrong
    return among[number % len(among)]


def _tie(model: Model, deed: Deed) -> Name:
    """Return the link that a deed is about."""
    relation, from_prefix, to_prefix = RELATIONS[deed.which % len(RELATIONS)]
    return of_link(_chosen(model.keys(from_prefix), deed.other), relation, _chosen(model.keys(to_prefix), deed.other // 3))


def _value(model: Model, deed: Deed) -> Name:
    return of_value(_chosen(model.keys("INP"), deed.which), MOMENTS[deed.other % len(MOMENTS)])


def _new(model: Model, deed: Deed) -> tuple[str, list[Name]]:
    """Return the kind of the object that a deed adds, and its links; the object's own key stands there as an empty text."""
    prefix = list(KIND_OF)[deed.which % len(KIND_OF)]
    ties = [
        of_link(*(("", relation, key) if from_prefix == prefix else (key, relation, "")))
        for relation, from_prefix, to_prefix in RELATIONS
        if prefix in (from_prefix, to_prefix)
        for key in model.keys(to_prefix if from_prefix == prefix else from_prefix)[: deed.other % 2]
    ]
    if prefix == "BET" and deed.other % 3 == 2 and len(model.keys("BET")) > 1:
        ties.append(of_link(model.keys("BET")[-1], "part of", ""))
    return KIND_OF[prefix], list(dict.fromkeys(ties))


def _changes(model: Model, deed: Deed) -> tuple[str, dict[str, Any]]:
    """Return which object a deed changes, and how."""
    key = _chosen(model.keys(), deed.other)
    there = model.things[of_object(key)]
    if deed.what == "status":
        statuses = list(KINDS.kind(there["kind"]).lifecycle)
        return key, {"status": statuses[deed.which % len(statuses)]}
    if deed.what == "hide":
        return key, {"visibility": "channel", "channel": PRIVATE}
    if deed.what == "show":
        return key, {"visibility": "workspace"}
    if there["kind"] == "bet" and deed.which % 2:
        return key, {"fields": {"confidence": deed.number and deed.number * 10, "risk": deed.text or None}}
    return key, {"title": deed.text or "three"} if deed.which % 3 else {"description": deed.text}


def _expect(model: Model, author: str, deeds: Sequence[Deed]) -> None:
    """Do in the model what the deeds say; raise Wrong where that must be refused."""
    for deed in deeds:
        match deed.what:
            case "add":
                kind, ties = _new(model, deed)
                model.add(kind, author, ties, title=deed.text or "three")
            case "link":
                model.link(_tie(model, deed), deed.text, deed.number)
            case "unlink":
                model.remove(_chosen(model.links(), deed.which))
            case "measure":
                model.measure(_value(model, deed), float(deed.number or 0), deed.text)
            case "unmeasure":
                model.remove(_chosen(model.values(), deed.which))
            case _:
                key, changes = _changes(model, deed)
                model.revise(key, author, changes)


async def _perform(graph: Graph, model: Model, deed: Deed) -> None:
    """Do in the graph what the deed says."""
    match deed.what:
        case "add":
            kind, ties = _new(model, deed)
            made = [Tie(relation, to or one, backward=not to) for one, relation, to, _ in ties]
            assert (await graph.add(Draft(kind, deed.text or "three"), made)).key == model.next_key(kind)
        case "link":
            from_key, relation, to_key, _ = _tie(model, deed)
            await graph.link(from_key, Tie(relation, to_key, why=deed.text, confidence=deed.number))
        case "unlink":
            from_key, relation, to_key, _ = _chosen(model.links(), deed.which)
            assert await graph.unlink(from_key, relation, to_key)
        case "measure":
            key, _, _, moment = _value(model, deed)
            await graph.measure(Measure(key, datetime.fromisoformat(moment), float(deed.number or 0), deed.text))
        case "unmeasure":
            key, _, _, moment = _chosen(model.values(), deed.which)
            assert await graph.unmeasure(key, datetime.fromisoformat(moment))
        case _:
            key, changes = _changes(model, deed)
            await graph.revise(key, changes)


async def _stored(tx: Transaction) -> list[Object | Link | Measure]:
    found: list[Object | Link | Measure] = [Object(**row) for row in await tx.rows(_OBJECTS)]
    found += [Link(**row) for row in await tx.rows(_LINKS)]
    return [*found, *(Measure(**row) for row in await tx.rows(_VALUES))]


async def _replayed(tx: Transaction) -> dict[Item, tuple[int, State]]:
    """Play history from nothing: each version follows the one before it, and begins from how that left the thing."""
    played: dict[Item, tuple[int, State | None]] = {}
    for each in [Revision(**row) for row in await tx.rows(_REVISIONS)]:
        version, state = played.get(each.item, (0, None))
        assert each.version == version + 1
        assert (each.before is None) == (state is None)
        assert each.before is None or each.before.items() <= (state or {}).items()
        played[each.item] = each.version, None if each.after is None else {**(state or {}), **each.after}
    return {item: (version, state) for item, (version, state) in played.items() if state is not None}


async def _as_of(tx: Transaction, at: datetime, audience: Audience) -> Things:
    parts = [part async for part in graph_as_of(tx, at, audience)]
    things: list[Thing] = []
    for part in parts:
        things += [*part.objects, *part.links, *part.values]
    found = {_name(each): _of_model(state_of(each)) for each in things}
    assert len(found) == len(things)
    return found


async def _differences(tx: Transaction, since: datetime, until: datetime, audience: Audience) -> dict[Name, Any]:
    found = [each async for each in difference(tx, since, until, audience)]
    return {_name(each.after or each.before): (_told(each.before), _told(each.after)) for each in found}


def _told(thing: Thing | None) -> State | None:
    return None if thing is None else _of_model(state_of(thing))


def _name(thing: Any) -> Name:
    if isinstance(thing, Link):
        return of_link(thing.from_key, thing.relation, thing.to_key)
    return of_value(thing.key, thing.at) if isinstance(thing, Measure) else of_object(thing.key)


def _of_model(state: Any) -> State:
    """Return of a state what the model keeps."""
    left = {"owner", "team", "horizon", "tags", "source", "created_at"} if "kind" in state else ()
    return {name: value for name, value in state.items() if name not in left}


def _plain(state: Any) -> State:
    return json.loads(json.dumps(state))  # type: ignore[no-any-return]  # as it is kept
