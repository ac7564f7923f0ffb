"""What is served besides the Web API and the page: response URLs, uploads and files, the clock, faults."""

import asyncio
import json
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web
from pydantic import ValidationError

from sandbox.clock import Alarm
from sandbox.context import Context
from sandbox.interactivity import Spent
from sandbox.replies import BadReply, post_reply
from sandbox.workspace import Json

CLOCK_WAIT_SECONDS = 25.0


class Routes:
    """Handlers; `add_to` puts them into an application."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def add_to(self, app: web.Application) -> None:
        router = app.router
        router.add_get("/link/{ticket}", self._context.sockets.serve)
        router.add_post("/response/{workspace}/{app}/{token}", self.respond)
        router.add_post("/upload/{ticket}", self.upload)
        router.add_get("/files/{file}/{name}", self.file)
        router.add_get("/clock", self.clock)
        router.add_post("/clock", self.move_clock)
        router.add_put("/clock/alarms", self.set_alarms)
        router.add_get("/faults", self.faults)
        router.add_post("/faults", self.add_fault)
        router.add_delete("/faults", self.clear_faults)

    async def respond(self, request: web.Request) -> web.Response:
        """An app's answer to an act, by its response URL."""
        body = await _json(request)
        response: Json = {"ok": True}
        status = 200
        try:
            url = self._context.response_urls.take(request.match_info["token"])
            post_reply(self._context, url, body)
        except (Spent, BadReply) as refused:
            response = {"ok": False, "error": str(refused)}
            status = 404 if isinstance(refused, Spent) else 400
        now = self._context.clock.now()
        self._context.log.add(now, "from app", "response_url", request.match_info["app"], body, response, status, 0.0)
        return web.json_response(response, status=status)

    async def upload(self, request: web.Request) -> web.Response:
        """The content of a file, raw or as a multipart form."""
        file_id = self._context.uploads.get(request.match_info["ticket"], "")
        file = next((each.files[file_id] for each in self._context.workspaces.values() if file_id in each.files), None)
        if file is None:
            raise web.HTTPNotFound(text="this upload URL is unknown")
        file.content = await _content(request)
        file.uploaded = True
        return web.Response(text=f"OK - {len(file.content)}")

    async def file(self, request: web.Request) -> web.Response:
        for workspace in self._context.workspaces.values():
            if file := workspace.files.get(request.match_info["file"]):
                return web.Response(
                    body=file.content, headers={"Content-Type": file.mimetype, "X-Content-Type-Options": "nosniff"}
                )
        raise web.HTTPNotFound

    async def clock(self, request: web.Request) -> web.Response:
        """The time; with `after`, as soon as the clock's version is another one, or after 25 s."""
        if after := request.query.get("after"):
            await self._context.clock.wait_change(_whole(after), CLOCK_WAIT_SECONDS)
        return self._clock_json()

    async def move_clock(self, request: web.Request) -> web.Response:
        """{"now": iso}, {"advance_seconds": n} or {"runs": bool}."""
        body = await _json(request)
        clock = self._context.clock
        try:
            if "now" in body:
                clock.move_to(datetime.fromisoformat(body["now"]))
            if "advance_seconds" in body:
                clock.advance(timedelta(seconds=float(body["advance_seconds"])))
        except (TypeError, ValueError, OverflowError) as error:
            raise web.HTTPBadRequest(text=f"{error}\n") from None
        if "runs" in body:
            clock.run() if body["runs"] else clock.freeze()
        return self._clock_json()

    async def set_alarms(self, request: web.Request) -> web.Response:
        """{"app": id, "alarms": [{"at": iso, "label": words}]}."""
        body = await _json(request)
        try:
            alarms = [_alarm(each) for each in body["alarms"]]
            self._context.clock.set_alarms(str(body["app"]), alarms)
        except (KeyError, TypeError, ValueError) as error:
            raise web.HTTPBadRequest(text=f"{error}\n") from None
        return self._clock_json()

    async def faults(self, request: web.Request) -> web.Response:
        """The rules in force with their hits."""
        return web.json_response([{**rule.model_dump(), "hits": rule.hits} for rule in self._context.faults.rules])

    async def add_fault(self, request: web.Request) -> web.Response:
        """A rule, or one of {"act": "deafen" | "hear" | "drop_sockets" | "refresh" | "revoke" | "seed", …}."""
        body = await _json(request)
        try:
            await self._do_fault(body)
        except (KeyError, TypeError, ValidationError) as error:
            raise web.HTTPBadRequest(text=f"{error}\n") from None
        return web.json_response({"ok": True})

    async def clear_faults(self, request: web.Request) -> web.Response:
        self._context.faults.clear()
        self._context.revoked.clear()
        return web.json_response({"ok": True})

    async def _do_fault(self, body: dict[str, Any]) -> None:
        faults, sockets = self._context.faults, self._context.sockets
        match body:
            case {"act": "deafen"}:
                faults.deafen(pongs=bool(body.get("pongs", True)))
            case {"act": "hear"}:
                faults.hear()
            case {"act": "drop_sockets"}:
                sockets.drop(body.get("app"))
            case {"act": "refresh"}:
                apps = [str(body["app"])] if "app" in body else [app.id for app in self._context.config.apps]
                await asyncio.gather(*(sockets.refresh(app, body.get("reason", "refresh_requested")) for app in apps))
            case {"act": "revoke", "token": str(token)}:
                self._context.revoked.add(token)
            case {"act": "seed", "seed": int(seed)}:
                faults.seed(seed)
            case _:
                faults.add(body.pop("act"), body.pop("what", "*"), **body)

    def _clock_json(self) -> web.Response:
        clock = self._context.clock
        return web.json_response({"now": clock.now().isoformat(), "version": clock.version, "runs": clock.runs})


async def _json(request: web.Request) -> dict[str, Any]:
    """The JSON object of a body. Raises HTTPBadRequest."""
    try:
        body = json.loads(await request.text())
    except (ValueError, RecursionError):
        raise web.HTTPBadRequest(text="invalid_payload") from None
    if not isinstance(body, dict):
        raise web.HTTPBadRequest(text="invalid_payload")
    return body


async def _content(request: web.Request) -> bytes:
    if request.content_type != "multipart/form-data":
        return await request.read()
    for value in (await request.post()).values():
        if isinstance(value, web.FileField):
            return value.file.read()
    raise web.HTTPBadRequest(text="no file")


def _alarm(body: dict[str, Any]) -> Alarm:
    at = datetime.fromisoformat(body["at"])
    if at.tzinfo is None:
        raise ValueError("an alarm needs a time with a zone")
    return Alarm(at, str(body["label"]))


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise web.HTTPBadRequest(text="`after` is a version, a whole number\n")
    return int(text)
