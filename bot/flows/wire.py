"""What each name on the wire does. The names never change: buttons that were posted long ago still carry them."""

from collections.abc import Awaitable, Callable

from bot.desk import Desk
from bot.flows import change, checkins, conversation, find, letters, log, pom
from bot.flows.first_steps import FIRST_STEPS
from bot.forms import FormContext
from bot.requests import Reply, Request

Flow = Callable[[Desk, Request], Awaitable[Reply]]

COMMANDS: dict[str, Flow] = {
    "/bet": log.opens("bet"),
    "/insight": log.opens("insight"),
    "/impact": log.opens("impact"),
    "/pom": pom.pom,
}


async def _save(desk: Desk, request: Request) -> Reply:
    changes = FormContext.load(request.view["private_metadata"]).key is not None
    return await (change.save_change if changes else log.save_new)(desk, request)


ACTIONS: dict[str, Flow] = {
    "object.edit": change.edit,
    "object.status": change.ask_status,
    "object.link": change.ask_link,
    "object.fill": change.fill_gap,
    "object.why": conversation.why,
    "form.open": log.reopen,
    **{f"form.open.{kind}": log.reopen for kind in FIRST_STEPS},  # several in one block need names of their own
    "form.more": log.show_more,
    "ask": conversation.ask_again,
    "checkin.update": checkins.open_checkin,
    "checkin.same": checkins.same_as_last,
    "letters.again": letters.send_again,
}

SUBMISSIONS: dict[str, Flow] = {
    "object.save": _save,
    "object.move": change.save_status,
    "object.tie": change.save_link,
    "checkin.save": checkins.save_checkin,
}

OPTIONS: dict[str, Flow] = {
    "link": find.find_objects,
}
