"""Writing the workspace as a graph file: everything that is set, in an order that stays."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from storage import file_history, measures, teams
from storage.audience import ADMINISTRATOR
from storage.database import Transaction, ours
from storage.graph_file import VERSION
from storage.history import Revision
from storage.kinds import Kinds
from storage.measures import Measure
from storage.objects import LINK_COLUMNS, OBJECT_COLUMNS, Link, Object
from storage.tables import links, objects
from storage.teams import Team

_OBJECTS = select(*OBJECT_COLUMNS).where(ours(objects))
_LINKS = select(*LINK_COLUMNS).where(ours(links))

Json = dict[str, Any]


async def export_graph(tx: Transaction, kinds: Kinds, *, history: bool = False) -> Json:
    """Return the workspace in the form of the graph file, with all revisions where `history` is wanted."""
    ranks = {kind.name: rank for rank, kind in enumerate(kinds)}
    found = [Object(**row) for row in await tx.rows(_OBJECTS)]
    found.sort(key=lambda each: (ranks.get(each.kind, len(ranks)), _by_number(each.key)))
    tied = [Link(**row) for row in await tx.rows(_LINKS)]
    tied.sort(key=lambda each: (_by_number(each.from_key), each.relation, _by_number(each.to_key)))
    content: Json = {
        "version": VERSION,
        "teams": [_team(each) for each in await teams.all_teams(tx)],
        "objects": [_object(each, kinds) for each in found],
        "links": [_link(each, kinds) for each in tied],
        "values": [_value(each) for each in await measures.all_measures(tx, ADMINISTRATOR)],
    }
    if history:
        content["history"] = [_revision(each) for each in await file_history.all_revisions(tx)]
    return content


def as_text(content: Json) -> str:
    """Return the file's text: one entry on a line, so that two exports can be compared line by line."""
    lists = {name: value for name, value in content.items() if isinstance(value, list)}
    parts = [f'"version": {content["version"]}']
    for name, entries in lists.items():
        lines = ",\n".join(f"  {json.dumps(entry, ensure_ascii=False)}" for entry in entries)
        parts.append(f'"{name}": [\n{lines}\n]' if entries else f'"{name}": []')
    return "{" + ",\n".join(parts) + "}\n"


def _by_number(key: str) -> tuple[str, int]:
    prefix, _, number = key.rpartition("-")
    return prefix, int(number)


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
        created_at=_moment(item.created_at),
    )


def _link(link: Link, kinds: Kinds) -> Json:
    about = _set(why=link.why, confidence=_plain(link.confidence), fields=_ordered(link.fields, kinds.link_fields))
    return {"from": link.from_key, "relation": link.relation, "to": link.to_key, **about}


def _value(measure: Measure) -> Json:
    value = {"key": measure.key, "at": _moment(measure.at), "value": _plain(measure.value)}
    return {**value, **_set(unit=measure.unit, source=measure.source, note=measure.note)}


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
