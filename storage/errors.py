"""What storage refuses, in words that can be shown to a person as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from storage.changes import Thing

SHOWN = 120  # letters of a value in a sentence


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: the name of the field ("title", "hypothesis"), and a sentence that says what to do."""

    field: str
    sentence: str


class Refused(Exception):
    """The input was refused as a whole; nothing was stored."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(problem.sentence for problem in problems))
        self.problems = tuple(problems)


class NotFound(Exception):
    """There is no such object, or not for this audience."""

    def __init__(self, key: str) -> None:
        super().__init__(f"I don't know {key}.")
        self.key = key


class UnknownKind(NotFound, KeyError):
    """There is no such kind here, or not any more: a pack took it away while a form or a button named it."""

    __str__ = Exception.__str__  # a KeyError shows what it holds as code

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.args = (f"There is no “{name}” here any more.",)


class Conflict(Exception):
    """Somebody else changed the same thing first: `expected` is what this person began from, `theirs` what is there now.

    Each is an Object, a Link or a Measure, None where there was, or is, none. `key`: what people call the thing.
    """

    def __init__(self, key: str, changed_by: str, expected: "Thing | None", theirs: "Thing | None") -> None:
        super().__init__(f"{key} was changed by {changed_by} while you were writing.")
        self.key = key
        self.changed_by = changed_by
        self.expected = expected
        self.theirs = theirs


@dataclass(frozen=True)
class Clash:
    """A value that cannot be taken back, for `author` has changed it since: what was left there, and what is there now.

    `who`: the author's name, where it is known.
    """

    key: str
    name: str
    left: Any
    now: Any
    author: str
    who: str = ""


class Clashes(Refused):
    """Something was changed since by somebody, and to take back what was before would overwrite it."""

    def __init__(self, clashes: Sequence[Clash]) -> None:
        super().__init__([Problem(each.key, _told(each)) for each in clashes])
        self.clashes = tuple(clashes)


def _told(clash: Clash) -> str:
    name = clash.name.removeprefix("fields.").replace("_", " ")
    return f"{clash.who or clash.author} has changed the {name} since, from {_shown(clash.left)} to {_shown(clash.now)}."


def _shown(value: Any) -> str:
    if value is None or value == "":
        return "nothing"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"“{text if len(text) <= SHOWN else text[: SHOWN - 1] + '…'}”"
