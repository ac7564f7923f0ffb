"""A question as a value: what is wanted, and how it stands to what was named."""

from dataclasses import dataclass, replace
from typing import Literal

from storage.asking.periods import Period
from storage.asking.vocabulary import Noun

Asks = Literal["list", "connection", "owners", "changes", "stale", "overdue", "gaps", "reason", "effect", "believed", "players"]
Way = Literal[
    "origin",
    "outcome",
    "purpose",
    "feeds",
    "fed",
    "learned",
    "options",
    "served",
    "inside",
    "around",
    "owned",
    "above",
    "touched",
]


@dataclass(frozen=True)
class Thing:
    """What somebody named: words to look up, yet maybe a list ("current 3-6 pagers") or what the talk is about ("this bet").

    `may_be_this`: "the bet", which is what the talk is about if that is a bet; "the original idea", whatever it is.
    """

    words: str
    is_this: bool = False
    may_be_this: tuple[str, ...] = ()
    list: "Question | None" = None


@dataclass(frozen=True)
class Related:
    """Those stand in a relation to `to`: along a way, or by one link, `relation`, at whose "from" end they stand or not.

    `nearest`: only those on whose path to it no other of their kind lies.
    """

    to: Thing
    way: Way | None = None
    relation: str = ""
    is_from: bool = True
    nearest: bool = False


@dataclass(frozen=True)
class Has:
    """Those have, or have not, a field, or a link with an object of a kind (by `relation`, where it is said which)."""

    is_there: bool
    field: str = ""
    kind: str = ""
    relation: str = ""


@dataclass(frozen=True)
class Question:
    """A question that was understood; everything in it is a word of the pack, but for names that are yet to be looked up.

    `statuses`: for each kind asked for those that count; a kind without an entry takes any. `place`: a team, a scope, a person.
    `moment`: what must have happened in the period: made, changed, or got into its status.
    """

    asks: Asks = "list"
    nouns: tuple[Noun, ...] = ()
    statuses: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fields: tuple[tuple[str, str], ...] = ()
    horizon: str | None = None
    place: str | None = None
    owner: str | None = None
    has: tuple[Has, ...] = ()
    related: tuple[Related, ...] = ()
    period: Period | None = None
    moment: Literal["made", "changed", "reached"] = "made"
    about: Thing | None = None
    other: Thing | None = None
    is_count: bool = False

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(noun.kind for noun in self.nouns))

    def with_related(self, related: Related) -> "Question":
        return replace(self, related=(*self.related, related))
