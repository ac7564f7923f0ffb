"""What stands in the menu of a card, as far as it fits in none: everything that can be done with an object, in a modal."""

from dataclasses import replace

from bot.desk import Desk
from bot.flows import conversation
from bot.flows.objects.menu import all_of
from bot.flows.opening import open_view
from bot.flows.viewing import seen, viewer
from bot.forms import FormContext
from bot.replies import private_url
from bot.requests import Reply, Request
from prompts import labels, text
from prompts.blocks import context, plain
from storage.follows import does_follow
from storage.gaps import gaps_of
from storage.objects import links_of


async def more(desk: Desk, request: Request) -> Reply:
    """Open everything that can be done with an object, as buttons."""
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        item = await seen(tx, request, request.about["key"])
        links = await links_of(tx, [item.key], await viewer(tx, request))
        is_followed = await does_follow(tx, request.user, item.key)
    kind = kinds.kind(item.kind)
    about = context(text("about_object", emoji=kind.emoji, key=item.key, title=item.title))
    form = FormContext(kind=item.kind, channel=request.channel, key=item.key, shown=private_url(request))
    view = {
        "type": "modal",
        "title": plain(labels()["more_title"].format(key=item.key)),
        "close": plain(labels()["more_done"]),
        "private_metadata": form.dump(),
        "blocks": [about, *all_of(kind, item, gaps_of(kinds, item, links), is_followed)],
    }
    return await open_view(desk, request, view)


async def outcome(desk: Desk, request: Request) -> Reply:
    """Answer what came of an object, where the question was asked."""
    question = text("outcome_question", key=request.about["key"])
    return await conversation.ask_again(desk, replace(request, about={**request.about, "question": question}))
