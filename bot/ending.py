"""Coming to an end: what was begun is ended, so that nothing is left half done when the process is told to stop."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

STOP_SECONDS = 5.0  # for what is under way to come to its end
Result = TypeVar("Result")


async def ended(work: Coroutine[Any, Any, Result]) -> Result:
    """Do `work` and return its result. Where the caller is cancelled, `work` is let end first, for STOP_SECONDS at most.

    A database connection that is cancelled while it opens would be left open.
    """
    task = asyncio.create_task(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task], timeout=STOP_SECONDS)
        raise
