"""A team as it is being set up, step by step. Pure: what was answered so far, and which step comes next.

It is kept after each step, so that who is called away goes on where they were.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

from storage.teams import Team

TEAM, PEOPLE, RITUALS = STEPS = ("team", "people", "rituals")
TRIAD = ("product", "design", "engineering")


@dataclass(frozen=True)
class Plan:
    """What was answered so far. `of`: the name of the team that is changed; none for a new one.

    `leads`: who leads, by their part in the triad. `rituals`: None until they are chosen: all. `sure`: the channel of which the
    person was told what speaks against it, and that they want nevertheless. `round`: how often it was begun anew: Slack keeps
    what stands in an input of the same name.
    """

    step: str = TEAM
    of: str | None = None
    name: str = ""
    channel: str | None = None
    timezone: str | None = None
    members: tuple[str, ...] = ()
    leads: Mapping[str, str] = field(default_factory=dict)
    rituals: tuple[str, ...] | None = None
    sure: str | None = None
    round: int = 0

    def dump(self) -> dict[str, Any]:
        """Return it as a JSON value."""
        return asdict(self)

    @classmethod
    def load(cls, kept: Mapping[str, Any] | None) -> Self | None:
        """Read it back; None where nothing is kept."""
        if kept is None:
            return None
        chosen = kept["rituals"]
        return cls(
            **{
                **kept,
                "members": tuple(kept["members"]),
                "rituals": None if chosen is None else tuple(chosen),
            }
        )

    @classmethod
    def of_team(cls, team: Team, leads: Mapping[str, str], rituals: tuple[str, ...] | None) -> Self:
        """Return a team that is there as it can be changed. `leads`: who leads in which part, as far as that was ever said."""
        return cls(
            of=team.name,
            name=team.name,
            channel=team.channel,
            timezone=team.timezone,
            members=team.members,
            leads=_parts(team, leads),
            rituals=rituals,
            sure=team.channel,
        )

    @property
    def number(self) -> int:
        """Which step it is at, from 1."""
        return STEPS.index(self.step) + 1

    @property
    def is_last(self) -> bool:
        return self.step == STEPS[-1]

    @property
    def is_begun(self) -> bool:
        """Whether anything was answered that could be begun anew."""
        return self.step != STEPS[0] or bool(self.name)

    def onward(self) -> Self:
        """Return it one step further; at the last it stays."""
        return replace(self, step=STEPS[min(self.number, len(STEPS) - 1)])

    def back(self) -> Self:
        """Return it one step back; at the first it stays."""
        return replace(self, step=STEPS[max(self.number - 2, 0)])

    def answered(self, said: Mapping[str, Any]) -> Self:
        """Return it with what was answered in the inputs of its step, by their names."""
        if self.step == TEAM:
            sure = said.get("channel") if said.get("sure") else self.sure
            name = " ".join((said.get("name") or "").split())
            return replace(self, name=name, channel=said.get("channel"), timezone=said.get("timezone"), sure=sure)
        if self.step == PEOPLE:
            leads = {part: said[part] for part in TRIAD if said.get(part)}
            return replace(self, members=tuple(said.get("members") or ()), leads=leads)
        return replace(self, rituals=tuple(said.get("rituals") or ()))

    def team(self, before: Team | None = None, leads: Mapping[str, str] | None = None) -> Team:
        """Return the team that it makes. Who led it `before`, and was not shown in a part, leads it still while they are in it.

        `leads`: as for `of_team`.
        """
        shown = _parts(before, leads or {}).values() if before else ()
        others = {user for user in (before.leads if before else ()) if user not in shown and user in self.members}
        leading = {*self.leads.values(), *others}
        members = {*self.members, *leading}
        return Team(self.name, self.channel, self.timezone, tuple(sorted(members)), tuple(sorted(leading)))


def _parts(team: Team, leads: Mapping[str, str]) -> dict[str, str]:
    """Return who leads in which part; those of whom that was never said stand where nobody else does, one after another."""
    said = {part: leads[part] for part in TRIAD if leads.get(part) in team.leads}
    rest = iter([user for user in team.leads if user not in said.values()])
    filled = {part: said.get(part) or next(rest, None) for part in TRIAD}
    return {part: user for part, user in filled.items() if user}
