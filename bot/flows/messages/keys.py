"""Keys that people write: what they are about, in a line each, when somebody asks."""

from collections.abc import Mapping, Sequence

from bot.desk import Desk
from bot.flows.messages.grammar import keys_in
from bot.flows.messages.said import said
from bot.flows.viewing import viewer, written_for
from bot.requests import Reply, Request, private, privately
from prompts import Words, labels, text
from prompts.blocks import Block, Message, actions, button, section
from storage import outbox
from storage.audience import Audience
from storage.database import Transaction
from storage.kinds import Kinds
from storage.members import audience_of_channel
from storage.objects import Object, get_many
from storage.people import names_of
from storage.permalinks import permalinks

MOST_SHOWN = 10


async def compact(tx: Transaction, kinds: Kinds, keys: Sequence[str], audience: Audience, *, is_channel: bool) -> Message:
    """Return a line with a button for each of `keys` that `audience` may see; of the others it is said that they are not known.

    `is_channel`: everybody there reads it, so each line has one button; else one person does, who can have it shown to all.
    """
    lines, unknown = await _lines(tx, kinds, keys, audience)
    blocks: list[Block] = []
    for key, line in lines.items():
        why = button(labels()["card_why"], f"object.why:{key}", key=key)
        if is_channel:
            blocks.append(section(line, why))
        else:
            blocks += [section(line), actions([why, button(labels()["keys_show"], f"keys.show:{key}", key=key)])]
    if unknown:
        missing = text("keys_unknown", keys=unknown, is_channel=is_channel, none_named=False)
        blocks.append(section(missing))
        lines[""] = missing
    return Message("\n".join(lines.values()), blocks)


async def _lines(tx: Transaction, kinds: Kinds, keys: Sequence[str], audience: Audience) -> tuple[dict[str, Words], list[str]]:
    found = await get_many(tx, keys, audience)
    names = await names_of(tx, [item.owner for item in found.values()])
    places = await permalinks(tx, list(found))
    there = [found[key] for key in keys if key in found][:MOST_SHOWN]
    return {item.key: _line(kinds, item, names, places) for item in there}, [key for key in keys if key not in found]


def _line(kinds: Kinds, item: Object, names: Mapping[str, str], places: Mapping[str, str]) -> Words:
    return text(
        "compact",
        emoji=kinds.kind(item.kind).emoji,
        key=item.key,
        title=item.title,
        url=places.get(item.key),
        status=item.status,
        owner=names.get(item.owner or ""),
        horizon=kinds.horizon_label(item.horizon) if item.horizon else None,
    )


async def show_what_it_is_about(desk: Desk, request: Request) -> Reply:
    """The message shortcut: what the keys in a message are about, for the one who asks."""
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        keys = keys_in(kinds, (await said(tx, request.channel, request.body["message"])).text)
        if not keys:
            return private(text("keys_unknown", keys=[], is_channel=False, none_named=True))
        message = await compact(tx, kinds, keys, await viewer(tx, request), is_channel=False)
    return privately(message)


async def show_here(desk: Desk, request: Request) -> Reply:
    """The button of a line that one person sees: the same line for everybody in the channel, as far as they may see it."""
    kinds, key = await desk.kinds(request.workspace), request.about["key"]
    await desk.directory.channel(request.workspace, request.channel, seen_by=request.user)
    async with desk.writing(request.workspace) as tx:
        audience = await audience_of_channel(tx, request.channel)
        if not await get_many(tx, [key], audience):
            return private(text("keys_unknown", keys=[key], is_channel=True, none_named=False))
        async with written_for(tx, request.channel, request.user):
            message = await compact(tx, kinds, [key], audience, is_channel=True)
        thread = {"thread_ts": request.thread_ts} if request.thread_ts else {}
        await outbox.say(tx, request.channel, {**message.payload, **thread}, author=request.user)
    return {}
