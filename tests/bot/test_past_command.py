"""`throughline history`, `diff` and `undo`: the past in plain words, and its taking back."""

import json
from pathlib import Path

import pytest

from tests.bot.commands import Shell

GRAPH = {
    "version": 1,
    "objects": [
        {"key": "INP-1", "kind": "input", "title": "Activation", "created_at": "2026-03-02T09:00:00Z"},
        {"key": "BET-1", "kind": "bet", "title": "Guide them", "channel": "C05LEADS", "visibility": "channel"},
    ],
    "links": [{"from": "BET-1", "relation": "targets", "to": "INP-1", "why": "it leads there"}],
}


@pytest.fixture
def throughline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    (tmp_path / "graph.json").write_text(json.dumps(GRAPH), "utf-8")
    shell = Shell(tmp_path, monkeypatch, capsys)
    assert shell("import", "graph.json").code == 0
    return shell


def acts(throughline: Shell, *words: str) -> list[list[str]]:
    return [line.split("\t") for line in throughline("undo", *words).out.splitlines()]


def test_history_says_who_changed_what_and_undo_takes_it_back(throughline: Shell) -> None:
    throughline("value", "INP-1", "41", "--at", "2026-03-09", "--as", "U01ANA")
    throughline("value", "INP-1", "43", "--at", "2026-03-09", "--as", "U02IVO")
    made, first, corrected = [line.split("\t") for line in throughline("history", "inp-1").out.splitlines()]
    assert made[:3] == ["2026-03-02 09:00", "import", "new. title: Activation; status: active; visibility: workspace"]
    assert first[1:3] == ["U01ANA", "The value of INP-1 at 2026-03-09 00:00: new. value: 41"]
    assert corrected[1:3] == ["U02IVO", "The value of INP-1 at 2026-03-09 00:00: value: 41 → 43"]
    refused = throughline("undo", first[-1], "--as", "U01ANA")
    said = "The value of INP-1 at 2026-03-09 00:00: U02IVO has changed the value since, from “41” to “43”."
    assert (refused.code, refused.err) == (1, f"{said}\nNothing was stored.\n")
    of_another = throughline("undo", corrected[-1], "--as", "U01ANA")
    assert (of_another.code, of_another.err.splitlines()[0]) == (1, "act: Only U02IVO, who did it, can take it back.")
    assert throughline("undo", corrected[-1], "--as", "U02IVO").err.startswith("Taken back, on INP-1. To have it again:")
    assert "\t41" in throughline("value", "INP-1").out
    assert [each[2:] for each in acts(throughline, "--as", "U02IVO")] == [
        ["The value of INP-1 at 2026-03-09 00:00", "Taken back"],
        ["The value of INP-1 at 2026-03-09 00:00"],
    ]


def test_an_object_is_shown_as_it_was_at_the_end_of_a_day(throughline: Shell) -> None:
    early = throughline("history", "INP-1", "--at", "2026-03-02")
    assert early.out.splitlines() == ["INP-1 Activation", "status: active", "visibility: workspace"]
    now = throughline("history", "BET-1", "--at", "2100-01-01").out.splitlines()
    assert now[0] == "BET-1 Guide them"
    assert now[-1] == "BET-1 targets INP-1\tActivation\twhy: it leads there"
    assert throughline("history", "INP-1", "--at", "2026-03-01").code == 2
    assert "is no moment" in throughline("history", "INP-1", "--at", "soon").err


def test_a_difference_says_what_came_and_what_changed_to_those_who_may_see_it(throughline: Shell) -> None:
    throughline("value", "INP-1", "41", "--at", "2026-03-09", "--as", "U01ANA")
    everything = throughline("diff", "2026-03-02").out.splitlines()
    assert [line.split("\t")[0] for line in everything] == [
        "+ BET-1 Guide them",
        "+ BET-1 targets INP-1",
        "+ INP-1 Activation",
        "+ The value of INP-1 at 2026-03-09 00:00",
    ]
    assert everything[1].split("\t")[1:] == ["why: it leads there", "import"]
    assert [line.split("\t")[0] for line in throughline("diff", "2026-03-03", "--as", "U01ANA").out.splitlines()] == [
        "+ The value of INP-1 at 2026-03-09 00:00"
    ]
    assert throughline("diff", "2026-03-02", "2026-03-02").out == "+ INP-1 Activation\t\timport\n"


def test_what_is_not_there_or_not_for_them_is_said_to_be_unknown(throughline: Shell) -> None:
    for words in (("history", "BET-1", "--as", "U01ANA"), ("history", "BET-9"), ("history", "BET-9", "--at", "2026-03-01")):
        ran = throughline(*words)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("I don't know ")


def test_nothing_to_tell_is_said_in_words(throughline: Shell) -> None:
    assert throughline("diff", "2026-01-01", "2026-01-02").err == "Nothing differs.\n"
    assert throughline("undo", "--as", "U01ANA").err == "There is nothing to take back.\n"
    bad = {
        ("diff", "2026-01-02", "2026-01-01"): "The first moment should be the earlier one.\n",
        ("diff", "2100-01-01"): "The first moment should be the earlier one, and have come.\n",
        ("history", "inp-1", "--at", "2026-03-01"): "There was no INP-1 then, or you could not see it.\n",
        ("undo", "nothing"): "I know no act nothing. `throughline undo` lists those that could be taken back.\n",
    }
    for words, said in bad.items():
        ran = throughline(*words)
        assert (ran.code, ran.out, ran.err) == (2, "", said)


def test_an_import_can_be_taken_back_as_a_whole(throughline: Shell) -> None:
    done = throughline("import", "-", "--kind", "bet", "--yes", stdin="Title,targets\nTemplates,Activation\n")
    act = done.err.split()[-1]
    assert done.err.endswith(f"Done: 1 new · 1 new link. To take it back: throughline undo {act}\n")
    assert acts(throughline)[0][0] == act
    assert throughline("undo", act).code == 0
    assert throughline("history", "BET-2", "--at", "2100-01-01").code == 2
