"""Calls to Slack: one HTTP session for a process, no retries that could post twice, and what each failure means."""

from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

CALL_TIMEOUT = 10  # seconds
RETRY_AFTER_UNSAID = 30.0  # seconds to wait where Slack limits the rate and does not say for how long


class Failure(Enum):
    """What a failed call means for its message."""

    RETRY = auto()  # Slack certainly does not have it
    AMBIGUOUS = auto()  # Slack may have it
    REFUSED = auto()  # Slack will not take it until somebody acts
    GONE = auto()  # the message that was to be edited is no longer there
    DISCONNECTED = auto()  # Slack no longer knows our token


class CallFailed(Exception):
    """A call to Slack that failed."""

    def __init__(self, failure: Failure, code: str, method: str = "", retry_after: float = 0.0) -> None:
        super().__init__(f"{method}: {code}")
        self.failure = failure
        self.code = code
        self.method = method
        self.retry_after = retry_after


_AS_FORM = {"files.getUploadURLExternal"}  # of JSON, Slack says that the arguments are missing
# https://docs.slack.dev/reference/methods/chat.postMessage#errors. What is not named here is refused: tried again blindly, it
# would be refused for ever.
_MEANING = {
    "ratelimited": Failure.RETRY,
    "rate_limited": Failure.RETRY,
    "service_unavailable": Failure.RETRY,
    "team_added_to_org": Failure.RETRY,
    "org_login_required": Failure.RETRY,
    "internal_error": Failure.AMBIGUOUS,
    "fatal_error": Failure.AMBIGUOUS,
    "request_timeout": Failure.AMBIGUOUS,
    "message_not_found": Failure.GONE,
    "cant_update_message": Failure.GONE,
    "edit_window_closed": Failure.GONE,
    "account_inactive": Failure.DISCONNECTED,
    "invalid_auth": Failure.DISCONNECTED,
    "not_authed": Failure.DISCONNECTED,
    "token_expired": Failure.DISCONNECTED,
    "token_revoked": Failure.DISCONNECTED,
}


@dataclass(frozen=True)
class Slack:
    """The way to Slack for every workspace of this process."""

    session: aiohttp.ClientSession
    api_url: str
    token: str

    @cached_property
    def client(self) -> AsyncWebClient:
        """Return a client on the shared session, whose calls are made once: the SDK would send again what Slack may have."""
        return AsyncWebClient(
            token=self.token, base_url=self.api_url, session=self.session, timeout=CALL_TIMEOUT, retry_handlers=[]
        )


async def call(client: AsyncWebClient, method: str, **arguments: Any) -> dict[str, Any]:
    """Call `method` once and return its answer; raise CallFailed, which says what the failure means."""
    try:
        if method in _AS_FORM:
            response = await client.api_call(method, data=arguments)
        else:
            response = await client.api_call(method, json=arguments)
    except SlackApiError as error:
        raise _failed(error, method) from error
    except aiohttp.ClientConnectorError as error:
        raise CallFailed(Failure.RETRY, "no_connection", method) from error
    except (TimeoutError, aiohttp.ClientError, SlackClientError) as error:
        raise CallFailed(Failure.AMBIGUOUS, type(error).__name__, method) from error
    return dict(response.data)  # type: ignore[arg-type]  # a dict, or SlackApiError was raised


def _failed(error: SlackApiError, method: str) -> CallFailed:
    response = error.response
    status = getattr(response, "status_code", 200)
    if status == 429:
        return CallFailed(Failure.RETRY, "ratelimited", method, _retry_after(response.headers.get("Retry-After")))
    data = getattr(response, "data", None)
    code = data.get("error", "unknown") if isinstance(data, dict) else "unreadable"
    if status >= 500 or code == "unreadable":
        return CallFailed(Failure.AMBIGUOUS, code, method)
    return CallFailed(_MEANING.get(code, Failure.REFUSED), code, method)


def _retry_after(header: str | None) -> float:
    try:
        return max(0.0, float(header or RETRY_AFTER_UNSAID))
    except ValueError:
        return RETRY_AFTER_UNSAID


async def respond(slack: Slack, response_url: str, body: dict[str, Any]) -> None:
    """Answer an interaction where it happened. Slack takes 5 answers within 30 minutes; one that it refuses raises."""
    async with slack.session.post(response_url, json=body, timeout=aiohttp.ClientTimeout(total=CALL_TIMEOUT)) as response:
        response.raise_for_status()
