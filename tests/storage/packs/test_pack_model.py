"""The starter pack, line by line as the model's tables: kinds, lifecycles, fields, relations, and what may follow a status."""

import pytest

from storage import checks
from storage.fields import number_in
from storage.gaps import gaps_of
from storage.kinds import ANY, SAME, Kind
from storage.objects import Object
from storage.packs.pack import read_pack, starter
from tests.storage.graph_files import NOW

KINDS = starter()

# kind | prefix | altitude | lifecycle | closed by | fields (type line, but where it is said)
MODEL = """
insight | INS | possible | new, triaged, promoted, parked, merged | parked, merged | kind choice, source choice,
    who_is_affected, how_sure percent
opportunity | OPP | possible | open, in focus, pursued, parked, closed | parked, closed | kind choice, segment, frequency,
    reach, severity, differentiation
option | OPT | possible | considered, chosen, rejected | rejected | what_we_should_do text, what_it_teaches text,
    cost_to_try, reason text
bet | BET | prioritised | proposed, pitched, placed, running, released, measuring, won, lost, inconclusive, declined,
    stopped | won, lost, inconclusive, declined, stopped | hypothesis text, review_date date, kind choice, risk text, upside
    text, how_we_will_know text, appetite, confidence percent, stop_if text, mandate, all_in flag
work | WRK | doing | planned, doing, done, dropped | done, dropped | form choice, tracker url, starts date, ends date
release | REL | doing | planned, released | | released_at date, what_changed text, for_whom
impact | IMP | working | claimed, supported, refuted, unclear | | kind choice, size, strength, evidence text, how_sure percent
input | INP | working | active, resting, retired | retired | metric, unit, good_direction choice, target, in_attention flag,
    belief text
driver | DRV | working | active, retired | retired | metric, unit, good_direction choice, cluster, owners people
north star | NST | working | active, retired | retired | metric, unit, definition text, good_direction choice, target
outcome | OUT | working | active, retired | retired | metric, unit, definition text, good_direction choice, target
growth | GRO | working | active | |
team | TEAM | | existing, needed, retired | retired | kind choice, focus text, topology, topology_aspired, charter text, mandate
scope | SCO | | active, retired | retired | since date
role | ROL | | active, retired | retired | decides text, held_by people
artifact | ART | | current, superseded, retired | superseded, retired | kind choice, url url, text text, refresh
decision | DEC | | made, revisited | | what_was_known text, decided_by people, decided_at date
goal | GOA | | active, met, missed, dropped | met, missed, dropped | kind choice, cycle, target
funding | FUN | | active, retired | retired | unit choice, period, capacity
ritual | RIT | | active, retired | retired |
question | QUE | | open, answered, dropped | answered, dropped | worth
"""

# relation | from → to; … | forwards / backwards
RELATIONS = """
informs | insight → opportunity, option, bet, artifact, decision | informs / is informed by
frames | opportunity → option | offers / approaches
becomes | option → bet | became / came from
considers | bet, decision → option | considered / was considered for
executes | bet → work | is executed by / executes
ships | work, bet → release | shipped in / ships
results in | release, work, bet → impact | resulted in / came from
moves | impact → input | moved / was moved by
targets | bet, opportunity, goal → input, driver | targets / is targeted by
contributes to | input → driver, north star, outcome, growth; driver → north star, outcome, growth; north star → outcome,
    growth; outcome → growth; goal → goal, input, driver, north star, outcome | contributes to / is fed by
decides | decision → any | decided / was decided in
asks about | question → any | asks about / is asked about in
yields | bet, work, impact, release, ritual → insight; impact → opportunity | taught us / was learned from
part of | any → same, scope, team, opportunity, bet | is part of / contains
owns | team → any | owns / is owned by
works with | team → team | works with / works with
mentions | any → any | mentions / is mentioned in
replaces | any → same | replaces / was replaced by
"""

CHOICES = """
insight kind | pattern, signal, learning
insight source | user research, data anomaly, frontline observation, market shift, closed bet
opportunity kind | problem, need, gap
bet kind | exploratory, delivery
work form | experiment, project, workstream
impact kind | measured, qualitative
input good_direction | up, down
driver good_direction | up, down
north star good_direction | up, down
outcome good_direction | up, down
team kind | product team, functional team, group
artifact kind | one-pager, 3-6 pager, strategy, charter, roadmap, research, vision
goal kind | metric, milestone, impact, anti-goal
funding unit | team, value stream, project, platform as a service
"""

# What can't follow a status; all else may.
REFUSED = """
insight merged | promoted
opportunity closed | pursued
bet placed | declined
bet running | proposed, pitched, declined
bet released | proposed, pitched, declined
bet measuring | proposed, pitched, declined
bet won | proposed, pitched, placed, released, declined, stopped
bet lost | proposed, pitched, placed, released, declined, stopped
bet inconclusive | proposed, pitched, placed, released, declined, stopped
bet declined | placed, running, released, measuring, won, lost, inconclusive, stopped
bet stopped | released, measuring, won, lost, inconclusive, declined
work done | planned
"""

MEASURED = """
impact |
input | metric, unit, good_direction, target
driver | metric, unit, good_direction
north star | metric, unit, good_direction, target
outcome | metric, unit, good_direction, target
goal | target
"""


def lines(table: str) -> list[list[str]]:
    """Return the cells of each row; a line that is indented goes on with the row above."""
    rows = table.strip().replace("\n    ", " ").splitlines()
    return [[cell.strip() for cell in row.split("|")] for row in rows]


def of_fields(kind: Kind) -> str:
    return ", ".join(name if field.type == "line" else f"{name} {field.type}" for name, field in kind.fields.items())


def of_ends(relation: str) -> str:
    ends = KINDS.relations[relation].ends
    return "; ".join(f"{', '.join(each.from_)} → {', '.join(each.to)}" for each in ends)


def test_every_kind_of_the_model_with_its_lifecycle_and_fields() -> None:
    assert lines(MODEL) == [
        [kind.name, kind.prefix, kind.altitude or "", ", ".join(kind.lifecycle), ", ".join(kind.closed), of_fields(kind)]
        for kind in KINDS
    ]


def test_every_relation_of_the_model_with_its_ends_and_words() -> None:
    assert lines(RELATIONS) == [[name, of_ends(name), " / ".join(each.words)] for name, each in KINDS.relations.items()]


def test_every_choice_of_the_model() -> None:
    fields = [(kind, name, field) for kind in KINDS for name, field in kind.fields.items()]
    assert lines(CHOICES) == [
        [f"{kind.name} {name}", ", ".join(field.choices)] for kind, name, field in fields if field.choices
    ]


def test_a_link_may_carry_what_the_model_says() -> None:
    fields = {name: ", ".join(field.choices) or field.type for name, field in KINDS.link_fields.items()}
    assert fields == {
        "direction": "up, down",
        "size": "line",
        "by_when": "date",
        "evidence": "text",
        "status": "hypothesised, supported, refuted",
        "mode": "collaboration, as-a-service, facilitating",
        "until": "date",
    }
    assert [name for name, relation in KINDS.relations.items() if not relation.loops] == ["part of"]


def test_a_link_is_taken_between_the_kinds_of_the_model_and_no_others() -> None:
    names = list(KINDS.kinds)
    for name, ends, _ in lines(RELATIONS):
        said = set()
        for pair in ends.split("; "):
            left, right = (side.split(", ") for side in pair.split(" → "))
            froms = names if ANY in left else left
            said |= {(one, other) for one in froms for other in names if other in right or ANY in right}
            said |= {(one, one) for one in froms if SAME in right}
        assert {(one, other) for one in names for other in names if KINDS.relations[name].allows(one, other)} == said


def test_what_may_follow_a_status() -> None:
    found = [
        [f"{kind.name} {before}", ", ".join(after for after in kind.lifecycle if checks.check_transition(kind, before, after))]
        for kind in KINDS
        for before in kind.lifecycle
    ]
    assert [line for line in found if line[1]] == lines(REFUSED)


@pytest.mark.parametrize(
    ("kind", "before", "after", "sentence"),
    [
        ("bet", "declined", "won", "A declined bet can become proposed or pitched."),
        ("work", "done", "planned", "A done work can become doing or dropped."),
        ("insight", "merged", "promoted", "A merged insight can become new, triaged or parked."),
    ],
)
def test_a_status_that_cannot_follow_is_refused_with_those_that_can(kind: str, before: str, after: str, sentence: str) -> None:
    (problem,) = checks.check_transition(KINDS.kind(kind), before, after)
    assert (problem.field, problem.sentence) == ("status", sentence)


def test_a_status_after_which_nothing_comes_stays() -> None:
    pack = "version: 1\nextends: starter\nkinds: {work: {transitions: {done: []}}}"
    (problem,) = checks.check_transition(read_pack(pack).kind("work"), "done", "doing")
    assert problem.sentence == "A done work stays as it is."


def an_object(kind: str, status: str, **fields: object) -> Object:
    return Object(
        *("X-1", kind, "It", "", status, None, None, None, [], fields, None, None),  # type: ignore[arg-type]
        visibility="workspace",
        version=1,
        created_by="U01ANA",
        created_at=NOW,
        updated_at=NOW,
    )


@pytest.mark.parametrize(
    ("status", "missing"),
    [
        ("proposed", "hypothesis"),
        ("pitched", "hypothesis"),
        ("placed", "hypothesis review_date risk how_we_will_know confidence stop_if"),
        ("lost", "hypothesis review_date risk how_we_will_know confidence stop_if"),
        ("declined", "hypothesis"),
    ],
)
def test_what_is_asked_for_at_a_status_is_a_gap_and_no_gate(status: str, missing: str) -> None:
    gaps = gaps_of(KINDS, an_object("bet", status), [])
    assert " ".join(gap.name for gap in gaps if not gap.name.startswith("to ")) == missing


def test_an_end_that_a_status_does_not_lead_to_never_passed_it() -> None:
    bet = KINDS.kind("bet")
    assert [status for status in bet.lifecycle if not bet.reached("running", status)] == [
        "proposed",
        "pitched",
        "placed",
        "declined",
    ]
    assert [status for status in bet.lifecycle if bet.reached("pitched", status)] == list(bet.lifecycle[1:])


def test_what_carries_dated_values_and_which_fields_tell_of_them() -> None:
    said = [(kind.name, kind.measured) for kind in KINDS if kind.measured]
    assert lines(MEASURED) == [[name, ", ".join(measured.model_dump(exclude_none=True))] for name, measured in said]


def test_unit_direction_and_target_are_read_from_the_fields_that_the_pack_names() -> None:
    fields = {"unit": "%", "good_direction": "down", "target": "at most 43 %"}
    kind = KINDS.kind("input")
    assert (kind.unit_of(fields), kind.good_direction_of(fields), kind.target_of(fields)) == ("%", "down", 43)
    assert (kind.unit_of({}), kind.good_direction_of({}), kind.target_of({})) == (None, None, None)
    assert KINDS.kind("bet").target_of(fields) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("43 %", 43),
        ("≥ 43,5 points", 43.5),
        ("1,200 teams", 1200),
        ("from −3", -3),
        ("5M", None),
        ("from 30 to 43", None),
        ("Q4", None),
        ("soon", None),
    ],
)
def test_a_number_is_read_from_a_target_that_has_one(text: str, number: float | None) -> None:
    assert number_in(text) == number
