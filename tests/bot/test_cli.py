"""The commands: exit codes, what goes to which stream, and that every failure is a sentence."""

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot import __version__
from storage.clock import RealClock
from storage.database import Database
from storage.lock import sole_user
from tests.bot.commands import Ran, Shell

GRAPH: dict[str, Any] = {
    "version": 1,
    "objects": [
        {"key": "INS-1", "kind": "insight", "title": "Stalled — at the empty board", "team": "Growth"},
        {"key": "BET-1", "kind": "bet", "title": "Templates"},
    ],
    "links": [{"from": "INS-1", "relation": "informs", "to": "BET-1"}],
}
WRONG = {
    "version": 1,
    "objects": [{"key": "INS-1", "kind": "insight", "title": "T", "sorce": "x"}, {"kind": "bt", "title": "U"}],
}
COMMANDS = (
    "run",
    "web",
    "worker",
    "demo",
    "sandbox",
    "import",
    "export",
    "ask",
    "value",
    "history",
    "diff",
    "undo",
    "pack",
    "migrate",
    "backup",
    "manifest",
    "doctor",
)
CLOCK = "http://127.0.0.1:1/clock"


@pytest.fixture
def throughline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    (tmp_path / "graph.json").write_text(json.dumps(GRAPH), "utf-8")
    (tmp_path / "wrong.json").write_text(json.dumps(WRONG), "utf-8")
    return Shell(tmp_path, monkeypatch, capsys)


def test_a_command_is_a_program_that_loads_no_more_than_it_needs(tmp_path: Path) -> None:
    code = "import sys; from bot.cli import app; app(['--version'], standalone_mode=False); print('slack_bolt' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout == f"{__version__}\nFalse\n"


def test_help_names_every_command(throughline: Shell) -> None:
    said = throughline("--help").out
    assert [name for name in COMMANDS if f"│ {name} " not in said] == []


def test_a_mistake_of_ours_is_said_in_words_and_told_to_the_log(tmp_path: Path) -> None:
    code = "import sys; from bot import cli; cli.offline.back_up = None; sys.argv = ['throughline', 'backup', 'b']; cli.main()"
    ran = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr.endswith("Something went wrong that I did not expect; the line above says what.\n")
    assert "TypeError" in ran.stderr


def test_a_graph_goes_in_and_comes_out_again(throughline: Shell) -> None:
    assert throughline("import", "graph.json") == Ran(0, "", "Done: 1 team, 2 new objects, 1 new link.\n")
    assert throughline("import", "graph.json") == Ran(0, "", "Everything in it was here already.\n")
    written = throughline("export", "-")
    assert (written.code, written.err) == (0, "")
    assert [each["title"] for each in json.loads(written.out)["objects"]] == ["Stalled — at the empty board", "Templates"]
    assert throughline("export", "out.json", "--history") == Ran(0, "", "")
    assert len(json.loads((throughline.folder / "out.json").read_text("utf-8"))["history"]) == 3
    assert stat.S_IMODE((throughline.folder / "out.json").stat().st_mode) == 0o600
    assert throughline("import", "-", stdin=written.out, DATABASE_URL="sqlite:///two.db").code == 0
    assert throughline("export", "-", DATABASE_URL="sqlite:///two.db").out == written.out


@pytest.mark.postgres
def test_a_graph_goes_into_postgresql(throughline: Shell, postgres_url: str) -> None:
    assert throughline("import", "graph.json", DATABASE_URL=postgres_url).code == 0
    written = json.loads(throughline("export", "-", "--workspace", "local", DATABASE_URL=postgres_url).out)
    assert [each["key"] for each in written["objects"]] == ["INS-1", "BET-1"]


def test_a_refused_file_is_told_with_every_place_and_exits_with_1(throughline: Shell) -> None:
    assert throughline("import", "wrong.json") == Ran(
        1,
        "",
        'objects[0] INS-1: unknown field "sorce"; did you mean "source"?\n'
        'objects[1] "U": unknown kind "bt"; did you mean "bet"?\n'
        "Nothing was stored.\n",
    )
    assert json.loads(throughline("export", "-").out)["objects"] == []


@pytest.mark.parametrize(
    ("words", "settings", "said"),
    [
        (["import", "nowhere.json"], {}, "nowhere.json: No such file or directory.\n"),
        (["import", "."], {}, ".: Is a directory.\n"),
        (["import", "-"], {}, "This is not JSON: Expecting value (line 1, column 1).\n"),
        (
            ["export", "-"],
            {"DATABASE_URL": "mysql://x"},
            "DATABASE_URL should start with sqlite:///, postgresql:// or postgres://.\n",
        ),
        (["export", "-", "--workspace", "T9"], {}, "There is no workspace T9 in this database. It has none yet.\n"),
        (["export", "no/where.json"], {}, "no: There is no such folder.\n"),
        (["backup", "copy.db"], {}, "There is no database to copy yet. The first `throughline run` or `import` makes it.\n"),
        (["run"], {"SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN is not set. Copy the bot token (xoxb-…) "),
        (["web"], {"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_SIGNING_SECRET is not set, and without it I can trust no request. "),
        (["export", "-"], {"DATABASE_URL": "postgres://ana:geheim@127.0.0.1:1/x"}, "I can't reach the database: "),
        (
            ["export", "-"],
            {"THROUGHLINE_CLOCK_URL": CLOCK},
            "The clock at THROUGHLINE_CLOCK_URL does not answer.",
        ),
        (["sandbox", "--config", "graph.json"], {}, "I can't use graph.json: "),
        (["ask", "why?", "--about", "BET-99"], {}, "I don't know BET-99.\n"),
        (["ask", "why?", "--as", "ana"], {}, '"ana" is no id; it should be like U01ANA.'),
        (["ask", "why?", "--in", "#growth"], {}, '"#growth" is no id; it should be like C01GROWTH.'),
        (["ask"], {}, "Missing argument 'QUESTION'."),
        (["improt", "x"], {}, "Usage: "),
    ],
)
def test_bad_use_is_a_sentence_and_exits_with_2(
    throughline: Shell, words: list[str], settings: dict[str, str], said: str
) -> None:
    ran = throughline(*words, **settings)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert "geheim" not in ran.err


def test_escape_sequences_of_a_file_do_not_reach_the_terminal(throughline: Shell) -> None:
    graph = {"version": 1, "objects": [{"kind": "\x1b[31mred", "title": "T"}]}
    assert "\x1b" not in throughline("import", "-", stdin=json.dumps(graph)).err


def test_a_database_is_migrated_and_copied(throughline: Shell) -> None:
    first, second = throughline("migrate"), throughline("migrate")
    assert (first.code, second) == (0, Ran(0, "", "The database has the newest schema already.\n"))
    throughline("import", "graph.json")
    assert throughline("backup", "copy.db") == Ran(0, "", "Done: copy.db.\n")
    assert throughline("export", "-", DATABASE_URL="sqlite:///copy.db") == throughline("export", "-")
    assert throughline("backup", "copy.db").code == 2


def test_import_and_export_work_beside_a_running_bot(throughline: Shell) -> None:
    throughline("migrate")
    database = Database(f"sqlite:///{throughline.folder / 'throughline.db'}", RealClock())
    with sole_user(database):
        assert throughline("import", "graph.json").code == 0
        assert throughline("export", "-").code == 0


def test_a_question_is_answered_in_words_or_in_json(throughline: Shell) -> None:
    throughline("import", "graph.json")
    asked = throughline("ask", "where did this come from?", "--about", "bet-1", "--json")
    answer = json.loads(asked.out)
    text = answer.pop("text")
    assert (asked.code, asked.err) == (0, "")
    assert answer.pop("gaps") != []
    assert answer == {
        "understood": True,
        "objects": ["INS-1"],
        "paths": {"INS-1": [["INS-1", "BET-1"]]},
        "count": 1,
        "suggestions": [],
    }
    assert throughline("ask", "where did BET-1 come from?") == Ran(0, f"{text}\n", "")


def test_what_is_not_understood_exits_with_3_and_offers_what_is(throughline: Shell) -> None:
    throughline("import", "graph.json")
    asked = throughline("ask", "colourless green ideas sleep furiously", "--json")
    answer = json.loads(asked.out)
    assert (asked.code, answer["understood"], answer["objects"], len(answer["suggestions"])) == (3, False, [], 3)


def test_a_question_that_is_no_text_is_only_not_understood(throughline: Shell) -> None:
    assert throughline("ask", "what came of \udcff\x07?").code in (0, 3)


def test_an_answer_keeps_to_what_its_readers_may_see(throughline: Shell) -> None:
    secret = {"key": "INS-2", "kind": "insight", "title": "Secret", "visibility": "channel", "channel": "C02SECRET"}
    graph = {
        **GRAPH,
        "teams": [
            {"name": "Growth", "channel": "C01GROWTH"},
            {"name": "Secret", "channel": "C02SECRET", "members": ["U01ANA"]},
        ],
        "objects": [*GRAPH["objects"], secret],
        "links": [*GRAPH["links"], {"from": "INS-2", "relation": "informs", "to": "BET-1"}],
    }
    throughline("import", "-", stdin=json.dumps(graph))

    def seen(*options: str) -> list[str]:
        answer = json.loads(throughline("ask", "where did BET-1 come from?", "--json", *options).out)
        return sorted(answer["objects"])

    assert seen() == ["INS-1", "INS-2"]
    assert seen("--as", "U01ANA") == ["INS-1", "INS-2"]
    assert seen("--as", "U99") == ["INS-1"]
    assert seen("--in", "C01GROWTH") == ["INS-1"]
    assert seen("--in", "C09NOBODYS") == []
    assert seen("--in", "C02SECRET") == ["INS-1", "INS-2"]
    assert seen("--as", "U99", "--in", "C02SECRET") == ["INS-1"]
    assert throughline("ask", "why?", "--about", "INS-2", "--as", "U99").code == 2
