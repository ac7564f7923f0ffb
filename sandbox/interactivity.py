"""What ties an app's later call to a person's act: trigger ids and response URLs. Both live in real time.

Sources: https://docs.slack.dev/interactivity/handling-user-interaction
"""

import secrets
import time
from dataclasses import dataclass, field

from sandbox.workspace import Message

TRIGGER_SECONDS = 3.0
RESPONSE_URL_SECONDS = 30 * 60
RESPONSE_URL_USES = 5


class Spent(Exception):
    """The trigger id or response URL cannot be used; str() is Slack's error code."""


@dataclass(slots=True)
class Trigger:
    id: str
    app_id: str
    workspace: str
    user: str
    view_id: str | None
    born: float = field(default_factory=time.monotonic)
    used: bool = False


class Triggers:
    """Trigger ids given out: each good for one view within three seconds."""

    def __init__(self, seconds: float = TRIGGER_SECONDS) -> None:
        self.seconds = seconds
        self._triggers: dict[str, Trigger] = {}

    def issue(self, app_id: str, workspace: str, user: str, view_id: str | None = None) -> str:
        """A new trigger id for an act of `user`; `view_id` is the modal in which they acted."""
        trigger_id = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"
        self._triggers[trigger_id] = Trigger(trigger_id, app_id, workspace, user, view_id)
        self._forget_old()
        return trigger_id

    def take(self, trigger_id: str, app_id: str) -> Trigger:
        """Use a trigger id up. Raises Spent: invalid_, exchanged_ or expired_trigger_id."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None or trigger.app_id != app_id:
            raise Spent("invalid_trigger_id")
        if trigger.used:
            raise Spent("exchanged_trigger_id")
        if time.monotonic() - trigger.born > self.seconds:
            raise Spent("expired_trigger_id")
        trigger.used = True
        return trigger

    def _forget_old(self) -> None:
        while len(self._triggers) > 10_000:
            del self._triggers[next(iter(self._triggers))]


@dataclass(slots=True)
class ResponseUrl:
    """Where an app may answer an act: `message` is the message acted on, if any."""

    token: str
    app_id: str
    workspace: str
    channel: str
    user: str
    message: Message | None = None
    born: float = field(default_factory=time.monotonic)
    uses: int = 0


class ResponseUrls:
    """Response URLs given out: each good for five answers within thirty minutes."""

    def __init__(self, seconds: float = RESPONSE_URL_SECONDS) -> None:
        self.seconds = seconds
        self._urls: dict[str, ResponseUrl] = {}

    def issue(self, app_id: str, workspace: str, channel: str, user: str, message: Message | None = None) -> ResponseUrl:
        url = ResponseUrl(secrets.token_urlsafe(18), app_id, workspace, channel, user, message)
        self._urls[url.token] = url
        while len(self._urls) > 10_000:
            del self._urls[next(iter(self._urls))]
        return url

    def take(self, token: str) -> ResponseUrl:
        """Count one use. Raises Spent: expired_url or used_url."""
        url = self._urls.get(token)
        if url is None or time.monotonic() - url.born > self.seconds:
            raise Spent("expired_url")
        if url.uses >= RESPONSE_URL_USES:
            raise Spent("used_url")
        url.uses += 1
        return url
