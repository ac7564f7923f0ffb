"""Block Kit → HTML for one reader: the Jinja environment and the filters that its templates use."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, pass_context, select_autoescape
from jinja2.runtime import Context
from markupsafe import Markup

from sandbox.page.avatars import avatar
from sandbox.page.dates import day_heading, format_date
from sandbox.page.emoji import EMOJI, emoji_html, picture_of
from sandbox.page.exchanges import pretty
from sandbox.page.markdown import markdown
from sandbox.page.mrkdwn import mrkdwn, plain, unescape, words
from sandbox.page.reader import Reader
from sandbox.page.rich_text import rich_text

Json = dict[str, Any]
_SAFE = {"http", "https", "mailto", "tel", "slack"}
_INITIALS = ("option", "user", "channel", "conversation")


def draw_blocks(blocks: Iterable[Json], reader: Reader, *, prefix: str, errors: Mapping[str, str] | None = None) -> Markup:
    """Return blocks as HTML. `prefix` keeps the ids of fields apart on a page; `errors` are by block id."""
    template = environment().get_template("blocks.html")
    return Markup(  # noqa: S704 - the template escapes
        template.render(blocks=list(blocks), reader=reader, prefix=prefix, errors=errors or {})
    )


@cache
def environment() -> Environment:
    """The one environment of the page's templates; everything is escaped unless it is Markup."""
    env = Environment(
        loader=PackageLoader("sandbox.page"),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters |= {
        "text": _text,
        "words": _plain_words,
        "mrkdwn": _mrkdwn,
        "markdown": _markdown,
        "rich_text": _rich_text,
        "cell": _cell,
        "safe_url": safe_url,
        "picture_url": _picture_url,
        "confirm_json": _confirm_json,
        "options_json": _options_json,
        "initial_json": _initial_json,
        "initial_values": initial_values,
        "initial_moment": _initial_moment,
        "initial_text": _initial_text,
        "avatar": avatar,
        "emoji": emoji_html,
        "picture": picture_of,
        "clock_time": _clock_time,
        "clock_time_secs": _clock_time_secs,
        "full_time": _full_time,
        "full_time_short": _full_time_short,
        "short_moment": _short_moment,
        "pretty_json": pretty,
        "day_heading": _day_heading,
    }
    env.globals["emoji_table"] = EMOJI
    return env


def safe_url(url: str) -> str:
    """Return the address, or "#" where a browser should not follow it."""
    try:
        return url if urlsplit(url).scheme.lower() in _SAFE else "#"
    except ValueError:
        return "#"


def plain_words(text_object: Json | None) -> str:
    """Return a text object's words without markup, for attributes and option lists."""
    text = str((text_object or {}).get("text", ""))
    return " ".join(_emoji_in(word) for word in unescape(text).split(" "))


def options(element: Json) -> list[Json]:
    """Return a static select's options as [{"label", "options": [{"value", "text", "description"}]}]."""
    groups = element.get("option_groups") or [{"options": element.get("options", [])}]
    return [
        {"label": plain_words(group.get("label")), "options": [option(each) for each in group["options"]]} for group in groups
    ]


def option(raw: Json) -> Json:
    return {
        "value": raw.get("value", ""),
        "text": plain_words(raw.get("text")),
        "description": plain_words(raw.get("description")),
    }


def initial_values(element: Json) -> list[str]:
    """Return the values chosen at first, for every kind of select and for checkboxes and radio buttons."""
    found: list[str] = []
    for name in _INITIALS:
        one, several = element.get(f"initial_{name}"), element.get(f"initial_{name}s")
        chosen = several if several is not None else [one] if one else []
        found += [each["value"] if isinstance(each, dict) else str(each) for each in chosen]
    return found


def _emoji_in(word: str) -> str:
    return picture_of(word) if word.startswith(":") and word.endswith(":") else word


def _reader(context: Context) -> Reader:
    reader = context["reader"]
    if not isinstance(reader, Reader):
        raise TypeError("a template of the page is drawn for a reader")
    return reader


@pass_context
def _text(context: Context, text_object: Json) -> Markup:
    """A text object: mrkdwn or plain text."""
    text = str(text_object.get("text", ""))
    if text_object.get("type") == "mrkdwn":
        return mrkdwn(text, _reader(context), verbatim=bool(text_object.get("verbatim")))
    return plain(text, emoji=bool(text_object.get("emoji", True)))


@pass_context
def _mrkdwn(context: Context, text: str) -> Markup:
    return mrkdwn(text, _reader(context))


@pass_context
def _markdown(context: Context, text: str) -> Markup:
    return markdown(text, _reader(context))


@pass_context
def _rich_text(context: Context, block: Json) -> Markup:
    return rich_text(block, _reader(context))


@pass_context
def _cell(context: Context, cell: Json) -> Markup:
    """A cell of a table: raw text, a raw number, or rich text."""
    if cell.get("type") == "rich_text":
        return rich_text(cell, _reader(context))
    return words(str(cell.get("text", cell.get("value", ""))), _reader(context))


def _plain_words(text_object: Json | None) -> str:
    return plain_words(text_object)


@pass_context
def _picture_url(context: Context, element: Json) -> str:
    """An image's address: one on the web, or a file that was uploaded to the workspace."""
    file = element.get("slack_file") or {}
    if file.get("id"):
        return f"{_reader(context).base}/files/{file['id']}"
    return safe_url(str(element.get("image_url") or file.get("url") or ""))


def _confirm_json(confirm: Json) -> str:
    parts = {key: plain_words(confirm.get(key)) for key in ("title", "text", "confirm", "deny")}
    return json.dumps(parts | {"style": confirm.get("style", "")})


def _options_json(element: Json) -> str:
    return json.dumps(options(element))


@pass_context
def _initial_json(context: Context, element: Json) -> str:
    """What a select has chosen: [{"value", "text"}], names looked up for people and channels."""
    reader = _reader(context)
    labels = {each["value"]: each["text"] for group in options(element) for each in group["options"]}
    names = labels | dict(reader.user_names) | {channel: f"#{name}" for channel, name in reader.channel_names.items()}
    given = [element.get("initial_option"), *(element.get("initial_options") or [])]
    raw = {each["value"]: each for each in given if each}
    return json.dumps([_chosen(value, names, raw) for value in initial_values(element)])


def _chosen(value: str, names: Mapping[str, str], raw: Mapping[str, Json]) -> Json:
    if value in raw:
        return {"value": value, "text": plain_words(raw[value].get("text")), "raw": raw[value]}
    return {"value": value, "text": names.get(value, value)}


@pass_context
def _initial_moment(context: Context, element: Json) -> str:
    """The value for a date, time or date-and-time field of a browser, the last in the reader's zone."""
    seconds = element.get("initial_date_time")
    if seconds is not None:
        return f"{_reader(context).local_epoch(int(seconds)):%Y-%m-%dT%H:%M}"
    return str(element.get("initial_date") or element.get("initial_time") or "")


def _initial_text(element: Json) -> str:
    initial = element.get("initial_value")
    return _rich_words(initial) if isinstance(initial, dict) else str(initial or "")


def _rich_words(rich: Json) -> str:
    """The bare words of a rich text, for a plain field."""
    parts = rich.get("elements", [])
    return "".join(str(part.get("text", "")) or _rich_words(part) for part in parts)


@pass_context
def _clock_time(context: Context, at: datetime) -> str:
    return _reader(context).clock_time(at)


@pass_context
def _clock_time_secs(context: Context, at: datetime) -> str:
    return _reader(context).clock_time(at, seconds=True)


@pass_context
def _full_time_short(context: Context, at: datetime) -> str:
    return format_date(" {date_pretty} at {time}", at.timestamp(), _reader(context)).strip()  # it stands within a line


@pass_context
def _short_moment(context: Context, at: datetime) -> str:
    """A moment as the clock shows it: `Thu 17 Sep 10:00`."""
    local = _reader(context).local(at)
    return f"{local:%a} {local.day} {local:%b} {_reader(context).clock_time(at)}"


@pass_context
def _full_time(context: Context, at: datetime) -> str:
    return format_date("{date_long_pretty} at {time_secs}", at.timestamp(), _reader(context))


@pass_context
def _day_heading(context: Context, at: datetime) -> str:
    return day_heading(at, _reader(context))
