"""A team's week, read from the graph and its history: what was learned, decided and moved, as values.

Everything is seen with the eyes of the readers of the team's channel.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from storage import history
from storage.audience import Audience
from storage.database import Transaction
from storage.history import Revision
from storage.kinds import ALTITUDES, Kind, Kinds
from storage.objects import Link, Object, find, get_many, links_of

INSIGHT, OPTION, DECISION, IMPACT = "insight", "option", "decision", "impact"  # the pack's names, which never change
MOST_OBJECTS = 5_000
NOTHING_LATE: Mapping[str, Mapping[str, Any]] = {}


@dataclass(frozen=True)
class Move:
    """An object that changed its status, or came into being with `before` None."""

    item: Object
    before: str | None
    after: str
    reason: str | None


@dataclass(frozen=True)
class Confidence:
    """An object of which somebody is surer, or less sure, than before; in percent."""

    item: Object
    before: float | None
    after: float


@dataclass(frozen=True)
class Week:
    """`items`: all of the team's objects, by key; `links`: those that touch them; `others`: what stands at their other ends."""

    kinds: Kinds
    items: Mapping[str, Object]
    links: Sequence[Link]
    others: Mapping[str, Object]
    moves: Sequence[Move]
    confidences: Sequence[Confidence]
    since: datetime
    until: datetime
    late: frozenset[str] = frozenset()  # insights of answers that came after the review

    def kind(self, item: Object) -> Kind:
        return self.kinds.kind(item.kind)

    def of_kind(self, name: str) -> list[Object]:
        return [item for item in self.items.values() if item.kind == name]

    def running(self) -> list[Object]:
        return [item for item in self.items.values() if item.status in self.kind(item).running]

    def pending(self) -> list[Object]:
        """Return the bets about which nothing is decided yet."""
        bets = [item for item in self.items.values() if self.kind(item).running]
        return [item for item in bets if item.status not in (*self.kind(item).running, *self.kind(item).closed)]

    def is_new(self, item: Object) -> bool:
        return self.since <= item.created_at < self.until

    def sources(self, key: str, *relations: str) -> list[Object]:
        """Return what stands at the "from" end of the links of `relations` to `key`."""
        keys = [link.from_key for link in self.links if link.to_key == key and link.relation in relations]
        return [self.others[each] for each in dict.fromkeys(keys) if each in self.others]

    def targets(self, key: str, *relations: str) -> list[Object]:
        """Return what stands at the "to" end of the links of `relations` from `key`."""
        keys = [link.to_key for link in self.links if link.from_key == key and link.relation in relations]
        return [self.others[each] for each in dict.fromkeys(keys) if each in self.others]

    @cached_property
    def learned(self) -> list[Object]:
        """The week's insights, the most telling first: what a bet or its result taught us, then what is surest."""
        found = [item for item in self.of_kind(INSIGHT) if self.is_new(item) or item.key in self.late]
        return sorted(found, key=self._tells, reverse=True)

    def _tells(self, insight: Object) -> tuple[bool, float, datetime]:
        return bool(self.sources(insight.key, "yields")), number(insight.fields.get("how_sure")) or 0.0, insight.created_at

    @cached_property
    def decisions(self) -> list[Object]:
        return sorted((item for item in self.of_kind(DECISION) if self.is_new(item)), key=lambda item: item.created_at)

    @cached_property
    def choices(self) -> list[Move]:
        """Bets that were placed or ended, options that were chosen or let go."""
        return [move for move in self.moves if move.before is not None and self._is_choice(move)]

    def _is_choice(self, move: Move) -> bool:
        kind = self.kind(move.item)
        return kind.name == OPTION or (bool(kind.running) and (move.after == kind.running[0] or move.after in kind.closed))

    @cached_property
    def impacts(self) -> list[Object]:
        """The impacts that are new, or of which we think otherwise than before."""
        return list({move.item.key: move.item for move in self.moves if move.item.kind == IMPACT}.values())

    @cached_property
    def by_altitude(self) -> dict[str, list[Move | Confidence]]:
        """What moved at each altitude; an object is there once, by its status rather than by its confidence."""
        moved: dict[str, Move | Confidence] = {each.item.key: each for each in self.confidences}
        moved |= {each.item.key: each for each in self.moves}
        found: dict[str, list[Move | Confidence]] = {altitude: [] for altitude in ALTITUDES}
        for each in moved.values():
            altitude = self.kind(each.item).altitude
            if altitude:
                found[altitude].append(each)
        return found

    @property
    def is_quiet(self) -> bool:
        return not (self.learned or self.decisions or self.moves or self.confidences)


async def week_of(
    tx: Transaction,
    kinds: Kinds,
    team: str,
    audience: Audience,
    since: datetime,
    until: datetime,
    late: Mapping[str, Mapping[str, Any]] = NOTHING_LATE,
) -> Week:
    """Return what `audience` may see of the week of `team` from `since` to before `until`.

    `late`: what was answered after it, by the key of the bet: before, after (its confidence) and insight (a key).
    """
    known = [item for item in await find(tx, audience, team=team, limit=MOST_OBJECTS) if item.kind in kinds.kinds]
    found = {item.key: item for item in sorted(known, key=_newest_first)}
    links, others = await _surroundings(tx, found, audience)
    revisions = [each for each in await history.between(tx, since, until, audience) if each.key in found and each.is_of_object]
    return Week(
        kinds=kinds,
        items=found,
        links=links,
        others=others,
        moves=list(_moves(kinds, found, revisions, since, until)),
        confidences=list(_confidences(found, revisions, late)),
        since=since,
        until=until,
        late=frozenset(said["insight"] for said in late.values() if said.get("insight")),
    )


async def _surroundings(
    tx: Transaction, items: Mapping[str, Object], audience: Audience
) -> tuple[list[Link], dict[str, Object]]:
    """Return the links that touch `items`, as far as `audience` may see both ends, and those ends by key."""
    found = await links_of(tx, items, audience)
    keys = {key for link in found for key in (link.from_key, link.to_key)}
    return sorted(found, key=_by_ends), {**items, **await get_many(tx, sorted(keys - items.keys()), audience)}


def number(value: object) -> float | None:
    """Return a stored percentage or number as one, None where it is none."""
    return float(value) if isinstance(value, int | float) else None


def _read(key: str) -> tuple[str, int]:
    """Return what keys sort by as people read them: BET-9 before BET-10. Databases sort text by rules of their own."""
    prefix, _, serial = key.rpartition("-")
    return prefix, int(serial)


def _newest_first(item: Object) -> tuple[float, tuple[str, int]]:
    return -item.updated_at.timestamp(), _read(item.key)


def _by_ends(link: Link) -> tuple[tuple[str, int], tuple[str, int], str]:
    return _read(link.from_key), _read(link.to_key), link.relation


def _ends(link: Link) -> tuple[str, str, str]:
    return link.from_key, link.relation, link.to_key


def _moves(
    kinds: Kinds, items: Mapping[str, Object], revisions: Iterable[Revision], since: datetime, until: datetime
) -> Iterator[Move]:
    """Yield each object that is new or whose status changed, with the first status before and the last reason."""
    befores: dict[str, str] = {}
    last: dict[str, Revision] = {}
    for revision in revisions:
        if revision.before is not None and "status" in revision.before:
            befores.setdefault(revision.key, revision.before["status"])
            last[revision.key] = revision
    for key, item in items.items():
        if key in last:
            after = (last[key].after or {})["status"]
            if after != befores[key]:
                yield Move(item, befores[key], after, last[key].reason or kinds.kind(item.kind).reason_in(item.fields))
        elif since <= item.created_at < until:
            yield Move(item, None, item.status, None)


def _confidences(
    items: Mapping[str, Object], revisions: Iterable[Revision], late: Mapping[str, Mapping[str, Any]]
) -> Iterator[Confidence]:
    seen: dict[str, tuple[Any, Any]] = {}
    for revision in revisions:
        if revision.before is None or "fields" not in revision.before:
            continue
        before, after = (((state or {}).get("fields") or {}).get("confidence") for state in (revision.before, revision.after))
        if before != after:
            seen[revision.key] = (seen.get(revision.key, (before, None))[0], after)
    for key, said in late.items():
        seen[key] = (seen.get(key, (said.get("before"), None))[0], said.get("after"))
    for key, (before, after) in seen.items():
        if key in items and before != after and number(after) is not None:
            yield Confidence(items[key], number(before), float(after))
