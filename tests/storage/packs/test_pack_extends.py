"""A pack that says only what it changes of the starter: what comes of it, and what is refused with its place."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as some

from storage.kinds import Kinds
from storage.packs.pack import PackError, as_file, effective_text, read_pack, read_stored, starter

EXAMPLE = Path(__file__).parents[3] / "docs/example-pack.yaml"
HEAD = "version: 1\nextends: starter\n"


def extending(text: str) -> Kinds:
    return read_pack(HEAD + text)


def test_a_pack_that_changes_nothing_is_the_starter() -> None:
    assert extending("") == starter()


def test_what_is_not_named_stays() -> None:
    kinds = extending("kinds: {insight: {label: Finding}}")
    changed: dict[str, Any] = {**starter().kinds, "insight": starter().kind("insight").model_copy(update={"label": "Finding"})}
    assert kinds == starter().model_copy(update={"kinds": changed})


def test_statuses_are_put_in_their_place_and_may_follow_any_other() -> None:
    bet = extending("kinds: {bet: {lifecycle: {add: {on hold: after running, idea: before proposed}}}}").kind("bet")
    assert bet.lifecycle[:6] == ("idea", "proposed", "pitched", "placed", "running", "on hold")
    assert bet.first_status == "idea"
    assert bet.may_follow("declined", "on hold")
    assert bet.may_follow("on hold", "running")
    assert not bet.may_follow("declined", "running")


def test_what_spoke_of_a_status_that_goes_speaks_of_the_next() -> None:
    bet = extending("kinds: {bet: {lifecycle: [proposed, running, over], closed: [over]}}").kind("bet")
    assert (bet.running, bet.closed, bet.fields["risk"].wanted_from) == (("running",), ("over",), "running")
    assert bet.transitions == {"running": ("over",)}


def test_what_needs_a_kind_or_a_relation_that_goes_goes_with_it() -> None:
    kinds = extending("kinds: {drop: [decision, release]}\nrelations: {drop: [informs]}")
    assert starter().relations.keys() - kinds.relations.keys() == {"decides", "ships", "informs"}
    assert [ends.from_ for ends in kinds.relations["considers"].ends] == [("bet",)]
    assert [prompt.relation for prompt in kinds.kind("bet").links] == ["targets", "becomes", "part of"]


def test_lists_are_edited_or_written_anew() -> None:
    kinds = extending(
        """
kinds:
  bet:
    aliases: {add: [wager]}
    fields: {kind: {choices: {add: [platform], drop: [delivery]}}}
    links: {drop: [from informs], add: [{relation: owns, backward: true, label: "Whose?"}]}
  work: {aliases: [job]}
relations:
  targets: {ends: {add: [{from: [work], to: [input]}]}}
"""
    )
    bet = kinds.kind("bet")
    assert bet.aliases == ("wager",)
    assert bet.fields["kind"].choices == ("exploratory", "platform")
    assert [prompt.name for prompt in bet.links] == ["to targets", "from becomes", "to part of", "from owns"]
    assert kinds.kind("work").aliases == ("job",)
    assert kinds.relations["targets"].allows("bet", "driver")
    assert kinds.relations["targets"].allows("work", "input")


@pytest.mark.parametrize("count", [2, 5])
def test_there_may_be_any_number_of_horizons(count: int) -> None:
    names = ["Now", "Next", "Later", "Far", "Dream"][:count]
    kinds = extending(yaml.safe_dump({"horizons": names}))
    assert [horizon.label for horizon in kinds.offered_horizons] == names
    assert kinds.horizon("next") == "Next"


def test_a_renamed_horizon_keeps_the_name_that_is_stored() -> None:
    kinds = extending('horizons: [{name: Now, was: 1-3 months, span: this quarter}, "1–3 quarters"]')
    assert {name: horizon.label for name, horizon in kinds.horizons.items()} == {
        "1-3 months": "Now",
        "1–3 quarters": "1–3 quarters",
    }
    assert [kinds.horizon(words) for words in ("now", "1–3 months", "1-3 quarters", "later")] == [
        "1-3 months",
        "1-3 months",
        "1–3 quarters",
        None,
    ]


def test_a_pack_reads_back_as_it_was_kept_and_as_it_is_printed() -> None:
    kinds = read_pack(EXAMPLE.read_text("utf-8"))
    assert read_stored(effective_text(kinds)) == kinds
    assert read_pack(as_file(kinds)) == kinds


def test_a_pack_that_was_kept_as_a_file_is_still_read() -> None:
    assert read_stored(EXAMPLE.read_text("utf-8")) == read_pack(EXAMPLE.read_text("utf-8"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("kinds: {bett: {label: Wager}}", 'kinds → bett → prefix: is missing; "bett" is new, or did you mean "bet"?'),
        ("kinds: {bet: {lable: Wager}}", 'kinds → bet → lable: unknown word "lable"; did you mean "label"?'),
        (
            "kinds: {bet: {fields: {risk: {hnt: x}}}}",
            'kinds → bet → fields → risk → hnt: unknown word "hnt"; did you mean "hint"?',
        ),
        ("kinds: {bet: {fields: {risk: {type: lin}}}}", "kinds → bet → fields → risk → type: should be 'line', 'text'"),
        ("kinds: {input: {measured: {unti: unit}}}", 'unknown word "unti"; did you mean "unit"?'),
        ("kinds: {input: {measured: {unit: unti}}}", 'kinds → input: measured: unknown field "unti"; did you mean "unit"?'),
        ("kinds: {drop: [gorwth]}", 'kinds → drop: there is no "gorwth" to take out; did you mean "growth"?'),
        ("kinds: {growth: }", "kinds → growth: is empty; to take it out, write drop: [growth] beside it"),
        ("kinds: {bet: {lifecycle: {add: {on hold: after runing}}}}", 'there is no "runing"; did you mean "running"?'),
        (
            "kinds: {bet: {lifecycle: {add: {on hold: behind running}}}}",
            'should be "after …" or "before …", not "behind running"',
        ),
        ("kinds: {bet: {lifecycle: {add: [running]}}}", 'kinds → bet: the status "running" is there twice'),
        (
            "kinds: {bet: {lifecycle: [yes]}}",
            "kinds → bet → lifecycle → 0: should be text; a word such as yes or 2026 needs quotes",
        ),
        (
            "kinds: {bet: {transitions: {won: [lsot]}}}",
            'kinds → bet: status "lsot" is not in its lifecycle; did you mean "lost"?',
        ),
        ("kinds: {bet: {fields: {kind: {choices: {drop: [delivry]}}}}}", 'no "delivry" to take out; did you mean "delivery"?'),
        ("kinds: {bet: {fields: {kind: {choices: [a, A]}}}}", "two of its choices are alike"),
        ("kinds: {driver: {fields: {cluster: {type: choice}}}}", "a choice needs choices to choose from"),
        ("kinds: {bet: {prefix: INS}}", 'the kinds "insight" and "bet" have the same key prefix "INS"'),
        ("kinds: {bet: {label: Insight}}", 'the kinds "insight" and "bet" have the same label "insight"'),
        ("kinds: {bet: {aliases: [problem]}}", 'the kinds "opportunity" and "bet" have the same word "problem"'),
        ("horizons: [Now, now]", 'the horizon "now" is there twice'),
        ("horizons: [{was: Now}]", 'horizons: each needs a "name"'),
        ("relations: {targets: {ends: {add: [{from: [bet], to: [drivr]}]}}}", 'unknown kind "drivr"; did you mean "driver"?'),
        ("relations: {targets: {fields: [siz]}}", 'relation "targets": unknown field "siz"; did you mean "size"?'),
        ("kind: {}", 'kind: unknown word "kind"; did you mean "kinds"?'),
        ("kinds: {bet: {label: A}, bet: {label: B}}", 'line 3: "bet" is there twice'),
        ("kinds: 3", "kinds: should be a table of names and what they mean"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_the_nearest_word(text: str, sentence: str) -> None:
    with pytest.raises(PackError) as refused:
        extending(text)
    assert sentence in str(refused.value)


WORDS = some.sampled_from(
    (
        *("kinds", "relations", "bet", "work", "growth", "informs", "fields", "links", "ends", "lifecycle", "closed"),
        *("measured", "transitions", "drop", "add", "from", "to", "horizons", "link_fields", "rituals", "choices", "label"),
    )
)
SHAPES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | WORDS | some.text(max_size=3),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(WORDS, inner, max_size=3),
    max_leaves=12,
)


PLACES = some.sampled_from(
    ("", "kinds", "kinds bet", "kinds bet fields", "kinds bet fields kind", "relations", "relations informs", "link_fields")
)


@settings(max_examples=300)
@given(some.dictionaries(WORDS, SHAPES, max_size=3), PLACES, some.booleans())
def test_whatever_a_file_holds_it_is_read_or_refused_in_words(content: dict[str, Any], place: str, is_extending: bool) -> None:
    for name in reversed(place.split()):
        content = {name: content}
    parts = {"extends": "starter"} if is_extending else dict[str, Any](kinds={}, relations={}, horizons=[])
    try:
        kinds = read_pack(yaml.safe_dump({"version": 1, **parts, **content}))
    except PackError:
        return
    assert read_stored(effective_text(kinds)) == kinds


def test_every_wrong_place_of_what_is_taken_out_is_said_at_once() -> None:
    with pytest.raises(PackError) as refused:
        extending("kinds: {drop: [gorwth, fundin]}\nrelations: {drop: [inform]}")
    assert len(str(refused.value).splitlines()) == 3


def test_only_the_starter_can_be_extended() -> None:
    with pytest.raises(PackError, match="extends: should be starter"):
        read_pack("version: 1\nextends: ours\n")


def test_aliases_of_yaml_are_refused() -> None:
    bomb = "a: &a [x]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(7))
    with pytest.raises(PackError, match="aliases"):
        read_pack(bomb)


def test_every_example_of_the_docs_is_a_pack() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", (EXAMPLE.parent / "packs.md").read_text("utf-8"), re.DOTALL)
    whole = [block if block[0] != " " else f"kinds:\n{block}" for block in blocks]
    assert len([extending(block) for block in whole if "extends" not in block]) == len(blocks) - 1
