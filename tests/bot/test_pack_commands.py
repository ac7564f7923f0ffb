"""Packs from the terminal: checked, applied after a copy, and every process uses them from then on; nothing stored is lost."""

import asyncio
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database
from storage.kinds import Kinds
from storage.packs.pack import starter
from storage.tables import LOCAL_WORKSPACE
from storage.workspaces import kinds_of
from tests.bot.commands import Ran, Shell
from tests.storage.graph_files import Still

GRAPH: dict[str, Any] = {
    "version": 1,
    "objects": [
        {"key": "INS-1", "kind": "insight", "title": "Stalled at the empty board", "horizon": "1-3 months"},
        {
            "key": "BET-1",
            "kind": "bet",
            "title": "Templates",
            "status": "running",
            "fields": {"mandate": "a petite one"},
        },
        {"key": "GRO-1", "kind": "growth", "title": "More customers who stay"},
        {"key": "OUT-1", "kind": "outcome", "title": "Renewals"},
    ],
    "links": [
        {"from": "INS-1", "relation": "informs", "to": "BET-1"},
        {"from": "OUT-1", "relation": "contributes to", "to": "GRO-1", "fields": {"evidence": "Two years of it"}},
    ],
}
LESS = """
version: 1
extends: starter
horizons: [1-3 quarters]
kinds:
  drop: [growth]
  bet: {lifecycle: {drop: [running]}, fields: {drop: [mandate]}}
link_fields: {drop: [evidence]}
"""
EXAMPLE = (Path(__file__).parents[2] / "docs/example-pack.yaml").read_text("utf-8")


FILES = {
    "graph.json": json.dumps(GRAPH),
    "less.yaml": LESS,
    "ours.yaml": EXAMPLE,
    "starter.yaml": "version: 1\nextends: starter\n",
    "prefix.yaml": "version: 1\nextends: starter\nkinds: {bet: {prefix: WAG}}\n",
    "names.yaml": "version: 1\nextends: starter\nkinds: {bet: {fields: {mandate: {alias: true}}}}\n",
    "wrong.yaml": "version: 1\nextends: starter\nkinds: {bett: {label: Wager}}\n",
}
Throughline = Callable[..., Ran]


@pytest.fixture
def throughline(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], database_url: str
) -> Throughline:
    """The commands, on a database of their own, with the files in their folder and the graph taken in."""
    for name, content in FILES.items():
        (tmp_path / name).write_text(content, "utf-8")
    command = partial(Shell(tmp_path, monkeypatch, capsys), DATABASE_URL=database_url)
    assert command("import", "graph.json").code == 0
    return command


def entries(written: str) -> list[str]:
    """Return every entry of an export, word for word, whatever the order of the kinds is."""
    content = json.loads(written)
    return sorted(json.dumps(each) for name in ("teams", "objects", "links", "values", "history") for each in content[name])


def test_a_pack_is_checked_and_applied_after_a_copy_and_loses_nothing(throughline: Throughline, tmp_path: Path) -> None:
    before = entries(throughline("export", "-", "--history").out)
    checked = throughline("pack", "check", "less.yaml")
    assert (checked.code, checked.err) == (0, "")
    assert checked.out.splitlines() == [
        'kind "growth" goes; 1 object keeps it',
        'kind "bet" changes: running, transitions, moves',
        'kind "bet": status "running" goes; 1 object keeps it',
        'kind "bet": field "mandate" goes; 1 value keeps it',
        'kind "outcome" changes: links',
        'relation "moves" changes: fields',
        'relation "contributes to" changes: fields',
        'relation "contributes to" leads no longer from outcome to growth; 1 link keeps it',
        'link field "evidence" goes; 1 value keeps it',
        'horizon "1-3 months" goes; 1 object keeps it',
        'horizon "1-3 years" goes',
    ]
    applied = throughline("pack", "apply", "less.yaml", "--backup", "before.copy")
    assert applied == Ran(0, "", "Done. The database as it was before is in before.copy.\n")
    assert (tmp_path / "before.copy").stat().st_size > 0
    written = throughline("export", "-", "--history").out
    assert entries(written) == before
    assert throughline("import", "-", stdin=written).err == "Everything in it was here already.\n"
    asked = throughline("ask", "What does OUT-1 feed?", "--json")
    assert json.loads(asked.out)["understood"]


def test_the_pack_in_use_is_printed_whole_and_can_be_used_elsewhere(throughline: Throughline, tmp_path: Path) -> None:
    throughline("pack", "apply", "less.yaml")
    shown, written = throughline("pack", "show"), throughline("export", "-", "--history").out
    (tmp_path / "shown.yaml").write_text(shown.out, "utf-8")
    assert throughline("pack", "check", "shown.yaml") == Ran(0, "", "It says what is in use already.\n")
    elsewhere = partial(throughline.func, DATABASE_URL=f"sqlite:///{tmp_path / 'elsewhere.db'}")  # type: ignore[attr-defined]
    assert elsewhere("pack", "apply", "shown.yaml").code == 0
    assert elsewhere("import", "-", stdin=written).code == 0
    assert entries(elsewhere("export", "-", "--history").out) == entries(written)


def test_the_starter_brings_everything_back(throughline: Throughline, database_url: str) -> None:
    throughline("pack", "apply", "less.yaml", "--backup", "1.copy")
    assert used(database_url).kind("growth").retired
    assert throughline("pack", "apply", "starter.yaml", "--backup", "2.copy").code == 0
    assert used(database_url) == starter()
    assert throughline("pack", "apply", "starter.yaml") == Ran(0, "", "It says what is in use already.\n")


def test_a_process_that_runs_sees_a_pack_as_soon_as_it_looks(throughline: Throughline, database_url: str) -> None:
    assert "Finding" not in [kind.label for kind in used(database_url).offered]
    assert throughline("pack", "apply", "ours.yaml", "--backup", "before.copy").code == 0
    labels = [kind.label for kind in used(database_url).offered]
    assert (labels[0], labels[-1], "Growth" in labels) == ("Finding", "Customer", False)


def test_what_a_pack_flags_as_another_name_finds_what_is_stored_already(throughline: Throughline) -> None:
    assert "BET-1 " not in throughline("ask", "what came of a petite one?").out
    assert throughline("pack", "apply", "names.yaml", "--backup", "before.copy").code == 0
    assert "BET-1 Templates" in throughline("ask", "what came of a petite one?").out


def test_what_cannot_be_is_refused_and_nothing_changes(throughline: Throughline, database_url: str, tmp_path: Path) -> None:
    refusal = 'kind "bet" should have keys with WAG-, but BET- is in use (1 object)\n'
    assert throughline("pack", "check", "prefix.yaml") == Ran(1, refusal, "")
    assert throughline("pack", "apply", "prefix.yaml", "--backup", "before.copy") == Ran(1, "", refusal)
    wrong = throughline("pack", "check", "wrong.yaml")
    assert wrong.code == 1
    assert wrong.err.startswith('kinds → bett → prefix: is missing; "bett" is new, or did you mean "bet"?\n')
    assert throughline("pack", "apply", "nowhere.yaml").code == 2
    assert not (tmp_path / "before.copy").exists()
    assert used(database_url) == starter()


def used(url: str) -> Kinds:
    """Return the kinds as a process of its own reads them."""

    async def read() -> Kinds:
        database = Database(url, Still())
        try:
            async with database.reading(LOCAL_WORKSPACE) as tx:
                return await kinds_of(tx)
        finally:
            await database.close()

    return asyncio.run(read())
