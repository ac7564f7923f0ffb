"""`/pom export`: everything as a graph file, for an admin; `/pom export KEY`: what lies around an object, as text."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from typing import IO

import aiohttp

from bot.desk import Desk
from bot.errors import attempted, report
from bot.flows.pom.replies import plainly
from bot.flows.pom.words import cleaned, key_first
from bot.flows.setup.admins import is_admin
from bot.flows.viewing import viewer
from bot.requests import Reply, Request
from bot.slack import CallFailed, call, respond
from prompts import text
from prompts.blocks import preformatted
from storage.files.exporting import export_graph
from storage.pictures import mermaid
from storage.pictures.neighbourhood import Neighbourhood, neighbourhood
from storage.sheets.sheet import written
from storage.staff import admins
from storage.workspaces import kinds_of

FILE = "throughline.json"
STEPS, SIZES = 2, (60, 30, 15)  # objects of a neighbourhood, with twice as many links: as many as a message holds
FITTING = 9_000  # characters of a message
IN_MEMORY = 4_000_000  # bytes of a file; what is more goes to a disk
MOST_ADMINS = 3
UPLOAD_TIMEOUT = 600  # seconds


async def export(desk: Desk, request: Request, words: str) -> Reply:
    """Send the whole graph to an admin as a file; show what lies around the object that `words` name to who may see it."""
    kinds = await desk.kinds(request.workspace)
    key, form = key_first(kinds, words)
    if key:
        return await _around(desk, request, key, as_table=cleaned(form).lower() == "csv")
    async with desk.database.reading(request.workspace) as tx:
        known = await admins(tx)
    if request.user not in [person.user for person in known]:
        return plainly(request, text("pom_export_refused", admins=[person.name for person in known[:MOST_ADMINS]]))
    desk.later(_sent(desk, request))
    return plainly(request, text("pom_export", state="begun"))


async def _sent(desk: Desk, request: Request) -> None:
    """Send the file, if Slack says that they are an admin still; where that fails, say how else to get it."""
    is_sent, error = await attempted(_send(desk, request))
    if is_sent:
        return
    if error and not isinstance(error, CallFailed):
        report(error, "export", workspace=request.workspace, user=request.user)
    words = text("pom_export", state="failed") if error else text("pom_export_refused", admins=[])
    reply = plainly(request, words)
    _, error = await attempted(respond(desk.slack, request.response_url, reply))
    if error:
        report(error, "export", workspace=request.workspace, user=request.user)


async def _send(desk: Desk, request: Request) -> bool:
    """Write the file to a disk and upload it, piece by piece, to a direct message; return whether they may have it.

    Raise CallFailed and aiohttp's errors. https://docs.slack.dev/messaging/working-with-files#upload
    """
    if not await is_admin(desk, request.workspace, request.user):
        return False
    client = desk.slack.client
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
        size = await _written(desk, request.workspace, file)
        direct = (await call(client, "conversations.open", users=request.user))["channel"]["id"]
        there = await call(client, "files.getUploadURLExternal", filename=FILE, length=size)
        file.seek(0)
        limit = aiohttp.ClientTimeout(total=UPLOAD_TIMEOUT)
        async with desk.slack.session.post(there["upload_url"], data=_pieces(file), timeout=limit) as answer:
            answer.raise_for_status()
        uploaded = [{"id": there["file_id"], "title": FILE}]
        said = text("pom_export", state="done")
        await call(client, "files.completeUploadExternal", files=uploaded, channel_id=direct, initial_comment=said)
    return True


async def _written(desk: Desk, workspace: str, file: IO[bytes]) -> int:
    async with desk.database.snapshot(workspace) as tx:
        async for piece in export_graph(tx, await kinds_of(tx)):
            file.write(piece.encode())
            await asyncio.sleep(0)  # others are served meanwhile
    return file.tell()


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    while piece := file.read(1 << 16):
        yield piece


async def _around(desk: Desk, request: Request, key: str, *, as_table: bool) -> Reply:
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        audience = await viewer(tx, request)
        for most in SIZES:
            near = await neighbourhood(tx, key, audience, steps=STEPS, objects_at_most=most, links_at_most=2 * most)
            drawn = _table(near) if as_table else mermaid.drawn(kinds, near)
            if len(drawn) <= FITTING:
                break
    said = text("pom_export_key", key=key, as_table=as_table, is_cut=near.is_cut)
    return plainly(request, said, preformatted(drawn[:FITTING]))


def _table(near: Neighbourhood) -> str:
    """Return each link as a row, both its ends with their titles."""
    rows = [
        [
            link.from_key,
            near.objects[link.from_key].title,
            link.relation,
            link.to_key,
            near.objects[link.to_key].title,
            link.why,
        ]
        for link in near.links
    ]
    return written(["from", "title", "relation", "to", "title", "why"], rows).lstrip("\ufeff").replace("\r\n", "\n")
