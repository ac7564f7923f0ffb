"""Templates → words. A template says one whole message; `§ name` lines part it, so that layout can place each part.

Each template begins with a comment that holds example data in YAML; a test renders it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

import yaml
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from prompts.escape import Words, escape
from prompts.reader import day_of, number

LANGUAGE = "en"
_PART = "§ "


def text(template: str, /, **data: object) -> Words:
    """Return the words of a template that has one part."""
    return Words(_template(template).render(data).strip())


def parts(template: str, /, **data: object) -> dict[str, Words]:
    """Return the words of each part of a template by its name; parts without words are left out."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in _template(template).render(data).splitlines():
        if line.startswith(_PART):
            lines = found.setdefault(line[len(_PART) :].strip(), [])
        else:
            lines.append(line)
    joined = {name: "\n".join(said).strip() for name, said in found.items()}
    return {name: Words(said) for name, said in joined.items() if said}


@cache
def labels() -> Mapping[str, str]:
    """Return the short fixed words: buttons, titles, hints, by name."""
    content = yaml.safe_load(files("prompts").joinpath(LANGUAGE, "labels.yaml").read_text("utf-8"))
    return {str(name): str(words) for name, words in content.items()}


def template_names() -> list[str]:
    """Return the names of all templates."""
    return sorted(name.removesuffix(".md") for name in _environment().list_templates(["md"]))


def example(template: str) -> dict[str, Any]:
    """Return the example data that `template` carries in its first comment."""
    source = files("prompts").joinpath(LANGUAGE, f"{template}.md").read_text("utf-8")
    comment = source.partition("{#")[2].partition("#}")[0].strip("- \n")
    return yaml.safe_load(comment) or {}


@cache
def _template(name: str) -> Template:
    return _environment().get_template(f"{name}.md")


@cache
def _environment() -> Environment:
    # Autoescape would write HTML entities, which Slack shows as they are; `finalize` meets every value that is put in.
    environment = Environment(  # noqa: S701
        loader=PackageLoader("prompts", LANGUAGE),
        finalize=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.filters |= {
        "link": link,
        "day": day,
        "percent": percent,
        "number": number,
        "moment": moment,
        "join_words": join_words,
        "first_capital": first_capital,
    }
    return environment


def link(label: object, url: str | None) -> Words:
    """Return `label` as a link to `url`, or only the label where there is none."""
    shown = escape(label)
    return Words(f"<{url.replace('|', '%7C').replace('>', '%3E')}|{shown.replace('|', '¦')}>") if url else shown


def day(value: date | datetime | str) -> Words:
    """Return a day as "2 March", in the order of the reader's country."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return Words(day_of(value))


def moment(value: datetime) -> Words:
    """Return a moment as Slack's date token, so that each reader sees their own zone."""
    return Words(f"<!date^{int(value.timestamp())}^{{date_short_pretty}}, {{time}}|{value:%Y-%m-%d %H:%M} UTC>")


def percent(value: float | str) -> Words:
    """Return 60 as "60 %", with the reader's decimal sign."""
    return Words(f"{number(float(value))} %")


def join_words(values: list[object], last: str = "and", joiner: str = "") -> Words:
    """Return "a, b and c"; with a `joiner`, "a · b · c"."""
    shown = [escape(value) for value in values]
    if joiner or len(shown) < 2:
        return Words(joiner.join(shown))
    return Words(f"{', '.join(shown[:-1])} {last} {shown[-1]}")


def first_capital(words: Words) -> Words:
    """Return `words` as they begin a sentence."""
    return Words(f"{words[:1].upper()}{words[1:]}")
