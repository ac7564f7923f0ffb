"""Hands events, commands and interactions to apps: by socket where one is open, else to the request URL; retries events."""

import asyncio
import dataclasses
import time
from collections.abc import Callable, Coroutine
from typing import Any

from sandbox.config import AppConfig
from sandbox.envelopes import Answer, Category, Envelope, NoAnswer
from sandbox.events import event_ts, events_of
from sandbox.faults import Faults, Rule
from sandbox.http_delivery import HttpDelivery
from sandbox.ids import new_id
from sandbox.log import Log
from sandbox.sockets import Sockets
from sandbox.workspace import Change, Json, Workspace

# "The first retry is sent nearly immediately", then after one minute and after five: https://docs.slack.dev/apis/events-api
RETRY_SECONDS = (0.0, 60.0, 300.0)


class Dispatcher:
    """Deliveries to apps. `retry_factor` shortens the waits between retries of events (1 is Slack's pace)."""

    def __init__(
        self, apps: tuple[AppConfig, ...], sockets: Sockets, http: HttpDelivery, faults: Faults, log: Log, retry_factor: float
    ) -> None:
        self.apps = {app.id: app for app in apps}
        self.sockets = sockets
        self.http = http
        self.retry_factor = retry_factor
        self._faults = faults
        self._log = log
        self._tasks: set[asyncio.Task[None]] = set()
        self._held: dict[str, list[Callable[[], None]]] = {}

    def watch(self, workspace: Workspace) -> None:
        """Make events of a workspace's changes from now on."""
        apps = [app for app in self.apps.values() if workspace.id in app.bot_tokens]

        def heard(change: Change) -> None:
            for app in apps:
                for event in events_of(change, workspace, app):
                    self.emit(workspace, app, event)

        workspace.listeners.append(heard)

    def emit(self, workspace: Workspace, app: AppConfig, event: Json) -> str:
        """Send one event to an app, subscribed or not, in the background; the event id.

        It is lost on an app that cannot be reached at all: Slack promises no buffer for one whose sockets are closed.
        """
        payload = _event_payload(workspace, app, event)
        event_id: str = payload["event_id"]
        if not self.has_wire(app):
            self._log_lost(workspace, app, event["type"], payload)
            return event_id
        rule = self._faults.for_delivery(event["type"], workspace.id, event)
        envelope = Envelope("events_api", event["type"], payload)
        self._schedule(workspace, app, envelope, rule)
        return event_id

    async def ask(self, workspace: Workspace, app: AppConfig, category: Category, what: str, payload: Json) -> Answer:
        """Hand over a command or an interaction and return the acknowledgement. Raises NoAnswer after three seconds."""
        envelope = Envelope(category, what, payload)
        rule = self._faults.for_delivery(what, workspace.id, payload)
        if rule and rule.act == "delay":
            await asyncio.sleep(rule.seconds)
        if rule and rule.act == "drop":
            await asyncio.sleep(self.sockets.answer_seconds)
            raise NoAnswer("http_timeout")
        if rule and rule.act == "duplicate":
            answers = await asyncio.gather(*(self._deliver(workspace, app, envelope) for _ in range(rule.copies)))
            return answers[0]
        return await self._deliver(workspace, app, envelope)

    def has_wire(self, app: AppConfig) -> bool:
        """Whether there is any way to reach an app now."""
        return bool(app.request_url) or self.sockets.connections(app.id) > 0

    async def settle(self) -> None:
        """Wait until every event has been acknowledged or given up."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.http.close()

    def _schedule(self, workspace: Workspace, app: AppConfig, envelope: Envelope, rule: Rule | None) -> None:
        def start(delay: float = 0.0) -> None:
            self._spawn(self._deliver_event(workspace, app, envelope, delay))

        if rule is None:
            start()
        elif rule.act == "delay":
            start(rule.seconds)
        elif rule.act == "duplicate":
            for _ in range(rule.copies):
                start()
        elif rule.act == "reorder":
            self._held.setdefault(app.id, []).append(start)
            return
        for held in self._held.pop(app.id, ()):
            held()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver_event(self, workspace: Workspace, app: AppConfig, envelope: Envelope, delay: float) -> None:
        if delay:
            await asyncio.sleep(delay)
        for attempt, wait in enumerate((*RETRY_SECONDS, None)):
            try:
                await self._deliver(workspace, app, envelope)
            except NoAnswer as failure:
                if wait is None or not failure.may_retry:
                    return
                envelope = dataclasses.replace(envelope, attempt=attempt + 1, reason=failure.reason)
                await asyncio.sleep(wait * self.retry_factor)
            else:
                return

    async def _deliver(self, workspace: Workspace, app: AppConfig, envelope: Envelope) -> Answer:
        begun = time.perf_counter()
        at = workspace.clock.now()
        response: Any = None
        status = 0
        try:
            answer = await self._send(app, envelope)
            response, status = answer.body, answer.status
        except NoAnswer as failure:
            response, status = {"no_answer": failure.reason}, failure.status
            raise
        finally:
            took_ms = (time.perf_counter() - begun) * 1_000
            self._log.add(at, "to app", envelope.what, app.id, envelope.payload, response, status, took_ms)
        return answer

    def _log_lost(self, workspace: Workspace, app: AppConfig, what: str, payload: Json) -> None:
        self._log.add(workspace.clock.now(), "to app", what, app.id, payload, {"no_answer": "connection_failed"}, 0, 0.0)

    async def _send(self, app: AppConfig, envelope: Envelope) -> Answer:
        if app.request_url and not self.sockets.connections(app.id):
            return await self.http.send(app, envelope)
        return await self.sockets.send(app.id, envelope)


def _event_payload(workspace: Workspace, app: AppConfig, event: Json) -> Json:
    channel = workspace.channels.get(_channel_id(event))
    authorization = {
        "enterprise_id": None,
        "team_id": workspace.id,
        "user_id": app.bot_user.id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": "sandbox",
        "team_id": workspace.id,
        "context_team_id": workspace.id,
        "context_enterprise_id": None,
        "api_app_id": app.id,
        "event": {"event_ts": event_ts(workspace), **event},
        "type": "event_callback",
        "event_id": new_id("Ev"),
        "event_time": int(workspace.clock.now().timestamp()),
        "authorizations": [authorization],
        "is_ext_shared_channel": bool(channel and channel.is_ext_shared),
        "event_context": "4-" + new_id(""),
    }


def _channel_id(event: Json) -> str:
    channel = event.get("channel") or event.get("channel_id") or event.get("item", {}).get("channel") or ""
    return channel["id"] if isinstance(channel, dict) else str(channel)
