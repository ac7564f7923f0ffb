"""conversations.* and users.conversations.

Source: https://docs.slack.dev/apis/web-api/using-the-conversations-api
"""

import bisect
from operator import attrgetter

from sandbox.shapes import channel_json, channel_type, message_json
from sandbox.webapi.call import Call, Method, Refused
from sandbox.workspace import Channel, Json, Message

_SCOPE = {"channel": "channels", "group": "groups", "im": "im", "mpim": "mpim"}
_TYPE = {"channel": "public_channel", "group": "private_channel", "im": "im", "mpim": "mpim"}
_READ = ("channels:read", "groups:read", "mpim:read", "im:read")
_HISTORY = ("channels:history", "groups:history", "mpim:history", "im:history")
_TS = attrgetter("ts")
MAX_DIRECT_USERS = 8


def list_(call: Call) -> Json:
    channels = [each for each in call.workspace.channels.values() if each.is_open_to(call.bot)]
    return _channels_page(call, channels)


def of_user(call: Call) -> Json:
    """What a user is in, as far as the bot may know."""
    user = call.user().id if call.given("user") else call.bot
    everything = call.workspace.channels.values()
    return _channels_page(call, [each for each in everything if user in each.members and each.is_open_to(call.bot)])


def info(call: Call) -> Json:
    channel = _scoped(call, "read")
    shown = channel_json(call.workspace, channel, call.bot)
    if not call.flag("include_num_members"):
        shown.pop("num_members", None)
    return {"channel": shown}


def members(call: Call) -> Json:
    channel = _scoped(call, "read")
    page, ahead = call.page(sorted(channel.members), 100, 1_000)
    return {"members": page, "response_metadata": ahead}


def history(call: Call) -> Json:
    channel = _readable(call)
    messages = [each for each in _between(call, channel.timeline) if each.ephemeral_to is None]
    page, ahead = call.page(messages[::-1], 100, 999)
    return _messages(call, page, ahead) | {"pin_count": 0}


def replies(call: Call) -> Json:
    """A thread, parent first, then replies oldest first."""
    channel = _readable(call)
    message = channel.by_ts.get(call.text("ts"))
    if message is None or message.ephemeral_to:
        raise Refused("thread_not_found")
    root = channel.by_ts.get(message.thread_ts or message.ts, message)
    thread = [each for each in _between(call, call.workspace.replies(root)) if each.ephemeral_to is None]
    page, ahead = call.page([root, *thread], 1_000, 1_000)
    return _messages(call, page, ahead)


def open_(call: Call) -> Json:
    """A direct message, by its id or its users (a comma separated list)."""
    if call.text("channel"):
        return {"channel": channel_json(call.workspace, call.channel(), call.bot)}
    wanted = [each.strip() for each in call.text("users").split(",") if each.strip()]
    if not wanted:
        raise Refused("users_list_not_supplied")
    if len(wanted) > MAX_DIRECT_USERS:
        raise Refused("too_many_users")
    call.need("im:write" if len(wanted) == 1 else "mpim:write")
    for user_id in wanted:
        _check_reachable(call, user_id)
    everyone = [call.bot, *wanted]
    already_open = call.workspace.find_conversation(everyone) is not None
    if call.flag("prevent_creation") and not already_open:
        raise Refused("channel_not_found")
    channel = call.workspace.open_conversation(everyone)
    full = call.flag("return_im")
    shown = channel_json(call.workspace, channel, call.bot) if full or channel.kind == "mpim" else {"id": channel.id}
    return {"channel": shown, "no_op": already_open, "already_open": already_open}


def join(call: Call) -> Json:
    channel = call.channel()
    if channel.kind != "channel" or channel.is_private:
        raise Refused("method_not_supported_for_channel_type")
    if channel.is_archived:
        raise Refused("is_archived")
    already = call.bot in channel.members
    call.workspace.join(channel, call.bot)
    answer: Json = {"channel": channel_json(call.workspace, channel, call.bot)}
    return answer | ({"warning": "already_in_channel"} if already else {})


def _check_reachable(call: Call, user_id: str) -> None:
    user = call.workspace.users.get(user_id)
    if user is None:
        raise Refused("user_not_found")
    if user.deleted:
        raise Refused("user_disabled")
    if user.is_bot:
        raise Refused("cannot_dm_bot")


def _channels_page(call: Call, channels: list[Channel]) -> Json:
    types = {each.strip() for each in call.text("types", "public_channel").split(",")}
    if unknown := types - set(_TYPE.values()):
        raise Refused("invalid_types", unknown=sorted(unknown))
    archived = not call.flag("exclude_archived")
    wanted = [each for each in channels if _TYPE[channel_type(each)] in types and (archived or not each.is_archived)]
    page, ahead = call.page(wanted, 100, 1_000)
    return {"channels": [channel_json(call.workspace, each, call.bot) for each in page], "response_metadata": ahead}


def _scoped(call: Call, right: str) -> Channel:
    channel = call.channel()
    call.need(f"{_SCOPE[channel_type(channel)]}:{right}")
    return channel


def _readable(call: Call) -> Channel:
    channel = _scoped(call, "history")
    if call.bot not in channel.members:
        raise Refused("not_in_channel")
    return channel


def _between(call: Call, messages: list[Message]) -> list[Message]:
    """Messages between `oldest` and `latest`, the ends themselves only where `inclusive`."""
    inclusive = call.flag("inclusive")
    oldest, latest = _padded(call.text("oldest")), _padded(call.text("latest"))
    left, right = (bisect.bisect_left, bisect.bisect_right) if inclusive else (bisect.bisect_right, bisect.bisect_left)
    start = left(messages, oldest, key=_TS) if oldest else 0
    end = right(messages, latest, key=_TS) if latest else len(messages)
    return messages[start:end]


def _padded(ts: str) -> str:
    """A timestamp in full length, since "1694" and "1694.5" are allowed; "0" means from the beginning."""
    if ts in ("", "0"):
        return ""
    seconds, _, fraction = ts.partition(".")
    if not (seconds + fraction).isdecimal():
        raise Refused("invalid_ts_latest")
    return f"{seconds}.{fraction[:6]:0<6}"


def _messages(call: Call, page: object, ahead: Json) -> Json:
    metadata = call.flag("include_all_metadata")
    assert isinstance(page, list)  # noqa: S101 - for the type checker: a page of a list is a list
    shown = [message_json(call.workspace, each, metadata=metadata) for each in page]
    more = bool(ahead["next_cursor"])
    return {"messages": shown, "has_more": more} | ({"response_metadata": ahead} if more else {})


METHODS = {
    "conversations.list": Method(list_, _READ),
    "conversations.info": Method(info, _READ),
    "conversations.members": Method(members, _READ),
    "conversations.history": Method(history, _HISTORY),
    "conversations.replies": Method(replies, _HISTORY),
    "conversations.open": Method(open_, ("im:write", "mpim:write", "channels:manage", "groups:write")),
    "conversations.join": Method(join, ("channels:join",)),
    "users.conversations": Method(of_user, _READ),
}
