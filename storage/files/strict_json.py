"""JSON from strangers, read as a stream: nothing silently lost, nothing that a column cannot hold, no crash, little memory.

However long a file is, only one value of it and a piece are in memory at a time; however deep or long a value is, it is
refused in words.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, NoReturn

VALUE_LIMIT = 16_000_000  # characters of one entry; the longest texts that an entry may hold fit well into it
_PIECE = 1_000_000  # bytes that are read at a time
_LONGEST_NUMBER = 40
_LONGEST_TOKEN = 16  # of those that an end of the text may cut: -Infinity, \ud83d\ude00
_SPACE = re.compile(r"[ \t\n\r]*")


class NotJson(Exception):
    """The bytes cannot be read as JSON in UTF-8; the message says why and where."""


class GivenTwice(dict[str, Any]):
    """An object in which a name stands twice, so that one of the two values would be lost. `twice`: those names."""

    twice: list[str]


class Unusable(str):
    """A number that no column holds (NaN, Infinity, thousands of digits), as it is spelled."""

    __slots__ = ()


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
    seen: set[str] = set()
    marked = GivenTwice(found)
    marked.twice = list(dict.fromkeys(name for name, _ in pairs if name in seen or seen.add(name)))  # type: ignore[func-returns-value]
    return marked


def _number(read_one: type[int] | type[float]) -> Callable[[str], Any]:
    def read_number(text: str) -> Any:
        number = Unusable(text) if len(text) > _LONGEST_NUMBER else read_one(text)
        return Unusable(text) if number in (float("inf"), float("-inf")) else number

    return read_number


_DECODER = json.JSONDecoder(
    object_pairs_hook=_pairs, parse_constant=Unusable, parse_float=_number(float), parse_int=_number(int)
)


class JsonStream:
    """Walks once through the JSON text of a file. What is wrong is in the place of what it should be: GivenTwice, Unusable.

    Every method raises NotJson where the text cannot be read.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._characters = codecs.getincrementaldecoder("utf-8-sig")()
        self._text = ""  # the piece that is looked at
        self._at = 0  # where in it
        self._lines, self._columns = 0, 0  # what lies before it: whole lines, and characters of the line that goes on
        self._before = 0  # how many characters lie before it
        self.bytes = 0  # that were read

    @property
    def position(self) -> int:
        """How many characters lie behind."""
        return self._before + self._at

    def next(self) -> str:
        """Return the next character that is no white space, without going past it; "" at the end."""
        while True:
            self._at = _SPACE.match(self._text, self._at).end()  # type: ignore[union-attr]  # it matches everywhere
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._read_on():
                return ""

    def value(self) -> Any:
        """Return the value that comes next."""
        self.next()
        while True:
            begin = self._at
            try:
                found, end = _DECODER.raw_decode(self._text, self._at)
            except json.JSONDecodeError as error:
                if not self._is_cut(error) or not self._read_on():
                    self._fail(error.msg, self._at + error.pos - begin)
            except RecursionError:
                raise NotJson("This is not a graph file: it is nested too deeply.") from None
            else:
                if end + _LONGEST_TOKEN < len(self._text) or not self._read_on():  # a number might go on
                    self._at += end - begin
                    return found

    def members(self) -> Iterator[str]:
        """Yield the name of each member of the object that comes next; take its `value` or all its `items` before the next."""
        self._at += 1
        if self.next() == "}":
            self._at += 1
            return
        while True:
            if self.next() != '"':
                self._fail("Expecting property name enclosed in double quotes", self._at)
            name = self.value()
            if self.next() != ":":
                self._fail("Expecting ':' delimiter", self._at)
            self._at += 1
            yield name
            if not self._goes_on("}"):
                return

    def items(self) -> Iterator[Any]:
        """Yield each value of the list that comes next."""
        self._at += 1
        if self.next() == "]":
            self._at += 1
            return
        while True:
            yield self.value()
            if not self._goes_on("]"):
                return

    def end(self) -> None:
        """Make sure that nothing follows."""
        if self.next():
            self._fail("Extra data", self._at)

    def _goes_on(self, closing: str) -> bool:
        mark = self.next()
        if mark not in (",", closing) or not mark:
            self._fail("Expecting ',' delimiter", self._at)
        self._at += 1
        return mark == ","

    def _is_cut(self, error: json.JSONDecodeError) -> bool:
        """Tell whether the value may only seem wrong, as the piece ends within it."""
        return error.msg.startswith("Unterminated string") or error.pos + _LONGEST_TOKEN > len(self._text)

    def _read_on(self) -> bool:
        """Add what follows to what is left of the piece; tell whether anything does."""
        left = self._text[self._at :]
        if len(left) > VALUE_LIMIT:
            line, _ = self._line_and_column(self._at)
            raise NotJson(f"What begins in line {line} is larger than I read in one go ({VALUE_LIMIT // 1_000_000} MB).")
        read = self._file.read(max(_PIECE, 2 * len(left)))  # ever more, as what is left is looked at again from its beginning
        try:
            more = self._characters.decode(read, final=not read)
        except UnicodeDecodeError as error:
            at = self.bytes + len(read) - len(error.object) + error.start
            raise NotJson(f"Byte {at} is not UTF-8. Please save the file as UTF-8.") from None
        line, column = self._line_and_column(self._at)
        self._lines, self._columns = line - 1, column - 1
        self._before += self._at
        self._text, self._at = left + more, 0
        self.bytes += len(read)
        return bool(read)

    def _line_and_column(self, at: int) -> tuple[int, int]:
        breaks = self._text.count("\n", 0, at)
        column = at - self._text.rindex("\n", 0, at) if breaks else self._columns + at + 1
        return self._lines + breaks + 1, column

    def _fail(self, message: str, at: int) -> NoReturn:
        line, column = self._line_and_column(at)
        raise NotJson(f"This is not JSON: {message} (line {line}, column {column}).") from None
