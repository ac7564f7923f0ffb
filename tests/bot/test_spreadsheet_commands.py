"""Tables in and out, and pictures of a neighbourhood, with the commands that people type: on both engines."""

import asyncio
import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx
import pytest

from bot.commands.sheets import ChangedMeanwhile, Wanted, look, store
from bot.settings import Settings
from storage.sheets.rows import Options
from storage.sheets.sheet import read_sheet
from tests.bot.commands import Ran, Shell

EXPORTS = Path(__file__).parent / "exports"
GRAPH: dict[str, Any] = {
    "version": 1,
    "teams": [{"name": "Growth", "channel": "C01GROWTH", "members": ["U01ANA"]}],
    "objects": [
        {"key": "INS-1", "kind": "insight", "title": "Stalled at the empty board"},
        {"key": "INP-1", "kind": "input", "title": "Activation rate"},
        {"key": "INP-2", "kind": "input", "title": "Second session"},
        {"key": "BET-1", "kind": "bet", "title": "Guide the first board", "fields": {"confidence": 40}},
    ],
    "links": [{"from": "INS-1", "relation": "informs", "to": "BET-1"}],
}
ROW = "Title,Confidence,targets\nTemplates,60,Activation rate\n"
Type = Callable[..., Ran]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in EXPORTS.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "graph.json").write_text(json.dumps(GRAPH), "utf-8")
    (tmp_path / "one.csv").write_text(ROW, "utf-8")
    return tmp_path


@pytest.fixture
def throughline(folder: Path, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Type:
    """Runs `throughline …` on a database that holds GRAPH, once on each engine."""
    shell = Shell(folder, monkeypatch, capsys)

    def typed(*words: str, stdin: str = "") -> Ran:
        return shell(*words, stdin=stdin, DATABASE_URL=database_url)

    assert typed("import", "graph.json").code == 0
    return typed


def bets(throughline: Type) -> list[dict[str, Any]]:
    content = json.loads(throughline("export", "-").out)
    return [each for each in content["objects"] if each["kind"] == "bet"]


def test_nothing_is_stored_until_somebody_says_so(throughline: Type) -> None:
    looked = throughline("import", "one.csv", "--kind", "bet")
    assert looked == Ran(
        1,
        "",
        "Columns:\n"
        "  as they are called: Title, Confidence, targets\n\n"
        "1 new · 1 new link\n\n"
        "New:\n"
        "  BET-2 Templates · Confidence: 60 · targets INP-1\n\n"
        "Nothing was stored. Add --yes to store this bet.\n",
    )
    assert [each["key"] for each in bets(throughline)] == ["BET-1"]
    done = throughline("import", "one.csv", "--kind", "bets", "--yes", "--as", "U01ANA")
    assert done.code == 0
    assert done.err.splitlines()[-1].startswith("Done: 1 new · 1 new link. To take it back: throughline undo ")
    again = throughline("import", "one.csv", "--kind", "bet")
    assert (again.code, again.err.splitlines()[-1]) == (0, "Everything in it was here already.")
    history = json.loads(throughline("export", "-", "--history").out)["history"]
    assert [each["key"] for each in history if each["author"] == "U01ANA"] == ["BET-2", "BET-2"]


async def test_what_changed_after_it_was_shown_is_not_stored_unseen(throughline: Type, folder: Path, database_url: str) -> None:
    settings = Settings(database_url=database_url)
    wanted = Wanted(folder / "one.csv", Options("bet"))
    looked = await look(settings, wanted)
    await asyncio.to_thread(throughline, "import", "-", "--kind", "bet", "--yes", stdin="Title\nTemplates\n")
    with pytest.raises(ChangedMeanwhile, match="Please look again"):
        await store(settings, wanted, looked)
    assert len(await asyncio.to_thread(bets, throughline)) == 2


def test_what_changes_is_shown_as_it_was_and_as_it_shall_be(throughline: Type) -> None:
    table = "Key,Confidence,Titel,Sprint\nBET-1,60 %,Guide every board,4\n"
    looked = throughline("import", "-", "--kind", "bet", stdin=table)
    assert '  Sprint  left out; --map "Sprint=…" says what it is\n' in looked.err
    assert "  Titel   Title (a guess)\n" in looked.err
    assert "Changed:\n  BET-1 · Confidence: 40 → 60 · Title: Guide the first board → Guide every board\n" in looked.err


def test_a_table_without_rows_is_said_to_have_none(throughline: Type) -> None:
    ran = throughline("import", "-", "--kind", "bet", "--yes", stdin="Title,Confidence\n")
    assert ran == Ran(0, "", "The table has no rows below the names of its columns. Nothing was stored.\n")


def test_a_part_of_one_in_a_column_of_percents_is_pointed_out(throughline: Type) -> None:
    looked = throughline("import", "-", "--kind", "bet", stdin="Title;Confidence\nA;0,45\nB;0,5 %\nC;45\n")
    assert "To know:\n  Confidence: I take “0,45” for 0.45 %; write 45 if that is meant.\n\n" in looked.err


def test_rows_that_can_not_be_read_keep_the_others_back_unless_they_are_to_be_skipped(throughline: Type, folder: Path) -> None:
    (folder / "some.csv").write_text("Title,Confidence\nGood,60\nBad,430\n=Worse,high\n", "utf-8")
    refused = throughline("import", "some.csv", "--kind", "bet", "--yes")
    assert refused.code == 1
    assert "Refused:\n  Row 3: Confidence: “430” should be between 0 and 100.\n" in refused.err
    assert "Nothing was stored. Correct these rows and import the file again;" in refused.err
    assert len(bets(throughline)) == 1
    done = throughline("import", "some.csv", "--kind", "bet", "--yes", "--skip-bad")
    assert "Done: 1 new · 2 rows refused." in done.err
    assert done.err.endswith("The rows that I could not take are in some.refused.csv.\n")
    assert [each["title"] for each in bets(throughline)] == ["Guide the first board", "Good"]
    left = read_sheet((folder / "some.refused.csv").read_bytes())
    assert left.headers == ("Title", "Confidence", "Why it was refused")
    assert [row.cells[:2] for row in left.rows] == [("Bad", "430"), ("=Worse", "high")]
    (folder / "some.refused.csv").write_text((folder / "some.refused.csv").read_text("utf-8").replace("430", "43"), "utf-8")
    throughline("import", "some.refused.csv", "--kind", "bet", "--yes", "--skip-bad")
    assert [each["title"] for each in bets(throughline)] == ["Guide the first board", "Good", "Bad"]
    assert (folder / "some.refused.refused.csv").exists()


def test_a_day_that_may_be_in_march_or_in_april_is_asked_for(throughline: Type, folder: Path) -> None:
    (folder / "days.csv").write_text("Title,Review date\nA,03/04/2026\n", "utf-8")
    asked = throughline("import", "days.csv", "--kind", "bet", "--yes", "--skip-bad")
    assert asked.code == 1
    assert "Review date: 03/04/2026 may be read in two ways. Say which: --dates day-first or --dates month-first." in asked.err
    assert throughline("import", "days.csv", "--kind", "bet", "--yes", "--dates", "day-first").code == 0
    assert bets(throughline)[1]["fields"] == {"review_date": "2026-04-03"}


@pytest.mark.parametrize(
    ("words", "titles", "fields"),
    [
        (
            ["google_sheets.csv", "--kind", "bet", "--map", "Bet=title"],
            ["Templates for new teams", "Shorter sign-up"],
            {"confidence": 43, "review_date": "2026-11-30", "all_in": True},
        ),
        (
            ["excel_german.csv", "--kind", "bet", "--map", "Beschreibung=description"],
            ["Gästezugang prüfen", "Kürzere Anmeldung"],
            {"confidence": 43.5, "review_date": "2026-11-30", "appetite": "2 Wochen; 1 Person"},
        ),
        (
            ["jira.csv", "--kind", "bet", "--map", "Status=", "--map", "Assignee="],
            ["Summary e-mail"],
            {},
        ),
        (
            ["notion.csv", "--kind", "bet", "--map", "Related insights=is informed by"],
            ["New idea"],
            {},
        ),
    ],
)
def test_exports_of_other_tools_come_in(throughline: Type, words: list[str], titles: list[str], fields: dict[str, Any]) -> None:
    done = throughline("import", *words, "--yes")
    assert done.code == 0, done.err
    there = bets(throughline)
    assert [each["title"] for each in there] == ["Guide the first board", *titles]
    assert fields.items() <= there[1].get("fields", {}).items()
    again = throughline("import", *words, "--yes")
    assert again.err.endswith("Everything in it was here already.\n")


def test_an_export_of_jira_says_what_it_can_not_read(throughline: Type) -> None:
    looked = throughline("import", "jira.csv", "--kind", "bet")
    assert looked.code == 1
    assert "Row 2: Assignee: “ana” is nobody whom I know." in looked.err
    assert "Row 2: Status: “In Progress” should be one of: proposed, pitched, " in looked.err
    assert "  Issue key   left out;" in looked.err
    throughline("import", "jira.csv", "--kind", "bet", "--map", "Status=", "--map", "Assignee=", "--yes")
    guided = bets(throughline)[0]
    assert (guided["tags"], guided["description"]) == (["onboarding", "growth"], 'h2. Why\n\nTeams stall, says "Ana".')


def test_an_export_of_notion_links_by_title(throughline: Type) -> None:
    throughline("import", "notion.csv", "--kind", "bet", "--map", "Related insights=is informed by", "--yes")
    guided = bets(throughline)[0]
    assert (guided["tags"], guided["source"]) == (["onboarding", "growth"], "https://www.notion.so/guide-1")
    assert guided["fields"] == {"confidence": 40, "review_date": "2026-11-30"}


def test_insights_come_in_from_unicode_text_of_excel(throughline: Type) -> None:
    assert throughline("import", "excel_unicode.txt.tsv", "--kind", "insight", "--yes").code == 0
    content = json.loads(throughline("export", "-").out)
    (added,) = [each for each in content["objects"] if each["key"] == "INS-2"]
    assert (added["title"], added["fields"]) == ("Ältere Boards", {"who_is_affected": "Große Teams", "how_sure": 70})


def test_values_come_in_from_a_dashboard(throughline: Type) -> None:
    looked = throughline("import", "dashboard.csv", "--values")
    assert "5 new\n\nNew:\n  INP-1 Activation rate · 2026-09-01 · 41.2\n" in looked.err
    assert looked.err.endswith("Nothing was stored. Add --yes to store these 5 values.\n")
    assert throughline("import", "dashboard.csv", "--values", "--yes").code == 0
    values = json.loads(throughline("export", "-").out)["values"]
    assert [each["value"] for each in values] == [41.2, 43, 1200, 1250, 1300.5]
    assert throughline("import", "dashboard.csv", "--values").err.endswith("Everything in it was here already.\n")


def test_a_kind_goes_out_as_a_table_and_comes_in_again(throughline: Type, folder: Path) -> None:
    throughline("import", "google_sheets.csv", "--kind", "bet", "--map", "Bet=title", "--yes")
    assert throughline("export", "bets.csv", "--kind", "bet") == Ran(0, "", "")
    data = (folder / "bets.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbfKey,Title,")
    assert data.count(b"\r\n") == 4
    table = read_sheet(data)
    by_name = [dict(zip(table.headers, row.cells, strict=True)) for row in table.rows]
    assert [each["targets"] for each in by_name] == ["", "INP-1", "INP-1; INP-2"]
    assert by_name[0]["is informed by"] == "INS-1"
    assert throughline("import", "bets.csv").err.endswith("3 as before\n\nEverything in it was here already.\n")
    assert throughline("export", "-", "--kind", "bets").out.encode() == data


def test_a_kind_of_ones_own_comes_and_goes_as_every_other(throughline: Type, folder: Path) -> None:
    risk = 'kinds:\n  risk:\n    prefix: RSK\n    label: Risk\n    emoji: "🌩"\n    lifecycle: [seen, met]\n    fields:\n'
    risk += '      odds: {label: "How likely?", type: percent}\n'
    links = "relations:\n  threatens:\n    words: [threatens, is threatened by]\n    ends: [{from: [risk], to: [bet]}]\n"
    (folder / "ours.yaml").write_text(f"version: 1\nextends: starter\n{risk}{links}", "utf-8")
    applied = throughline("pack", "apply", "ours.yaml", "--backup", "before.db")
    assert applied.code == 0, applied.err
    (folder / "risks.csv").write_text("Title,How likely,Threatens\nRain,43 %,Guide the first board\n", "utf-8")
    assert throughline("import", "risks.csv", "--kind", "risks", "--yes").code == 0
    text = throughline("export", "-", "--kind", "risk").out
    assert text.startswith("\ufeffKey,Title,Description,Status,Owner,Team,Horizon,Tags,How likely?,threatens,")
    assert "RSK-1,Rain,,seen,,,,,43,BET-1," in text
    assert 'RSK_1 -->|"threatens"| BET_1' in throughline("export", "-", "--around", "BET-1").out


def test_a_table_shows_what_its_readers_may_see(throughline: Type) -> None:
    secret = {"key": "BET-9", "kind": "bet", "title": "Secret", "visibility": "channel", "channel": "C01GROWTH"}
    links = [{"from": "BET-1", "relation": "part of", "to": "BET-9"}]
    throughline("import", "-", stdin=json.dumps({"version": 1, "objects": [secret], "links": links}))

    def seen(*options: str) -> bool:
        text = throughline("export", "-", "--kind", "bet", *options).out
        drawn = throughline("export", "-", "--around", "BET-1", *options).out
        assert ("BET-9" in text) == ("BET_9" in drawn) == ("Secret" in text)
        return "BET-9" in text

    assert seen()
    assert seen("--as", "U01ANA")
    assert not seen("--as", "U99")
    assert seen("--in", "C01GROWTH")
    assert not seen("--as", "U99", "--in", "C01GROWTH")
    assert throughline("export", "-", "--around", "BET-9", "--as", "U99").code == 2


def test_a_neighbourhood_goes_out_as_graphml_and_mermaid(throughline: Type, folder: Path) -> None:
    throughline("import", "one.csv", "--kind", "bet", "--yes")
    assert throughline("export", "near.graphml", "--around", "inp-1", "--steps", "1") == Ran(0, "", "")
    graph = networkx.read_graphml(folder / "near.graphml")
    assert {key: data["title"] for key, data in graph.nodes(data=True)} == {"INP-1": "Activation rate", "BET-2": "Templates"}
    assert [(one, two, data["relation"]) for one, two, data in graph.edges(data=True)] == [("BET-2", "INP-1", "targets")]
    assert throughline("export", "near.mmd", "--around", "INP-1").code == 0
    drawn = (folder / "near.mmd").read_text("utf-8")
    assert drawn.startswith("flowchart LR\n")
    assert '  BET_2 -->|"targets"| INP_1\n' in drawn


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["import", "bets.xlsx"],
            "I don't read workbooks. In your spreadsheet choose “Save as” or “Download”, then CSV (UTF-8).\n",
        ),
        (
            ["import", "graph.json", "--kind", "bet"],
            "--kind, --map, --dates, --values and --as are for tables: FILE.csv or FILE.tsv.\n",
        ),
        (
            ["import", "one.csv"],
            "Of which kind are the rows? Say it with --kind, or in a column “Kind”: insight, opportunity, ",
        ),
        (["import", "one.csv", "--kind", "bat"], 'I know no kind "bat"; did you mean "bet"? There are: insight, '),
        (
            ["import", "one.csv", "--kind", "bet", "--map", "Titel=title"],
            'There is no column "Titel". There are: Title, Confidence, targets.\n',
        ),
        (["import", "nowhere.csv", "--kind", "bet"], "nowhere.csv: No such file or directory.\n"),
        (
            ["import", "one.csv", "--values"],
            "I find no column Date and no column Value among “Title”, “Confidence”, “targets”. Name it so, or say which ",
        ),
        (["export", "bets.csv"], "Of which kind? A table has one: --kind bet, say.\n"),
        (["export", "bets.tsv", "--kind", "bet"], "I write tables as FILE.csv.\n"),
        (["export", "near.mmd"], "Around what? Say it with --around KEY.\n"),
        (["export", "near.dot", "--around", "BET-1"], "I don't know the ending .dot. I write the whole graph to FILE.json, "),
        (["export", "near.json", "--around", "BET-1"], "The whole graph has no options but --history;"),
        (["export", "near.mmd", "--around", "BET-99"], "I don't know BET-99.\n"),
    ],
)
def test_bad_use_is_a_sentence_and_exits_with_2(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    ran = Shell(folder, monkeypatch, capsys)(*words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith(said)


@pytest.mark.slow
@pytest.mark.parametrize(("answer", "code", "keys"), [("y\n", 0, ["BET-1"]), ("n\n", 1, []), ("\n", 1, [])])
def test_at_a_terminal_somebody_is_asked(folder: Path, answer: str, code: int, keys: list[str]) -> None:
    (folder / "one.csv").write_text("Title\nTemplates\n", "utf-8")
    command = [sys.executable, "-c", "from bot.cli import main; main()"]
    settings = {**os.environ, "DATABASE_URL": f"sqlite:///{folder / 'asked.db'}", "PYTHONPATH": str(Path(__file__).parents[2])}
    ours, theirs = pty.openpty()
    os.write(ours, answer.encode())
    try:
        ran = subprocess.run(
            [*command, "import", "one.csv", "--kind", "bet"],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=folder,
            env=settings,
            timeout=60,
            check=False,
        )
        said = os.read(ours, 100_000).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert "Store this bet? [y/N]" in said
    assert ran.returncode == code
    out = subprocess.run(
        [*command, "export", "-"], capture_output=True, cwd=folder, env=settings, timeout=60, check=True
    ).stdout
    assert [each["key"] for each in json.loads(out)["objects"]] == keys
