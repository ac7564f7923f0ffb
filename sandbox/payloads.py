"""The payloads of commands and interactions, as Slack words them.

Source: https://docs.slack.dev/reference/interaction-payloads
"""

from sandbox.config import AppConfig
from sandbox.shapes import message_json, view_json
from sandbox.workspace import Channel, Json, Message, User, View, Workspace


def who(workspace: Workspace, app: AppConfig, user: User) -> Json:
    """What all interactions carry: the app, the team, and the person."""
    return {
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.home_team or workspace.id},
        "api_app_id": app.id,
        "token": "sandbox",
        "team": {"id": workspace.id, "domain": workspace.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def command(workspace: Workspace, app: AppConfig, user: User, channel: Channel, name: str, text: str) -> Json:
    """A slash command; a form, hence all strings."""
    return {
        "token": "sandbox",
        "team_id": workspace.id,
        "team_domain": workspace.domain,
        "channel_id": channel.id,
        "channel_name": _channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": app.id,
        "is_enterprise_install": "false",
    }


def place_of_view(workspace: Workspace, app: AppConfig, view: View) -> Json:
    """Where something happened: in a modal or a home."""
    shown = view_json(workspace, view, app)
    return {"container": {"type": "view", "view_id": view.id}, "view": shown}


def place_of_message(workspace: Workspace, message: Message) -> Json:
    """Where something happened: on a message."""
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": message.channel,
        "is_ephemeral": message.ephemeral_to is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    channel = channel_json(workspace.channels[message.channel])
    return {"container": container, "channel": channel, "message": message_json(workspace, message)}


def channel_json(channel: Channel) -> Json:
    """A channel as interactions name it."""
    return {"id": channel.id, "name": _channel_name(channel)}


def _channel_name(channel: Channel) -> str:
    if channel.kind == "im":
        return "directmessage"
    return "privategroup" if channel.is_private and channel.kind == "channel" else channel.name
