"""Which part of a board somebody wants: of a team, in a horizon, at an altitude; as they type it, and as a button says it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from rapidfuzz import fuzz, process

from bot.desk import Desk
from bot.flows.pom.replies import again, plainly
from bot.flows.pom.words import NEAR
from bot.requests import Reply, Request
from prompts import text
from storage.audience import Audience
from storage.database import Transaction
from storage.kinds import ALTITUDES, Horizon, Kinds
from storage.people import usual_team
from storage.teams import all_teams, teams_of
from storage.text import folded

_FILLERS = {"in", "of", "for", "the", "team", "team’s", "team's", "board"}
_EVERY = {"all", "every", "everything", "everybody", "everyone"}


@dataclass(frozen=True)
class Part:
    """Which part of the board is shown; empty: all of it. `skip`: how many of one altitude come before."""

    team: str = ""
    horizon: str = ""
    altitude: str = ""
    skip: str = ""

    @classmethod
    def of(cls, about: Mapping[str, str]) -> "Part":
        return cls(**{name: said for name, said in about.items() if name in cls.__dataclass_fields__})

    @property
    def about(self) -> dict[str, str]:
        """What a button says of it."""
        return {name: said for name, said in asdict(self).items() if said} or {"team": ""}

    @property
    def start(self) -> int:
        return int(self.skip) if self.skip.isdecimal() else 0


class NoSuchTeam(Exception):
    """No team is called as `words` say."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


async def teams_told(tx: Transaction, audience: Audience) -> list[str]:
    """Return the names of the teams, which a reader from outside is not told."""
    return [team.name for team in await all_teams(tx)] if audience.sees_workspace else []


async def part_asked_for(desk: Desk, tx: Transaction, kinds: Kinds, request: Request, teams: Sequence[str], words: str) -> Part:
    """Return the part that `words` name; without a team, of the channel's team, or the person's own. Raise NoSuchTeam."""
    part, is_team_said = read_part(kinds, teams, words)
    if is_team_said or not teams:
        return part
    return replace(part, team=await desk.team_at(request.workspace, request.channel) or await _own_team(tx, request.user))


def unknown_team(request: Request, command: str, words: str, unknown: str, teams: Sequence[str]) -> Reply:
    """Return words for somebody who named no team that there is, with the nearest that are."""
    near = process.extract(unknown, teams, scorer=fuzz.WRatio, score_cutoff=NEAR, limit=3, processor=folded)
    offers = [f"{command} {folded(words).replace(unknown, name)}" for name, _, _ in near]
    return plainly(request, text("pom_unknown_team", team=unknown, teams=teams), *again(offers))


def read_part(kinds: Kinds, teams: Sequence[str], words: str) -> tuple[Part, bool]:
    """Return the part of the board that `words` name, and whether they name a team, or all; raise NoSuchTeam."""
    rest = f" {folded(words)} "
    altitude = next((each for each in ALTITUDES if f" {each} " in rest.replace("prioritized", "prioritised")), "")
    for word in (altitude, altitude.replace("prioritised", "prioritized")):
        rest = rest.replace(f" {word} ", " ") if word else rest
    horizon, rest = _horizon_in(kinds.offered_horizons, rest)
    team = next((name for name in teams if folded(name) == _plain(rest)), None)
    if team is None and _plain(rest) and _plain(rest) not in _EVERY:
        raise NoSuchTeam(_plain(rest))
    return Part(team or "", horizon, altitude), bool(rest.strip())


def _horizon_in(horizons: Sequence[Horizon], rest: str) -> tuple[str, str]:
    """Return the name of the horizon that is in `rest`, whole or by its last word where only it has that; and what is left."""
    for horizon in horizons:
        for word in horizon.words:
            if f" {word} " in rest:
                return horizon.name, rest.replace(f" {word} ", " ")
    ends = [folded(horizon.label).split()[-1] for horizon in horizons]
    for horizon, end in zip(horizons, ends, strict=True):
        if ends.count(end) == 1 and f" {end} " in rest:
            return horizon.name, rest.replace(f" {end} ", " ")
    return "", rest


def _plain(rest: str) -> str:
    return " ".join(word for word in rest.split() if word not in _FILLERS)


async def _own_team(tx: Transaction, user: str) -> str:
    mine = [team.name for team in await teams_of(tx, user)]
    usual = await usual_team(tx, user)
    return usual if usual and (usual in mine or not mine) else next(iter(mine), "")
