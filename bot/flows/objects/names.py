"""The names of what people do with an object that is there."""

from bot.desk import Desk
from bot.flows.capture import drafts, saving
from bot.flows.names import Names
from bot.flows.objects import change, following, handing_over, more, moves, proposing, putting_away, undoing
from bot.forms import FormContext
from bot.requests import Reply, Request


async def _save(desk: Desk, request: Request) -> Reply:
    changes = FormContext.load(request.view["private_metadata"]).key is not None
    return await (change.save_change if changes else saving.save_new)(desk, request)


OBJECTS = Names(
    actions={
        "object.edit": change.edit,
        "object.status": change.ask_status,
        "object.link": change.ask_link,
        "object.fill": change.fill_gap,
        "object.go": moves.go,
        "object.more": more.more,
        "object.outcome": more.outcome,
        "story.undo": undoing.take_back,
        "object.archive": putting_away.archive,
        "object.unarchive": putting_away.unarchive,
        "object.merge": putting_away.ask_merge,
        "object.follow": following.follow,
        "object.unfollow": following.unfollow,
        "handover.give": handing_over.give,
        "handover.keep": handing_over.keep,
        "proposal.accept": proposing.accept,
        "proposal.decline": proposing.ask_why_not,
        "proposal.withdraw": proposing.withdraw,
    },
    submissions={
        "object.save": _save,
        "object.move": change.save_status,
        "object.tie": change.save_link,
        "object.go": moves.save,
        "object.merge": putting_away.merge,
        "proposal.decline": proposing.decline,
    },
    closed={"object.go": drafts.closed},
)
