"""Keeps workspaces in one SQLite file: every change is written through at once and survives a kill."""

import dataclasses
import json
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sandbox.clock import Clock
from sandbox.workspace import Change, Channel, File, Json, Message, Reaction, User, View, Workspace

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    workspace TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, content BLOB,
    PRIMARY KEY (workspace, kind, id)
) WITHOUT ROWID
"""
_LISTS = ("by_ts", "timeline", "threads")


class Store:
    """A file of documents: one for each user, channel, message, home and file, and one for the clock."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(path, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.execute(_SCHEMA)

    def load(self, workspaces: dict[str, Workspace], clock: Clock) -> None:
        """Fill empty workspaces and set the clock as they were, and write down the clock from now on."""
        for workspace in workspaces.values():
            for kind, load in _LOADERS.items():
                for key, body, content in self._documents(workspace.id, kind):
                    load(workspace, key, body, content)
        for _, body, _ in self._documents("", "clock"):
            _load_clock(clock, body)
        clock.listeners.append(lambda: self._put("", "clock", "clock", _clock_body(clock)))
        self._put("", "clock", "clock", _clock_body(clock))

    def watch(self, workspace: Workspace) -> None:
        """Write down a workspace as it is, and every change of it."""
        for user in workspace.users.values():
            self._put(workspace.id, "user", user.id, _body(user))
        for channel in workspace.channels.values():
            self._put(workspace.id, "channel", channel.id, _channel_body(channel))
        workspace.listeners.append(self._write)

    def close(self) -> None:
        self._database.close()

    def _write(self, change: Change) -> None:
        match change.subject:
            case Message() as message:
                self._write_message(change, message)
            case Channel() as channel:
                self._put(change.workspace, "channel", channel.id, _channel_body(channel))
            case User() as user:
                self._put(change.workspace, "user", user.id, _body(user))
            case View(type="home") as view:
                self._put(change.workspace, "home", f"{view.user}/{view.app_id}", _body(view))
            case File() as file:
                self._put(change.workspace, "file", file.id, _body(file, "content"), file.content)

    def _write_message(self, change: Change, message: Message) -> None:
        key = f"{message.channel}/{message.ts}"
        if change.kind == "message_deleted" and message.subtype != "tombstone":
            self._database.execute(
                "DELETE FROM documents WHERE workspace = ? AND kind = 'message' AND id = ?", (change.workspace, key)
            )
        else:
            self._put(change.workspace, "message", key, _body(message))

    def _put(self, workspace: str, kind: str, key: str, body: Json, content: bytes | None = None) -> None:
        row = (workspace, kind, key, json.dumps(body), content)
        self._database.execute("INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?)", row)

    def _documents(self, workspace: str, kind: str) -> list[tuple[str, Json, bytes | None]]:
        query = "SELECT id, body, content FROM documents WHERE workspace = ? AND kind = ? ORDER BY id"
        return [(key, json.loads(body), content) for key, body, content in self._database.execute(query, (workspace, kind))]


def _body(subject: User | Message | View | File | Channel, *without: str) -> Json:
    names = [each.name for each in dataclasses.fields(subject) if each.name not in without]
    body = {name: getattr(subject, name) for name in names}
    if isinstance(subject, Message):
        body["reactions"] = [{"name": each.name, "users": each.users} for each in subject.reactions]
    return body


def _channel_body(channel: Channel) -> Json:
    return _body(channel, *_LISTS) | {"members": sorted(channel.members)}


def _clock_body(clock: Clock) -> Json:
    ahead = clock.now() - datetime.now(UTC)
    return {"runs": clock.runs, "now": clock.now().isoformat(), "ahead_seconds": ahead.total_seconds()}


def _load_clock(clock: Clock, body: Json) -> None:
    """A running clock ran on while the sandbox was off; one that stood still did not."""
    ahead = timedelta(seconds=body["ahead_seconds"])
    clock.runs = body["runs"]
    clock.move_to(datetime.now(UTC) + ahead if clock.runs else datetime.fromisoformat(body["now"]))


def _load_user(workspace: Workspace, key: str, body: Json, content: bytes | None) -> None:
    workspace.users[key] = User(**body)


def _load_channel(workspace: Workspace, key: str, body: Json, content: bytes | None) -> None:
    workspace.channels[key] = Channel(**{**body, "members": set(body["members"])})


def _load_message(workspace: Workspace, key: str, body: Json, content: bytes | None) -> None:
    body["reactions"] = [Reaction(**each) for each in body["reactions"]]
    message = Message(**body)
    channel = workspace.channels[message.channel]
    channel.put(message)
    channel.last_micros = max(channel.last_micros, int(message.ts.replace(".", "")))


def _load_home(workspace: Workspace, key: str, body: Json, content: bytes | None) -> None:
    view = View(**body)
    workspace.homes[view.user, view.app_id] = view


def _load_file(workspace: Workspace, key: str, body: Json, content: bytes | None) -> None:
    workspace.files[key] = File(**body, content=content or b"")


_LOADERS: dict[str, Callable[[Workspace, str, Json, Any], None]] = {
    "user": _load_user,
    "channel": _load_channel,
    "file": _load_file,
    "message": _load_message,
    "home": _load_home,
}
