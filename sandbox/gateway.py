"""The door of the Web API: reads a call, checks it, lets the fault script interfere, answers and logs it.

Source: https://docs.slack.dev/apis/web-api
"""

import asyncio
import base64
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, web

from sandbox import strict
from sandbox.config import AppConfig
from sandbox.context import Context
from sandbox.faults import Rule
from sandbox.oauth import Client, exchange_code
from sandbox.webapi import METHODS
from sandbox.webapi.call import Call, Method, Refused, decoded
from sandbox.workspace import Json, Workspace


class Gateway:
    """Serves `/api/{method}`."""

    def __init__(self, context: Context) -> None:
        self._context = context

    async def serve(self, request: web.Request) -> web.StreamResponse:
        begun = time.perf_counter()
        name = request.match_info["method"]
        try:
            arguments = await _read_arguments(request)
        except Refused as refused:
            return _response({"ok": False, "error": refused.error})
        token = _token(request, arguments)
        bearer = self._context.bearer_of(token)
        workspace_id = bearer[1].id if bearer and bearer[1] else ""

        def run() -> Json:
            return self.answer(name, arguments, token, _basic(request))

        rule = self._context.faults.for_call(name, workspace_id, arguments)
        response, body = await _faulty(request, rule, run, self._context.faults.happens) if rule else _plain(run())
        if bearer and bearer[1] and not response.prepared:
            response.headers["X-OAuth-Scopes"] = ",".join(bearer[0].scopes or ())
        app_id = bearer[0].id if bearer else ""
        took_ms = (time.perf_counter() - begun) * 1_000
        self._context.log.add(self._context.clock.now(), "from app", name, app_id, arguments, body, response.status, took_ms)
        return response

    def answer(self, name: str, arguments: dict[str, Any], token: str, basic: Client | None = None) -> Json:
        """Slack's answer to a call: with a token, or for oauth.v2.access with a client's id and secret."""
        try:
            if name == "oauth.v2.access":
                return {"ok": True, **exchange_code(self._context, arguments, basic)}
            if name == "apps.connections.open":
                return {"ok": True, "url": self._socket_address(token)}
            method = _method(name)
            app, workspace = self._authenticate(token)
            return self._run(method, name, Call(self._context, app, workspace, arguments))
        except Refused as refused:
            return {"ok": False, "error": refused.error, **refused.extra}

    def _authenticate(self, token: str) -> tuple[AppConfig, Workspace]:
        app, workspace = self._bearer(token)
        if workspace is None:
            raise Refused("not_allowed_token_type")
        return app, workspace

    def _bearer(self, token: str) -> tuple[AppConfig, Workspace | None]:
        if not token:
            raise Refused("not_authed")
        bearer = self._context.bearer_of(token)
        if bearer is None:
            raise Refused("invalid_auth")
        if token in self._context.revoked:
            raise Refused("token_revoked")
        return bearer

    def _run(self, method: Method, name: str, call: Call) -> Json:
        if method.scopes:
            call.need(*method.scopes)
        if problems := strict.check_call(name, call.arguments):
            messages = [f"[ERROR] {each.message} [json-pointer:{each.pointer}]" for each in problems]
            raise Refused(problems[0].code, response_metadata={"messages": messages})
        call.arguments = decoded(call.arguments)
        body: Json = {"ok": True, **method.run(call)}
        if warnings := strict.warnings_for(name, call.arguments):
            body["warning"] = ",".join(warnings)
            body["response_metadata"] = {**body.get("response_metadata", {}), "warnings": warnings}
        return body

    def _socket_address(self, token: str) -> str:
        app, workspace = self._bearer(token)
        if workspace is not None:
            raise Refused("not_allowed_token_type")
        return f"ws{self._context.url.removeprefix('http')}/link/{self._context.sockets.issue_ticket(app.id)}"


def _method(name: str) -> Method:
    if (method := METHODS.get(name)) is None:
        raise Refused("unknown_method", req_method=name)
    return method


async def _read_arguments(request: web.Request) -> dict[str, Any]:
    """The arguments from the query and a JSON, form or multipart body. Refuses bodies that are none of these."""
    arguments: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        arguments |= _json_object(await request.read())
    elif request.content_type == "multipart/form-data":
        arguments |= await _multipart(request)
    elif body := await request.read():
        arguments |= dict(parse_qsl(body.decode(errors="replace"), keep_blank_values=True))
    return arguments


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        decoded_body = json.loads(body or b"{}")
    except (ValueError, RecursionError):
        raise Refused("invalid_json") from None
    if not isinstance(decoded_body, dict):
        raise Refused("json_not_object")
    return decoded_body


async def _multipart(request: web.Request) -> dict[str, str]:
    reader = await request.multipart()
    fields: dict[str, str] = {}
    while part := await reader.next():
        if isinstance(part, BodyPartReader) and part.name:
            fields[part.name] = await part.text()
    return fields


def _token(request: web.Request, arguments: dict[str, Any]) -> str:
    in_body = str(arguments.pop("token", "") or "")
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind == "Bearer" else in_body


def _basic(request: web.Request) -> Client | None:
    """The id and secret of HTTP Basic, if that is how the client names itself."""
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    if kind != "Basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(value).decode().partition(":")
    except ValueError:
        return Client("", "")
    return Client(client_id, secret)


def _response(body: Json, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    content = json.dumps(body).encode()
    return web.Response(body=content, status=status, headers=headers, content_type="application/json", charset="utf-8")


def _plain(body: Json) -> tuple[web.Response, Json]:
    return _response(body), body


async def _faulty(
    request: web.Request, rule: Rule, run: Callable[[], Json], happens: Callable[[float], bool]
) -> tuple[web.Response, Json]:
    """Answer as a fault rule wants it."""
    if rule.act == "slow":
        return await _slow(rule, run)
    if rule.act == "late":
        asyncio.get_running_loop().call_later(rule.seconds, run)
        return _cut(request)
    if rule.act == "rate_limited":
        headers = {} if rule.retry_after is None else {"Retry-After": rule.retry_after}
        body: Json = {"ok": False, "error": "ratelimited"}
        return _response(body, 429, headers), body
    if happens(rule.stored):
        run()
    if rule.act == "lost":
        return _cut(request)
    body = {"ok": False, "error": rule.error}
    if rule.act == "http_error":
        return web.Response(status=rule.status, text="sandbox: " + rule.error), body
    return _response(body), body


async def _slow(rule: Rule, run: Callable[[], Json]) -> tuple[web.Response, Json]:
    if rule.stored >= 1:
        body = run()
        await asyncio.sleep(rule.seconds)
    else:
        await asyncio.sleep(rule.seconds)
        body = run()
    return _plain(body)


def _cut(request: web.Request) -> tuple[web.Response, Json]:
    """Drop the connection; the response is never seen."""
    if request.transport:
        request.transport.abort()
    return web.Response(status=500), {"cut": True}
