"""files.*: the upload in three steps.

Source: https://docs.slack.dev/messaging/working-with-files
"""

import mimetypes
import secrets
from typing import Any

from sandbox.blocks import with_ids
from sandbox.ids import new_id
from sandbox.shapes import file_json
from sandbox.webapi.call import Call, Method, Refused
from sandbox.webapi.chat import thread_fields
from sandbox.workspace import Channel, File, Json


def get_upload_url(call: Call) -> Json:
    name = call.text("filename")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    created = int(call.workspace.clock.now().timestamp())
    file = File(new_id("F"), name, name, kind, call.bot, created)
    call.workspace.files[file.id] = file
    ticket = secrets.token_urlsafe(18)
    call.context.uploads[ticket] = file.id
    return {"upload_url": f"{call.context.url}/upload/{ticket}", "file_id": file.id}


def complete_upload(call: Call) -> Json:
    files = [_uploaded(call, wanted) for wanted in call.arguments.get("files") or []]
    places = [each.strip() for each in (call.text("channels") or call.text("channel_id")).split(",") if each.strip()]
    channels = [_place(call, place) for place in places]
    for file in files:
        file.channels = [channel.id for channel in channels]
        call.workspace.put_file(file)
    for channel in channels:
        _share(call, files, channel)
    return {"files": [file_json(call.workspace, file) for file in files]}


def _uploaded(call: Call, wanted: dict[str, Any]) -> File:
    file = call.workspace.files.get(str(wanted.get("id")))
    if file is None or file.user != call.bot or not file.uploaded:
        raise Refused("file_not_found")
    file.title = str(wanted.get("title") or file.name)
    return file


def _place(call: Call, place: str) -> Channel:
    channel = call.workspace.channels.get(place)
    if channel is None or not channel.is_open_to(call.bot):
        raise Refused("channel_not_found")
    if channel.is_archived:
        raise Refused("is_archived")
    if call.bot not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _share(call: Call, files: list[File], channel: Channel) -> None:
    fields: Json = {"files": [file.id for file in files], "bot_id": call.app.bot_id, "app_id": call.app.id}
    if blocks := call.arguments.get("blocks"):
        fields["blocks"] = with_ids(blocks)
    call.workspace.post(channel, call.bot, call.text("initial_comment"), **fields, **thread_fields(call, channel))


METHODS = {
    "files.getUploadURLExternal": Method(get_upload_url, ("files:write",)),
    "files.completeUploadExternal": Method(complete_upload, ("files:write",)),
}
