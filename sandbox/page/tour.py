"""Things to try: a short list from the configuration, ticked as they are done."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Deed = Mapping[str, str | bool]


class StepLike(Protocol):
    """A step as the configuration gives it: words, and what must have been done, such as {"command": "/bet"}."""

    @property
    def text(self) -> str: ...

    @property
    def done_when(self) -> Mapping[str, str | bool]: ...


@dataclass(frozen=True)
class Step:
    number: int
    text: str
    done: bool


@dataclass(frozen=True)
class Progress:
    """What one browser has ticked, kept in its cookie as `0.2` or `0.2.x` once the list was put away."""

    done: frozenset[int] = frozenset()
    dismissed: bool = False

    @classmethod
    def parse(cls, cookie: str) -> "Progress":
        parts = cookie.split(".")
        return cls(frozenset(int(part) for part in parts if part.isdigit()), "x" in parts)

    def __str__(self) -> str:
        return ".".join([*map(str, sorted(self.done)), *(["x"] if self.dismissed else [])])

    def after(self, steps: Sequence[StepLike], deed: Deed) -> "Progress":
        """Return the progress after one more deed."""
        now_done = {index for index, step in enumerate(steps) if matches(step.done_when, deed)}
        return Progress(self.done | now_done, self.dismissed)


def matches(wanted: Mapping[str, str | bool], deed: Deed) -> bool:
    """Whether a deed is what a step waits for; True in the step takes any value, and words may be in any case."""
    return bool(wanted) and all(
        bool(deed.get(key)) if value is True else _folded(deed.get(key)) == _folded(value) for key, value in wanted.items()
    )


def _folded(value: str | bool | None) -> str | bool | None:
    return value.casefold() if isinstance(value, str) else value


def steps_shown(steps: Iterable[StepLike], progress: Progress) -> list[Step]:
    return [Step(index, step.text, index in progress.done) for index, step in enumerate(steps)]
