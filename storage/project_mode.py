"""Where scope and dates stand in for outcomes, told without shaming: what bets do not say, and what came of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.audience import Audience
from storage.database import Transaction
from storage.gaps import Gap, gaps_among
from storage.kinds import Kinds
from storage.lives import came_of, lives, releases
from storage.objects import Object, find

LONG = timedelta(weeks=6)  # after a release, by when something can be seen of it
MOST = 20_000  # bets that are looked at, the latest changed


@dataclass(frozen=True)
class ProjectMode:
    """`unsaid`: what is wanted of a bet from its first status on (a hypothesis, an input) and nobody has said.

    `without_impact`: bets of which something has been out for six weeks or more, and no effect is told. `ended`: how many bets
    that had begun are closed; `ended_with_impact`: of how many of them an effect is told.
    """

    unsaid: tuple[Gap, ...]
    without_impact: tuple[Object, ...]
    ended: int
    ended_with_impact: int

    @property
    def share(self) -> float | None:
        """The share of ended bets of which an effect is told, 0 to 1; None where none has ended."""
        return self.ended_with_impact / self.ended if self.ended else None


async def project_mode(
    tx: Transaction, kinds: Kinds, audience: Audience, now: datetime, teams: Collection[str] | None = None
) -> ProjectMode:
    """Return what there is to look at, of `teams` (their names) or of all, as far as `audience` may see."""
    every = [
        bet
        for kind in kinds
        if kind.altitude == "prioritised"
        for bet in await find(tx, audience, kind=kind.name, limit=MOST)
        if teams is None or bet.team in teams
    ]
    alive = {bet.key: bet for bet in every if bet.status not in kinds.kind(bet.kind).closed}
    unsaid = [gap for gap in await gaps_among(tx, kinds, alive, audience) if _is_of_the_start(kinds, alive[gap.key], gap)]
    came = await came_of(tx, kinds, [bet.key for bet in every], audience)
    told = {key for key, found in came.items() if any(kinds.kind(item.kind).altitude == "working" for item in found.values())}
    out = await releases(tx, kinds, came, now)
    silent = [bet for bet in every if bet.key not in told and any(each.at + LONG <= now for each in out[bet.key])]
    begun = await lives(tx, kinds, every, now)
    ended = [bet.key for bet in every if bet.key not in alive and begun[bet.key].begun]
    return ProjectMode(tuple(unsaid), tuple(silent), len(ended), len(told.intersection(ended)))


def _is_of_the_start(kinds: Kinds, item: Object, gap: Gap) -> bool:
    kind = kinds.kind(item.kind)
    wanted = {name: field.wanted_from for name, field in kind.fields.items()}
    wanted |= {prompt.name: prompt.wanted_from for prompt in kind.links}
    return wanted[gap.name] == kind.first_status
