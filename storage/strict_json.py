"""JSON from strangers: nothing silently lost, nothing that a column cannot hold, no crash however deep or long it is."""

import json
from collections.abc import Callable
from typing import Any

SIZE_LIMIT = 500_000_000  # bytes
_LONGEST_NUMBER = 40


class NotJson(Exception):
    """The bytes cannot be read as JSON in UTF-8; the message says why and where."""


class GivenTwice(dict[str, Any]):
    """An object in which a name stands twice, so that one of the two values would be lost. `twice`: those names."""

    twice: list[str]


class Unusable(str):
    """A number that no column holds (NaN, Infinity, thousands of digits), as it is spelled."""

    __slots__ = ()


def read_json(data: bytes) -> Any:
    """Return what `data` holds, with GivenTwice and Unusable in the places of what is wrong; raise NotJson."""
    if len(data) > SIZE_LIMIT:
        raise NotJson(f"The file is larger than I read in one go ({SIZE_LIMIT // 1_000_000} MB). Please split it.")
    try:
        return json.loads(
            data.decode("utf-8-sig"),
            object_pairs_hook=_pairs,
            parse_constant=Unusable,
            parse_float=_number(float),
            parse_int=_number(int),
        )
    except UnicodeDecodeError as error:
        raise NotJson(f"Byte {error.start} is not UTF-8. Please save the file as UTF-8.") from None
    except json.JSONDecodeError as error:
        raise NotJson(f"This is not JSON: {error.msg} (line {error.lineno}, column {error.colno}).") from None
    except RecursionError:
        raise NotJson("This is not a graph file: it is nested too deeply.") from None


def what_is(value: Any) -> str:
    """Name the JSON type of `value` for people."""
    names = {bool: "true or false", type(None): "null", int: "a number", float: "a number", list: "a list"}
    if isinstance(value, dict):
        return "an object"
    return names.get(type(value), "text")


def usable(name: str, value: Any) -> Any:
    """Return `value`; raise ValueError with a sentence where it is a number that cannot be kept."""
    if isinstance(value, Unusable):
        raise ValueError(f"has a number that cannot be kept: {name} {value[:_LONGEST_NUMBER]}")
    return value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    names = [name for name, _ in pairs]
    marked = GivenTwice(found)
    marked.twice = [name for name in found if names.count(name) > 1]
    return marked


def _number(read_one: type[int] | type[float]) -> Callable[[str], Any]:
    def read_number(text: str) -> Any:
        number = Unusable(text) if len(text) > _LONGEST_NUMBER else read_one(text)
        return Unusable(text) if number in (float("inf"), float("-inf")) else number

    return read_number
