"""Who says by a reaction that a message is something worth keeping, and what became of it.

Each person's own row holds what they last did, so that two who react at once do not write over each other; one who reacts and
takes it back is told by the later of the two events, in whichever order they arrive.
"""

from dataclasses import dataclass
from typing import Any, Literal

from storage.database import Transaction
from storage.preferences import choose, preference, who_chose

Answer = Literal["kept", "declined"]
NOT_ASKED = "reactions.quiet"


@dataclass(frozen=True)
class Marked:
    """A message that was marked as a thing of `kind`."""

    kind: str
    channel: str
    ts: str

    @property
    def name(self) -> str:
        """It, as the name of a subject of the outbox says it."""
        return f"{self.kind}:{self.channel}:{self.ts}"

    @classmethod
    def named(cls, name: str) -> "Marked":
        """Read it back."""
        kind, channel, ts = name.rsplit(":", 2)
        return cls(kind, channel, ts)

    @property
    def reaction_row(self) -> str:
        return f"reaction:{self.name}"

    @property
    def answer_row(self) -> str:
        return f"answered:{self.name}"


async def reacted(tx: Transaction, what: Marked, user: str, *, is_there: bool, at: str) -> bool:
    """Remember that `user` put the reaction there or took it away at the moment `at`; return False where that is old news."""
    before = await preference(tx, user, what.reaction_row)
    if before is not None and _number(before["at"]) > _number(at):
        return False
    await choose(tx, user, what.reaction_row, {"is_there": is_there, "at": at})
    return True


async def who_marked(tx: Transaction, what: Marked) -> list[str]:
    """Return who says so now, in the order in which they said it."""
    said = [(value["at"], user) for user, value in (await who_chose(tx, what.reaction_row)).items() if value["is_there"]]
    return [user for _, user in sorted(said)]


async def answered(tx: Transaction, what: Marked, author: str) -> dict[str, Any] | None:
    """Return what the author of the message answered: {"answer": "kept", "key": …}; None where they did not yet."""
    found: dict[str, Any] | None = await preference(tx, author, what.answer_row)
    return found


async def answer(tx: Transaction, what: Marked, author: str, said: Answer, key: str | None = None) -> None:
    """Remember what the author of the message answered. `key`: of what it was kept as."""
    await choose(tx, author, what.answer_row, {"answer": said, "key": key})


async def wants_quiet(tx: Transaction, author: str) -> bool:
    """Tell whether `author` does not want to be asked about their messages."""
    return bool(await preference(tx, author, NOT_ASKED))


async def want_quiet(tx: Transaction, author: str) -> None:
    """Remember that `author` does not want to be asked about their messages any more."""
    await choose(tx, author, NOT_ASKED, True)  # a value to keep


def _number(at: str) -> float:
    return float(at) if at.replace(".", "", 1).isdecimal() else 0.0
