"""What the documents say of the project is so: the version, links, folders, commands."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from bot import __version__
from bot.cli import app

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_the_newest_entry_of_the_changelog_is_this_version() -> None:
    newest = re.search(r"^## (\S+) – ", text("CHANGELOG.md"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == __version__


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text("utf-8"))
    assert [link for link in links if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_every_path_that_is_named_is_there(name: str) -> None:
    named = re.findall(r"`((?:bot|docs|prompts|rituals|sandbox|storage|tests)/[\w./-]+)`", text(name))
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_contributing_shows_every_folder_of_storage() -> None:
    folders = {path.parent.name for path in (ROOT / "storage").glob("*/__init__.py")}
    shown = set(re.findall(r"^\| `(\w+)/` \| (?!.*\|.*\|)", text("CONTRIBUTING.md"), re.MULTILINE))
    assert shown == folders


def test_the_readme_names_every_command() -> None:
    rows = [row for row in text("README.md").splitlines() if row.startswith("| `throughline ")]
    first_words = {
        re.split(r"[ \[]", said.removeprefix("throughline "))[0] for row in rows for said in re.findall(r"`([^`]+)`", row)
    }
    assert set(get_command(app).commands) - first_words == set()  # type: ignore[attr-defined]
