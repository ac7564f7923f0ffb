"""Changes of several objects and links that belong together: each is one call, and one act that can be undone as a whole.

Which relations there are, between which kinds, and what their statuses mean, the pack says: nothing here knows a kind.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from storage.audience import ADMINISTRATOR
from storage.checks import with_article
from storage.database import Transaction
from storage.errors import NotFound, Problem, Refused
from storage.graph import Graph, Tie
from storage.kinds import Kind, Kinds
from storage.measures import stored
from storage.mentions import MENTIONS
from storage.objects import Draft, Object, get, links_of

# The pack's names of relations, which never change.
BECOMES, CONSIDERS, INFORMS, YIELDS, PART_OF, REPLACES = "becomes", "considers", "informs", "yields", "part of", "replaces"

Verdict = Literal["chosen", "considered", "rejected"]


@dataclass(frozen=True)
class Weighed:
    """The object `key`, weighed for another one; what became of it, and the `reason`."""

    key: str
    verdict: Verdict = "considered"
    reason: str = ""


class Shaping:
    """One person's shaping of the graph, in one transaction. One such value is one act, also with several calls.

    Every call raises Refused or NotFound; then nothing may be kept of the transaction.
    """

    def __init__(self, tx: Transaction, kinds: Kinds, author: str, reason: str | None = None) -> None:
        self._tx = tx
        self._kinds = kinds
        self._graph = Graph(tx, kinds, author, reason)

    @property
    def act(self) -> str:
        """The id of the act, by which it can be undone."""
        return self._graph.act.id

    async def make_of(self, draft: Draft, weighed: Sequence[Weighed], informed_by: Iterable[str] = ()) -> Object:
        """Store what was made of some options, and return it: as `weigh` does for something that is there already."""
        made = await self._graph.add(draft)
        await self.weigh(made.key, weighed, informed_by)
        return made

    async def weigh(self, key: str, weighed: Sequence[Weighed], informed_by: Iterable[str] = ()) -> None:
        """Say of which options the object `key` was made, which others were considered, and which insights informed that.

        Chosen ones become it; it considered the others, those that were rejected with their reason. What the pack marks as
        chosen or rejected is their status from now on, and the reason stands on them, too.
        """
        twice = [option for option, count in Counter(each.key for each in weighed).items() if count > 1]
        if twice:
            raise Refused([Problem("options", f"{', '.join(twice)} can only be weighed once.")])
        for each in weighed:
            if each.verdict == "chosen":
                await self._graph.unlink(key, CONSIDERS, each.key)
                await self._link(key, Tie(BECOMES, each.key, backward=True, why=each.reason))
            else:
                await self._graph.unlink(each.key, BECOMES, key)
                await self._link(key, Tie(CONSIDERS, each.key, why=each.reason))
            await self._judge(each)
        for insight in informed_by:
            await self._link(key, Tie(INFORMS, insight, backward=True))

    async def _judge(self, weighed: Weighed) -> None:
        marks = self._kind_of(await self._there(weighed.key)).marks
        status = {"chosen": marks.chosen, "rejected": marks.rejected, "considered": None}[weighed.verdict]
        changes: dict[str, Any] = {"status": status} if status else {}
        if marks.reason and weighed.reason and weighed.verdict != "considered":
            changes["fields"] = {marks.reason: weighed.reason}
        if changes:
            await self._graph.revise(weighed.key, changes)

    async def teach(self, key: str, drafts: Sequence[Draft], why: str = "") -> list[Object]:
        """Store what the object `key` yields, and return it: the insights that it taught us, the opportunity that it opens.

        What a draft leaves open it takes from `key`: team, source, and, where that belongs to a private channel, its channel.
        Of what is closed, it also says what the pack marks as taught by it.
        """
        origin = await self._there(key)
        self._need(YIELDS)
        return [
            await self._graph.add(self._taught_by(origin, draft), [Tie(YIELDS, key, backward=True, why=why)])
            for draft in drafts
        ]

    def _taught_by(self, origin: Object, draft: Draft) -> Draft:
        kind, own = self._kind_of(origin), self._kinds.kind(draft.kind).fields
        said = kind.marks.taught if origin.status in kind.closed else {}
        fitting = {name: value for name, value in said.items() if name in own and value in (own[name].choices or (value,))}
        place: dict[str, Any] = {"channel": draft.channel or origin.channel}
        if origin.visibility == "channel":
            place = {"channel": origin.channel, "visibility": "channel"}
        common = {"team": draft.team or origin.team, "source": draft.source or origin.source, **place}
        return replace(draft, fields={**fitting, **draft.fields}, **common)

    async def close(
        self, key: str, status: str, taught: Sequence[Draft] = (), fields: Mapping[str, object] = {}
    ) -> list[Object]:
        """End the object `key` in `status`, with `fields` of its own, and store and return the insights that it taught us."""
        kind = self._kind_of(await self._there(key))
        if status not in kind.closed:
            raise Refused([Problem("status", f"{kind.label} is closed as one of: {', '.join(kind.closed) or 'none'}.")])
        await self._graph.revise(key, {"status": status, "fields": fields})
        return await self.teach(key, taught) if taught else []

    async def nest(self, key: str, children: Iterable[str], why: str = "") -> None:
        """Make `children` parts of the object `key`; each may be on any horizon, and part of something else, too."""
        for child in children:
            await self._link(child, Tie(PART_OF, key, why=why))

    async def unnest(self, key: str, children: Iterable[str]) -> None:
        """Make `children` parts of the object `key` no longer. Refuses the whole where one of them is none."""
        for child in children:
            if not await self._graph.unlink(child, PART_OF, key):
                raise Refused([Problem(PART_OF, f"{child} is not part of {key}.")])

    async def renew(self, key: str, changes: Mapping[str, object] = {}) -> Object:
        """Store a newer version of the object `key`, which it replaces, and return it. The older one stays, as replaced.

        `changes`: what is different, as in `Graph.revise`; all else is as it was. The new one is in the first status.
        """
        older = await self._there(key)
        fields = {**older.fields, **(changes.get("fields") or {})}  # type: ignore[dict-item]  # a mapping, as revise takes it
        same: dict[str, Any] = {
            name: getattr(older, name)
            for name in ("title", "description", "owner", "team", "horizon", "tags", "source", "channel", "visibility")
        }
        said: dict[str, Any] = {**same, **changes, "fields": self._known(older.kind, fields)}
        newer = await self._graph.add(Draft(older.kind, **{**said, "tags": tuple(said["tags"])}))
        await self.replace(key, newer.key)
        return newer

    async def replace(self, key: str, newer: str) -> None:
        """Say that the object `newer` took the place of `key`: a later version, or what it was merged into."""
        marks = self._kind_of(await self._there(key)).marks
        await self._link(newer, Tie(REPLACES, key))
        if marks.replaced:
            await self._graph.revise(key, {"status": marks.replaced})

    async def archive(self, key: str) -> Object:
        """Put the object `key` away, and return it: it is found by its key, and in what it is linked with, but in no list."""
        return await self._graph.revise(key, {"archived": True})

    async def unarchive(self, key: str) -> Object:
        """Take the object `key` out again, and return it."""
        return await self._graph.revise(key, {"archived": False})

    async def merge(self, key: str, into: str) -> Object:
        """Make one of two that say the same: what the object `key` says beyond the object `into`, that says from now on.

        It takes over links, measured values, and what is not said of it itself. `key` stays, as replaced by it, and archived.
        Return `into` as it is then.
        """
        older, kept = await self._there(key), await self._there(into)
        if older.key == kept.key:
            raise Refused([Problem("object", f"{key} cannot be merged with itself.")])
        for each in (older, kept):
            if each.archived:  # two that were merged into each other would both be gone
                raise Refused([Problem("object", f"{each.key} is archived. Bring it back first, or choose another.")])
        if older.kind != kept.kind:
            label = self._kind_of(older).label.lower()
            raise Refused([Problem("object", f"{key} is {with_article(label)}, so it can only be merged with another one.")])
        if older.visibility == "channel" and (kept.visibility, kept.channel) != (older.visibility, older.channel):
            raise Refused([Problem("object", f"{key} belongs to a private channel; with {into} more people would see it.")])
        kept = await self._graph.revise(kept.key, self._left_unsaid(older, kept))
        await self._take_over_links(older.key, kept.key)
        await self._take_over_values(older, kept)
        await self.replace(older.key, kept.key)
        await self.archive(older.key)
        return kept

    def _left_unsaid(self, older: Object, kept: Object) -> dict[str, Any]:
        fields = {name: value for name, value in older.fields.items() if name not in kept.fields}
        said = {name: value for name in ("description", "horizon", "source") if (value := getattr(older, name))}
        changes: dict[str, Any] = {name: value for name, value in said.items() if not getattr(kept, name)}
        tags = [*kept.tags, *(tag for tag in older.tags if tag not in kept.tags)]
        return {**changes, "tags": tags, "fields": self._known(kept.kind, fields)}

    async def _take_over_links(self, older: str, kept: str) -> None:
        """Move the links of `older`. Those that texts make stay where the texts are; those that would lead back to it go."""
        for link in await links_of(self._tx, [older], ADMINISTRATOR):
            if link.relation == MENTIONS:
                continue
            await self._graph.unlink(link.from_key, link.relation, link.to_key)
            backward = link.to_key == older
            other = link.from_key if backward else link.to_key
            there = {(each.from_key, each.relation, each.to_key) for each in await links_of(self._tx, [kept], ADMINISTRATOR)}
            ends = (other, link.relation, kept) if backward else (kept, link.relation, other)
            if other != kept and ends not in there:
                await self._graph.link(kept, Tie(link.relation, other, backward, link.why, link.confidence, link.fields))

    async def _take_over_values(self, older: Object, kept: Object) -> None:
        values = await stored(self._tx, [older.key, kept.key])
        known = {value.at for value in values.get(kept.key, [])}
        await self._graph.measure(
            *(replace(each, key=kept.key) for each in values.get(older.key, []) if each.at not in known), expected_version=0
        )

    def _known(self, kind: str, fields: Mapping[str, object]) -> dict[str, object]:
        """Return `fields` without those of a pack of earlier times: they stay with the older version."""
        known = self._kinds.kind(kind).fields
        return {name: value for name, value in fields.items() if name in known}

    async def _link(self, key: str, tie: Tie) -> None:
        self._need(tie.relation)
        await self._graph.link(key, tie)

    def _need(self, relation: str) -> None:
        declared = self._kinds.relations.get(relation)
        if declared is None or declared.retired:
            raise Refused([Problem(relation, f'Here nothing is linked by "{relation}": your pack has no such relation.')])

    async def _there(self, key: str) -> Object:
        item = await get(self._tx, key, ADMINISTRATOR)
        if item is None:
            raise NotFound(key)
        return item

    def _kind_of(self, item: Object) -> Kind:
        return self._kinds.kind(item.kind)
