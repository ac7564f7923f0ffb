"""What is wrong with the answers of a step: sentences for the inputs that they are about. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from bot.flows.setup.place import Place
from bot.flows.setup.steps import TRIAD, Plan
from prompts import Words, labels, text
from storage.people import Person
from storage.teams import Team, check_timezone
from storage.text import folded, storable_line

Errors = dict[str, str]


def of_team(plan: Plan, teams: Iterable[Team], place: Place | None) -> Errors:
    """Return what is wrong with the name, the channel and the zone. `place`: the channel, None where Slack hides it from us."""
    hidden = labels()["setup_hidden"] if plan.channel and place is None else ""
    archived = labels()["setup_archived"] if place and place.is_archived else ""
    taken = of_others(plan, teams)
    found = {"name": _unusable(plan.name), "channel": hidden or archived, "timezone": _no_zone(plan.timezone)}
    return {**taken, **{name: words for name, words in found.items() if words}}


def of_others(plan: Plan, teams: Iterable[Team]) -> Errors:
    """Return in what the team would be taken for another one."""
    errors: Errors = {}
    for team in teams:
        if team.name == plan.of:
            continue
        if folded(team.name) == folded(plan.name):
            errors["name"] = labels()["setup_name_taken"].format(team=team.name)
        if plan.channel and team.channel == plan.channel:
            errors["channel"] = labels()["setup_channel_taken"].format(team=team.name)
    return errors


def warning(plan: Plan, place: Place | None) -> Words | None:
    """Return what speaks against the channel, where the person has not been told yet."""
    if place is None or plan.channel is None or place.is_for_a_team or plan.sure == plan.channel:
        return None
    return text("setup_warning", channel=plan.channel, is_general=place.is_general, is_shared=place.is_shared)


@dataclass(frozen=True)
class Sorted:
    """`plan`: without those who cannot be asked. `left_out`: their names. `errors`: what is wrong nevertheless."""

    plan: Plan
    left_out: tuple[str, ...]
    errors: Errors


def of_people(plan: Plan, known: Mapping[str, Person]) -> Sorted:
    """Leave guests, apps, people of other companies and those who are gone out of the members; none of them can lead."""
    outside = {user for user, person in known.items() if person.is_outsider or person.is_gone}
    members = tuple(user for user in plan.members if user not in outside)
    left_out = tuple(known[user].name for user in plan.members if user in outside)
    errors = {
        part: labels()["setup_cannot_lead"].format(name=known[plan.leads[part]].name)
        for part in TRIAD
        if plan.leads.get(part) in outside
    }
    if not members:
        errors["members"] = labels()["setup_nobody"]
    return Sorted(replace(plan, members=members), left_out, errors)


def _unusable(name: str) -> str:
    try:
        return "" if storable_line(name) else labels()["setup_no_name"]
    except ValueError as error:
        return labels()["setup_bad_name"].format(words=error)


def _no_zone(name: str | None) -> str:
    try:
        check_timezone(name or "")
    except ValueError:
        return labels()["setup_no_zone"]
    return ""
