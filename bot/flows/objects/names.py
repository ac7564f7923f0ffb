"""The names of what people do with an object that is there."""

from bot.desk import Desk
from bot.flows.capture import log
from bot.flows.names import Names
from bot.flows.objects import change, following, proposing, putting_away
from bot.forms import FormContext
from bot.requests import Reply, Request


async def _save(desk: Desk, request: Request) -> Reply:
    changes = FormContext.load(request.view["private_metadata"]).key is not None
    return await (change.save_change if changes else log.save_new)(desk, request)


OBJECTS = Names(
    actions={
        "object.edit": change.edit,
        "object.status": change.ask_status,
        "object.link": change.ask_link,
        "object.fill": change.fill_gap,
        "object.archive": putting_away.archive,
        "object.unarchive": putting_away.unarchive,
        "object.merge": putting_away.ask_merge,
        "object.follow": following.follow,
        "object.unfollow": following.unfollow,
        "proposal.accept": proposing.accept,
        "proposal.decline": proposing.ask_why_not,
        "proposal.withdraw": proposing.withdraw,
    },
    submissions={
        "object.save": _save,
        "object.move": change.save_status,
        "object.tie": change.save_link,
        "object.merge": putting_away.merge,
        "proposal.decline": proposing.decline,
    },
)
