"""What an entry of the graph file may hold, and how each part of it is read. No kinds, no database."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from storage.fields import Field
from storage.files.strict_json import Unusable, usable, what_is
from storage.teams import check_timezone
from storage.text import LINE_LIMIT, TEXT_LIMIT, TITLE_LIMIT, storable_line

Reader = Callable[[Any], Any]

_KEY = re.compile(r"[A-Z]{2,6}-[1-9][0-9]{0,8}")
_CHANNEL = re.compile(r"[CDG][A-Z0-9]+")
_TEXT = Field(label="", type="text")
_PERSON = Field(label="", type="person")
_URL = Field(label="", type="url")
_NUMBER = Field(label="", type="number")
_DEEPEST_STATE = 2  # a field of an object, and the words in it


def read_moment(value: Any) -> datetime:
    """Return the aware moment that `value` spells, in UTC; raise ValueError with a sentence."""
    try:
        moment = datetime.fromisoformat(_text(value).strip())
        if moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise ValueError("should be a moment with its time zone, such as 2026-03-02T09:00:00Z")


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    if not isinstance(value, str) or isinstance(value, Unusable):
        raise ValueError(f"should be text, not {what_is(value)}" if not isinstance(value, Unusable) else "should be text")
    return value


def _line(value: Any) -> str:
    line = storable_line(_text(value), TITLE_LIMIT)
    if not line:
        raise ValueError("should not be empty")
    return line


def _long_text(value: Any) -> Any:
    return _TEXT.read(_text(value))


def _short_text(value: Any) -> str:
    return storable_line(_text(value), LINE_LIMIT)


def _key(value: Any) -> str:
    if type(value) is str and _KEY.fullmatch(value):
        return value
    key = _text(value).strip().upper()
    if not _KEY.fullmatch(key):
        raise ValueError(f'should be a key, such as BET-12, not "{key[:40]}"')
    return key


def _or_none(read_one: Reader) -> Reader:
    """Read an empty text as a part that is to be taken away."""

    def read_or_none(value: Any) -> Any:
        return read_one(value) if _text(value).strip() else None

    return read_or_none


def _channel(value: Any) -> str:
    channel = _text(value).strip()
    if not _CHANNEL.fullmatch(channel):
        raise ValueError("should be a channel's id, such as C01GROWTH")
    return channel


def _zone(value: Any) -> str:
    return check_timezone(_text(value).strip())


def _person(value: Any) -> Any:
    return _PERSON.read(_text(value))


def _url(value: Any) -> Any:
    return _URL.read(_text(value))


def _list_of(read_one: Reader) -> Reader:
    def read_list(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValueError(f"should be a list, not {what_is(value)}")
        return tuple(dict.fromkeys(read_one(each) for each in value))

    return read_list


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("should be true or false")
    return value


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError(f"should be an object, not {what_is(value)}")
    return {name: usable(name, each) for name, each in value.items()}


def _value(value: Any) -> Any:
    if type(value) not in (int, float):
        raise ValueError("should be a number that people use")
    return _NUMBER.read(value)


def _percent(value: Any) -> Any:
    return usable("", value)


def _whole(value: Any) -> int:
    if type(value) is not int or not 0 <= value < 2**31:
        raise ValueError("should be a whole number")
    return value


def _state(value: Any) -> dict[str, Any]:
    state = _mapping(value)
    _refuse_unstorable(state, 0)
    return state


def _refuse_unstorable(value: Any, depth: int) -> None:
    if isinstance(value, str):
        _TEXT.read(usable("", value)[:TEXT_LIMIT])
    elif isinstance(value, dict | list):
        if depth > _DEEPEST_STATE:
            raise ValueError("is nested too deeply")
        for part in (*value, *value.values()) if isinstance(value, dict) else value:
            _refuse_unstorable(part, depth + 1)


READERS: dict[str, dict[str, Reader]] = {
    "teams": {
        "name": _line,
        "channel": _or_none(_channel),
        "timezone": _or_none(_zone),
        "members": _list_of(_person),
        "leads": _list_of(_person),
    },
    "objects": {
        "key": _key,
        "kind": _text,
        "title": _text,
        "description": _text,
        "team": _or_none(_line),
        "owner": _or_none(_person),
        "horizon": _text,
        "status": _text,
        "tags": _list_of(_text),
        "fields": _mapping,
        "source": _or_none(_url),
        "channel": _or_none(_channel),
        "visibility": _text,
        "archived": _flag,
        "created_at": read_moment,
    },
    "links": {
        "from": _key,
        "relation": _text,
        "to": _key,
        "why": _long_text,
        "confidence": _percent,
        "fields": _mapping,
    },
    "values": {
        "key": _key,
        "at": read_moment,
        "value": _value,
        "unit": _short_text,
        "source": _short_text,
        "note": _long_text,
    },
    "comments": {
        "key": _key,
        "author": _line,
        "added_by": _line,
        "at": read_moment,
        "text": _long_text,
        "source": _or_none(_url),
        "channel": _or_none(_channel),
        "visibility": _text,
    },
    "history": {
        "act": _line,
        "position": _whole,
        "key": _key,
        "relation": _line,
        "to": _key,
        "value_at": read_moment,
        "version": _whole,
        "author": _line,
        "at": read_moment,
        "reason": _long_text,
        "before": _state,
        "after": _state,
    },
}
NEEDED = {
    "teams": frozenset({"name"}),
    "objects": frozenset({"kind", "title"}),
    "links": frozenset({"from", "relation", "to"}),
    "values": frozenset({"key", "at", "value"}),
    "comments": frozenset({"key", "author", "at", "text"}),
    "history": frozenset({"act", "position", "key", "version", "author", "at"}),
}
# The parts that null takes away; any other null is as if the part were not given.
CLEARABLE = {
    "teams": ("channel", "timezone"),
    "objects": ("description", "team", "owner", "horizon", "tags", "source", "channel"),
    "links": (),
    "values": (),
    "comments": (),
    "history": (),
}
NAMED_BY = {
    "teams": ("name",),
    "objects": ("key",),
    "links": ("from", "relation", "to"),
    "values": ("key", "at"),
    "comments": ("key", "author"),
    "history": ("act", "position", "key"),
}
