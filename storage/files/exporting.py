"""Writing the workspace as a graph file: everything that is set, in an order that stays, never all of it in memory."""

import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, Table, case, func, select

from storage import teams
from storage.comments import COLUMNS as COMMENT_COLUMNS
from storage.comments import Comment
from storage.database import Transaction, ours
from storage.files.graph_file import VERSION, Told
from storage.history import Revision
from storage.kinds import Kinds
from storage.measures import Measure
from storage.objects import LINK_COLUMNS, OBJECT_COLUMNS, Link, Object
from storage.tables import comments, links, measured_values, objects, revisions
from storage.teams import Team

_AT_A_TIME = 1_000  # rows


def _by_number(key: Column[Any]) -> tuple[ColumnElement[Any], ...]:
    """Return what sorts BET-2 before BET-10."""
    return func.rtrim(key, "0123456789"), func.length(key), key


def _count(table: Table) -> Select[Any]:
    return select(func.count()).select_from(table).where(ours(table))


_OBJECTS = select(*OBJECT_COLUMNS).where(ours(objects))
_LINKS = (
    select(*LINK_COLUMNS)
    .where(ours(links))
    .order_by(*_by_number(links.c.from_key), links.c.relation, *_by_number(links.c.to_key))
)
_VALUES = (
    select(*(measured_values.c[name] for name in Measure.__dataclass_fields__))
    .where(ours(measured_values))
    .order_by(measured_values.c.key, measured_values.c.at)
)
_COMMENTS = select(*COMMENT_COLUMNS).where(ours(comments)).order_by(*_by_number(comments.c.key), comments.c.at, comments.c.id)
_REVISIONS = (
    select(*(revisions.c[name] for name in Revision.__dataclass_fields__))
    .where(ours(revisions))
    .order_by(revisions.c.at, revisions.c.act, revisions.c.position)
)
_COUNTS = tuple(_count(table) for table in (objects, links, measured_values, comments))
_COUNT_OF_REVISIONS = _count(revisions)

Json = dict[str, Any]
Batches = AsyncIterator[list[Json]]


async def export_graph(
    tx: Transaction, kinds: Kinds, *, history: bool = False, told: Told = lambda _: None
) -> AsyncIterator[str]:
    """Yield the text of the workspace's graph file piece by piece, with all revisions where `history` is wanted.

    One entry is on a line, so that two exports can be compared line by line. It is of one moment where `tx` is of
    `Database.snapshot`. `told` hears how many entries were written.
    """
    written = 0
    yield f'{{"version": {VERSION}'
    for name, batches in _lists(tx, kinds, history).items():
        yield f',\n"{name}": ['
        mark = "\n"
        async for batch in batches:
            yield mark + ",\n".join([f"  {json.dumps(entry, ensure_ascii=False)}" for entry in batch])
            mark = ",\n"
            written += len(batch)
            told(written)
        yield "]" if mark == "\n" else "\n]"
    yield "}\n"


async def count_entries(tx: Transaction, *, history: bool = False) -> int:
    """Return about how many entries the file will have."""
    counts = [int(await tx.value(statement)) for statement in (*_COUNTS, *([_COUNT_OF_REVISIONS] if history else []))]
    return sum(counts)


def _lists(tx: Transaction, kinds: Kinds, history: bool) -> dict[str, Batches]:
    ranks = case({kind.name: rank for rank, kind in enumerate(kinds)}, value=objects.c.kind, else_=len(kinds.kinds))
    in_order = _OBJECTS.order_by(ranks, *_by_number(objects.c.key))
    lists = {
        "teams": _teams(tx),
        "objects": _entries(tx, in_order, lambda row: _object(Object(*row), kinds)),
        "links": _entries(tx, _LINKS, lambda row: _link(Link(*row), kinds)),
        "values": _entries(tx, _VALUES, lambda row: _value(Measure(*row))),
        "comments": _entries(tx, _COMMENTS, lambda row: _comment(Comment(*row))),
    }
    return {**lists, "history": _entries(tx, _REVISIONS, lambda row: _revision(Revision(*row)))} if history else lists


async def _teams(tx: Transaction) -> Batches:
    found = [_team(each) for each in await teams.all_teams(tx)]
    if found:
        yield found


async def _entries(tx: Transaction, statement: Select[Any], entry: Callable[[Any], Json]) -> Batches:
    async for rows in tx.batches(statement, _AT_A_TIME):
        yield [entry(row) for row in rows]


def _set(**parts: Any) -> Json:
    """Return the parts that are set."""
    return {name: value for name, value in parts.items() if value not in (None, "", [], (), {})}


def _team(team: Team) -> Json:
    return _set(
        name=team.name, channel=team.channel, timezone=team.timezone, members=list(team.members), leads=list(team.leads)
    )


def _object(item: Object, kinds: Kinds) -> Json:
    kind = kinds.kinds.get(item.kind)
    return _set(
        key=item.key,
        kind=item.kind,
        title=item.title,
        description=item.description,
        team=item.team,
        owner=item.owner,
        horizon=item.horizon,
        status=item.status,
        tags=item.tags,
        fields=_ordered(item.fields, kind.fields if kind else ()),
        source=item.source,
        channel=item.channel,
        visibility=item.visibility,
        archived=item.archived or None,
        created_at=_moment(item.created_at),
    )


def _link(link: Link, kinds: Kinds) -> Json:
    about = _set(why=link.why, confidence=_plain(link.confidence), fields=_ordered(link.fields, kinds.link_fields))
    return {"from": link.from_key, "relation": link.relation, "to": link.to_key, **about}


def _value(measure: Measure) -> Json:
    value = {"key": measure.key, "at": _moment(measure.at), "value": _plain(measure.value)}
    return {**value, **_set(unit=measure.unit, source=measure.source, note=measure.note)}


def _comment(said: Comment) -> Json:
    about = {"key": said.key, "author": said.author, "added_by": said.added_by, "at": _moment(said.at), "text": said.text}
    return {**about, **_set(source=said.source, channel=said.channel, visibility=said.visibility)}


def _revision(revision: Revision) -> Json:
    return {
        "act": revision.act,
        "position": revision.position,
        "key": revision.key,
        **_set(
            relation=revision.relation, to=revision.to_key, value_at=_moment(revision.value_at) if revision.value_at else None
        ),
        "version": revision.version,
        "author": revision.author,
        "at": _moment(revision.at),
        **_set(reason=revision.reason),
        "before": _sorted(revision.before),
        "after": _sorted(revision.after),
    }


def _ordered(fields: Mapping[str, Any], known: Iterable[str]) -> Json:
    """Return the fields in the order of the pack; PostgreSQL keeps one of its own."""
    order = [*(name for name in known if name in fields), *sorted(set(fields) - set(known))]
    return {name: fields[name] for name in order}


def _sorted(state: Any) -> Any:
    return {name: _sorted(state[name]) for name in sorted(state)} if isinstance(state, Mapping) else state


def _plain(number: float | None) -> float | None:
    """Return 70 for 70.0."""
    return int(number) if number is not None and float(number).is_integer() else number


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
