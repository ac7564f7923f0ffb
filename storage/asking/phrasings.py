"""The questions that people ask, in the ways they put them. Add a line here and it is understood, offered and tested.

A pattern is matched against the whole question as `questions.normal` leaves it. {thing} and {other} are names, {kinds} a list
("running bets in Growth"), {period} a time. In an example {thing:bet} is any object of the kind; a list needs no pattern.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice

from storage.asking.periods import Period, read_period
from storage.asking.question import Asks, Question, Related, Way
from storage.asking.reading import Reader
from storage.asking.vocabulary import Noun

_GROUP = re.compile(r"\{(thing|other|kinds|period|place)\}")
_BE = r"(?:is|are|was|were)"
_DO = r"(?:do|does|did|have|has|had|is|are|was|were|will|would)"
_TOUCH = r"(?:would|will|could|might|do|does|is|are) (?:be |get )?(?:touched|affected|hit|change|changed|suffer)"
_CHANGED = r"(?:is |are |was |were )?(?:change|changes|changed|stop|stops|stopped|moves?|moved|dropped|fails?|failed|gone)"
_CHANGE = r"(?:change|changed|stop|stopped|move|moved|drop|dropped|touch|touched|give up|gave up)"
_BELIEVE = r"(?:believe|believed|think|thought|assume|assumed|expect|expected)"
_HANG = r"(?:depends?|hangs?|relies|rely|rests?|builds?) (?:up)?on"
_WE = r"(?:we|they|you|i|somebody|anyone|the team)"


@dataclass(frozen=True)
class Phrasing:
    """One question in every way that it is put. `way`: how those asked for stand to {thing}; `wanted`: of which kind they are.

    `relation`: in its place the one link that leads from them to {thing}.

    `of`: the kinds of object that it makes sense for; none = any.
    """

    example: str
    patterns: tuple[str, ...] = ()
    asks: Asks = "list"
    way: Way | None = None
    relation: str = ""
    wanted: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    of: tuple[str, ...] = ()

    def read(self, reader: Reader, said: str) -> Iterator[Question]:
        """Return what `said` means where it is put in one of the ways."""
        if all(kind in reader.kinds.kinds for kind in self.wanted) and self.relation in ("", *reader.kinds.relations):
            for pattern in self._compiled:
                match = pattern.fullmatch(said)
                if match:
                    yield from self._built(reader, {name: words for name, words in match.groupdict().items() if words})

    @cached_property
    def _compiled(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(_GROUP.sub(r"(?P<\1>.+?)", pattern)) for pattern in self.patterns)

    def _built(self, reader: Reader, found: dict[str, str]) -> Iterator[Question]:
        question = Question(self.asks, tuple(Noun(kind) for kind in self.wanted))
        if self.statuses:
            question = replace(question, statuses=tuple((kind, self.statuses) for kind in self.wanted))
        if "period" in found:
            period = _period(found["period"])
            if period is None:
                return
            question = replace(question, period=period)
        question = replace(question, place=found.get("place"))
        if "other" in found:
            question = replace(question, other=reader.thing(found["other"]))
        if "thing" in found and (self.way or self.relation):
            question = question.with_related(Related(reader.thing(found["thing"]), self.way, relation=self.relation))
        elif "thing" in found:
            question = replace(question, about=reader.thing(found["thing"]))
        if "kinds" not in found:
            yield question
        for listed in islice(reader.lists(found["kinds"]), 3) if "kinds" in found else ():
            yield replace(
                listed,
                asks=question.asks,
                period=question.period or listed.period,
                place=question.place or listed.place,
                related=(*listed.related, *question.related),
            )


def _period(words: str) -> Period | None:
    return read_period(words) or read_period(f"since {words}")


PHRASINGS: tuple[Phrasing, ...] = (
    Phrasing(
        "Where did {thing:bet} come from?",
        (
            rf"where {_DO} {{thing}} (?:come|came|originate|stem) from",
            rf"where {_BE} {{thing}} (?:coming )?from",
            rf"where {{thing}} (?:{_BE}|comes|came|originated|stems) ?from",
            rf"(?:what {_BE} )?the (?:origins?|history|lineage|source|roots?|background) of {{thing}}",
            r"(?:origins?|lineage|history) of {thing}",
            r"what (?:led (?:us )?to|sparked|inspired|triggered|started|gave rise to|is behind|was behind) {thing}",
            rf"how {_DO} {{thing}} (?:come about|come to be|start|begin|happen|originate)",
            rf"how {_DO} {_WE} (?:get|come) to {{thing}}",
            rf"(?:what|which) {_BE} {{thing}} (?:made|born) (?:from|of|out of)",
            r"what (?:was|is) {thing} (?:based on|built on)",
        ),
        way="origin",
        of=("bet", "opportunity", "option", "work", "release", "impact", "decision"),
    ),
    Phrasing(
        "Why was {thing:option} rejected?",
        (
            rf"why {_BE} {{thing}} (?:rejected|chosen|dropped|declined|stopped|lost|won|parked|merged|closed|let go|"
            rf"missed|discarded)",
            rf"why {_DO} {_WE} (?:reject|rejected|choose|chosen|drop|dropped|decline|declined|stop|stopped|park|parked|"
            rf"close|closed) {{thing}}",
            rf"why {_DO} {_WE} (?:let|turn|turned) {{thing}} (?:go|down)",
        ),
        asks="reason",
        of=("option",),
    ),
    Phrasing(
        "Why are we doing {thing:bet}?",
        (
            rf"why {_DO} {_WE} (?:even |still |actually )?(?:doing|do|did|make|making|made|run|running|build|building|"
            rf"built|ship|"
            r"shipping|bet on|betting on|place|placing|placed|start|started|care about|working on|work on|want|need|have|"
            r"chasing) {thing}",
            rf"why {_DO} {{thing}} (?:exist|matter|important|there|worth it|here|happening|being done|a thing)",
            rf"why {_BE} {{thing}}",
            rf"why {_WE} (?:are doing|do|did|are running|are making|made|placed|started) {{thing}}",
            r"why (?:do )?{thing}",
            rf"what {_BE} {{thing}} (?:for|good for|in service of)",
            rf"what {_DO} {{thing}} help with",
            rf"what {_BE} the (?:purpose|point|goal|aim|reason|rationale|why) (?:of|behind|for) {{thing}}",
            r"(?:purpose|point|reason|rationale) (?:of|behind|for) {thing}",
            r"what (?:does|do|did|will) {thing} contribute to",
        ),
        way="purpose",
        of=("bet", "work", "opportunity", "option"),
    ),
    Phrasing(
        "What does {thing:bet} serve?",
        (
            rf"what (?:all )?{_DO} {{thing}} (?:serve|served|support|supported)",
            rf"(?:what|which) {{kinds}} {_DO} {{thing}} (?:serve|served|support|supported)",
            rf"what {_BE} (?:above|over) {{thing}}",
            rf"(?:what {_BE} )?the (?:bigger picture|context) (?:of|for|around|behind) {{thing}}",
        ),
        way="above",
        of=("bet", "work", "opportunity", "input", "release", "impact"),
    ),
    Phrasing(
        "What would be touched if {thing:bet} changed?",
        (
            rf"what (?:all |else )?{_TOUCH} (?:if|when) {{thing}} {_CHANGED}",
            rf"what (?:all |else )?{_TOUCH} (?:if|when) {_WE} {_CHANGE} {{thing}}",
            rf"(?:what|which) {{kinds}} {_TOUCH} (?:if|when) {{thing}} {_CHANGED}",
            rf"(?:what|which) {{kinds}} {_TOUCH} (?:if|when) {_WE} {_CHANGE} {{thing}}",
            rf"(?:what|which) {{kinds}} {_HANG} {{thing}}",
            rf"what (?:all |else )?{_HANG} {{thing}}",
            rf"what {_DO} {{thing}} (?:affect|touch|influence)",
        ),
        way="touched",
        of=("bet", "input", "driver", "opportunity", "scope"),
    ),
    Phrasing(
        "What was expected of {thing:bet}, and what happened?",
        (
            rf"what {_DO} {_WE} (?:expect|expected|hope for|hoped for|hoping for) (?:of|from) {{thing}}(?:,? (?:and|but) .*)?",
            rf"what {_BE} (?:expected|hoped|promised) (?:of|from|for) {{thing}}(?:,? (?:and|but) .*)?",
            r"(?:did|does|has|is|have|do) {thing} (?:work|worked|working|pay off|paid off|deliver|delivered|move anything|"
            r"moved anything|do what (?:it|they) (?:should|promised)|help|helped|helping)(?: (?:out|as expected|so far|yet))*",
            r"how (?:did|does|is|has) {thing} (?:do|done|doing|perform|performed|performing)(?: against .*)?",
            r"(?:the )?(?:expected|expectations?|forecast) (?:against|versus|vs|and) (?:happened|actual|what happened|results?|"
            r"outcomes?) (?:of|for|in|on) {thing}",
            r"what (?:did|have) the bets on {thing} (?:do|done|move|moved|achieve|achieved)",
        ),
        asks="effect",
        of=("bet", "input", "goal"),
    ),
    Phrasing(
        "What came of {thing:insight}?",
        (
            r"what (?:has |have )?(?:came|come|become|became) (?:out )?(?:of|from) {thing}",
            r"what (?:has |have )?(?:happened|happen|happens) (?:after|with|to|because of|since|next with|due to|"
            r"following) {thing}",
            rf"what {_DO} {{thing}} (?:lead|led) to",
            r"what (?:has )?(?:resulted|followed|grew|grown) (?:from|out of) {thing}",
            rf"what {_DO} {{thing}} (?:result in|achieve|achieved|accomplish|do|done|bring|brought|cause|caused|produce|"
            rf"become|give us|change)",
            rf"(?:what {_BE} )?the (?:results?|outcomes?|effects?|consequences|impact) of {{thing}}",
            rf"(?:where|how) {_DO} {{thing}} (?:lead|led|go|gone|end|end up|turn out|work out)",
            rf"{_DO} (?:anything|something) (?:come|came|happen) (?:out )?(?:of|from|after|with) {{thing}}",
        ),
        way="outcome",
        of=("insight", "opportunity", "bet", "option", "work", "release", "decision"),
    ),
    Phrasing(
        "What did we learn from {thing:bet}?",
        (
            rf"what (?:else )?{_DO} {_WE} (?:learn|learned|learnt|find out|found out|discover) (?:from|through|with|by|"
            rf"about|in|after) {{thing}}",
            rf"what {_DO} {{thing}} (?:teach|taught|tell|show) us",
            r"what (?:was|were|has been|did we) (?:learned|learnt|the learnings?) from {thing}",
            r"(?:what (?:are|were) the )?(?:the )?(?:learnings|lessons|takeaways)(?: learned)? (?:from|of|out of) {thing}",
        ),
        way="learned",
        wanted=("insight",),
        of=("bet", "work", "impact", "release"),
    ),
    Phrasing(
        "What options were considered for {thing:bet}, and why were they rejected?",
        (
            rf"(?:what|which) (?:other |else |the )*(?:options?|alternatives?) {_DO} (?:{_WE} )?(?:also |"
            rf"ever )?(?:considered|consider|weighed|weigh|"
            r"looked at|look at|discussed|there|on the table|had)(?: (?:for|before|in|instead of|"
            r"besides) {thing})(?:,? and (?:why|which|what).*)?",
            rf"(?:what|which) (?:else |other )?{_DO} {_WE} (?:else )?(?:consider|considered|weigh|look at) (?:for|before|"
            rf"instead of|besides) {{thing}}"
            r"(?:,? and (?:why|which|what).*)?",
            rf"(?:what|which) (?:other )?(?:options?|alternatives?) {_DO} {{thing}} (?:have|consider|considered|come from|"
            rf"came from)(?:,? and why.*)?",
            r"(?:options|alternatives) (?:considered )?(?:for|to) {thing}(?:,? and why.*)?",
        ),
        way="options",
        wanted=("option",),
        of=("bet", "opportunity", "decision"),
    ),
    Phrasing(
        "Which options were rejected for {thing:bet}, and why?",
        (
            rf"(?:what|which) (?:other |of the )*(?:options?|alternatives?) {_DO} (?:{_WE} )?(?:rejected|reject|dropped|"
            rf"discarded|let go|turned down)"
            r" (?:for|before|in|instead of) {thing}(?:,? and why.*)?",
            rf"why {_BE} (?:the )?(?:other )?(?:options?|alternatives?) (?:for|of) {{thing}} (?:rejected|dropped|let go)",
        ),
        way="options",
        wanted=("option",),
        statuses=("rejected",),
        of=("bet", "opportunity"),
    ),
    Phrasing(
        "What feeds {thing:north star}?",
        (
            r"what (?:all )?(?:feeds|feed|drives|drive|moves|influences)(?: into| in to)? {thing}",
            rf"(?:what|who) {_DO} {{thing}} (?:fed by|depend on|made of|driven by)",
            r"what (?:contributes|contribute|adds|leads|goes) (?:up )?(?:to|into) {thing}",
        ),
        way="feeds",
        of=("north star", "driver", "outcome", "growth"),
    ),
    Phrasing(
        "How does {thing:bet} link to {thing:north star}?",
        (
            rf"how {_DO} {{thing}} (?:link|linked|connect|connected|relate|related|contribute|tie|tied|ladder up|lead|"
            rf"feed|map|roll up)"
            r"(?: up)?(?: in)?(?:to|with| to| into) {other}",
            rf"how {_DO} {{thing}} (?:help|helping|serve|move|affect|influence|support|impact) {{other}}",
            r"what (?:links|connects|ties) {thing} (?:to|with|and) {other}",
            rf"(?:what {_BE} )?(?:the )?(?:link|connection|path|relation|relationship) (?:between|from) {{thing}} (?:and|"
            rf"to) {{other}}",
        ),
        asks="connection",
        of=("bet", "insight", "input", "driver"),
    ),
    Phrasing(
        "Who owns {thing:scope}?",
        (
            rf"who {_BE}?(?: the)? ?(?:own|owns|owner of|owned|owning|responsible for|accountable for|looking after|"
            rf"looks after|leading|leads|runs|running|"
            r"behind|in charge of|holds|decides|working on) {thing}",
            rf"(?:whose|who owns) {_BE} {{thing}}",
            rf"whose (?:bet |job |scope )?{_BE} {{thing}}",
            rf"who {_DO} {{thing}} belong to",
            rf"(?:which|what) teams? (?:{_BE} )?(?:own|owns|owning|responsible for|looks after|looking after) {{thing}}",
            r"(?:the )?owners? of {thing}",
        ),
        asks="owners",
        of=("scope", "bet", "input", "driver"),
    ),
    Phrasing(
        "Where is {thing:scope} mentioned?",
        (
            rf"where (?:all |else )?{_BE} {{thing}} (?:mentioned|referred to|referenced|spoken of|talked about)",
            rf"where {_DO} {_WE} (?:mention|refer to|reference|speak of|talk about) {{thing}}",
            r"(?:who|where) (?:else )?(?:all )?(?:mentions|mention|mentioned|refers to|references|speaks of) {thing}",
            rf"{_BE} {{thing}} (?:mentioned|referred to|referenced) (?:anywhere|somewhere)",
            r"(?:the )?mentions of {thing}",
        ),
        relation="mentions",
        of=("scope", "bet", "input", "opportunity", "artifact"),
    ),
    Phrasing(
        "What changed since last week?",
        (
            r"what (?:has |have |all )*(?:changed|change|is new|happened|moved|is different)(?: (?:in|for|with|at|"
            r"on) {place})?(?: in the| during the)? "
            r"{period}",
            r"(?:what (?:has )?(?:changed|is new)|news|changes)(?: (?:in|for|at) {place})?",
            r"what (?:has )?changed (?:in |for )?(?:the )?{period} (?:in|for|at) {place}",
        ),
        asks="changes",
    ),
    Phrasing(
        "Which bets changed this week?",
        (r"(?:what|which) {kinds} (?:have |has |were |was )*(?:changed|updated|touched|moved) {period}",),
        asks="changes",
    ),
    Phrasing(
        "What is stale in {team}?",
        (
            rf"(?:what|which|anything|which things) {_BE}? ?(?:stale|waiting|forgotten|overdue|stuck|old|outdated|"
            rf"gathering dust|neglected|asleep)"
            r"(?: (?:in|for|at|on|with|of) {place})?",
            r"(?:what )?(?:needs|need) (?:our |my |some )?(?:attention|a look|looking at)(?: (?:in|for|at|on) {place})?",
            r"(?:what|which) {kinds} (?:is|are) (?:stale|waiting|forgotten|stuck|old|outdated|neglected)",
        ),
        asks="stale",
    ),
    Phrasing(
        "What is missing in {thing:bet}?",
        (
            rf"what {_BE} (?:still )?(?:missing|unknown|not said|unsaid|left to say|incomplete)(?: (?:in|from|for|of|"
            rf"about|on|with) {{thing}})",
            rf"what {_DO} {_WE} (?:still )?not (?:know|said|say) (?:yet )?about {{thing}}",
            rf"(?:what {_BE} )?(?:the )?gaps (?:in|of|for|about) {{thing}}",
            r"what (?:does|do) {thing} (?:lack|still need|need)",
        ),
        asks="gaps",
        of=("bet", "release", "impact"),
    ),
    Phrasing(
        "Which problems are we focused on?",
        (
            rf"(?:what|which) (?:problems?|opportunities|needs|gaps) {_BE} (?:we|they|{{place}}) (?:focused|focussed|"
            rf"focusing|working) on",
        ),
        wanted=("opportunity",),
        statuses=("in focus", "pursued"),
    ),
    Phrasing(
        "What are we trying to achieve?",
        (
            rf"what {_BE} (?:we|they|{{place}}) (?:trying|aiming|hoping) to (?:achieve|do|reach|accomplish|move)",
            r"what (?:is our|are our) (?:goals?|aims?|objectives?)",
        ),
        wanted=("north star", "goal"),
        statuses=("active",),
    ),
    Phrasing(
        "What did we believe on 1 March?",
        (
            rf"what {_DO} {_WE} {_BELIEVE} (?:about|of) {{thing}} {{period}}",
            rf"what {_DO} {_WE} {_BELIEVE} {{period}}",
            rf"what {_BE} (?:our|the) (?:beliefs?|assumptions?|thinking) {{period}}",
        ),
        asks="believed",
    ),
    Phrasing(
        "Who are the players in {team}?",
        (
            rf"who {_BE} (?:the|our|all the) (?:key |main )?(?:players|people)(?: (?:in|of|at|on|for) {{place}})?",
            rf"who {_BE} (?:in|on) {{place}}",
        ),
        asks="players",
        of=("team",),
    ),
    Phrasing(
        "What did we decide this month?",
        (rf"what {_DO} (?:{_WE}|{{place}}) (?:decide|decided) {{period}}", rf"what {_BE} decided {{period}}"),
        wanted=("decision",),
    ),
    # What follows is read as a list; the examples are what is offered.
    Phrasing("Which bets target {thing:input}?", of=("input", "driver")),
    Phrasing("Which impacts moved {thing:input}?", of=("input",)),
    Phrasing("Which insights informed {thing:bet}?", of=("bet", "opportunity", "option", "decision", "artifact")),
    Phrasing("Which opportunities sparked {thing:bet}?", of=("bet", "option")),
    Phrasing("Which inputs does no bet target?"),
    Phrasing("Which bets have no hypothesis?"),
    Phrasing("Which releases have no impact?"),
    Phrasing("Which scopes are mentioned in current 3-6 pagers?"),
    Phrasing("What did we learn from bets that lost this quarter?"),
    Phrasing("Which bets are running in {team}?"),
    Phrasing("How many insights since last month?"),
    Phrasing("Which options does {thing:opportunity} offer?", of=("opportunity",)),
    Phrasing(
        "What is {thing:team} responsible for?",
        (r"what (?:does|do|is|are) {thing} (?:own|responsible for|look after|looking after)",),
        way="owned",
        of=("team",),
    ),
)

EXAMPLES: tuple[str, ...] = tuple(
    re.sub(r"\{thing:([\w ]+)\}", r"this \1", phrasing.example, count=1).replace("{team}", "my team")
    for phrasing in PHRASINGS
    if phrasing.example.count("{thing") < 2
)
"""One question for each phrasing, in words that are understood where there is an object at hand."""
