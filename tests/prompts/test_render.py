"""Every template says something with its example; every label that the code names is there, and no other."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from prompts import labels, parts, text
from prompts.render import LANGUAGE, day, example, first_capital, join_words, link, moment, percent, template_names

ROOT = Path(__file__).parents[2]
HOME = ROOT / "prompts" / LANGUAGE
# Labels whose names the code puts together: `card_{name}` in bot/letters/cards.py, for one.
MADE_UP = {
    "altitude_": ("possible", "prioritised", "doing", "working"),
    "card_": ("edit", "status", "link", "why"),
    "form_": ("change", "new"),
    "help_log_": ("bet", "insight", "impact"),
    "later_": ("soon", "tomorrow", "monday"),
    "pitch_": ("back", "challenge", "ask", "placed", "reshaped", "declined"),
    "pitch_say_": ("back", "challenge", "ask"),
    "pitch_title_": ("back", "challenge", "ask"),
    "ritual_": ("skip", "day", "fortnight"),
    "story_": ("title", "description", "owner", "team", "horizon", "tags", "source", "why", "confidence"),
}


@pytest.mark.parametrize("template", template_names())
def test_a_template_renders_its_example_with_no_part_empty(template: str) -> None:
    source = (HOME / f"{template}.md").read_text("utf-8")
    named = re.findall(r"(?m)^§ (.+?)\s*$", source.partition("#}")[2])
    if not named:
        assert text(template, **example(template))
        return
    said = parts(template, **example(template))
    assert said, template
    assert all(words.strip() for words in said.values())
    assert "{" not in "".join(said.values()).replace("{date", "").replace("{time}", "")


@pytest.mark.parametrize("template", template_names())
def test_a_template_carries_example_data(template: str) -> None:
    source = (HOME / f"{template}.md").read_text("utf-8")
    assert source.startswith("{#")
    used = set(re.findall(r"{{-? *([a-z_]+)", source)) | set(re.findall(r"{%-? *(?:el)?if (?:not )?([a-z_]+)", source))
    local = set(re.findall(r"for ([a-z_]+)(?:, *([a-z_]+))? in", source))
    loops = {name for pair in local for name in pair} | {"loop"} | set(re.findall(r"{% *set ([a-z_]+)", source))
    macros = {name for inner in re.findall(r"macro [a-z_]+\(([^)]*)\)", source) for name in re.findall(r"[a-z_]+", inner)}
    macros |= set(re.findall(r"macro ([a-z_]+)", source))
    assert used - loops - macros - set(example(template)) == set()


def test_labels_are_those_that_the_code_names() -> None:
    assert sorted(labels()) == sorted(_named_in_code())


def test_no_label_is_given_twice() -> None:
    lines = (HOME / "labels.yaml").read_text("utf-8").splitlines()
    names = [line.partition(":")[0].strip('"') for line in lines if re.match(r'^"?[a-z_]+"?:', line)]
    assert sorted(names) == sorted(set(names)) == sorted(labels())


def _named_in_code() -> set[str]:
    """Return every label that the code names: by a word that is one, or by words that are put together."""
    made_up = {prefix + name for prefix, names in MADE_UP.items() for name in names}
    return (set(_strings()) & set(labels())) | made_up


def _strings() -> Iterator[str]:
    for folder in ("bot", "rituals", "prompts"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def test_every_label_that_is_looked_up_is_there() -> None:
    looked_up = {
        name
        for folder in ("bot", "rituals", "prompts")
        for file in (ROOT / folder).rglob("*.py")
        for name in re.findall(r'labels\(\)\["([a-z_]+)"\]', file.read_text("utf-8"))
    }
    assert looked_up - set(labels()) == set()


def test_values_are_said_as_people_say_them() -> None:
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    assert (day(at), day(date(2026, 11, 30)), day("2026-11-30")) == ("2 March", "30 November", "30 November")
    assert moment(at) == "<!date^1772443800^{date_short_pretty}, {time}|2026-03-02 09:30 UTC>"
    assert (percent(60), percent("62.5")) == ("60 %", "62.5 %")
    assert (join_words([]), join_words(["a"]), join_words(["a", "b", "c"])) == ("", "a", "a, b and c")
    assert join_words(["<a>", "b"], joiner=" · ") == "&lt;a&gt; · b"
    assert first_capital(join_words(["one bet", "two"])) == "One bet and two"


def test_a_link_leads_where_it_says_and_cannot_be_ended_from_within() -> None:
    assert link("INS-4", "https://a.example/x|y>z") == "<https://a.example/x%7Cy%3Ez|INS-4>"
    assert link("a|b>", "https://a.example") == "<https://a.example|a¦b&gt;>"
    assert link("INS-4", None) == "INS-4"


def test_what_one_thing_lacks_stands_in_one_line() -> None:
    lacks = (("BET-1", "no day"), ("BET-1", "no risk"), ("BET-2", "no day"))
    first = [{"key": key, "url": None, "words": words} for key, words in lacks]
    said = parts("review", **{**example("review"), "gaps": {"count": 3, "more": 0, "first": first}})["waiting"]
    assert "\nBET-1: no day, no risk\nBET-2: no day\n" in said
