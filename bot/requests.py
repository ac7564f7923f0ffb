"""What Slack sent, as one value, whatever it was: a command, a press of a button, a form, a type-ahead."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from prompts import Words
from prompts.blocks import Message, section

Reply = dict[str, Any]  # the body of the answer to Slack; empty: only received


def privately(message: Message) -> Reply:
    """Return `message` as what only the person who acted sees, beside what they pressed."""
    return {"response_type": "ephemeral", "replace_original": False, **message.payload}


def private(words: Words) -> Reply:
    """Return words as what only the person who acted sees."""
    return privately(Message(words, [section(words)]))


@dataclass(frozen=True)
class Request:
    """`about`: what the pressed button says it is about. `view`: the modal that it came from, with what was typed."""

    workspace: str
    user: str
    channel: str
    trigger_id: str
    response_url: str
    text: str
    about: Mapping[str, str]
    action: Mapping[str, Any]
    view: Mapping[str, Any]
    message_ts: str
    thread_ts: str
    body: Mapping[str, Any]

    @property
    def does(self) -> str:
        """The name on the wire of what was pressed: a button's own, or what the chosen entry of a menu says that it does."""
        return self.about.get("does") or str(self.action.get("action_id", ""))

    @classmethod
    def of_command(cls, body: Mapping[str, Any]) -> "Request":
        """Read the form fields of a slash command."""
        return _request(
            body, workspace=body["team_id"], user=body["user_id"], channel=body["channel_id"], text=body.get("text", "")
        )

    @classmethod
    def of_interaction(cls, body: Mapping[str, Any]) -> "Request":
        """Read the payload of an interaction."""
        action = (body.get("actions") or [{}])[0]
        container = body.get("container") or {}
        return _request(
            body,
            workspace=_workspace_of(body),
            user=body["user"]["id"],
            channel=(body.get("channel") or {}).get("id") or container.get("channel_id", ""),
            text=body.get("value", ""),
            about=_about(action),
            action=action,
            view=body.get("view") or {},
            message_ts=container.get("message_ts", ""),
            thread_ts=container.get("thread_ts", ""),
        )


def _workspace_of(body: Mapping[str, Any]) -> str:
    """Return the workspace that an interaction concerns; of a modal the one that has us, whoever's screen it is on."""
    installed = (body.get("view") or {}).get("app_installed_team_id")
    return str(installed or (body.get("team") or {}).get("id") or body["user"]["team_id"])


def _request(body: Mapping[str, Any], **known: Any) -> Request:
    nothing: dict[str, Any] = {"about": {}, "action": {}, "view": {}, "message_ts": "", "thread_ts": ""}
    always = {"trigger_id": body.get("trigger_id", ""), "response_url": body.get("response_url", ""), "body": body}
    return Request(**{**nothing, **always, **known})


def _about(action: Mapping[str, Any]) -> dict[str, str]:
    """Return what the value of a button (or of a chosen option) says it is about."""
    value = action.get("value") or (action.get("selected_option") or {}).get("value") or "{}"
    try:
        content = json.loads(value)
    except ValueError:
        return {}
    return {str(name): str(said) for name, said in content.items()} if isinstance(content, dict) else {}
