"""Delivery by HTTP: signed POSTs to an app's request URL, as Slack makes them.

Sources: https://docs.slack.dev/authentication/verifying-requests-from-slack, https://docs.slack.dev/apis/events-api
"""

import hashlib
import hmac
import json
import time
from typing import Any
from urllib.parse import urlencode

from aiohttp import ClientError, ClientResponse, ClientSession, ClientTimeout, TCPConnector

from sandbox.config import AppConfig
from sandbox.envelopes import Answer, Envelope, NoAnswer

# Shorter than any usual server's, so that no delivery meets a connection which the server is just closing.
KEEP_ALIVE_SECONDS = 1.5


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's v0 signature of a request's body."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class HttpDelivery:
    """Posts envelopes. Use `close` at the end."""

    def __init__(self, answer_seconds: float) -> None:
        self.answer_seconds = answer_seconds
        self._session: ClientSession | None = None

    async def send(self, app: AppConfig, envelope: Envelope) -> Answer:
        """Post an envelope and return the app's answer. Raises NoAnswer."""
        body, content_type = _encode(envelope)
        headers = _headers(app.signing_secret, envelope, body, content_type)
        timeout = ClientTimeout(total=self.answer_seconds)
        try:
            async with self._client().post(app.request_url, data=body, headers=headers, timeout=timeout) as response:
                return await _read(response)
        except TimeoutError:
            raise NoAnswer("http_timeout") from None
        except ClientError:
            raise NoAnswer("connection_failed") from None

    async def close(self) -> None:
        if self._session:
            await self._session.close()

    def _client(self) -> ClientSession:
        if self._session is None:
            self._session = ClientSession(connector=TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS))
        return self._session


def _encode(envelope: Envelope) -> tuple[bytes, str]:
    if envelope.category == "events_api":
        return json.dumps(envelope.payload).encode(), "application/json"
    form = envelope.payload if envelope.category == "slash_commands" else {"payload": json.dumps(envelope.payload)}
    return urlencode(form, errors="surrogatepass").encode(), "application/x-www-form-urlencoded"


def _headers(secret: str, envelope: Envelope, body: bytes, content_type: str) -> dict[str, str]:
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": content_type,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": signature(secret, timestamp, body),
    }
    if envelope.attempt:
        headers |= {"X-Slack-Retry-Num": str(envelope.attempt), "X-Slack-Retry-Reason": envelope.reason}
    return headers


async def _read(response: ClientResponse) -> Answer:
    text = await response.text()
    if not 200 <= response.status < 300:
        may_retry = response.headers.get("X-Slack-No-Retry") != "1"
        raise NoAnswer("http_error", response.status, may_retry=may_retry)
    return Answer(_decode(text), response.status)


def _decode(text: str) -> Any:
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
