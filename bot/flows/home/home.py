"""App Home: what waits, my bets, what comes next; and what this is for, on a first visit."""

from collections.abc import Sequence

from bot.desk import Desk
from bot.errors import logged
from bot.flows.home.first_steps import first_steps
from bot.forms import FormContext
from bot.requests import Request
from bot.slack import call
from bot.upcoming import next_rituals
from prompts import labels, parts
from prompts.blocks import Block, button, divider, section
from storage.database import Transaction
from storage.gaps import gaps_among
from storage.kinds import Kinds
from storage.members import audience_of_user
from storage.objects import Object, find
from storage.permalinks import permalinks

MOST_BETS = 10


async def publish(desk: Desk, workspace: str, user: str) -> None:
    """Show `user` their Home as it is now."""
    kinds = await desk.kinds(workspace)
    async with desk.database.reading(workspace) as tx:
        blocks = await home(tx, kinds, user)
    await call(desk.slack.client, "views.publish", user_id=user, view={"type": "home", "blocks": blocks})


def show_again(desk: Desk, request: Request, form: FormContext) -> None:
    """Once a form is saved that was opened in the Home (there is no channel there), show the Home as it is now."""
    if not form.channel:
        publish_soon(desk, request)


def publish_soon(desk: Desk, request: Request) -> None:
    """Show who acted their Home as it is now, after the answer to Slack."""
    desk.later(_published(desk, request))


async def _published(desk: Desk, request: Request) -> None:
    await logged(publish(desk, request.workspace, request.user), "show the Home", workspace=request.workspace)


async def home(tx: Transaction, kinds: Kinds, user: str) -> list[Block]:
    """Return the blocks of the Home of `user`."""
    audience = await audience_of_user(tx, user)
    mine = await find(tx, audience, owner=user, limit=200)
    bets = [item for item in mine if item.status in kinds.kind(item.kind).running][:MOST_BETS]
    gaps = (await gaps_among(tx, kinds, [bet.key for bet in bets], audience))[:3] if bets else []
    places = await permalinks(tx, [bet.key for bet in bets])
    said = parts(
        "home",
        bets=[_line(kinds, bet, places) for bet in bets],
        gaps=[{**_about(mine, gap.key, places), "words": gap.words or gap.label} for gap in gaps],
        rituals=await next_rituals(tx, user),
        is_first=not mine,
    )
    blocks = [section(said["purpose"]), *first_steps(kinds)]
    for number, gap in enumerate(gaps):
        fill = button(labels()["card_fill"], "object.fill", key=gap.key, field=gap.name)
        blocks += [*([divider(), section(said["waiting"])] if number == 0 else []), section(said[f"gap {number}"], fill)]
    for name in ("bets", "next"):
        blocks += [divider(), section(said[name])] if name in said else []
    return blocks


def _about(items: Sequence[Object], key: str, places: dict[str, str]) -> dict[str, object]:
    return {"key": key, "title": next(item.title for item in items if item.key == key), "url": places.get(key)}


def _line(kinds: Kinds, bet: Object, places: dict[str, str]) -> dict[str, object]:
    kind = kinds.kind(bet.kind)
    confidence = bet.fields.get("confidence")
    about = {"emoji": kind.emoji, "key": bet.key, "title": bet.title, "status": bet.status}
    return {**about, "url": places.get(bet.key), "confidence": confidence, "review_date": bet.fields.get("review_date")}
