"""`throughline value`: a measured value by hand, corrected, taken away, listed."""

import json
from pathlib import Path

import pytest

from tests.bot.commands import Ran, Shell

GRAPH = {
    "version": 1,
    "objects": [
        {"key": "INP-1", "kind": "input", "title": "Activation", "fields": {"unit": "%", "target": "44 %"}},
        {"key": "INP-2", "kind": "input", "title": "Hidden", "channel": "C05LEADS", "visibility": "channel"},
        {"key": "BET-1", "kind": "bet", "title": "Guide"},
    ],
    "values": [{"key": "INP-1", "at": f"2025-09-07T{hour}:00:00Z", "value": 41} for hour in ("08", "09")],
}


@pytest.fixture
def throughline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    (tmp_path / "graph.json").write_text(json.dumps(GRAPH), "utf-8")
    shell = Shell(tmp_path, monkeypatch, capsys)
    assert shell("import", "graph.json").code == 0
    return shell


def test_a_value_is_stored_corrected_listed_and_taken_away(throughline: Shell) -> None:
    stored = throughline("value", "inp-1", "43 %", "--at", "2025-09-14", "--note", "Two\ncohorts", "--source", "board")
    again = throughline("value", "INP-1", "43 %", "--at", "2025-09-14")
    corrected = throughline("value", "INP-1", "42,5", "--at", "2025-09-14", "--as", "U01ANA")
    listed = throughline("value", "INP-1")
    gone = throughline("value", "INP-1", "--remove", "--at", "2025-09-14")
    assert stored == Ran(0, "", "Done: INP-1 Activation: 43 % on 14 September 2025.\n")
    assert again == Ran(0, "", "INP-1 Activation: 43 % on 14 September 2025 is there already.\n")
    assert corrected == Ran(0, "", "Corrected: INP-1 Activation: 42.5 % on 14 September 2025, before 43.\n")
    assert listed.out.splitlines()[-1] == "2025-09-14 00:00\t42.5 %\tboard\tTwo cohorts"
    assert gone == Ran(0, "", "Taken away: 42.5 % on 14 September 2025. History keeps it.\n")
    assert len(throughline("value", "INP-1").out.splitlines()) == 2
    assert throughline("value", "INP-1", "--remove", "--at", "2025-09-14").err == "There is no such value.\n"


def test_a_value_may_be_below_zero(throughline: Shell) -> None:
    assert throughline("value", "INP-1", "-5", "--at", "2025-09-14").err.startswith("Done: INP-1 Activation: -5 % on")


def test_history_tells_who_said_what(throughline: Shell) -> None:
    throughline("value", "INP-1", "43", "--at", "2025-09-14")
    throughline("value", "INP-1", "42", "--at", "2025-09-14T00:00", "--as", "U01ANA")
    written = json.loads(throughline("export", "-", "--history").out)
    told = [(each["author"], each["before"], each["after"]) for each in written["history"] if "2025-09-14" in str(each)]
    assert [(author, (after or {})["value"]) for author, _, after in told] == [("command line", 43), ("U01ANA", 42)]


def test_a_value_in_another_unit_is_kept_and_said_to_be_apart(throughline: Shell) -> None:
    said = throughline("value", "INP-1", "€ 1 200", "--at", "2025-09-14")
    assert said == Ran(0, "", "Done: INP-1 Activation: 1,200 € on 14 September 2025. It is not in %, so no trend counts it.\n")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["INP-1", "a lot"], 1, "value: The value should be one number, such as 43 %, 1.2k or € 1 200."),
        (["INP-1", "43", "--at", "monday"], 1, 'at: I can\'t read "monday" as a day; it should be like 2026-09-14 or '),
        (["INP-1", "43", "--at", "2999-01-01"], 1, "at: 2999-01-01 has not come yet, and a value says what was measured."),
        (
            ["INP-1", "43", "--at", "2025-09-07"],
            1,
            "at: There are 2 values of that day. Say which: 2025-09-07T08:00:00+0000 or ",
        ),
        (["BET-1", "43"], 1, "value: BET-1 is one of the bets, which carry no values. They belong to "),
        (["INP-1", "--remove"], 1, "at: Say of which day the value is that shall go, such as --at 2026-09-14."),
        (["INP-9", "43"], 2, "I don't know INP-9."),
        (["INP-2", "43", "--as", "U01ANA"], 2, "I don't know INP-2."),
        (["INP-2", "--as", "U01ANA"], 2, "I don't know INP-2."),
    ],
)
def test_what_cannot_be_stored_is_a_sentence(throughline: Shell, words: list[str], code: int, said: str) -> None:
    ran = throughline("value", *words)
    assert (ran.code, ran.out, ran.err[: len(said)]) == (code, "", said)
