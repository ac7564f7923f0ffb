"""Who may do anything here: those who work in the workspace. It is asked once, before whatever somebody does is looked at.

Guests, people of other companies, bots and those who are gone read what is posted where they are. To all that they press, type
or open they get one sentence, which is the same for everybody and tells nothing of the workspace.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot.desk import Desk
from bot.flows.names import Flow
from bot.flows.opening import open_view, put
from bot.modals import note
from bot.requests import Reply, Request, privately
from bot.slack import call
from prompts import Words, labels
from prompts.blocks import Block, Message, section
from prompts.reader import read_by
from storage import outbox
from storage.database import Transaction

Effect = Callable[[Transaction], Awaitable[None]]
# What Slack tells of people and channels; whoever it is of, nobody asks anything of us by it.
FACTS = {
    *("user_change", "team_join", "member_joined_channel", "member_left_channel"),
    *("channel_id_changed", "channel_unarchive", "group_unarchive"),
}


async def through(desk: Desk, workspace: str, flow: Flow, request: Request) -> Reply:
    """Do what `flow` does, if whoever asks for it works in `workspace`; else return, or show, the sentence for outsiders."""
    is_ours = request.workspace == workspace  # else somebody of another company, in a channel that we share
    person = await desk.directory.person(workspace, request.user) if is_ours else None
    if person is None or not person.is_here:
        return await turned_away(desk, request)
    with read_by(person.locale):
        return await flow(desk, request)


async def turned_away(desk: Desk, request: Request) -> Reply:
    """Return the sentence for an outsider, on the surface where they are."""
    said = [section(Words(labels()["members_only"]))]
    match request.body.get("type"), request.view.get("type"):
        case "view_submission", _:
            return {"response_action": "update", "view": _note(said)}
        case "view_closed" | "block_suggestion", _:
            return {}
        case "shortcut", _:
            return await open_view(desk, request, _note(said))
        case _, "home":
            await _show_home(desk, request.user, said)
            return {}
        case _, "modal":
            await put(desk, request.view["id"], _note(said))
            return {}
    return privately(Message(labels()["members_only"], said))


async def lets_in(desk: Desk, event: Mapping[str, Any]) -> bool:
    """Tell whether an event may have its effect: where it tells a fact, or who did it works here, or nobody is named."""
    user = event.get("user")
    if event.get("type") in FACTS or not isinstance(user, str):
        return True
    return (await desk.directory.person(event["team_id"], user)).is_here


async def answer_outsider(desk: Desk, event: Mapping[str, Any]) -> Effect | None:
    """Return the effect of what an outsider did: the sentence, where they asked or looked; no bot gets an answer."""
    person = await desk.directory.person(event["team_id"], event["user"])
    said = [section(Words(labels()["members_only"]))]
    if event["type"] == "app_home_opened" and event.get("tab") == "home":
        await _show_home(desk, event["user"], said)
    is_asked = event["type"] == "app_mention" or event.get("channel_type") == "im"
    if not is_asked or person.is_gone or "bot_id" in event or event.get("subtype") not in (None, "file_share"):
        return None

    async def tell(tx: Transaction) -> None:
        thread = event.get("thread_ts") or (None if event["channel"].startswith("D") else event["ts"])
        payload = Message(labels()["members_only"], said).payload
        await outbox.say(tx, event["channel"], {**payload, **({"thread_ts": thread} if thread else {})})

    return tell


async def _show_home(desk: Desk, user: str, said: list[Block]) -> None:
    await call(desk.slack.client, "views.publish", user_id=user, view={"type": "home", "blocks": said})


def _note(said: list[Block]) -> Block:
    return note(labels()["members_only_title"], said)
