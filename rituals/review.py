"""The weekly review: one message in the team's channel, which late answers edit."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from prompts import Words, labels, parts
from prompts.blocks import Block, Message, actions, button, context, section
from rituals import records, waiting
from rituals.calendar import local_date, zone_or_fallback
from rituals.digest import digest
from rituals.records import CHECKIN, REVIEW, Occasion, Run
from rituals.waiting import Question
from rituals.week import IMPACT, week_of
from storage.database import Transaction
from storage.kinds import Kinds
from storage.members import audience_of_channel
from storage.teams import Team, all_teams

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)  # before anything could be missed
RESULT = "link.from results in"  # the input of an impact's form that says what it came from
SECTIONS = ("learned", "decided", "working", "weakest", "waiting", "due")


async def brings(tx: Transaction, kinds: Kinds, occasion: Occasion) -> dict[str, Any] | None:
    """Return the bounds of the week, the one question and what was missed in it; None where the team has no channel."""
    team = next((team for team in await all_teams(tx) if team.name == occasion.team), None)
    if team is None or team.channel is None:
        return None
    last = await records.last_before(tx, occasion.ritual, occasion.subject, occasion.slot)
    since = last.slot_at if last else occasion.slot - timedelta(days=7)
    today = local_date(occasion.slot, zone_or_fallback(occasion.timezone)[0])
    week = await week_of(tx, kinds, team.name, await audience_of_channel(tx, team.channel), since, occasion.slot)
    question = waiting.choose_question(week, today, last.brings["question"] if last else None)
    return {
        "since": since.isoformat(),
        "today": today.isoformat(),
        "question": question.stored if question else None,
        "missed": await _missed(tx, team, last.slot_at if last else BEGINNING, occasion.slot),
    }


async def message(tx: Transaction, kinds: Kinds, run: Run, channel: str) -> Message | None:
    """Return the review as it stands, as every reader of `channel` may see it."""
    since, today = records.moment(run.brings["since"]), date.fromisoformat(run.brings["today"])
    audience = await audience_of_channel(tx, channel)
    late = await _late_answers(tx, since, run.slot_at)
    week = await week_of(tx, kinds, run.team or "", audience, since, run.slot_at, late)
    asked = Question(**run.brings["question"]) if run.brings["question"] else None
    is_answered = bool(asked and waiting.is_answered(week, asked, today))
    about = {"team": run.team, "missed": run.brings["missed"], "is_late": run.brings["late"], "slot": run.slot_at}
    said = parts("review", **about, **await digest(tx, week, today, audience, asked), is_answered=is_answered)
    return Message(said["notification"], _blocks(run, said, None if is_answered else asked))


def _blocks(run: Run, said: Mapping[str, Words], question: Question | None) -> list[Block]:
    blocks = [section(said["headline"])]
    blocks += [section(said[name]) for name in SECTIONS if name in said]
    blocks += [context(said["moved"])] if "moved" in said else []
    blocks += [section(said["question"])] if "question" in said else []
    blocks += [actions(_buttons(run, question))] if "question" in said and question else []
    return [*blocks, *([context(said["late"])] if "late" in said else [])]


def _buttons(run: Run, question: Question) -> list[Block]:
    """What came of a release is mostly yet to be logged; anything else is filled in where it is missing."""
    about = {"run": run.id, "key": question.key, "field": question.field}
    if question.sort != "release":
        return [button(labels()["review_answer"], "object.fill", style="primary", **about)]
    log = button(
        labels()["review_log_impact"], "form.open", style="primary", kind=IMPACT, link=RESULT, other=question.key, run=run.id
    )
    return [log, button(labels()["review_link_impact"], "object.fill", **about)]


async def _missed(tx: Transaction, team: Team, since: datetime, until: datetime) -> dict[str, int]:
    """Count what nobody was there to open: this team's reviews, and the check-ins of its people."""
    reviews = [run for run in await records.due_in(tx, REVIEW, since, until) if run.team == team.name]
    checkins = [run for run in await records.due_in(tx, CHECKIN, since, until) if run.subject in team.members]
    counted = {"reviews": reviews, "checkins": checkins}
    return {name: sum(run.state == "missed" for run in runs) for name, runs in counted.items()}


async def _late_answers(tx: Transaction, since: datetime, until: datetime) -> dict[str, Mapping[str, Any]]:
    """Return what was answered after the review to that week's check-ins, by the bet that it is about."""
    asked = [run.id for run in await records.due_in(tx, CHECKIN, since, until)]
    return {each.about: each.said for each in await records.answers_in(tx, asked) if each.at >= until}
