"""What people saw in a story, as text: pytest shows it where a story fails, and of each with `pytest -rP`."""

from collections.abc import Iterator
from typing import Any

from prompts.escape import plain
from sandbox.answers import elements_of
from sandbox.server import Sandbox
from sandbox.state import Message
from sandbox.workspace import Workspace

Blocks = list[dict[str, Any]]


def transcript(slack: Sandbox) -> str:
    """Return every message as it stands at the end, by place and time, threads under what they hang from; and each Home."""
    workspace = slack.workspace()
    lines: list[str] = []
    for channel in workspace.channels.values():
        told = [line for message in channel.timeline for line in _with_thread(workspace, message)]
        who = " and ".join(workspace.users[user].name for user in sorted(channel.members)) if channel.kind != "channel" else ""
        lines += [f"== {f'#{channel.name}' if channel.name and not who else who}", *told] if told else []
    for (user, _), home in workspace.homes.items():
        lines += [f"== Home of {workspace.users[user].name}", *_shown(home.blocks, "")]
    return "\n".join(lines)


def _with_thread(workspace: Workspace, message: Message) -> Iterator[str]:
    yield from _told(workspace, message, "")
    for answer in workspace.replies(message):
        yield from _told(workspace, answer, "    ")


def _told(workspace: Workspace, message: Message, indent: str) -> Iterator[str]:
    user = workspace.users.get(message.user)
    alone = f", to {workspace.users[message.ephemeral_to].name} alone" if message.ephemeral_to else ""
    yield f"{indent}{user.name if user else message.user}{alone}: {plain(message.text)}"
    yield from _shown(message.blocks or [], f"{indent}  ")


def _shown(blocks: Blocks, indent: str) -> Iterator[str]:
    """Yield what stands in `blocks`, a line each, buttons and menus in brackets."""
    for block in blocks:
        words = [*([block["text"]] if "text" in block else []), *(each for each in block.get("elements", []) if "text" in each)]
        said = [plain(each["text"]) for each in words if isinstance(each["text"], str)]
        pressed = [f"[{_label(each)}]" for each in elements_of(block)]
        if said or pressed:
            yield indent + " ".join([*(" / ".join(line for line in each.splitlines()) for each in said), *pressed])


def _label(element: dict[str, Any]) -> str:
    label = element.get("text") or element.get("placeholder") or {}
    return str(label.get("text", "⋯"))
