"""The names of getting something new in."""

from bot.flows.capture import drafts, find, log
from bot.flows.names import Names

CAPTURE = Names(
    commands={f"/{kind}": log.opens(kind) for kind in ("bet", "insight", "impact")},
    actions={
        "form.open": log.reopen,
        "form.more": log.show_more,
        "form.afresh": drafts.begin_afresh,
        "form.take_up": drafts.take_up,
        "value": drafts.typed_on,
        "link": drafts.typed_on,
    },
    options={"link": find.find_objects},
    closed={"object.save": drafts.closed},
)
