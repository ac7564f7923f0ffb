"""Reads words in the language of one pack: noun phrases ("running bets in Growth that target activation") and names."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from storage.asking.qualifiers import QUALIFIERS, Qualifier, turned_verb, verb
from storage.asking.question import Question, Thing
from storage.asking.vocabulary import Noun, Vocabulary
from storage.kinds import Kinds

_NO_PLACE = re.compile(
    r"(is|are|was|were|do|does|did|no|not|a|an|for|in|of|to|from|we|they|i|it|this|that|which|what|how|why|who) "
)


@dataclass
class Reader:
    """Reads noun phrases ("running bets in Growth that target activation") in the words of one pack."""

    kinds: Kinds
    words: Vocabulary = field(init=False)

    def __post_init__(self) -> None:
        self.words = Vocabulary(self.kinds)

    def thing(self, said: str) -> Thing:
        """Return what `said` names."""
        said = said.strip(" \"'")
        this = re.fullmatch(r"(?:(?:this|that|the same)(?: (?P<noun>.+))?|it|here|these|them)", said)
        if this and (
            not this["noun"] or this["noun"] in self.words.nouns or this["noun"] in ("one", "thing", "card", "object")
        ):
            listed = next(self.lists(f"current {this['noun']}"), None) if this["noun"] else None
            return Thing(said, is_this=True, list=listed)
        return Thing(said, may_be_this=self._may_be_this(said), list=next(self.lists(said), None))

    def _may_be_this(self, said: str) -> tuple[str, ...]:
        """Return the kinds of which what the talk is about may be, for "the bet" and "the original decision"."""
        definite = re.fullmatch(r"(?:the|our) (?P<first>original |initial |same )?(?P<noun>[\w -]+)", said)
        noun = definite and self.words.nouns.get(definite["noun"])
        if not definite or not noun or definite["noun"] in self.words.plurals:
            return ()
        return tuple(self.kinds.kinds) if definite["first"] else (noun.kind,)

    def lists(self, said: str) -> Iterator[Question]:
        """Return every way to read `said` as a list of objects, the likeliest first."""
        found = re.fullmatch(
            r"(?P<count>how many )?(?P<open>(?:which|what) )?"
            r"(?:(?:is|are|was|were|all|any|every|each|the|our|other|of) )*(?P<rest>.+)",
            said,
        )
        if found and found["open"]:  # "what does BET-12 target", "what targets activation rate": of any kind
            yield from self._qualified(Question(), said[len(found["open"]) :], (verb, turned_verb))
        if found:
            for question, rest in self._heads(found["rest"]):
                yield from self._qualified(replace(question, is_count=bool(found["count"])), rest)

    def _heads(self, said: str) -> Iterator[tuple[Question, str]]:
        """Return the noun that `said` begins with, adjectives before it or not, and what follows it."""
        heads = [
            (match.start(), -match.end(), noun)
            for word, noun in self.words.nouns.items()
            if (match := re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", said))
        ]
        for start, end, noun in sorted(heads, key=lambda head: head[:2]):
            question = self._with_adjectives(_of(noun), said[:start].strip())
            if question:
                yield question, said[-end:].strip(" ,")
        if said.startswith(("objects", "things", "everything")):
            yield Question(), said.partition(" ")[2]

    def _with_adjectives(self, question: Question, said: str) -> Question | None:
        kind = self.kinds.kind(question.kinds[0])
        while said:
            for size in (4, 3, 2, 1):
                word = " ".join(said.split()[:size])
                better = self._with_adjective(question, kind.name, word) if word else None
                if better:
                    question, said = better, said[len(word) :].strip()
                    break
            else:
                if question.place or len(said.split()) > 2 or _NO_PLACE.match(f"{said} "):
                    return None
                return replace(question, place=re.sub(r"(['’]s?)$", "", said))
        return question

    def _with_adjective(self, question: Question, kind: str, word: str) -> Question | None:
        if word in ("the", "our", "all", "any", "other"):
            return question
        if word == "my":
            return replace(question, owner="me")
        statuses = self.words.statuses(self.kinds.kind(kind), word)
        if statuses:
            return replace(question, statuses=((kind, statuses),))
        horizon = self.kinds.horizon(word) or self.kinds.horizon(f"{word}s")
        if horizon:
            return replace(question, horizon=horizon)
        choice = self.words.choice(kind, word)
        return replace(question, fields=(*question.fields, choice)) if choice else None

    def _qualified(self, question: Question, rest: str, first: tuple[Qualifier, ...] = QUALIFIERS) -> Iterator[Question]:
        """Return every way in which `rest` narrows `question`; it begins with one of `first`."""
        if not rest:
            yield question
            return
        for qualifier in first:
            for narrowed, left in qualifier(self, question, rest):
                yield from self._qualified(narrowed, left)


def _of(noun: Noun) -> Question:
    return Question(nouns=(noun,), fields=((noun.field, noun.value),) if noun.field and noun.value else ())
