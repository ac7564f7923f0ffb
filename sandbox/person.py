"""One member acting in a workspace, as the page and the tests do; every act reaches the app over the real wire."""

import asyncio
import mimetypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.answers import find, missing, option_of
from sandbox.config import AppConfig
from sandbox.context import Context
from sandbox.ids import new_id
from sandbox.interacting import Interactions
from sandbox.outcomes import AppDidNotRespond, CommandReply, NotAllowed, Option, SubmitResult, Unknown
from sandbox.typed import as_sent
from sandbox.workspace import Channel, File, Json, Message, User, View, Workspace

__all__ = ["AppDidNotRespond", "CommandReply", "NotAllowed", "Option", "Person", "SubmitResult", "Unknown", "Upload"]


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytes


class Person:
    """A member. Channels may be named by id, name or "#name"; values of inputs are plain Python (see `answers.state_of`)."""

    def __init__(self, context: Context, workspace: Workspace, user_id: str) -> None:
        self._context = context
        self.workspace = workspace
        self.id = user_id
        self._apps = Interactions(context, workspace, workspace.users[user_id])

    @property
    def user(self) -> User:
        return self.workspace.users[self.id]

    # In channels

    async def say(self, channel: str, text: str, thread_ts: str | None = None, files: Sequence[Upload] = ()) -> Message:
        """Post a message; "@name" and "#name" in it become references. Raises NotAllowed."""
        place = self._member_of(channel)
        uploaded = [self._upload(each, place) for each in files]
        fields: Json = {"thread_ts": self._thread(place, thread_ts), "client_msg_id": new_id("")}
        return self.workspace.post(place, self.id, as_sent(self.workspace, text), files=uploaded, **fields)

    async def edit(self, message: Message, text: str) -> None:
        """Change one's own message. Raises NotAllowed."""
        self._own(message)
        self.workspace.edit(message, self.id, text=as_sent(self.workspace, text))

    async def delete(self, message: Message) -> None:
        """Delete one's own message. Raises NotAllowed."""
        self._own(message)
        self.workspace.delete(message, self.id)

    async def react(self, message: Message, name: str) -> None:
        self.workspace.react(message, self.id, name.strip(":"))

    async def unreact(self, message: Message, name: str) -> None:
        self.workspace.unreact(message, self.id, name.strip(":"))

    async def join(self, channel: str) -> None:
        """Join a public channel. Raises NotAllowed."""
        self.workspace.join(self._open(channel), self.id)

    async def leave(self, channel: str) -> None:
        self.workspace.leave(self._open(channel), self.id)

    async def invite(self, channel: str, user_id: str) -> None:
        """Bring someone, an app's bot user too, into a channel. Raises NotAllowed."""
        self.workspace.join(self._member_of(channel), user_id, inviter=self.id)

    def sees(self, channel: str, thread_ts: str | None = None) -> list[Message]:
        """What is on this person's screen, oldest first: a channel, or a thread with its parent; [] where they may not look."""
        place = self.workspace.find_channel(channel)
        if place is None or not place.is_open_to(self.id):
            return []
        messages = place.timeline
        if thread_ts is not None:
            parent = place.by_ts.get(thread_ts)
            messages = [*([parent] if parent else []), *place.threads.get(thread_ts, [])]
        return [each for each in messages if each.ephemeral_to in (None, self.id)]

    # With apps

    async def command(self, channel: str, command: str, text: str = "") -> CommandReply:
        """Give a slash command. Raises AppDidNotRespond; Unknown where no app has it; NotAllowed."""
        place = self._open(channel)
        app = self._app_with(lambda app: any(each.command == command for each in app.commands), command)
        return await self._apps.command(app, place, command, text)

    async def shortcut(self, callback_id: str, message: Message | None = None) -> None:
        """Use a global shortcut, or a message shortcut on a message. Raises AppDidNotRespond, Unknown."""
        wanted = (callback_id, "global" if message is None else "message")
        app = self._app_with(lambda app: wanted in [(each.callback_id, each.type) for each in app.shortcuts], callback_id)
        await self._apps.shortcut(app, callback_id, message)

    async def open_home(self, app_id: str | None = None) -> View | None:
        """Open an app's Home tab (the only app's where none is named); the home as published before, if any."""
        self._apps.opened_app(self._named_app(app_id), "home")
        return self.home(app_id)

    async def open_messages(self, app_id: str | None = None) -> str:
        """Open the direct message with an app; its channel id."""
        return self._apps.opened_app(self._named_app(app_id), "messages").id

    def home(self, app_id: str | None = None) -> View | None:
        """What an app has published for this person."""
        return self.workspace.homes.get((self.id, self._named_app(app_id).id))

    def modal(self) -> View | None:
        """The modal on top."""
        stack = self.workspace.modals.get(self.id)
        return stack[-1] if stack else None

    # In blocks

    async def click(
        self,
        target: Message | View,
        action_id: str,
        value: str | None = None,
        block_id: str | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        """Press a button, or choose `value` in an overflow menu; `values` are the inputs as they stand, by action or block id.

        Raises AppDidNotRespond, Unknown.
        """
        block, element = find(target.blocks or [], action_id, block_id)
        self.fill(target, values or {})
        chosen: Json = {}
        if element["type"] == "overflow":
            chosen = {"selected_option": option_of(element, value)}
        elif given := value if value is not None else element.get("value"):
            chosen = {"value": given}
        await self._apps.act(target, block, element, chosen)

    async def select(
        self,
        target: Message | View,
        action_id: str,
        value: Any,
        block_id: str | None = None,
        values: Mapping[str, Any] | None = None,
    ) -> None:
        """Choose in a select, checkboxes or radio buttons, or type into an input.

        The app hears of it where Slack would tell it: always outside input blocks, inside them with dispatch_action.
        Raises AppDidNotRespond, Unknown.
        """
        block, element = find(target.blocks or [], action_id, block_id)
        self.fill(target, {**(values or {}), (block["block_id"], action_id): value})
        if block["type"] != "input" or block.get("dispatch_action"):
            state = self._apps.values_of(target)[block["block_id"]][action_id]
            await self._apps.act(target, block, element, {name: each for name, each in state.items() if name != "type"})

    async def pick_date(self, target: Message | View, action_id: str, date: str, block_id: str | None = None) -> None:
        """Choose a date, "YYYY-MM-DD"."""
        await self.select(target, action_id, date, block_id)

    def fill(self, target: Message | View, values: Mapping[Any, Any]) -> None:
        """Put values into inputs without telling the app. Raises Unknown."""
        self._apps.fill(target, values)

    async def type_ahead(self, target: Message | View, action_id: str, query: str, block_id: str | None = None) -> list[Option]:
        """The options that the app offers for what was typed into an external select. Raises AppDidNotRespond."""
        block, _ = find(target.blocks or [], action_id, block_id)
        return await self._apps.suggest(target, block, action_id, query)

    async def submit(self, view: View, values: Mapping[str, Any] | None = None) -> SubmitResult:
        """Submit a modal. `values`: by action id or block id; inputs not named keep their present value.

        Required inputs left empty come back as errors without the app being asked, as in Slack's client.
        Raises AppDidNotRespond, Unknown.
        """
        self.fill(view, values or {})
        if errors := missing(view.blocks, view.values):
            return SubmitResult(errors=errors)
        return await self._apps.submit(view)

    async def close(self, view: View, *, all_views: bool = False) -> None:
        """Close a modal (or the whole stack); the app hears of those that asked for it (notify_on_close)."""
        stack = self.workspace.modals.get(self.id, [])
        closing = stack[::-1] if all_views else [view]
        for each in closing:
            self.workspace.close_modal(each)
        for each in closing:
            await self._apps.closed(each, is_cleared=all_views)

    async def wait_for(self, predicate: Callable[[], Any], timeout: float = 5) -> Any:  # noqa: ASYNC109 - a test's plain word
        """The first truthy value of `predicate()`, tried again at each change. Raises TimeoutError (real time)."""
        with self.workspace.changes() as changes:
            async with asyncio.timeout(timeout):
                while not (value := predicate()):
                    await changes.wait(0.1)
        return value

    # Behind the scenes

    def _open(self, reference: str) -> Channel:
        channel = self.workspace.find_channel(reference)
        if channel is None or not channel.is_open_to(self.id):
            raise NotAllowed(f"There is no channel {reference} here.")
        return channel

    def _member_of(self, reference: str) -> Channel:
        channel = self._open(reference)
        if channel.is_archived:
            raise NotAllowed(f"#{channel.name} is archived.")
        if self.id not in channel.members:
            raise NotAllowed(f"You are not in #{channel.name} yet. Join it first.")
        return channel

    def _thread(self, channel: Channel, ts: str | None) -> str | None:
        """The parent's timestamp, also where `ts` is that of a reply."""
        if ts is None:
            return None
        parent = channel.by_ts.get(ts)
        if parent is None or parent.ephemeral_to:
            raise NotAllowed("That message is gone, so there is no thread to answer in.")
        return parent.thread_ts or parent.ts

    def _own(self, message: Message) -> None:
        if message.user != self.id:
            raise NotAllowed("You can change only what you wrote yourself.")

    def _upload(self, upload: Upload, channel: Channel) -> str:
        kind = mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
        created = int(self.workspace.clock.now().timestamp())
        file = File(new_id("F"), upload.name, upload.name, kind, self.id, created, upload.content, [channel.id], uploaded=True)
        self.workspace.put_file(file)
        return file.id

    def _app_with(self, has: Callable[[AppConfig], bool], name: str) -> AppConfig:
        found = next((app for app in self._context.apps_in(self.workspace) if has(app)), None)
        if found is None:
            raise Unknown(f"{name} is not something that an app here knows.")
        return found

    def _named_app(self, app_id: str | None) -> AppConfig:
        return self._context.app(app_id) if app_id else self._context.apps_in(self.workspace)[0]
