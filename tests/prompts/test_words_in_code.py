"""What people read in Slack lies in prompts/: no flow, form, card or ritual has a sentence of its own."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FLOWS = ("bot/flows", "bot/forms", "bot/letters", "bot/answers", "rituals")
SURFACES = ("directory", "fitting", "gate", "modals", "replies", "upcoming")
ELSEWHERE = {"calendar.py"}  # how a pack writes a cadence, and what it is told of one that cannot be read
SENTENCE = re.compile(r"[A-Za-z]{2,} [A-Za-z’']{2,}.*[a-z][.!?:…]$")


def sentences_in(source: str) -> Iterator[str]:
    """Return every sentence that Python source holds, but for docstrings and what is raised as an error of the code's own."""
    tree = ast.parse(source)
    silent = {id(part) for node in ast.walk(tree) if _is_for_engineers(node) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) not in silent and isinstance(node, ast.Constant | ast.JoinedStr):
            words = "".join(_text(part) for part in (node.values if isinstance(node, ast.JoinedStr) else [node]))
            if SENTENCE.search(words.strip()):
                yield words


def _text(part: ast.expr) -> str:
    return part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else "it"


def _is_for_engineers(node: ast.AST) -> bool:
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name):
        return node.exc.func.id in ("ValueError", "TypeError", "LookupError")
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


@pytest.mark.parametrize("place", [*FLOWS, *(f"bot/{name}.py" for name in SURFACES)])
def test_no_sentence_that_people_read_stands_in_code(place: str) -> None:
    files = [ROOT / place] if place.endswith(".py") else list((ROOT / place).rglob("*.py"))
    assert files
    found = {file.name: list(sentences_in(file.read_text("utf-8"))) for file in files if file.name not in ELSEWHERE}
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize(
    "source", ['say("Nobody can see it.")', 'say(f"{who} has changed {key}.")', 'X = "You are not in here…"']
)
def test_a_sentence_in_code_would_be_found(source: str) -> None:
    assert list(sentences_in(source))
