"""A word behind `/pom`, and what it does. Its usage and its one line of help are the part of its name in pom_commands.md."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from bot.desk import Desk
from bot.flows.pom.replies import plainly
from bot.requests import Reply, Request
from prompts import Words, parts, text

Flow = Callable[[Desk, Request, str], Awaitable[Reply]]


@dataclass(frozen=True)
class Subcommand:
    """`flow` gets the words after the name. `is_first`: the short help tells of it. `for_admins`: nobody else is told of it.

    `takes_key`: the words begin with a key.
    """

    name: str
    flow: Flow
    is_first: bool = False
    for_admins: bool = False
    takes_key: bool = False

    @property
    def told(self) -> Words:
        """How it is written and what it is for, as a line of the help."""
        return Words(" ".join(_told()[self.name].splitlines()[:2]))

    @property
    def told_at_length(self) -> Words:
        """The same, and what else there is to say of it."""
        return Words("\n".join([self.told, *_told()[self.name].splitlines()[2:]]))


Commands = Mapping[str, Subcommand]


def registered(commands: Iterable[Subcommand]) -> Commands:
    """Return `commands` by name; raise ValueError where two have the same one, or where there are no words for one."""
    table: dict[str, Subcommand] = {}
    for command in commands:
        if command.name in table or command.name not in _told():
            raise ValueError(f'"{command.name}" is there twice, or nothing in pom_commands.md says what it is for')
        table[command.name] = command
    return table


def offered(commands: Commands, *, to_admin: bool) -> list[Subcommand]:
    """Return the commands that a person is told of."""
    return [command for command in commands.values() if to_admin or not command.for_admins]


def usage(request: Request, name: str) -> Reply:
    """Return how the command `name` is written, for somebody who left something out."""
    return plainly(request, text("pom_usage", how=Words(" ".join(_told()[name].splitlines()[:2]))))


def _told() -> Mapping[str, Words]:
    return parts("pom_commands")
