"""Changes of the workspace as the events that Slack would send: pure, one function for each kind of change.

Source: https://docs.slack.dev/reference/events
"""

from collections.abc import Callable, Iterator

from sandbox.config import AppConfig
from sandbox.ids import microseconds, ts_from
from sandbox.shapes import channel_json, channel_type, file_json, message_json, user_json
from sandbox.workspace import Change, Channel, File, Json, Message, User, Workspace

_PLURAL = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}


def events_of(change: Change, workspace: Workspace, app: AppConfig) -> Iterator[Json]:
    """The events of a change that this app has subscribed to and may see."""
    make = _MAKERS.get(change.kind)
    if make is None:
        return
    for event in make(change, workspace, app):
        if _is_subscribed(event, app):
            yield event


def event_ts(workspace: Workspace) -> str:
    return ts_from(microseconds(workspace.clock.now()))


def _is_subscribed(event: Json, app: AppConfig) -> bool:
    if event["type"] == "message":
        return f"message.{_PLURAL[event['channel_type']]}" in app.bot_events
    return event["type"] in app.bot_events


def _seen_channel(workspace: Workspace, app: AppConfig, channel_id: str) -> Channel | None:
    """The channel, if the app's bot is in it."""
    channel = workspace.channels[channel_id]
    return channel if app.bot_user.id in channel.members else None


def _message_subject(change: Change, workspace: Workspace, app: AppConfig) -> tuple[Message, Channel] | None:
    message = change.subject
    assert isinstance(message, Message)  # noqa: S101 - for the type checker: message changes carry messages
    channel = _seen_channel(workspace, app, message.channel)
    return (message, channel) if channel and message.ephemeral_to is None else None


def _posted(change: Change, workspace: Workspace, app: AppConfig) -> Iterator[Json]:
    if not (seen := _message_subject(change, workspace, app)):
        return
    message, channel = seen
    body = message_json(workspace, message)
    place = {"channel": channel.id, "event_ts": message.ts}
    if f"<@{app.bot_user.id}>" in message.text and message.app_id != app.id and channel.kind == "channel":
        yield {**body, "type": "app_mention", **place}
    yield {**body, **place, "channel_type": channel_type(channel)}
    if message.metadata:
        yield _metadata_event("message_metadata_posted", message, workspace)


def _metadata_event(kind: str, message: Message, workspace: Workspace) -> Json:
    return {
        "type": kind,
        "app_id": message.app_id,
        "bot_id": message.bot_id,
        "user_id": message.user,
        "team_id": workspace.id,
        "channel_id": message.channel,
        "metadata": message.metadata,
        "message_ts": message.ts,
        "event_ts": event_ts(workspace),
    }


def _changed(change: Change, workspace: Workspace, app: AppConfig) -> Iterator[Json]:
    if not (seen := _message_subject(change, workspace, app)):
        return
    message, channel = seen
    previous = change.previous
    assert isinstance(previous, Message)  # noqa: S101 - for the type checker: an edit carries what was before
    yield {
        **_hidden(workspace, channel, "message_changed"),
        "message": message_json(workspace, message),
        "previous_message": message_json(workspace, previous),
    }
    if message.metadata and message.metadata != previous.metadata:
        yield {**_metadata_event("message_metadata_updated", message, workspace), "previous_metadata": previous.metadata}


def _deleted(change: Change, workspace: Workspace, app: AppConfig) -> Iterator[Json]:
    if not (seen := _message_subject(change, workspace, app)):
        return
    _, channel = seen
    message = change.previous
    assert isinstance(message, Message)  # noqa: S101 - for the type checker: a deletion carries what was before
    yield {
        **_hidden(workspace, channel, "message_deleted"),
        "deleted_ts": message.ts,
        "previous_message": message_json(workspace, message),
    }
    if message.metadata:
        gone = _metadata_event("message_metadata_deleted", message, workspace)
        yield {**gone, "previous_metadata": gone.pop("metadata"), "deleted_ts": message.ts}


def _hidden(workspace: Workspace, channel: Channel, subtype: str) -> Json:
    ts = event_ts(workspace)
    return {
        "type": "message",
        "subtype": subtype,
        "hidden": True,
        "channel": channel.id,
        "channel_type": channel_type(channel),
        "ts": ts,
        "event_ts": ts,
    }


def _reaction(change: Change, workspace: Workspace, app: AppConfig) -> Iterator[Json]:
    if not (seen := _message_subject(change, workspace, app)):
        return
    message, _ = seen
    yield {
        "type": change.kind,
        "user": change.user,
        "reaction": change.detail,
        "item_user": message.user,
        "item": {"type": "message", "channel": message.channel, "ts": message.ts},
        "event_ts": event_ts(workspace),
    }


def _member(change: Change, workspace: Workspace, app: AppConfig) -> Iterator[Json]:
    channel = workspace.channels[change.channel]
    if channel.kind != "channel" or not (app.bot_user.id in channel.members or change.user == app.bot_user.id):
        return
    kind = "member_joined_channel" if change.kind == "member_joined" else "member_left_channel"
    event = {
        "type": kind,
        "user": change.user,
        "channel": channel.id,
        "channel_type": "G" if channel.is_private else "C",
        "team": workspace.id,
        "event_ts": event_ts(workspace),
    }
    yield event | ({"inviter": change.detail} if change.detail else {})


def _channel_created(change: Change, workspace: Workspace, app: AppConfig) -> Iterator[Json]:
    channel = workspace.channels[change.channel]
    if channel.kind == "channel" and not channel.is_private:
        shown = channel_json(workspace, channel, app.bot_user.id)
        yield {"type": "channel_created", "channel": shown, "event_ts": event_ts(workspace)}


def _channel_changed(change: Change, workspace: Workspace, app: AppConfig) -> Iterator[Json]:
    channel, before = workspace.channels[change.channel], change.previous
    assert isinstance(before, Channel)  # noqa: S101 - for the type checker: a changed channel carries what was before
    if not channel.is_open_to(app.bot_user.id):
        return
    prefix = "group" if channel.is_private else "channel"
    if channel.name != before.name:
        shown = channel_json(workspace, channel, app.bot_user.id)
        yield {"type": f"{prefix}_rename", "channel": shown, "event_ts": event_ts(workspace)}
    if channel.is_archived != before.is_archived:
        kind = "archive" if channel.is_archived else "unarchive"
        place = {"channel": channel.id, "user": change.user, "event_ts": event_ts(workspace)}
        yield {"type": f"{prefix}_{kind}", **place}


def _user(change: Change, workspace: Workspace, app: AppConfig) -> Iterator[Json]:
    user = change.subject
    assert isinstance(user, User)  # noqa: S101 - for the type checker: user changes carry users
    ts = event_ts(workspace)
    kind = "team_join" if change.kind == "user_joined" else "user_change"
    yield {"type": kind, "user": user_json(workspace, user), "cache_ts": int(float(ts)), "event_ts": ts}


def _file(change: Change, workspace: Workspace, app: AppConfig) -> Iterator[Json]:
    file = change.subject
    assert isinstance(file, File)  # noqa: S101 - for the type checker: file changes carry files
    for channel_id in file.channels:
        if _seen_channel(workspace, app, channel_id):
            yield {
                "type": "file_shared",
                "file_id": file.id,
                "user_id": file.user,
                "file": file_json(workspace, file),
                "channel_id": channel_id,
                "event_ts": event_ts(workspace),
            }


_MAKERS: dict[str, Callable[[Change, Workspace, AppConfig], Iterator[Json]]] = {
    "message_posted": _posted,
    "message_changed": _changed,
    "message_deleted": _deleted,
    "reaction_added": _reaction,
    "reaction_removed": _reaction,
    "member_joined": _member,
    "member_left": _member,
    "channel_created": _channel_created,
    "channel_changed": _channel_changed,
    "user_changed": _user,
    "user_joined": _user,
    "file_changed": _file,
}
