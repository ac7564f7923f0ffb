"""Live updates: server-sent events that name the parts of a person's page to fetch again."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sandbox.log import Log
from sandbox.workspace import Change, Changes, Message, View, Workspace

if TYPE_CHECKING:  # the server builds the page, so the page only names the server's type
    from sandbox.server import Sandbox

_TOGETHER_SECONDS = 0.03
_LOOK_SECONDS = 0.25
_KEEP_ALIVE_ROUNDS = 60


def parts_changed(change: Change, workspace: Workspace, user_id: str) -> set[str]:
    """Return which parts of a person's page show this change: channel:C…, thread:ts, sidebar, modal, home:A…, people."""
    if isinstance(change.subject, Message):
        return _message_parts(change.subject, workspace, user_id)
    if isinstance(change.subject, View):
        return _view_parts(change.subject, user_id)
    if change.kind in ("user_changed", "user_joined"):
        return {"people", "sidebar"}
    if change.channel:
        return {"sidebar", f"channel:{change.channel}"}
    return set()


def _message_parts(message: Message, workspace: Workspace, user_id: str) -> set[str]:
    channel = workspace.channels.get(message.channel)
    if channel is None or not channel.is_open_to(user_id) or message.ephemeral_to not in (None, user_id):
        return set()
    thread = {f"thread:{message.thread_ts or message.ts}"}
    return {f"channel:{message.channel}", "sidebar"} | thread


def _view_parts(view: View, user_id: str) -> set[str]:
    if view.user != user_id:
        return set()
    return {"modal"} if view.type == "modal" else {f"home:{view.app_id}"}


async def events(sandbox: "Sandbox", workspace: Workspace, user_id: str) -> AsyncIterator[bytes]:
    """Yield server-sent events until the browser goes; changes that come together are told together."""
    with workspace.changes() as changes, _clock_changes(sandbox) as clock_moved:
        yield b'retry: 500\ndata: ["all"]\n\n'  # what changed before this moment was not heard
        logged, quiet = _last_number(sandbox.log), 0
        while True:
            parts = await _wait(changes, workspace, user_id)
            parts |= {"clock"} if clock_moved.is_set() else set()
            parts |= {"log"} if _last_number(sandbox.log) != logged else set()
            logged, quiet = _last_number(sandbox.log), 0 if parts else quiet + 1
            clock_moved.clear()
            if parts:
                yield f"data: {json.dumps(sorted(parts))}\n\n".encode()
            elif quiet % _KEEP_ALIVE_ROUNDS == 0:
                yield b": still here\n\n"


async def _wait(changes: Changes, workspace: Workspace, user_id: str) -> set[str]:
    """Wait for the next changes, at most until the log and the clock are to be looked at again."""
    parts: set[str] = set()
    timeout = _LOOK_SECONDS
    while True:
        try:
            async with asyncio.timeout(timeout):
                change = await anext(changes)
        except TimeoutError:
            return parts
        parts |= parts_changed(change, workspace, user_id)
        timeout = _TOGETHER_SECONDS


def _last_number(log: Log) -> int:
    return max((exchange.number for exchange in log), default=0)


@contextmanager
def _clock_changes(sandbox: "Sandbox") -> Iterator[asyncio.Event]:
    moved = asyncio.Event()
    sandbox.clock.listeners.append(moved.set)
    try:
        yield moved
    finally:
        sandbox.clock.listeners.remove(moved.set)
