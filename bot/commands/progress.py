"""How far long work is: a bar on standard error for a person at a terminal, nothing for a program."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

Told = Callable[[int], None]  # how much of a step is done
Step = Callable[[str, int | None], Told]  # begins a step: its words, and how much there is to do, where that is known


def unseen(_: str, __: int | None) -> Told:
    """Begin a step of which nobody is told."""
    return lambda _: None


@contextmanager
def progress() -> Iterator[Step]:
    """Show the steps that are begun, one below the other, until the block ends."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield unseen
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as shown:

        def step(words: str, total: int | None) -> Told:
            task = shown.add_task(words, total=total)
            return lambda done: shown.update(task, completed=done)

        yield step
