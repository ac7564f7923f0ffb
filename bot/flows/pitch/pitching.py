"""Pitching an object in its channel, taking the pitch back, and saying something to it."""

from bot.desk import Desk
from bot.flows.objects.editing import edit, told
from bot.flows.opening import open_view
from bot.flows.pitch import forms
from bot.flows.pitch.forms import PitchContext
from bot.flows.pitch.rights import check_may_edit, refuse
from bot.flows.viewing import seen
from bot.forms import errors_by_block, typed
from bot.letters.pitches import is_open, one_pager
from bot.requests import Reply, Request
from prompts import text
from prompts.blocks import Message, section
from storage import outbox, pitches, submissions
from storage.checks import check_text
from storage.database import Transaction
from storage.errors import NotFound, Problem, Refused
from storage.graph import Graph
from storage.kinds import Kinds
from storage.members import audience_of_channel, audience_of_user
from storage.moves import Pitch as Pitching
from storage.objects import Object, get
from storage.people import names_of
from storage.pitches import SORTS, WHY_NOW, Pitch, Sort
from storage.rights import editors_of
from storage.teams import all_teams
from storage.turns import alone


async def ask(desk: Desk, request: Request) -> Reply:
    """Open the modal that pitches an object, with the one-pager as its channel will see it."""
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        item = await seen(tx, request, request.about["key"])
        await _check_can_be_pitched(tx, kinds, item, request.user)
        channel = await _channel_of(tx, item)
        readers = await audience_of_channel(tx, channel) if channel else await audience_of_user(tx, request.user)
        preview = await one_pager(tx, kinds, item, readers)
        decider = next((user for user in await editors_of(tx, item) if user != request.user), None)
    about = PitchContext(item.key, channel=channel or "")
    return await open_view(desk, request, forms.pitching(about, preview, "", decider, asks_where=not channel))


async def save(desk: Desk, request: Request) -> Reply:
    """Put the object to its channel: its one-pager is posted there, and who is to decide hears of it."""
    about, values = PitchContext.of(request.view), typed(request.view)
    kinds = await desk.kinds(request.workspace)
    channel, decider = about.channel or values["where"], values.get("decider")
    why_now = _text("why_now", values)
    if not about.channel:
        await desk.directory.channel(request.workspace, channel, seen_by=request.user)
    try:
        async with desk.writing(request.workspace) as tx:
            await alone(tx)  # before it is read whether it is pitched: two may do so at once
            if await submissions.is_first(tx, request.view["id"]):
                item = await seen(tx, request, about.key)
                await _open(tx, kinds, item, request.user, channel, decider, why_now)
    except Refused as refused:
        return {"response_action": "errors", "errors": errors_by_block(refused, request.view)}
    return {}


async def _open(
    tx: Transaction, kinds: Kinds, item: Object, user: str, channel: str, decider: str | None, why_now: str
) -> None:
    rules = await _check_can_be_pitched(tx, kinds, item, user)
    await _check_seen_there(tx, item, channel, decider)
    if earlier := await pitches.open_of(tx, item.key):  # its object was taken on, or back, in another way
        await pitches.end(tx, earlier.id, "withdrawn")
        await shown_again(tx, earlier)
    opened = await pitches.pitch(tx, item.key, channel, user, decider)
    if why_now:
        await pitches.say(tx, opened.id, user, WHY_NOW, why_now)
    await edit(tx, kinds, user, item, {"status": rules.opens}, reason=why_now or None)
    await outbox.show(tx, f"pitch:{opened.id}", channel, author=user)
    if decider and decider != user:
        await outbox.show(tx, f"decide:{opened.id}", decider, author=user)


async def withdraw(desk: Desk, request: Request) -> Reply:
    """Take a pitch back: who pitched it, and who may edit its object."""
    kinds = await desk.kinds(request.workspace)
    async with desk.writing(request.workspace) as tx:
        pitch, item = await _pitch_and_object(tx, request, request.about["pitch"])
        if request.user != pitch.author:
            await check_may_edit(tx, item, request.user, "withdraw", [pitch.author])
        kind = kinds.kind(item.kind)
        if is_open(kind, pitch, item) and kind.pitch and await pitches.end(tx, pitch.id, "withdrawn"):
            graph = Graph(tx, kinds, request.user)
            await graph.revise(item.key, {"status": kind.pitch.reshapes})
            await told(tx, graph.act.id, [item.key])
        await shown_again(tx, pitch)
    return {}


async def ask_why(desk: Desk, request: Request) -> Reply:
    """Open the modal that asks for the reason of backing or challenging, or for the question."""
    kinds, stance = await desk.kinds(request.workspace), _stance_of(request)
    async with desk.database.reading(request.workspace) as tx:
        pitch, item = await _pitch_and_object(tx, request, request.about["pitch"])
        if not is_open(kinds.kind(item.kind), pitch, item):
            await refuse(tx, "over", item, [])
        earlier = {each.stance: each.why for each in await pitches.stances_of(tx, pitch.id) if each.user == request.user}
    title = text("about_object", emoji=kinds.kind(item.kind).emoji, key=item.key, title=item.title)
    about = PitchContext(item.key, pitch.id, stance)
    return await open_view(desk, request, forms.saying(about, stance, title, earlier.get(stance, "")))


async def say(desk: Desk, request: Request) -> Reply:
    """Keep what somebody says to a pitch, and tell it in the pitch's thread."""
    about, values = PitchContext.of(request.view), typed(request.view)
    kinds, why = await desk.kinds(request.workspace), _text("why", values)
    stance = next(sort for sort in SORTS if sort == about.stance)
    async with desk.writing(request.workspace) as tx:
        if not await submissions.is_first(tx, request.view["id"]):
            return {}
        pitch, item = await _pitch_and_object(tx, request, about.pitch)
        if not is_open(kinds.kind(item.kind), pitch, item):
            await refuse(tx, "over", item, [])
        await _check_seen_there(tx, item, pitch.channel, None)
        await pitches.say(tx, pitch.id, request.user, stance, why)
        names = await names_of(tx, [request.user])
        line = text("pitch_said", who=names.get(request.user, request.user), stance=stance, why=why)
        said = Message(line, [section(line)])
        await outbox.say(tx, pitch.channel, said.payload, thread_of=f"pitch:{pitch.id}", author=request.user)
        await outbox.refresh(tx, f"pitch:{pitch.id}")
    return {}


async def shown_again(tx: Transaction, pitch: Pitch) -> None:
    """Have the messages of a pitch edited."""
    for subject in (f"pitch:{pitch.id}", f"decide:{pitch.id}"):
        await outbox.refresh(tx, subject)


async def _check_can_be_pitched(tx: Transaction, kinds: Kinds, item: Object, user: str) -> Pitching:
    rules = kinds.kind(item.kind).pitch
    if rules is None or item.status not in rules.start or item.archived:
        await refuse(tx, "now", item, [])
    await check_may_edit(tx, item, user, "pitch")
    assert rules is not None  # noqa: S101  # refused above
    return rules


async def _check_seen_there(tx: Transaction, item: Object, channel: str, decider: str | None) -> None:
    """Raise Refused where those who would read of the object, or decide about it, may not see it."""
    readers = await audience_of_channel(tx, channel)
    if not readers.sees(item.visibility, item.channel):
        await refuse(tx, "now", item, [])
    if decider and await get(tx, item.key, await audience_of_user(tx, decider)) is None:
        await refuse(tx, "blind", item, [decider], "decider")


async def _channel_of(tx: Transaction, item: Object) -> str | None:
    """Return the channel in which an object is pitched: the one that it belongs to, that of its card, or its team's home."""
    if item.visibility == "channel":
        return item.channel
    card = await outbox.place_of(tx, f"card:{item.key}")
    if card and card.channel.startswith(("C", "G")):
        return card.channel
    if card is None and (item.channel or "").startswith(("C", "G")):  # its card is on its way there
        return item.channel
    return next((team.channel for team in await all_teams(tx) if team.name == item.team), None)


async def _pitch_and_object(tx: Transaction, request: Request, pitch_id: str) -> tuple[Pitch, Object]:
    pitch = await pitches.pitch_of(tx, pitch_id)
    if pitch is None:
        raise NotFound(pitch_id)
    return pitch, await seen(tx, request, pitch.key)


def _stance_of(request: Request) -> Sort:
    wanted = request.action.get("action_id", "").partition(":")[2]
    return next(sort for sort in SORTS if sort == wanted)


def _text(name: str, values: dict[str, object]) -> str:
    problems: list[Problem] = []
    words = check_text(name.replace("_", " "), str(values.get(name) or ""), problems)
    if problems:
        raise Refused(problems)
    return words
