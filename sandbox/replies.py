"""Messages that an app gives in answer to an act: in a command's acknowledgement or to a response URL.

Source: https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

from collections.abc import Mapping
from typing import Any

from sandbox import strict
from sandbox.blocks import with_ids
from sandbox.context import Context
from sandbox.interactivity import ResponseUrl
from sandbox.workspace import Json, Message


class BadReply(Exception):
    """The answer is not one that Slack takes; str() is the error code."""


def post_reply(context: Context, url: ResponseUrl, body: Mapping[str, Any]) -> Message | None:
    """Do what an answer says: post, replace or delete; the message posted or replaced. Raises BadReply."""
    workspace = context.workspaces[url.workspace]
    original = url.message if url.message and not url.message.deleted else None
    app = next(each for each in context.config.apps if each.id == url.app_id)
    if original and body.get("delete_original"):
        workspace.delete(original, app.bot_user.id)
        return None
    content = _content(body)
    if original and body.get("replace_original"):
        workspace.edit(original, app.bot_user.id, **content)
        return original
    fields: Json = {**content, "bot_id": app.bot_id, "app_id": app.id, "thread_ts": body.get("thread_ts")}
    if body.get("response_type") != "in_channel":
        fields["ephemeral_to"] = url.user
    return workspace.post(workspace.channels[url.channel], app.bot_user.id, **fields)


def _content(body: Mapping[str, Any]) -> Json:
    blocks = body.get("blocks")
    if blocks is not None and (problems := strict.check_blocks(blocks, surface="message")):
        raise BadReply(problems[0].code)
    if not (body.get("text") or blocks or body.get("attachments")):
        raise BadReply("no_text")
    content: Json = {"text": str(body.get("text") or ""), "blocks": with_ids(blocks) if blocks else None}
    return content | {"attachments": body.get("attachments") or None, "metadata": body.get("metadata") or None}
