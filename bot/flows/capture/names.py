"""The names of getting something new in."""

from bot.flows.capture import find, log
from bot.flows.names import Names

CAPTURE = Names(
    commands={f"/{kind}": log.opens(kind) for kind in ("bet", "insight", "impact")},
    actions={"form.open": log.reopen, "form.more": log.show_more},
    options={"link": find.find_objects},
)
