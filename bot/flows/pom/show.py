"""Any object by its key; or, where words mean several, a list to choose from."""

from collections.abc import Sequence

from bot.desk import Desk
from bot.flows.pom.replies import again, only_you, openers, plainly
from bot.flows.pom.words import near_keys
from bot.flows.viewing import viewer
from bot.letters.cards import card
from bot.requests import Reply, Request
from prompts import parts, text
from prompts.blocks import Message, section
from storage.database import Transaction
from storage.kinds import Kinds
from storage.objects import Object, get_many
from storage.permalinks import permalinks

MOST = 10


async def shown(desk: Desk, request: Request, key: str) -> Reply:
    """Return the card of `key`, seen by who asked; where there is none, the nearest keys that there are."""
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        audience = await viewer(tx, request)
        message = await card(tx, kinds, key, audience)
    return only_you(request, message) if message is not None else await unknown(desk, request, key)


async def unknown(desk: Desk, request: Request, key: str, before: str = "", after: str = "") -> Reply:
    """Return that there is no such key, and the nearest that there are, with what stood `before` and `after` it."""
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        near = list(await get_many(tx, near_keys(kinds, key), await viewer(tx, request)))
    words = text("unknown_key", key=key, prefixes=[] if near else [kind.prefix for kind in kinds.offered])
    return plainly(request, words, *again(f"{before} {each} {after}".strip() for each in near))


async def show_chosen(desk: Desk, request: Request) -> Reply:
    """A menu of objects, or a button that names one: its card."""
    return await shown(desk, request, request.about["key"])


async def to_choose(tx: Transaction, kinds: Kinds, request: Request, words: str, items: Sequence[Object]) -> Reply:
    """Return what `words` can mean, as a list with a menu."""
    places = await permalinks(tx, [item.key for item in items[:MOST]])
    lines = [line(kinds, item, places) for item in items[:MOST]]
    said = parts("pom_choose", words=words, lines=lines, count=len(items), more=len(items) - len(lines))
    return only_you(request, Message(said["headline"], [*map(section, said.values()), *openers(items)]))


def line(kinds: Kinds, item: Object, places: dict[str, str]) -> dict[str, object]:
    """Return an object as a template takes it for a line of a list."""
    about = {"emoji": kinds.kind(item.kind).emoji, "key": item.key, "title": item.title, "status": item.status}
    return {**about, "url": places.get(item.key), "team": item.team}
