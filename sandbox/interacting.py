"""One person's commands and interactions, sent to the app that they concern; what the app answers is done at once."""

from collections.abc import Mapping
from typing import Any

from sandbox import payloads, strict
from sandbox.answers import elements_of, initial_values, with_answers
from sandbox.config import AppConfig
from sandbox.context import Context
from sandbox.envelopes import Answer, Category, NoAnswer
from sandbox.events import event_ts
from sandbox.outcomes import AppDidNotRespond, CommandReply, Option, SubmitResult, options_of
from sandbox.replies import BadReply, post_reply
from sandbox.shapes import view_json
from sandbox.webapi.views import push_view, replace_body
from sandbox.workspace import Channel, Json, Message, User, View, Workspace

TROUBLE = "We had some trouble connecting. Try again?"
_SHOWN_IN_ACTION = ("text", "placeholder", "style", "url")


class Interactions:
    """What one person does with apps. Every method raises AppDidNotRespond where the app does not answer rightly in time."""

    def __init__(self, context: Context, workspace: Workspace, user: User) -> None:
        self._context = context
        self._workspace = workspace
        self._user = user

    async def command(self, app: AppConfig, channel: Channel, command: str, text: str) -> CommandReply:
        """Give a slash command and show what its acknowledgement says."""
        url = self._context.response_urls.issue(app.id, self._workspace.id, channel.id, self._user.id)
        payload = payloads.command(self._workspace, app, self._user, channel, command, text)
        payload |= {"trigger_id": self._trigger(app), "response_url": self._context.address_of(url)}
        answer = await self._ask(app, "slash_commands", command, payload, f"{command} failed because the app did not respond.")
        body = {"text": answer.body} if isinstance(answer.body, str) else answer.body
        if not body:
            return CommandReply(None)
        try:
            return CommandReply(post_reply(self._context, url, body))
        except BadReply as bad:
            raise AppDidNotRespond(f"{command} failed with the error “{bad}”.") from None

    async def shortcut(self, app: AppConfig, callback_id: str, message: Message | None) -> None:
        payload = payloads.who(self._workspace, app, self._user)
        payload |= {"callback_id": callback_id, "trigger_id": self._trigger(app), "action_ts": event_ts(self._workspace)}
        if message is None:
            payload["type"] = "shortcut"
        else:
            place = payloads.place_of_message(self._workspace, message)
            payload |= {"type": "message_action", "channel": place["channel"], "message": place["message"]}
            payload |= {"message_ts": message.ts, "response_url": self._response_url(app, message.channel, message)}
        await self._ask(app, "interactive", callback_id, payload)

    async def act(self, target: Message | View, block: Json, element: Json, chosen: Json) -> None:
        """Tell the app of a press or a choice (block_actions); `chosen` is the element's value or new state."""
        app = self._context.app(target.app_id)
        shown = {name: element[name] for name in _SHOWN_IN_ACTION if name in element}
        named = {"type": element["type"], "action_id": element["action_id"], "block_id": block["block_id"]}
        action = {**named, **shown, **chosen, "action_ts": event_ts(self._workspace)}
        view = target if isinstance(target, View) else None
        payload = payloads.who(self._workspace, app, self._user) | self._place(app, target)
        payload |= {"type": "block_actions", "trigger_id": self._trigger(app, view), "actions": [action]}
        payload["state"] = {"values": self.values_of(target)}
        if isinstance(target, Message):
            payload["response_url"] = self._response_url(app, target.channel, target)
        await self._ask(app, "interactive", element["action_id"], payload)

    async def suggest(self, target: Message | View, block: Json, action_id: str, query: str) -> list[Option]:
        """Ask the app for options (block_suggestion)."""
        app = self._context.app(target.app_id)
        payload = payloads.who(self._workspace, app, self._user) | self._place(app, target)
        payload |= {"type": "block_suggestion", "action_id": action_id, "block_id": block["block_id"], "value": query}
        answer = await self._ask(app, "interactive", "block_suggestion", payload)
        if strict.check_options_response(answer.body):
            raise AppDidNotRespond(TROUBLE)
        return options_of(answer.body)

    async def submit(self, view: View) -> SubmitResult:
        """Submit a modal as it is filled, and do what the app's response_action says."""
        app = self._context.app(view.app_id)
        payload = payloads.who(self._workspace, app, self._user) | {"type": "view_submission"}
        payload |= {"trigger_id": self._trigger(app, view), "response_urls": self._response_urls(app, view)}
        payload |= {"view": view_json(self._workspace, view, app)}
        answer = await self._ask(app, "interactive", "view_submission", payload)
        if strict.check_response_action(answer.body):
            raise AppDidNotRespond(TROUBLE)
        return self._respond(view, answer.body or {})

    async def closed(self, view: View, *, is_cleared: bool) -> None:
        """Tell the app that a modal was closed, if it asked for it (notify_on_close)."""
        if view.body.get("notify_on_close"):
            app = self._context.app(view.app_id)
            payload = payloads.who(self._workspace, app, self._user)
            payload |= {"type": "view_closed", "view": view_json(self._workspace, view, app), "is_cleared": is_cleared}
            await self._ask(app, "interactive", "view_closed", payload)

    def opened_app(self, app: AppConfig, tab: str) -> Channel:
        """Open the app's home or messages; the direct message with it."""
        channel = self._workspace.open_conversation([app.bot_user.id, self._user.id])
        if "app_home_opened" in app.bot_events:
            event: Json = {"type": "app_home_opened", "user": self._user.id, "channel": channel.id, "tab": tab}
            if home := self._workspace.homes.get((self._user.id, app.id)):
                event["view"] = view_json(self._workspace, home, app)
            self._context.dispatcher.emit(self._workspace, app, event)
        return channel

    def values_of(self, target: Message | View) -> dict[str, dict[str, Json]]:
        """How the inputs of a message or view stand for this person."""
        if isinstance(target, View):
            return target.values
        kept = self._workspace.message_values.get((self._user.id, target.channel, target.ts))
        return initial_values(target.blocks or [], kept)

    def fill(self, target: Message | View, values: Mapping[Any, Any]) -> None:
        """Put values into inputs without telling the app. Raises Unknown."""
        if not values:
            return
        filled = with_answers(target.blocks or [], self.values_of(target), values)
        if isinstance(target, View):
            target.values = filled
        else:
            self._workspace.message_values[self._user.id, target.channel, target.ts] = filled

    async def _ask(self, app: AppConfig, category: Category, what: str, payload: Json, words: str = TROUBLE) -> Answer:
        try:
            return await self._context.dispatcher.ask(self._workspace, app, category, what, payload)
        except NoAnswer:
            raise AppDidNotRespond(words) from None

    def _trigger(self, app: AppConfig, view: View | None = None) -> str:
        return self._context.triggers.issue(app.id, self._workspace.id, self._user.id, view.id if view else None)

    def _place(self, app: AppConfig, target: Message | View) -> Json:
        if isinstance(target, View):
            return payloads.place_of_view(self._workspace, app, target)
        return payloads.place_of_message(self._workspace, target)

    def _response_url(self, app: AppConfig, channel: str, message: Message | None = None) -> str:
        url = self._context.response_urls.issue(app.id, self._workspace.id, channel, self._user.id, message)
        return self._context.address_of(url)

    def _response_urls(self, app: AppConfig, view: View) -> list[Json]:
        """Response URLs for conversations chosen in inputs that ask for one (response_url_enabled)."""
        found = []
        for block in view.blocks:
            for element in elements_of(block):
                state = view.values.get(block["block_id"], {}).get(element["action_id"], {})
                chosen = state.get("selected_conversation") or state.get("selected_channel")
                if element.get("response_url_enabled") and chosen:
                    place = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": chosen}
                    found.append({**place, "response_url": self._response_url(app, chosen)})
        return found

    def _respond(self, view: View, body: Json) -> SubmitResult:
        action = body.get("response_action")
        if action == "errors":
            return SubmitResult(errors=_known_errors(view, body["errors"]))
        if action == "update":
            replace_body(self._workspace, view, body["view"])
            return SubmitResult(updated=view)
        if action == "push":
            pushed = push_view(self._workspace, view.app_id, self._user.id, body["view"])
            if pushed is None:
                raise AppDidNotRespond(TROUBLE)
            return SubmitResult(pushed=pushed)
        for each in self._workspace.modals.get(self._user.id, [])[::-1] if action == "clear" else [view]:
            self._workspace.close_modal(each)
        return SubmitResult(closed=True)


def _known_errors(view: View, errors: Mapping[str, str]) -> dict[str, str]:
    """The errors, if each belongs to an input of the view; else Slack shows only that something went wrong."""
    known = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not known.issuperset(errors):
        raise AppDidNotRespond(TROUBLE)
    return dict(errors)
