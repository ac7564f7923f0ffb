"""The one place where a failure becomes words: a plain apology with a reference that is also in the log."""

import secrets
from collections.abc import Awaitable
from typing import TypeVar

import structlog

from bot.modals import note
from bot.requests import Reply, Request
from prompts import labels, text
from prompts.blocks import section
from prompts.escape import escape
from storage.errors import Conflict, NotFound, Refused

log = structlog.get_logger("errors")
Result = TypeVar("Result")
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # without those that are taken for one another


def new_reference() -> str:
    """Return a short reference that a person can read out."""
    return "".join(secrets.choice(_LETTERS) for _ in range(4))


async def in_words(work: Awaitable[Reply], request: Request, what: str) -> Reply:
    """Do `work` and return its reply; where it fails, return words for the surface that the request came from."""
    reply, error = await attempted(work)
    if isinstance(error, Refused | NotFound | Conflict):
        return _said(request, str(error))
    if error:
        reference = report(error, what, workspace=request.workspace, user=request.user)
        return _said(request, text("apology", reference=reference, is_form=bool(request.view)))
    return reply or {}


async def logged(work: Awaitable[object], what: str, **about: str) -> str:
    """Do work that nobody waits for; return nothing where it went well, else the reference under which it is in the log."""
    _, error = await attempted(work)
    return report(error, what, **about) if error else ""


async def attempted(work: Awaitable[Result]) -> tuple[Result | None, Exception | None]:
    """Return the result of `work`, or what it raised."""
    try:
        return await work, None
    except Exception as error:  # noqa: BLE001  # the one place: whatever it was, the caller says it in words or logs it
        return None, error


def report(error: Exception, what: str, **about: str) -> str:
    """Log an unexpected failure and return its reference."""
    reference = new_reference()
    log.error("failed", what=what, reference=reference, **about, exc_info=error)
    return reference


def _said(request: Request, words: str) -> Reply:
    """A form stays open with all that was typed, the words under its first field, or over it where it has none.

    Elsewhere only the person sees them.
    """
    inputs = [block["block_id"] for block in request.view.get("blocks", []) if block["type"] == "input"]
    if request.body.get("type") == "view_submission" and inputs:
        return {"response_action": "errors", "errors": {inputs[0]: words}}
    if request.body.get("type") == "view_submission":
        return {"response_action": "push", "view": note(labels()["error_title"], [section(escape(words))])}
    return {"response_type": "ephemeral", "replace_original": False, "text": escape(words)}
