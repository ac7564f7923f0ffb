"""One member acting in a workspace, as the page and the tests do; every act reaches the app over the real wire."""

import asyncio
import mimetypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox import payloads, strict
from sandbox.answers import elements_of, find, initial_values, missing, option_of, with_answers
from sandbox.config import AppConfig
from sandbox.context import Context
from sandbox.envelopes import Answer, Category, NoAnswer
from sandbox.events import event_ts
from sandbox.ids import new_id
from sandbox.replies import BadReply, post_reply
from sandbox.shapes import view_json
from sandbox.typed import as_sent
from sandbox.webapi.views import push_view, replace_body
from sandbox.workspace import Channel, File, Json, Message, User, View, Workspace

TROUBLE = "We had some trouble connecting. Try again?"


class AppDidNotRespond(Exception):
    """The app did not answer within three seconds, or with what Slack would not take; str() is what the person reads."""


class NotAllowed(Exception):
    """Slack's client would not let this person do that; str() says why."""


@dataclass(frozen=True)
class Upload:
    name: str
    content: bytes


@dataclass(frozen=True)
class CommandReply:
    """What a slash command's acknowledgement showed: `message` is None where it carried no words."""

    message: Message | None

    @property
    def text(self) -> str:
        return self.message.text if self.message else ""


@dataclass(frozen=True)
class Option:
    """One answer of a type-ahead. `raw` is Slack's option object; `group` the label of its option group or ""."""

    text: str
    value: str
    raw: Json
    group: str = ""


@dataclass(frozen=True)
class SubmitResult:
    """What a submission led to: exactly one of errors (by block id), closed, updated, pushed."""

    errors: dict[str, str] = field(default_factory=dict)
    closed: bool = False
    updated: View | None = None
    pushed: View | None = None


class Person:
    """A member. Channels may be named by id, name or "#name"; values of inputs are plain Python (see `answers.state_of`)."""

    def __init__(self, context: Context, workspace: Workspace, user_id: str) -> None:
        self._context = context
        self.workspace = workspace
        self.id = user_id

    @property
    def user(self) -> User:
        return self.workspace.users[self.id]

    # In channels

    async def say(self, channel: str, text: str, thread_ts: str | None = None, files: Sequence[Upload] = ()) -> Message:
        """Post a message; "@name" and "#name" in it become references. Raises NotAllowed."""
        place = self._member_of(channel)
        uploaded = [self._upload(each, place) for each in files]
        fields: Json = {"thread_ts": thread_ts, "client_msg_id": new_id("")}
        message = self.workspace.post(place, self.id, as_sent(self.workspace, text), files=uploaded, **fields)
        for file_id in uploaded:
            self.workspace.put_file(self.workspace.files[file_id])
        return message

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
        """Give a slash command. Raises AppDidNotRespond; NotAllowed where no app has it."""
        place = self._open(channel)
        app = self._app_with(lambda app: any(each.command == command for each in app.commands), command)
        url = self._context.response_urls.issue(app.id, self.workspace.id, place.id, self.id)
        payload = payloads.command(self.workspace, app, self.user, place, command, text)
        payload |= {"trigger_id": self._trigger(app), "response_url": self._context.address_of(url)}
        answer = await self._ask(app, "slash_commands", command, payload, f"{command} failed because the app did not respond.")
        body = {"text": answer.body} if isinstance(answer.body, str) else answer.body
        if not body:
            return CommandReply(None)
        try:
            return CommandReply(post_reply(self._context, url, body))
        except BadReply as bad:
            raise AppDidNotRespond(f"{command} failed with the error “{bad}”.") from None

    async def shortcut(self, callback_id: str, message: Message | None = None) -> None:
        """Use a global shortcut, or a message shortcut on a message. Raises AppDidNotRespond, NotAllowed."""
        kind = "global" if message is None else "message"
        app = self._app_with(
            lambda app: any(each.callback_id == callback_id and each.type == kind for each in app.shortcuts), callback_id
        )
        payload = payloads.who(self.workspace, app, self.user)
        payload |= {"callback_id": callback_id, "trigger_id": self._trigger(app), "action_ts": event_ts(self.workspace)}
        if message is None:
            payload["type"] = "shortcut"
        else:
            url = self._context.response_urls.issue(app.id, self.workspace.id, message.channel, self.id, message)
            place = payloads.place_of_message(self.workspace, message)
            payload |= {"type": "message_action", "channel": place["channel"], "message": place["message"]}
            payload |= {"message_ts": message.ts, "response_url": self._context.address_of(url)}
        await self._ask(app, "interactive", callback_id, payload)

    async def open_home(self, app_id: str | None = None) -> View | None:
        """Open an app's Home tab (the only app's where none is named); the home as published before, if any."""
        self._open_app(self._named_app(app_id), "home")
        return self.home(app_id)

    async def open_messages(self, app_id: str | None = None) -> str:
        """Open the direct message with an app; its channel id."""
        return self._open_app(self._named_app(app_id), "messages").id

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

        Raises AppDidNotRespond, answers.Unknown.
        """
        block, element = find(_blocks(target), action_id, block_id)
        self.fill(target, values or {})
        chosen: Json = {}
        if element["type"] == "overflow":
            chosen = {"selected_option": option_of(element, value)}
        elif given := value if value is not None else element.get("value"):
            chosen = {"value": given}
        await self._act(target, block, element, chosen)

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
        Raises AppDidNotRespond, answers.Unknown.
        """
        block, element = find(_blocks(target), action_id, block_id)
        self.fill(target, {**(values or {}), action_id: value})
        if block["type"] != "input" or block.get("dispatch_action"):
            state = self._values_of(target)[block["block_id"]][action_id]
            await self._act(target, block, element, {name: each for name, each in state.items() if name != "type"})

    async def pick_date(self, target: Message | View, action_id: str, date: str, block_id: str | None = None) -> None:
        """Choose a date, "YYYY-MM-DD"."""
        await self.select(target, action_id, date, block_id)

    def fill(self, target: Message | View, values: Mapping[str, Any]) -> None:
        """Put values into inputs without telling the app. Raises answers.Unknown."""
        filled = with_answers(_blocks(target), self._values_of(target), values)
        if isinstance(target, View):
            target.values = filled
        else:
            self.workspace.message_values[self.id, target.channel, target.ts] = filled

    async def type_ahead(self, target: Message | View, action_id: str, query: str, block_id: str | None = None) -> list[Option]:
        """The options that the app offers for what was typed into an external select. Raises AppDidNotRespond."""
        block, _ = find(_blocks(target), action_id, block_id)
        app = self._context.app(target.app_id)
        payload = payloads.who(self.workspace, app, self.user) | self._place(app, target)
        payload |= {"type": "block_suggestion", "action_id": action_id, "block_id": block["block_id"], "value": query}
        answer = await self._ask(app, "interactive", "block_suggestion", payload)
        if strict.check_options_response(answer.body):
            raise AppDidNotRespond(TROUBLE)
        return _options(answer.body)

    async def submit(self, view: View, values: Mapping[str, Any] | None = None) -> SubmitResult:
        """Submit a modal. `values`: by action id or block id; inputs not named keep their present value.

        Required inputs left empty come back as errors without the app being asked, as in Slack's client.
        Raises AppDidNotRespond, answers.Unknown.
        """
        self.fill(view, values or {})
        if errors := missing(view.blocks, view.values):
            return SubmitResult(errors=errors)
        app = self._context.app(view.app_id)
        payload = payloads.who(self.workspace, app, self.user)
        payload |= {"type": "view_submission", "trigger_id": self._trigger(app, view), "response_urls": self._urls(app, view)}
        payload |= {"view": view_json(self.workspace, view, app)}
        answer = await self._ask(app, "interactive", "view_submission", payload)
        if strict.check_response_action(answer.body):
            raise AppDidNotRespond(TROUBLE)
        return self._respond(view, answer.body or {})

    async def close(self, view: View, *, all_views: bool = False) -> None:
        """Close a modal (or the whole stack); the app hears of those that asked for it (notify_on_close)."""
        stack = self.workspace.modals.get(self.id, [])
        closing = stack[::-1] if all_views else [view]
        for each in closing:
            self.workspace.close_modal(each)
        for each in closing:
            if each.body.get("notify_on_close"):
                app = self._context.app(each.app_id)
                payload = payloads.who(self.workspace, app, self.user)
                payload |= {"type": "view_closed", "view": view_json(self.workspace, each, app), "is_cleared": all_views}
                await self._ask(app, "interactive", "view_closed", payload)

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

    def _own(self, message: Message) -> None:
        if message.user != self.id:
            raise NotAllowed("You can change only what you wrote yourself.")

    def _upload(self, upload: Upload, channel: Channel) -> str:
        kind = mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
        created = int(self.workspace.clock.now().timestamp())
        file = File(new_id("F"), upload.name, upload.name, kind, self.id, created, upload.content, [channel.id], uploaded=True)
        self.workspace.files[file.id] = file
        return file.id

    def _app_with(self, has: Callable[[AppConfig], bool], name: str) -> AppConfig:
        found = next((app for app in self._context.apps_in(self.workspace) if has(app)), None)
        if found is None:
            raise NotAllowed(f"{name} is not something that an app here knows.")
        return found

    def _named_app(self, app_id: str | None) -> AppConfig:
        return self._context.app(app_id) if app_id else self._context.apps_in(self.workspace)[0]

    def _open_app(self, app: AppConfig, tab: str) -> Channel:
        channel = self.workspace.open_conversation([app.bot_user.id, self.id])
        event: Json = {"type": "app_home_opened", "user": self.id, "channel": channel.id, "tab": tab}
        event["event_ts"] = event_ts(self.workspace)
        if home := self.workspace.homes.get((self.id, app.id)):
            event["view"] = view_json(self.workspace, home, app)
        if "app_home_opened" in app.bot_events:
            self._context.dispatcher.emit(self.workspace, app, event)
        return channel

    def _trigger(self, app: AppConfig, view: View | None = None) -> str:
        return self._context.triggers.issue(app.id, self.workspace.id, self.id, view.id if view else None)

    def _place(self, app: AppConfig, target: Message | View) -> Json:
        if isinstance(target, View):
            return payloads.place_of_view(self.workspace, app, target)
        return payloads.place_of_message(self.workspace, target)

    def _values_of(self, target: Message | View) -> dict[str, dict[str, Json]]:
        if isinstance(target, View):
            return target.values
        kept = self.workspace.message_values.get((self.id, target.channel, target.ts))
        return initial_values(_blocks(target), kept)

    async def _act(self, target: Message | View, block: Json, element: Json, chosen: Json) -> None:
        app = self._context.app(target.app_id)
        action = {"type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"], **chosen}
        for name in ("text", "placeholder", "style", "url"):
            if name in element and name not in action:
                action[name] = element[name]
        action["action_ts"] = event_ts(self.workspace)
        payload = payloads.who(self.workspace, app, self.user) | self._place(app, target)
        view = target if isinstance(target, View) else None
        payload |= {"type": "block_actions", "trigger_id": self._trigger(app, view), "actions": [action]}
        payload["state"] = {"values": self._values_of(target)}
        if isinstance(target, Message):
            url = self._context.response_urls.issue(app.id, self.workspace.id, target.channel, self.id, target)
            payload["response_url"] = self._context.address_of(url)
        await self._ask(app, "interactive", element["action_id"], payload)

    async def _ask(self, app: AppConfig, category: Category, what: str, payload: Json, words: str = TROUBLE) -> Answer:
        try:
            return await self._context.dispatcher.ask(self.workspace, app, category, what, payload)
        except NoAnswer:
            raise AppDidNotRespond(words) from None

    def _respond(self, view: View, body: Json) -> SubmitResult:
        """Do what a submission's answer says."""
        action = body.get("response_action")
        if action == "errors":
            return SubmitResult(errors=_known_errors(view, body["errors"]))
        if action == "update":
            replace_body(self.workspace, view, body["view"])
            return SubmitResult(updated=view)
        if action == "push":
            pushed = push_view(self.workspace, view.app_id, self.id, body["view"])
            if pushed is None:
                raise AppDidNotRespond(TROUBLE)
            return SubmitResult(pushed=pushed)
        for each in self.workspace.modals.get(self.id, [])[::-1] if action == "clear" else [view]:
            self.workspace.close_modal(each)
        return SubmitResult(closed=True)

    def _urls(self, app: AppConfig, view: View) -> list[Json]:
        """Response URLs for conversations chosen in inputs that ask for one (response_url_enabled)."""
        found = []
        for block in view.blocks:
            for element in elements_of(block):
                state = view.values.get(block["block_id"], {}).get(element["action_id"], {})
                chosen = state.get("selected_conversation") or state.get("selected_channel")
                if element.get("response_url_enabled") and chosen:
                    url = self._context.response_urls.issue(app.id, self.workspace.id, chosen, self.id)
                    place = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": chosen}
                    found.append({**place, "response_url": self._context.address_of(url)})
        return found


def _blocks(target: Message | View) -> list[Json]:
    return target.blocks or []


def _known_errors(view: View, errors: Mapping[str, str]) -> dict[str, str]:
    known = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not known.issuperset(errors):
        raise AppDidNotRespond(TROUBLE)
    return dict(errors)


def _options(body: Mapping[str, Any]) -> list[Option]:
    def option(raw: Json, group: str) -> Option:
        return Option(raw["text"]["text"], raw["value"], raw, group)

    groups = body.get("option_groups") or []
    grouped = [option(raw, group["label"]["text"]) for group in groups for raw in group["options"]]
    return [*(option(raw, "") for raw in body.get("options") or []), *grouped]
