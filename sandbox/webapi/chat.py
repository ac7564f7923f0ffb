"""chat.*: messages of apps.

Source: https://docs.slack.dev/reference/methods/chat.postMessage
"""

from typing import Any

from sandbox.blocks import with_ids
from sandbox.shapes import message_json, permalink
from sandbox.webapi.call import Call, Method, Refused
from sandbox.workspace import Channel, Json, Message


def post_message(call: Call) -> Json:
    channel = destination(call)
    message = call.workspace.post(channel, call.bot, **_content(call), **_authorship(call), **thread_fields(call, channel))
    return {"channel": channel.id, "ts": message.ts, "message": message_json(call.workspace, message, metadata=True)}


def post_ephemeral(call: Call) -> Json:
    channel = destination(call)
    reader = call.text("user")
    if reader not in channel.members:
        raise Refused("user_not_in_channel")
    fields = {**_content(call), **_authorship(call), **thread_fields(call, channel), "ephemeral_to": reader}
    message = call.workspace.post(channel, call.bot, **fields)
    return {"message_ts": message.ts}


def update(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel, call.text("ts"))
    if message.app_id != call.app.id:
        raise Refused("cant_update_message")
    if channel.is_archived:
        raise Refused("is_archived")
    call.workspace.edit(message, call.bot, **_replacement(call))
    shown = message_json(call.workspace, message, metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": shown}


def delete(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel, call.text("ts"))
    if message.app_id != call.app.id:
        raise Refused("cant_delete_message")
    call.workspace.delete(message, call.bot)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel, call.text("message_ts"))
    return {"channel": channel.id, "permalink": permalink(call.workspace, message)}


def destination(call: Call) -> Channel:
    """The conversation to post in; a user id means the direct message with that user."""
    reference = call.text("channel")
    channel = call.workspace.channels.get(reference) or _direct_message(call, reference)
    channel = channel or call.workspace.find_channel(reference)
    if channel is None or not channel.is_open_to(call.bot):
        raise Refused("channel_not_found")
    if channel.is_archived:
        raise Refused("is_archived")
    if call.bot not in channel.members and "chat:write.public" not in (call.app.scopes or ()):
        raise Refused("not_in_channel")
    if channel.kind == "im" and not call.app.messages_tab:
        raise Refused("messages_tab_disabled")
    return channel


def _direct_message(call: Call, reference: str) -> Channel | None:
    user = call.workspace.users.get(reference)
    if user is None or user.deleted:
        return None
    if user.is_bot:
        raise Refused("cannot_dm_bot")
    return call.workspace.open_conversation([call.bot, user.id])


def _content(call: Call) -> Json:
    fields: Json = {"text": call.text("text"), "metadata": call.arguments.get("metadata") or None}
    if blocks := call.arguments.get("blocks"):
        fields["blocks"] = with_ids(blocks)
    if attachments := call.arguments.get("attachments"):
        fields["attachments"] = attachments
    if markdown := call.text("markdown_text"):
        fields |= {"text": markdown, "blocks": with_ids([{"type": "markdown", "text": markdown}])}
    return fields


def _authorship(call: Call) -> Json:
    fields: Json = {"bot_id": call.app.bot_id, "app_id": call.app.id}
    if username := call.text("username"):
        fields |= {"username": username, "subtype": "bot_message"}
    if icon := call.text("icon_emoji"):
        fields["icon"] = icon
    return fields


def thread_fields(call: Call, channel: Channel) -> Json:
    """The fields of a message in the thread that `thread_ts` names, if any. Refuses as thread_not_found."""
    if not (thread_ts := call.text("thread_ts")):
        return {}
    parent: Message | None = channel.by_ts.get(thread_ts)
    if parent is None or parent.ephemeral_to:
        raise Refused("thread_not_found")
    broadcast = call.flag("reply_broadcast")
    fields: Json = {"thread_ts": parent.thread_ts or parent.ts, "broadcast": broadcast}
    return fields | ({"subtype": "thread_broadcast"} if broadcast else {})


def _replacement(call: Call) -> Json:
    """The changed fields: what is not given is retained, what is given empty is removed."""
    fields: Json = {}
    for name in ("attachments", "metadata"):
        if call.given(name):
            fields[name] = call.arguments[name] or None
    if call.given("blocks"):
        blocks: list[dict[str, Any]] = call.arguments["blocks"]
        fields["blocks"] = with_ids(blocks) if blocks else None
    if call.given("text"):
        fields["text"] = call.text("text")
    if markdown := call.text("markdown_text"):
        fields |= {"text": markdown, "blocks": with_ids([{"type": "markdown", "text": markdown}])}
    return fields


METHODS = {
    "chat.postMessage": Method(post_message, ("chat:write",)),
    "chat.postEphemeral": Method(post_ephemeral, ("chat:write",)),
    "chat.update": Method(update, ("chat:write",)),
    "chat.delete": Method(delete, ("chat:write",)),
    "chat.getPermalink": Method(get_permalink),
}
