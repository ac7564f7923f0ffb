"""What a person does on the page. Each act takes the script's JSON and goes through `Person`, over the real wire."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sandbox.answers import walk
from sandbox.page.page import Troubles, reader_for
from sandbox.page.places import display_name
from sandbox.page.reader import Reader
from sandbox.page.state import Field, by_id
from sandbox.page.tour import Deed
from sandbox.page.typed import split_command, with_mentions
from sandbox.person import AppDidNotRespond, Person, Unknown, Upload
from sandbox.workspace import Message, View

if TYPE_CHECKING:  # the server builds the page, so the page only names the server's type
    from sandbox.server import Sandbox

Json = Mapping[str, Any]
_PRESSED = {"button", "overflow", "feedback_buttons", "icon_button", "workflow_button"}


class Refused(Exception):
    """The act cannot be done; str() is what the person reads."""


@dataclass(frozen=True)
class Done:
    """How an act ended: `deed` is what a step of the tour may wait for, `answer` goes back to the script."""

    deed: Deed = field(default_factory=dict)
    answer: Json = field(default_factory=dict)


class Actor:
    """One person's hands on the page."""

    def __init__(self, sandbox: "Sandbox", person: Person, troubles: Troubles) -> None:
        self._sandbox, self._person, self._troubles = sandbox, person, troubles
        self._workspace = person.workspace

    async def act(self, name: str, request: Json) -> Done:
        """Do what the script asks for. Raises Refused, AppDidNotRespond, KeyError for an unknown act."""
        return await _ACTS[name](self, request)

    @staticmethod
    def names() -> frozenset[str]:
        """What `act` knows."""
        return frozenset(_ACTS)

    @property
    def _reader(self) -> Reader:
        return reader_for(self._sandbox, self._workspace, self._person.id)

    async def say(self, request: Json, files: tuple[Upload, ...] = ()) -> Done:
        """Post what was typed, or give the slash command that it is."""
        typed, thread_ts = str(request["text"]), request.get("thread_ts") or None
        channel = self._channel_id(str(request["channel"]))
        if command := split_command(typed):
            return await self._command(channel, command, thread_ts)
        if not typed.strip() and not files:
            raise Refused("There is nothing to send yet.")
        text = with_mentions(typed.strip(), self._names())
        await self._person.say(channel, text, thread_ts, files)
        return Done({"said": True, "mention": self._speaks_to_app(text), "thread": bool(thread_ts)}, {"channel": channel})

    async def _command(self, channel: str, command: tuple[str, str], thread_ts: str | None) -> Done:
        name, text = command
        if thread_ts:
            raise Refused(f"{name} is not supported in threads. Sorry!")
        try:
            await self._person.command(channel, name, text)
        except Unknown as error:
            raise Refused(
                f"{name} is not a valid command. To send a message that starts with “/”, put a space before it."
            ) from error
        return Done({"command": name, "text": text.strip()}, {"channel": channel})

    async def interact(self, request: Json) -> Done:
        """Press, choose or type into an element of a message, a modal or a home."""
        target, action = self._target(request), str(request["action"])
        block = _block_of(target, action, str(request["block"]))
        if isinstance(target, View):
            self._troubles.forget(target.id)
        values = by_id(map(Field.parse, request.get("values", ())), self._reader.zone)
        field_ = Field.parse(request)
        try:
            if field_.type in _PRESSED:
                await self._person.click(target, action, field_.value, block_id=block, values=values)
            else:
                value = field_.plain(self._reader.zone)
                await self._person.select(target, action, value, block_id=block, values=values)
        except AppDidNotRespond as error:
            self._note_trouble(target, str(error))
            raise
        return Done({"clicked": action})

    async def submit(self, request: Json) -> Done:
        """Submit a modal; what is wrong is kept for its next drawing."""
        view = self._view(str(request["view"]))
        values = by_id(map(Field.parse, request.get("values", ())), self._reader.zone)
        self._troubles.forget(view.id)
        try:
            result = await self._person.submit(view, values)
        except AppDidNotRespond as error:
            self._note_trouble(view, str(error))
            raise
        if result.errors:
            self._troubles.fields[view.id] = result.errors
            return Done(answer={"errors": result.errors})
        return Done({"submitted": view.callback_id})

    async def close(self, request: Json) -> Done:
        view = self._view(str(request["view"]))
        self._troubles.forget(view.id)
        everything = bool(request.get("all") or view.body.get("clear_on_close"))
        with suppress(AppDidNotRespond):  # the modal is closed either way, as in Slack
            await self._person.close(view, all_views=everything)
        return Done()

    async def shortcut(self, request: Json) -> Done:
        callback_id = str(request["callback_id"])
        message = self._message(str(request["message"])) if request.get("message") else None
        await self._person.shortcut(callback_id, message)
        return Done({"shortcut": callback_id})

    async def react(self, request: Json) -> Done:
        """Add a reaction, or take one's own back."""
        message, name = self._message(str(request["message"])), str(request["name"])
        mine = any(each.name == name and self._person.id in each.users for each in message.reactions)
        await (self._person.unreact(message, name) if mine else self._person.react(message, name))
        return Done({"reacted": name})

    async def edit(self, request: Json) -> Done:
        message = self._message(str(request["message"]))
        await self._person.edit(message, with_mentions(str(request["text"]).strip(), self._names()))
        return Done()

    async def delete(self, request: Json) -> Done:
        await self._person.delete(self._message(str(request["message"])))
        return Done()

    async def join(self, request: Json) -> Done:
        await self._person.join(str(request["channel"]))
        return Done()

    async def leave(self, request: Json) -> Done:
        await self._person.leave(str(request["channel"]))
        return Done()

    async def invite(self, request: Json) -> Done:
        await self._person.invite(str(request["channel"]), str(request["user"]))
        return Done()

    async def open_app(self, request: Json) -> Done:
        """Look at an app: its Home tab or its messages. The app hears of it."""
        app_id = str(request["app"])
        if request.get("tab") == "messages":
            return Done(answer={"channel": await self._person.open_messages(app_id)})
        await self._person.open_home(app_id)
        return Done({"home_opened": True})

    async def clock(self, request: Json) -> Done:
        """Move the workspace's clock, pause it or let it run."""
        clock = self._sandbox.clock
        if "runs" in request:
            (clock.run if request["runs"] else clock.freeze)()
            return Done()
        if "advance_seconds" in request:
            clock.advance(timedelta(seconds=float(request["advance_seconds"])))
        else:
            clock.move_to(datetime.fromisoformat(str(request["to"])))
        return Done({"clock_moved": True})

    async def options(self, request: Json) -> list[dict[str, Any]]:
        """Return what an app offers for what was typed into an external select."""
        found = await self._person.type_ahead(
            self._target(request), str(request["action"]), str(request["query"]), str(request["block"])
        )
        return [{"value": each.value, "text": each.text, "group": each.group, "raw": each.raw} for each in found]

    def _target(self, request: Json) -> Message | View:
        if view_id := request.get("view"):
            return self._view(str(view_id))
        return self._message(str(request["message"]))

    def _view(self, view_id: str) -> View:
        view = self._workspace.view(view_id)
        if view is None or view.user != self._person.id:
            raise Refused("This window is not open any more.")
        return view

    def _message(self, key: str) -> Message:
        channel, _, ts = key.partition(":")
        message = self._workspace.message(channel, ts)
        hidden = message is not None and message.ephemeral_to not in (None, self._person.id)
        if message is None or hidden or not self._workspace.channels[channel].is_open_to(self._person.id):
            raise Refused("This message is not here any more.")
        return message

    def _channel_id(self, wanted: str) -> str:
        """A channel's id, or that of the direct message with a member."""
        if wanted in self._workspace.users:
            return self._workspace.open_conversation([self._person.id, wanted]).id
        return wanted

    def _names(self) -> dict[str, str]:
        users = self._workspace.users.values()
        return {user.name: user.id for user in users} | {display_name(user, user.id): user.id for user in users}

    def _speaks_to_app(self, text: str) -> bool:
        return any(f"<@{user.id}>" in text for user in self._workspace.users.values() if user.is_bot)

    def _note_trouble(self, target: Message | View, words: str) -> None:
        if isinstance(target, View):
            self._troubles.whole[target.id] = words


def _block_of(target: Message | View, action: str, block: str) -> str:
    """Return the block that was pressed; where the app has drawn it anew meanwhile, the only one with that action."""
    now = [each["block_id"] for each, element in walk(target.blocks or []) if element["action_id"] == action]
    return now[0] if block not in now and len(now) == 1 else block


_ACTS: dict[str, Callable[[Actor, Json], Awaitable[Done]]] = {
    "say": Actor.say,
    "interact": Actor.interact,
    "submit": Actor.submit,
    "close": Actor.close,
    "shortcut": Actor.shortcut,
    "react": Actor.react,
    "edit": Actor.edit,
    "delete": Actor.delete,
    "join": Actor.join,
    "leave": Actor.leave,
    "invite": Actor.invite,
    "open_app": Actor.open_app,
    "clock": Actor.clock,
}
