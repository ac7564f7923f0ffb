"""What each event means. First what must be asked of Slack, then the effect, which is kept in one transaction."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bot import gate
from bot.desk import Desk
from bot.flows import conversation
from bot.flows.home import home
from bot.flows.messages import reactions
from bot.flows.objects.handing_over import hand_over
from bot.flows.setup import welcome
from prompts import text
from prompts.blocks import Message, section
from storage import outbox
from storage.database import Transaction
from storage.moving import channel_has_new_id
from storage.people import put_people

Effect = Callable[[Transaction], Awaitable[None]]


async def effect_of(desk: Desk, body: Mapping[str, Any]) -> Effect | None:
    """Return what an Events API body brings about, or None where it means nothing to us."""
    event = body.get("event") or {}
    meaning = EVENTS.get(event.get("type", ""))
    told = {**event, "team_id": body["team_id"]}
    if meaning is None:
        return None
    return await meaning(desk, told) if await gate.lets_in(desk, told) else await gate.answer_outsider(desk, told)


async def apologise(tx: Transaction, body: Mapping[str, Any], reference: str) -> None:
    """Tell who asked that their question could not be answered."""
    event = body.get("event") or {}
    if event.get("type") in ("app_mention", "message") and event.get("channel"):
        words = text("apology", reference=reference, is_form=False)
        thread = event.get("thread_ts") or event.get("ts")
        await outbox.say(tx, event["channel"], {**Message(words, [section(words)]).payload, "thread_ts": thread})


async def _message(desk: Desk, event: Mapping[str, Any]) -> Effect | None:
    is_direct = event.get("channel_type") == "im" and event.get("subtype") in (None, "file_share")
    return await conversation.asked(desk, event) if is_direct else None


async def _home_opened(desk: Desk, event: Mapping[str, Any]) -> Effect:
    user, is_home = event["user"], event.get("tab") == "home"
    if is_home:
        await home.publish(desk, event["team_id"], user)
    meet = welcome.met(user)

    async def keep(tx: Transaction) -> None:
        await meet(tx)
        if is_home:
            await home.greeted(tx, user)

    return keep


async def _user_changed(desk: Desk, event: Mapping[str, Any]) -> Effect:
    person = desk.directory.told(event["team_id"], event["user"])
    kinds = await desk.kinds(event["team_id"])

    async def keep(tx: Transaction) -> None:
        await put_people(tx, [person])
        if not person.is_here:
            await hand_over(tx, kinds, person.user)

    return keep


async def _is_open_again(_: Desk, event: Mapping[str, Any]) -> Effect:
    async def send_what_waits(tx: Transaction) -> None:
        await outbox.unpark(tx, event["channel"])

    return send_what_waits


async def _has_new_id(_: Desk, event: Mapping[str, Any]) -> Effect:
    async def go_along(tx: Transaction) -> None:
        await channel_has_new_id(tx, event["old_channel_id"], event["new_channel_id"])

    return go_along


async def _joined(desk: Desk, event: Mapping[str, Any]) -> Effect:
    await desk.directory.membership_changed(event["team_id"], event["channel"])
    return await _is_open_again(desk, event)


async def _left(desk: Desk, event: Mapping[str, Any]) -> None:
    await desk.directory.membership_changed(event["team_id"], event["channel"])


EVENTS: dict[str, Callable[[Desk, Mapping[str, Any]], Awaitable[Effect | None]]] = {
    "app_mention": conversation.asked,
    "message": _message,
    "reaction_added": reactions.reacted,
    "reaction_removed": reactions.reacted,
    "app_home_opened": _home_opened,
    "user_change": _user_changed,
    "team_join": _user_changed,
    "member_joined_channel": _joined,
    "member_left_channel": _left,
    "channel_id_changed": _has_new_id,
    "channel_unarchive": _is_open_again,
    "group_unarchive": _is_open_again,
}
