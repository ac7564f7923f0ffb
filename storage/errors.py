"""What storage refuses, in words that can be shown to a person as they are."""

from collections.abc import Sequence
from dataclasses import dataclass


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


class Conflict(Exception):
    """Somebody else changed the object first."""

    def __init__(self, key: str, changed_by: str) -> None:
        super().__init__(f"{key} was changed by {changed_by} while you were writing.")
        self.key = key
        self.changed_by = changed_by
