"""The rituals that are understood: what each brings, and the one message of each run."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from prompts.blocks import Message
from rituals import checkin, review, weekly_note
from rituals.records import CHECKIN, REVIEW, Occasion, Run, run_of
from rituals.weekly_note import WEEKLY_NOTE
from storage.database import Transaction
from storage.kinds import Kinds
from storage.workspaces import kinds_of


@dataclass(frozen=True)
class Plan:
    """`brings`: what a run opens with and must not change afterwards; None where there is nothing to ask.

    `message`: the run's message as it stands now, for who reads the channel; None where there is nothing to say any more.
    """

    brings: Callable[[Transaction, Kinds, Occasion], Awaitable[dict[str, Any] | None]]
    message: Callable[[Transaction, Kinds, Run, str], Awaitable[Message | None]]


PLANS: Mapping[str, Plan] = {
    CHECKIN: Plan(checkin.brings, checkin.message),
    REVIEW: Plan(review.brings, review.message),
    WEEKLY_NOTE: Plan(weekly_note.brings, weekly_note.message),
}


async def render_run(tx: Transaction, name: str, channel: str) -> Message | None:
    """Return the message of the run with the id `name`, as the readers of `channel` may see it; None where there is none."""
    run = await run_of(tx, name)
    if run is None:
        return None
    return await PLANS[run.plan].message(tx, await kinds_of(tx), run, channel)
