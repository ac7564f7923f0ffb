"""Slack's JSON of what the workspace holds: messages, people, channels, views, files."""

from sandbox.config import AppConfig
from sandbox.workspace import Channel, File, Json, Message, User, View, Workspace

_OPTIONAL = ("blocks", "attachments", "subtype", "bot_id", "app_id", "username", "client_msg_id")


def message_json(workspace: Workspace, message: Message, *, metadata: bool = False) -> Json:
    """A message as history and events show it; its metadata only on request, as Slack does."""
    body: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts, "team": workspace.id}
    for name in _OPTIONAL:
        if value := getattr(message, name):
            body[name] = value
    if message.icon:
        body["icons"] = {"emoji": message.icon}
    if message.thread_ts:
        body.update(_thread_json(workspace, message))
    if message.files:
        body["files"] = [file_json(workspace, workspace.files[each]) for each in message.files]
    if message.reactions:
        body["reactions"] = [{"name": each.name, "users": each.users, "count": len(each.users)} for each in message.reactions]
    if message.edited_ts:
        body["edited"] = {"user": message.edited_by, "ts": message.edited_ts}
    if metadata and message.metadata:
        body["metadata"] = message.metadata
    return body


def _thread_json(workspace: Workspace, message: Message) -> Json:
    thread_ts = message.thread_ts or message.ts
    if message.is_reply:
        parent = workspace.message(message.channel, thread_ts)
        return {"thread_ts": thread_ts, "parent_user_id": parent.user if parent else None}
    replies = workspace.replies(message)
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users_count": len({reply.user for reply in replies}),
        "reply_users": list(dict.fromkeys(reply.user for reply in replies)),
        "latest_reply": replies[-1].ts if replies else message.ts,
        "subscribed": False,
    }


def user_json(workspace: Workspace, user: User, *, email: bool = True, locale: bool = True) -> Json:
    """A member as users.info shows it. `email` needs its own scope, `locale` its own argument."""
    offset = ts_offset(workspace, user)
    body: Json = {
        "id": user.id,
        "team_id": user.home_team or workspace.id,
        "name": user.name,
        "deleted": user.deleted,
        "real_name": user.real_name,
        "tz": user.tz,
        "tz_label": user.tz,
        "tz_offset": offset,
        "profile": _profile_json(user, email=email),
        "is_admin": user.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": user.is_restricted,
        "is_ultra_restricted": user.is_ultra_restricted,
        "is_bot": user.is_bot,
        "is_app_user": False,
        "is_stranger": user.is_stranger,
        "updated": int(workspace.clock.now().timestamp()),
    }
    if locale:
        body["locale"] = user.locale
    return body


def ts_offset(workspace: Workspace, user: User) -> int:
    """The member's present distance from UTC in seconds."""
    offset = workspace.clock.now().astimezone(user.zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _profile_json(user: User, *, email: bool) -> Json:
    profile: Json = {
        "title": user.title,
        "real_name": user.real_name,
        "real_name_normalized": user.real_name,
        "display_name": "",  # not set: Slack then shows the real name
        "display_name_normalized": "",
        "image_48": "",
        "image_72": "",
    }
    if email and user.email:
        profile["email"] = user.email
    if user.is_bot:
        profile.update({"api_app_id": user.app_id, "bot_id": user.bot_id, "always_active": True})
    return profile


def channel_json(workspace: Workspace, channel: Channel, viewer: str) -> Json:
    """A conversation as conversations.info shows it to `viewer`."""
    if channel.kind == "im":
        return _im_json(channel, viewer)
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": channel.kind == "channel" and not channel.is_private,
        "is_group": channel.kind == "channel" and channel.is_private,
        "is_im": False,
        "is_mpim": channel.kind == "mpim",
        "is_private": channel.is_private,
        "is_general": channel.is_general,
        "is_archived": channel.is_archived,
        "is_ext_shared": channel.is_ext_shared,
        "is_shared": channel.is_ext_shared,
        "is_org_shared": False,
        "is_member": viewer in channel.members,
        "created": channel.created,
        "creator": channel.creator,
        "previous_names": channel.previous_names,
        "num_members": len(channel.members),
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": channel.purpose, "creator": "", "last_set": 0},
        "context_team_id": workspace.id,
    }


def _im_json(channel: Channel, viewer: str) -> Json:
    other = next((each for each in channel.members if each != viewer), viewer)
    return {
        "id": channel.id,
        "created": channel.created,
        "is_im": True,
        "is_archived": channel.is_archived,
        "is_org_shared": False,
        "user": other,
        "is_user_deleted": False,
    }


def channel_type(channel: Channel) -> str:
    """Slack's word for it in message events: channel, group, im or mpim."""
    if channel.kind != "channel":
        return channel.kind
    return "group" if channel.is_private else "channel"


def view_json(workspace: Workspace, view: View, app: AppConfig) -> Json:
    """A view as payloads and answers show it, with its state."""
    body = view.body
    return {
        "id": view.id,
        "team_id": workspace.id,
        "app_id": view.app_id,
        "app_installed_team_id": workspace.id,
        "bot_id": app.bot_id,
        "type": view.type,
        "blocks": view.blocks,
        "private_metadata": view.private_metadata,
        "callback_id": view.callback_id,
        "external_id": view.external_id,
        "state": {"values": view.values},
        "hash": view.hash,
        "title": body.get("title") or {"type": "plain_text", "text": app.name, "emoji": True},
        "submit": body.get("submit"),
        "close": body.get("close"),
        "clear_on_close": bool(body.get("clear_on_close")),
        "notify_on_close": bool(body.get("notify_on_close")),
        "submit_disabled": bool(body.get("submit_disabled")),
        "root_view_id": view.root_view_id,
        "previous_view_id": view.previous_view_id,
    }


def file_json(workspace: Workspace, file: File) -> Json:
    """A file; `url_private` is where the sandbox serves it."""
    address = f"{workspace.url}/files/{file.id}/{file.name}"
    return {
        "id": file.id,
        "name": file.name,
        "title": file.title,
        "mimetype": file.mimetype,
        "filetype": file.name.rpartition(".")[2],
        "user": file.user,
        "created": file.created,
        "timestamp": file.created,
        "size": len(file.content),
        "mode": "hosted",
        "is_public": False,
        "channels": file.channels,
        "url_private": address,
        "url_private_download": address,
        "permalink": address,
    }


def permalink(workspace: Workspace, message: Message) -> str:
    """The address of a message on the sandbox's page, of the same form as Slack's."""
    link = f"{workspace.url}/archives/{message.channel}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={message.channel}"
    return link
