"""Socket Mode: WebSocket connections of apps, over which envelopes go out and acknowledgements come back.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
import secrets
import time
import uuid
from dataclasses import dataclass, field
from typing import Any, Literal

from aiohttp import WSMessage, WSMsgType, web

from sandbox.envelopes import Answer, Envelope, NoAnswer
from sandbox.faults import Faults
from sandbox.workspace import Json

MAX_CONNECTIONS = 10
TICKET_SECONDS = 30.0
DisconnectReason = Literal["warning", "refresh_requested", "link_disabled", "too_many_websockets"]


@dataclass(eq=False, slots=True)
class Connection:
    app_id: str
    socket: web.WebSocketResponse
    request: web.Request
    waiting: dict[str, asyncio.Future[Answer | None]] = field(default_factory=dict)


class Sockets:
    """All apps' connections; envelopes are spread over those of an app in turn."""

    def __init__(self, faults: Faults, answer_seconds: float) -> None:
        self.answer_seconds = answer_seconds
        self._faults = faults
        self._connections: dict[str, list[Connection]] = {}
        self._tickets: dict[str, tuple[str, float]] = {}

    def issue_ticket(self, app_id: str) -> str:
        """A ticket for one connection, good for thirty seconds; it is the last part of the socket's address."""
        ticket = secrets.token_urlsafe(24)
        self._tickets[ticket] = (app_id, time.monotonic())
        return ticket

    def connections(self, app_id: str) -> int:
        """How many connections an app has open."""
        return len(self._connections.get(app_id, []))

    def all_of(self, app_id: str) -> list[Connection]:
        """An app's connections, the longest unused first."""
        return list(self._connections.get(app_id, []))

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one connection until it ends: `GET /link/{ticket}`."""
        app_id, born = self._tickets.pop(request.match_info["ticket"], ("", 0.0))
        if not app_id or time.monotonic() - born > TICKET_SECONDS:
            raise web.HTTPNotFound(text="this ticket is unknown, used or too old")
        socket = web.WebSocketResponse(autoping=False, max_msg_size=0)
        await socket.prepare(request)
        connection = Connection(app_id, socket, request)
        if self.connections(app_id) >= MAX_CONNECTIONS:
            await self._disconnect(connection, "too_many_websockets")
            return socket
        await self._converse(connection)
        return socket

    async def send(self, app_id: str, envelope: Envelope) -> Answer:
        """Hand an envelope to one connection and wait for its acknowledgement. Raises NoAnswer."""
        connections = self._connections.get(app_id)
        if not connections:
            raise NoAnswer("connection_failed")
        connection = connections.pop(0)
        connections.append(connection)
        envelope_id = str(uuid.uuid4())
        future: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope_id] = future
        try:
            async with asyncio.timeout(self.answer_seconds):
                await self._send_json(connection, _frame(envelope, envelope_id))
                answer = await future
        except TimeoutError:
            raise NoAnswer("http_timeout") from None
        finally:
            connection.waiting.pop(envelope_id, None)
        if answer is None:
            raise NoAnswer("connection_failed")
        return answer

    async def refresh(self, app_id: str, reason: DisconnectReason = "refresh_requested") -> None:
        """Ask all connections of an app to be renewed; all but a warning also close, as Slack does every few hours."""
        for connection in list(self._connections.get(app_id, [])):
            await self._disconnect(connection, reason)

    def drop(self, app_id: str | None = None) -> None:
        """Cut connections without a word: an app's, or all."""
        for connections in list(self._connections.values()):
            for connection in list(connections):
                if app_id in (None, connection.app_id) and connection.request.transport:
                    connection.request.transport.abort()

    async def close(self) -> None:
        """Close everything, at the end."""
        for connections in list(self._connections.values()):
            for connection in list(connections):
                await connection.socket.close()

    async def _converse(self, connection: Connection) -> None:
        connections = self._connections.setdefault(connection.app_id, [])
        connections.append(connection)
        try:
            await self._send_json(connection, _hello(connection.app_id, len(connections)))
            async for message in connection.socket:
                await self._receive(connection, message)
        except ConnectionError:
            pass  # the app went away while something was being sent; whoever sent it is told below
        finally:
            connections.remove(connection)
            for future in connection.waiting.values():
                if not future.done():
                    future.set_result(None)

    async def _receive(self, connection: Connection, message: WSMessage) -> None:
        if message.type == WSMsgType.PING:
            if self._faults.pongs:
                await connection.socket.pong(message.data)
        elif message.type == WSMsgType.TEXT and not self._faults.deaf:
            self._acknowledged(connection, message.data)

    def _acknowledged(self, connection: Connection, data: str) -> None:
        try:
            body = json.loads(data)
        except ValueError:
            return  # Slack ignores what it cannot read
        if not isinstance(body, dict):
            return
        future = connection.waiting.get(str(body.get("envelope_id")))
        if future and not future.done():
            future.set_result(Answer(body.get("payload") or None))

    async def _disconnect(self, connection: Connection, reason: DisconnectReason) -> None:
        debug = {"host": "sandbox"}
        await self._send_json(connection, {"type": "disconnect", "reason": reason, "debug_info": debug})
        if reason != "warning":
            await connection.socket.close()

    async def _send_json(self, connection: Connection, body: Json) -> None:
        if self._faults.deaf:
            return
        try:
            await connection.socket.send_str(json.dumps(body))
        except (ConnectionError, RuntimeError):
            raise NoAnswer("connection_failed") from None


def _hello(app_id: str, count: int) -> Json:
    return {
        "type": "hello",
        "num_connections": count,
        "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18_060},
        "connection_info": {"app_id": app_id},
    }


def _frame(envelope: Envelope, envelope_id: str) -> dict[str, Any]:
    frame = {
        "envelope_id": envelope_id,
        "payload": envelope.payload,
        "type": envelope.category,
        "accepts_response_payload": envelope.accepts_answer,
    }
    if envelope.category == "events_api":
        frame |= {"retry_attempt": envelope.attempt, "retry_reason": envelope.reason}
    return frame
