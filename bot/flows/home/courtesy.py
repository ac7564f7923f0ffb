"""Less of it: `/pom rituals`, `/pom why-me`, `/pom mute`, and the buttons with which people say so."""

from collections.abc import Container, Sequence
from datetime import timedelta
from typing import Any

from rapidfuzz import fuzz, process

from bot.desk import Desk
from bot.flows.home.home import publish_soon
from bot.flows.home.rituals import MyRitual, my_rituals, ritual_blocks, way_out
from bot.requests import Reply, Request
from prompts import Words, labels, parts
from prompts.blocks import Block, actions, button, context, section
from rituals import records, wishes
from rituals.calendar import local_date
from rituals.holding import AGAIN, DECLINED, HELD, rhythm_of
from rituals.records import Run
from rituals.weekly_note import WEEKLY_NOTE
from storage.database import Transaction
from storage.errors import NotFound
from storage.kinds import Kinds
from storage.members import audience_of_user
from storage.objects import get_many
from storage.text import folded

MOST_RITUALS, MOST_PROMPTS = 20, 6
LATELY = timedelta(days=28)
FORTNIGHT, A_DAY = timedelta(days=14), timedelta(days=1)
NEAR = 60  # of 100, how alike a word is that may be meant


async def rituals_command(desk: Desk, request: Request, words: str = "") -> Reply:
    """Return what comes when, for who asks and for their teams, each with the ways to have less of it."""
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        return _private(**_list(await my_rituals(tx, kinds, request.user)))


async def why_me_command(desk: Desk, request: Request, words: str = "") -> Reply:
    """Return why the last prompts came, or did not."""
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        return _private(**await _why(tx, kinds, request.user))


async def why_me(desk: Desk, request: Request) -> Reply:
    """The button "Why me?": beside the message that asks, for the person alone."""
    return {**await why_me_command(desk, request), "replace_original": False}


async def mute_command(desk: Desk, request: Request, words: str = "") -> Reply:
    """Mute the ritual that `words` name, or offer those that can be muted."""
    return await _named(desk, request, words, mute=True)


async def unmute_command(desk: Desk, request: Request, words: str = "") -> Reply:
    """Have the ritual that `words` name ask again, or offer those that can be muted."""
    return await _named(desk, request, words, mute=False)


async def from_menu(desk: Desk, request: Request) -> Reply:
    """The menu of a ritual, and its button "Mute": skip, a day later, a pause, mute."""
    ritual, do = request.about["ritual"], request.about.get("do", "mute")
    await _check(desk, request, ritual)
    async with desk.writing(request.workspace) as tx:
        rhythm = await rhythm_of(tx, ritual, request.user)
        if do == "skip" and rhythm:
            await wishes.skip(tx, request.user, ritual, rhythm.next_run_at)
        elif do == "day" and rhythm:
            await wishes.snooze(tx, request.user, ritual, rhythm.next_run_at + A_DAY)
        elif do == "fortnight":
            await wishes.snooze(tx, request.user, ritual, tx.now + FORTNIGHT)
        elif do == "mute":
            await wishes.mute(tx, request.user, ritual)
    return await _shown_again(desk, request)


async def as_usual(desk: Desk, request: Request) -> Reply:
    """The button of a ritual that rests: it asks as usual again."""
    await _check(desk, request, request.about["ritual"])
    async with desk.writing(request.workspace) as tx:
        await wishes.as_usual(tx, request.user, request.about["ritual"])
    return await _shown_again(desk, request)


async def fewer(desk: Desk, request: Request) -> Reply:
    """The button "Fewer": one prompt a week less."""
    async with desk.writing(request.workspace) as tx:
        await wishes.fewer(tx, request.user)
    return await _shown_again(desk, request)


async def _check(desk: Desk, request: Request, ritual: str) -> None:
    if ritual not in (await desk.kinds(request.workspace)).rituals:
        raise NotFound(ritual)


async def _shown_again(desk: Desk, request: Request) -> Reply:
    """Show what was pressed in as it is now: the Home, or the list that only the person sees; else say it beside."""
    if request.view:
        publish_soon(desk, request)
        return {}
    command = why_me_command if request.about.get("shown") == "why" else rituals_command
    reply = await command(desk, request)
    is_list = bool((request.body.get("container") or {}).get("is_ephemeral"))
    return {**reply, "replace_original": is_list}


async def _named(desk: Desk, request: Request, words: str, *, mute: bool) -> Reply:
    kinds = await desk.kinds(request.workspace)
    async with desk.writing(request.workspace) as tx:
        mine = await my_rituals(tx, kinds, request.user)
        alone = [each for each in mine if not each.team]
        chosen = _meant(kinds, words, alone) if words.strip() else None
        if chosen:
            await (wishes.mute if mute else wishes.as_usual)(tx, request.user, chosen.id)
            said = parts("muted", ritual=chosen.name, typed=words)["done" if mute else "undone"]
            back = button(labels()["ritual_usual"], "courtesy.usual", ritual=chosen.id)
            return _private(said, [section(said, back if mute else None)])
    of_team = _meant(kinds, words, [each for each in mine if each.team]) if words.strip() else None
    said_of = parts("muted", ritual=of_team.name if of_team else "", typed=words.strip())
    part = "list" if not words.strip() else "of team" if of_team else "unknown" if alone else "none"
    return _private(said_of[part], [section(said_of[part]), *_offered(_nearest_first(alone, words))])


def _offered(rituals: Sequence[MyRitual]) -> list[Block]:
    """Return each of `rituals` with the button that mutes it, or has it ask again."""
    blocks: list[Block] = []
    for each in rituals:
        mute = button(labels()["ritual_mute"], "courtesy.mute", ritual=each.id)
        blocks.append(section(Words(f"*{each.name}*"), way_out(each) if each.rests else mute))
    return blocks


def _meant(kinds: Kinds, words: str, rituals: Sequence[MyRitual]) -> MyRitual | None:
    """Return the one of `rituals` that `words` name, whole or by some words of its name; None where that is not clear."""
    asked = folded(words).strip()
    called = [(each, {folded(each.name), folded(each.id), *_plan_names(kinds, each)}) for each in rituals]
    exact = [each for each, names in called if asked in names]
    parted = [each for each, names in called if any(asked in name for name in names)]
    found = exact or parted
    return found[0] if len({each.id for each in found}) == 1 else None


def _plan_names(kinds: Kinds, ritual: MyRitual) -> set[str]:
    plan = kinds.rituals.get(ritual.id.partition(":")[0])
    return {folded(plan.name), folded(plan.label)} if plan else set()


def _nearest_first(rituals: Sequence[MyRitual], words: str) -> list[MyRitual]:
    """Return `rituals`, those first whose names are most like `words`."""
    if not words.strip():
        return list(rituals)
    names = {place: folded(each.name) for place, each in enumerate(rituals)}
    found = process.extract(folded(words), names, scorer=fuzz.WRatio, limit=len(names))
    return [rituals[place] for _, _, place in found]


def _list(rituals: list[MyRitual]) -> dict[str, Any]:
    said = ritual_blocks(rituals, MOST_RITUALS)
    return {"words": said["notification"], "blocks": [section(said["headline"]), *said["blocks"], context(said["note"])]}


async def _why(tx: Transaction, kinds: Kinds, user: str) -> dict[str, Any]:
    zone = await wishes.zone_of(tx, user)
    runs = await records.of_person(tx, user, local_date(tx.now - LATELY, zone), MOST_PROMPTS)
    chosen = await wishes.wishes_of(tx, user)
    mine = [each for each in await my_rituals(tx, kinds, user) if not each.team]
    coming = next((each for each in mine if each.at and not each.rests), None)
    asked = {bet["key"] for run in runs for bet in run.brings.get("bets", [])}
    there = await get_many(tx, asked, await audience_of_user(tx, user))
    said = parts(
        "why_me",
        prompts=[_prompt(kinds, run, there) for run in runs],
        most=chosen.most,
        asked=await wishes.asked_this_week(tx, user, tx.now, zone),
        next={"name": coming.name, "at": coming.at} if coming else None,
    )
    buttons = [button(labels()["fewer"], "courtesy.fewer", shown="why")] if chosen.most > 1 else []
    buttons += [_mute_or_usual(each) for each in mine if each.at or each.rests][:3]
    blocks = [section(said["headline"]), section(said["prompts"]), context(said["week"])]
    return {"words": said["notification"], "blocks": [*blocks, *([actions(buttons)] if buttons else [])]}


def _mute_or_usual(ritual: MyRitual) -> Block:
    words, name = labels()["ritual_mute_named"], "courtesy.mute"
    if ritual.rests:
        words, name = labels()["ritual_unmute_named"], "courtesy.usual"
    return button(words.format(ritual=ritual.name), f"{name}:{ritual.id}", ritual=ritual.id, shown="why")


def _prompt(kinds: Kinds, run: Run, there: Container[str]) -> dict[str, Any]:
    """Return a run as `why_me.md` takes it; of what it asked about only what is `there` for the person still."""
    plan, held = kinds.rituals.get(run.plan), run.brings.get(HELD) or {}
    until = held.get("until") or (run.brings.get(AGAIN) if run.state == "later" else None)
    return {
        "name": plan.label if plan else run.plan,
        "at": run.slot_at,
        "state": "declined" if run.state == "closed" and run.brings.get(DECLINED) else run.state,
        "about": [bet["key"] for bet in run.brings.get("bets", []) if bet["key"] in there],
        "why": held.get("why"),
        "until": records.moment(until) if until else None,
        "is_note": run.plan == WEEKLY_NOTE,
        "purpose": plan.purpose if plan else None,
    }


def _private(words: str, blocks: list[Block]) -> Reply:
    return {"response_type": "ephemeral", "text": words, "blocks": blocks}
