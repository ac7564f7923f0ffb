"""Looks up what a question names: objects, places, people. Names are looked up for an audience, as everything is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from storage.audience import Audience
from storage.database import Transaction, ours
from storage.kinds import Kinds
from storage.objects import Object
from storage.search import entitled, named
from storage.tables import people
from storage.teams import all_teams, teams_of
from storage.text import folded

_PEOPLE = select(people.c.user, people.c.name).where(ours(people), people.c.is_gone.is_(False))
_KEY = re.compile(r"\b([a-z]{2,6})[ -]?([1-9][0-9]{0,8})\b")


class Unknown(Exception):
    """Nothing is called so."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


class Unclear(Exception):
    """Several things are called so."""

    def __init__(self, words: str, candidates: Sequence[Object]) -> None:
        super().__init__(words)
        self.words = words
        self.candidates = tuple(candidates)


@dataclass(frozen=True)
class Scene:
    """In which a question is asked: the readers of the answer, what the talk is about, who asks (where that is known)."""

    tx: Transaction
    kinds: Kinds
    audience: Audience
    about: Object | None = None
    asker: str | None = None

    async def object_named(self, words: str, likely: Sequence[str] | None = None) -> Object:
        """Return the one object that `words` mean, one of the kinds `likely` if there is any; raise Unknown or Unclear."""
        ways = self._ways_to_say(words, likely)
        for look_up, (said, kinds) in [*((entitled, way) for way in ways), *((named, way) for way in ways)]:
            found = await look_up(self.tx, said, self.audience, kinds)
            if len(found) == 1:
                return found[0]
            if found:
                raise Unclear(words, found)
        raise Unknown(words)

    def _ways_to_say(self, words: str, likely: Sequence[str] | None) -> list[tuple[str, Sequence[str] | None]]:
        key = _KEY.search(words)
        plain = re.sub(r"^(the|our|my|a|an) ", "", words).strip(" \"'")
        ways: list[tuple[str, Sequence[str] | None]] = []
        if key and self.kinds.of_key(f"{key[1]}-0"):
            ways.append((key[0], None))
        ways += [
            (plain.removeprefix(f"{word} ").removesuffix(f" {word}"), [kind.name])
            for kind in self.kinds
            for word in kind.words
            if plain.startswith(f"{word} ") or plain.endswith(f" {word}")
        ]
        by_title: list[tuple[str, Sequence[str] | None]] = [(said, likely) for said in (words, plain)] if likely else []
        return [*ways[:1], *by_title, (words, None), (plain, None), *ways[1:]]

    async def teams_called(self, words: str) -> list[str]:
        """Return the names of the teams that `words` mean: "growth", "my team"; none where it is no team."""
        if words in ("my team", "our team", "my teams", "us", "we", "my"):
            if self.asker:
                return [team.name for team in await teams_of(self.tx, self.asker)]
            return [self.about.team] if self.about and self.about.team else []
        plain = re.sub(r"^(the |team )+| team$", "", words)
        return [team.name for team in await all_teams(self.tx) if folded(team.name) == plain]

    async def person_called(self, words: str) -> str | None:
        """Return the user whom `words` mean: "me", an id, a name or a first name; None where it is nobody, or not clear who."""
        if words in ("me", "i", "my", "myself"):
            return self.asker
        if re.fullmatch(r"@?[uw][a-z0-9]{2,}", words) and any(letter.isdigit() for letter in words):
            return words.lstrip("@").upper()
        known = {row["user"]: folded(row["name"]) for row in await self.tx.rows(_PEOPLE)}
        whole = [user for user, name in known.items() if name == words.lstrip("@")]
        first = [user for user, name in known.items() if name.split()[:1] == [words.lstrip("@")]]
        return next((found[0] for found in (whole, first) if len(found) == 1), None)
