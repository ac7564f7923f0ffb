"""What follows a noun in a question: "… in Growth", "… since March", "… that lost", "… with no hypothesis", "… targeting X".

Each qualifier takes a question and what is left to read, and yields every way to go on: a narrower question, and the rest.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from storage.asking.periods import read_period
from storage.asking.question import Has, Question, Related, Thing, Way
from storage.asking.vocabulary import Verb
from storage.kinds import Kind

if TYPE_CHECKING:
    from storage.asking.reading import Reader

Readings = Iterator[tuple[Question, str]]
Qualifier = Callable[["Reader", Question, str], Readings]

_AUXILIARY = (
    "that|which|who|we|were|was|are|is|have|has|had|been|being|be|currently|now|still|did|do|does|got|get|already|actually|also"
)
_LEAD = re.compile(rf"^(?:(?:{_AUXILIARY})(?: |$))+")
_ASKING = r"(?:does|do|did|has|have|had|is|are|was|were|will|would|should)"
# Where a name can end, since a qualifier can begin there.
_BREAK = re.compile(
    r" (?=(?:that|which|who|in|of|from|for|since|this|last|during|owned|with|without|and|before|after|on|by)\b)"
)

# How far a relation is followed. whole: all the way along the flow. nearest: along the flow, to the nearest of the kind.
_FAR: dict[str, str] = {
    "informs": "whole",
    "becomes": "nearest",
    "frames": "nearest",
    "executes": "nearest",
    "ships": "nearest",
}
_FAR |= {"results in": "nearest", "moves": "nearest"}
# Relations that are followed over every level, and the ways at their ends.
_LEVELS: dict[str, tuple[Way, Way]] = {"contributes to": ("feeds", "fed"), "part of": ("inside", "around")}


def _lead(said: str) -> str:
    return _LEAD.sub("", said)


def _splits(said: str) -> Iterator[tuple[str, str]]:
    """Return the ways to end a name in `said`, the longest name first."""
    yield said, ""
    for match in reversed(list(_BREAK.finditer(said))):
        yield said[: match.start()], said[match.end() :]


def status(reader: "Reader", question: Question, said: str) -> Readings:
    """… that lost, … won or lost, … are open."""
    if not question.nouns:
        return
    kind = reader.kinds.kind(question.kinds[0])
    found: tuple[str, ...] = ()
    rest = _lead(said)
    while word := _status_at(reader, kind, rest):
        found += reader.words.statuses(kind, word)
        rest = rest[len(word) :].strip(" ,")
        yield replace(question, statuses=((kind.name, found),), moment="reached"), rest
        if not rest.startswith(("or ", "and ")):
            return
        rest = _lead(rest.partition(" ")[2])


def _status_at(reader: "Reader", kind: Kind, said: str) -> str | None:
    return next(
        (
            word
            for word in reader.words.status_words
            if re.match(rf"{re.escape(word)}(?![\w-])", said) and reader.words.statuses(kind, word)
        ),
        None,
    )


def period(_: "Reader", question: Question, said: str) -> Readings:
    match = re.match(
        r"(?:we )?(made|created|logged|proposed|added|written|noticed|new|changed|updated|touched)? ?(.*)", _lead(said)
    )
    if not match or question.period:
        return
    moment = "changed" if match[1] in ("changed", "updated", "touched") else question.moment
    for words, rest in _splits_of_words(match[2]):
        found = read_period(words)
        if found:
            yield replace(question, period=found, moment=moment), rest
            return


def _splits_of_words(said: str) -> Iterator[tuple[str, str]]:
    words = said.split()
    for size in range(min(6, len(words)), 0, -1):
        yield " ".join(words[:size]), " ".join(words[size:])


def horizon(reader: "Reader", question: Question, said: str) -> Readings:
    """… on 1-3 quarters, … for the next horizon: whatever the pack calls them."""
    match = re.match(
        r"(?:(?:for|in|on|over|with|at) |(?=(?:the |a )?\d))(?:the |a )?(?:horizon (?:of )?)?"
        rf"({reader.words.horizons})(?: horizon)?(?![\w-]) *(.*)",
        said,
    )
    found = match and (reader.kinds.horizon(match[1]) or reader.kinds.horizon(f"{match[1]}s"))
    if match and found:
        yield replace(question, horizon=found), match[2]


def owner(_: "Reader", question: Question, said: str) -> Readings:
    rest = _lead(said)
    match = re.match(r"(?:(?:owned|held|run|led) by|by) (.+)", rest) or re.match(r"((?:i|me)) (?:own|run|lead)\b(.*)", rest)
    for name, left in _splits(match[1]) if match and not question.owner else ():
        yield replace(question, owner="me" if name == "i" else name), left


def place(_: "Reader", question: Question, said: str) -> Readings:
    match = re.match(r"(?:in|of|from|at|within|for|on) (?:the )?(?:team |scope )?(.+)", _lead(said))
    for name, left in _splits(match[1]) if match and not question.place else ():
        yield replace(question, place=re.sub(r" (team|scope)$", "", name)), left


def lacks(reader: "Reader", question: Question, said: str) -> Readings:
    """… with no hypothesis, … without an option, … that have no impact, … with a target."""
    match = re.match(
        r"(?:(?P<not>with no|with missing|without|lacking|missing|lack|miss|have no|has no|do not have|does not have|"
        r"have not got|"
        r"have not|no)|(?P<yes>with|having|have|has)) (?:an?y? |the |any |their |its )?(?P<rest>.+)",
        re.sub(r"^(?:(?:that|which|who|are|is|do|does|still) (?!not))*", "", said),
    )
    for words, left in _splits_of_words(match["rest"]) if match else ():
        for wanted in _wanted(reader, question, words):  # the first that fits
            yield replace(question, has=(*question.has, replace(wanted, is_there=bool(match and match["yes"])))), left
            return


def _wanted(reader: "Reader", question: Question, words: str) -> Iterator[Has]:
    if words in ("owner", "team", "horizon", "description", "tags", "source"):
        yield Has(False, field=words)
    for name in reader.words.fields_called(words, question.kinds):
        yield Has(False, field=name)
    noun = reader.words.nouns.get(words)
    if noun:
        yield _link_wanted(reader, question, noun.kind) or Has(False, kind=noun.kind)


def _link_wanted(reader: "Reader", question: Question, kind: str) -> Has | None:
    """Return the link that the pack itself misses where there is none: a bet without an input targets nothing."""
    for name in question.kinds:
        for prompt in reader.kinds.kind(name).links:
            ends = (kind, name) if prompt.backward else (name, kind)
            if prompt.wanted_from and reader.kinds.relations[prompt.relation].allows(*ends):
                return Has(False, relation=prompt.relation)
    return None


def left_out(reader: "Reader", question: Question, said: str) -> Readings:
    """… does no bet target, … that no bet targets, … not targeted by any bet."""
    match = re.match(rf"(?:{_ASKING} |that |which )?no (?P<noun>[\w -]+?) (?P<verb>[\w ]+)$", said)
    if match is None:
        match = re.match(rf"(?:that |which )?{_ASKING} not (?:yet )?(?P<verb>[\w ]+?)(?: any| an?) (?P<noun>[\w -]+)$", said)
    noun = match and reader.words.nouns.get(re.sub(r"^(?:running|open) ", "", match["noun"]))
    verbs = reader.words.verbs.get(_lead(match["verb"]).strip()) if match else None
    if noun and verbs:
        yield replace(question, has=(*question.has, Has(False, kind=noun.kind, relation=verbs[0].relation))), ""


def overdue(_: "Reader", question: Question, said: str) -> Readings:
    match = re.match(r"(past (?:their|its|the)? ?(?:review )?date|overdue|late|stale|forgotten)\b *(.*)", _lead(said))
    if match:
        yield replace(question, asks="stale" if match[1] in ("stale", "forgotten") else "overdue"), match[2]


def there(_: "Reader", question: Question, said: str) -> Readings:
    match = re.match(r"(?:(?:are|is|were) there|exist|(?:do|did) we have|have we(?: got)?|we have)\b *(.*)", said)
    if match:
        yield question, match[1]


def choice(reader: "Reader", question: Question, said: str) -> Readings:
    """… from user research, … of kind delivery."""
    match = re.match(r"(?:(?:from|of|by|as|of (?:the )?kind) )(.+)", _lead(said))
    for words, left in _splits_of_words(match[1]) if match and question.nouns else ():
        found = reader.words.choice(question.kinds[0], words)
        if found:
            yield replace(question, fields=(*question.fields, found)), left


def verb(reader: "Reader", question: Question, said: str) -> Readings:
    """… targeting activation rate, … that informed BET-12, … mentioned in current 3-6 pagers."""
    rest = _lead(said)
    for form, meanings in reader.words.verbs.items():
        match = re.match(rf"{re.escape(form)} (?:us )?(.+)", rest)
        for meaning in meanings if match else ():
            for name, left in _splits(match[1] if match else ""):
                yield question.with_related(_related(reader, question, meaning, reader.thing(name))), left


def turned_verb(reader: "Reader", question: Question, said: str) -> Readings:
    """… does BET-12 target, … did INS-4 lead to: here the name is the subject, so those asked for stand at the other end."""
    match = re.match(rf"{_ASKING} (.+)", said)
    for form, meanings in reader.words.verbs.items() if match else ():
        found = re.fullmatch(rf"(.+?) {_ADVERBS}{re.escape(form)}", match[1]) if match else None
        for meaning in meanings if found else ():
            turned = Verb(meaning.relation, not meaning.is_from)
            yield question.with_related(_related(reader, question, turned, reader.thing(found[1] if found else ""))), ""


_ADVERBS = r"(?:(?:currently|now|already|actually|been|trying to|being|supposed to) )*"


def _related(reader: "Reader", question: Question, meaning: Verb, thing: Thing) -> Related:
    relation = reader.kinds.relations[meaning.relation]
    if meaning.relation in _LEVELS:
        return Related(thing, _LEVELS[meaning.relation][0 if meaning.is_from else 1])
    if meaning.relation == "yields" and not meaning.is_from:
        return Related(thing, "learned")
    if meaning.relation in _FAR:
        upstream = meaning.is_from == (relation.flow == "forward")
        return Related(thing, "origin" if upstream else "outcome", nearest=_FAR[meaning.relation] == "nearest")
    return Related(thing, relation=meaning.relation, is_from=meaning.is_from)


_UPSTREAM = (
    r"(?:behind|(?:sparked|inspired|triggered|started|led (?:us )?to|came before|gave rise to|are behind|is behind)) (.+)"
)
_DOWNSTREAM = (
    r"(?:(?:came|come|coming|grew|resulted|followed) (?:out of|of|from|after)|"
    r"(?:sparked|inspired|triggered|caused) by|after) (.+)"
)


def along_the_flow(reader: "Reader", question: Question, said: str) -> Readings:
    """… behind BET-12, … that sparked it; … that came of INS-4."""
    ways: tuple[tuple[str, Way], ...] = ((_UPSTREAM, "origin"), (_DOWNSTREAM, "outcome"))
    for pattern, way in ways:
        match = re.match(pattern, _lead(said))
        for name, left in _splits(match[1]) if match else ():
            yield question.with_related(Related(reader.thing(name), way)), left


def reading_of(reader: "Reader", question: Question, said: str) -> Readings:
    """… did we learn from BET-3 (insights) and other turns that fit one way."""
    match = re.match(
        rf"(?:{_ASKING} )?(?:we |they )?(?:learned|learnt|learn|get|got|gained?) (?:from|through|with|by) (.+)", said
    )
    for name, left in _splits(match[1]) if match else ():
        yield question.with_related(Related(reader.thing(name), "learned")), left


def joined(_: "Reader", question: Question, said: str) -> Readings:
    match = re.match(r"(?:and|,|but) (.+)", said)
    if match:
        yield question, match[1]


QUALIFIERS: tuple[Qualifier, ...] = (
    *(there, status, horizon, period, choice, overdue, lacks, left_out, owner),
    *(reading_of, along_the_flow, verb, turned_verb, place, joined),
)
