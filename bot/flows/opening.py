"""Opening a modal, for which a press of a button gives three seconds."""

from collections.abc import Mapping
from typing import Any

from bot.desk import Desk
from bot.requests import Reply, Request
from bot.slack import CallFailed, call
from prompts import labels
from prompts.blocks import Block

TOO_MANY = "push_limit_reached"  # Slack lays three modals on one another: https://docs.slack.dev/surfaces/modals
TOO_LATE = {"expired_trigger_id", "exchanged_trigger_id", "trigger_expired", "trigger_exchanged"}
CLOSED = {"not_found", "view_not_found"}  # the person closed the form or saved it
OVERTAKEN = "hash_conflict"  # the person typed on


async def open_view(desk: Desk, request: Request, view: Block) -> Reply:
    """Open `view`, or, from a modal, lay it on top; where Slack was too slow, or there are too many, return words for it."""
    return (await opened(desk, request, view))[1]


async def opened(desk: Desk, request: Request, view: Block) -> tuple[dict[str, Any] | None, Reply]:
    """As `open_view`; return the window, too, or None where Slack was too slow."""
    method = "views.push" if request.view.get("type") == "modal" else "views.open"
    try:
        answer = await call(desk.slack.client, method, trigger_id=request.trigger_id, view=view)
    except CallFailed as failed:
        if failed.code not in (*TOO_LATE, TOO_MANY):
            raise
        words = labels()["too_many_windows" if failed.code == TOO_MANY else "press_again"]
        return None, {"response_type": "ephemeral", "replace_original": False, "text": words}
    return answer["view"], {}


async def put(desk: Desk, view: str, body: Block, expected: str | None = None) -> None:
    """Put `body` into the window `view`, unless it is closed; raise CallFailed, also where it is not as `expected`."""
    hashed = {"hash": expected} if expected else {}
    try:
        await call(desk.slack.client, "views.update", view_id=view, view=body, **hashed)
    except CallFailed as failed:
        if failed.code not in CLOSED:
            raise


async def put_unless_changed(desk: Desk, view: Mapping[str, Any], body: Block) -> None:
    """Put `body` into the window `view`, unless it is closed, or another than that by now."""
    try:
        await put(desk, view["id"], body, view["hash"])
    except CallFailed as failed:
        if failed.code != OVERTAKEN:
            raise
