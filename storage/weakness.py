"""Which link of a chain of beliefs is the weakest, and why. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from storage.kinds import Kinds
from storage.lineage import Edge
from storage.objects import Link

Because = Literal["refuted", "unsaid", "doubted", "unproven", "old"]

UNSAID = 50.0  # as good as this percentage is a belief of which nobody has said how sure it is
_NEVER_OLD = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Weak:
    """The weakest of some links.

    `because`: it is refuted; nobody has said how sure it is (unsaid); it is the least sure (doubted); it has no evidence
    (unproven); its evidence is the oldest (old). `confidence` in percent, None where nobody has said. `evidence_at`: when its
    evidence was last written; None where it has none.
    """

    link: Link
    because: Because
    evidence_at: datetime | None

    @property
    def confidence(self) -> float | None:
        return self.link.confidence

    @property
    def has_evidence(self) -> bool:
        return has_evidence(self.link)


class _Strength(NamedTuple):
    stands: bool
    sure: float
    has_evidence: bool
    evidence_at: datetime
    edge: Edge


def edge_of(link: Link) -> Edge:
    return Edge(link.from_key, link.relation, link.to_key)


def has_evidence(link: Link) -> bool:
    return bool(link.fields.get("evidence"))


def is_belief(kinds: Kinds, link: Link) -> bool:
    """Tell whether a link is believed rather than simply so: somebody has said how sure it is, or the pack asks about it."""
    relation = kinds.relations.get(link.relation)
    is_asked_about = relation is not None and relation.serves and bool(relation.fields)
    return is_asked_about or link.confidence is not None or "status" in link.fields


def weakest(links: Iterable[Link], evidence_at: Mapping[Edge, datetime]) -> Weak | None:
    """Return the weakest of `links`, None of none. `evidence_at`: when their evidence was written, where that is known.

    A refuted one is the weakest, then that with the lowest confidence, then one without evidence, then that with the oldest.
    """
    told = {edge_of(link): link for link in links}
    ranked = sorted(_strength(link, evidence_at.get(edge, link.created_at)) for edge, link in told.items())
    if not ranked:
        return None
    link = told[ranked[0].edge]
    at = ranked[0].evidence_at
    return Weak(link, _because(link, ranked), at if has_evidence(link) and at < _NEVER_OLD else None)


def _strength(link: Link, evidence_at: datetime | None) -> _Strength:
    status = link.fields.get("status")
    unsaid = 100.0 if status == "supported" else UNSAID
    sure = unsaid if link.confidence is None else float(link.confidence)
    return _Strength(status != "refuted", sure, has_evidence(link), evidence_at or _NEVER_OLD, edge_of(link))


def _because(link: Link, ranked: list[_Strength]) -> Because:
    """Return in what the first of `ranked` is weaker than the second; in what it is weak at all where there is no other."""
    first, others = ranked[0], ranked[1:]
    if not first.stands:
        return "refuted"
    if link.confidence is None and first.sure == UNSAID:
        return "unsaid"
    if not others or first.sure < others[0].sure:
        return "doubted"
    return "old" if first.has_evidence else "unproven"
