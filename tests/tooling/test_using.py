"""What the documents tell people to type and press is there: commands, words behind /pom, buttons, questions, gestures."""

import re
from pathlib import Path

import pytest

from bot.flows.pom.registry import COMMANDS
from bot.flows.pom.words import key_of
from bot.flows.wire import WIRE
from bot.manifest import DESCRIPTIONS, SHORTCUTS
from prompts import labels
from storage.asking.phrasings import EXAMPLES
from storage.packs.pack import starter

ROOT = Path(__file__).parents[2]
FOR_PEOPLE = [ROOT / name for name in ("README.md", "CHANGELOG.md")] + sorted((ROOT / "docs").glob("*.md"))
USING = (ROOT / "docs" / "using.md").read_text("utf-8")
OF_SLACK, OF_HTTP = {"/invite"}, {"/healthz", "/readyz", "/metrics"}
KINDS = starter()


def typed(document: str) -> list[str]:
    """Return every command that a document shows, with the words behind it."""
    return re.findall(r"`(/[a-z]+(?: [^`]*)?)`", document)


@pytest.mark.parametrize("document", FOR_PEOPLE, ids=lambda path: path.name)
def test_every_command_that_is_shown_is_one(document: Path) -> None:
    for said in typed(document.read_text("utf-8")):
        command, _, words = said.partition(" ")
        assert command in {*DESCRIPTIONS, *OF_SLACK, *OF_HTTP}, said
        first = words.split()[0] if command == "/pom" and words else ""
        assert first in {"", "guide", *COMMANDS} or key_of(KINDS, first), said  # "guide the first board": what is called so


def test_the_page_shows_every_command_and_every_shortcut() -> None:
    commands = {said.partition(" ")[0] for said in typed(USING)}
    behind_pom = {said.split()[1] for said in typed(USING) if said.startswith("/pom ")}
    assert set(DESCRIPTIONS) <= commands
    assert set(COMMANDS) <= behind_pom
    assert all(f"*{name}*" in USING for _, name, _ in SHORTCUTS.values())
    assert {f":{kind.reaction}:" for kind in KINDS.offered if kind.reaction} <= set(re.findall(r":\w+:", USING))


def test_every_button_that_the_page_names_is_there() -> None:
    moves = {move.label for kind in KINDS.offered for move in kind.moves.values()}
    names = {*labels().values(), *moves, *(name for _, name, _ in SHORTCUTS.values())}
    known = [re.compile(re.sub(r"\\\{\w+\\\}", ".+", re.escape(name))) for name in names if name]
    pressed = re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", USING)
    assert len(pressed) > 50
    assert [words for words in pressed if not any(each.fullmatch(words) for each in known)] == []


def test_every_question_that_the_page_asks_is_one_of_those_that_are_offered() -> None:
    asked = {words.lower() for words in re.findall(r"“([^”]+\?)”", USING)}
    assert len(asked) == 3
    assert asked <= {example.lower() for example in EXAMPLES}


def test_a_name_on_the_wire_stands_behind_each_command() -> None:
    assert set(DESCRIPTIONS) == set(WIRE.commands)
