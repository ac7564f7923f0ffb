"""The page's addresses. Whole pages and their parts are read with GET; every act is one POST."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aiohttp import BodyPartReader, web

from sandbox.page.acts import Actor, Done, Refused
from sandbox.page.drawing import environment
from sandbox.page.live import events
from sandbox.page.marks import Marks
from sandbox.page.page import PAGE_OF_MESSAGES, Page, Troubles, reader_for
from sandbox.page.places import find_place, first_place
from sandbox.page.suggestions import suggestions
from sandbox.page.tour import Deed, Progress
from sandbox.person import AppDidNotRespond, NotAllowed, Unknown, Upload
from sandbox.workspace import Workspace

if TYPE_CHECKING:  # the server builds the page, so the page only names the server's type
    from sandbox.server import Sandbox

_REFUSALS = (Refused, NotAllowed, Unknown, AppDidNotRespond)
_STATIC = Path(__file__).parent / "static"
_ID = r"[A-Z][A-Z0-9]+"
_PARTS = {"sidebar", "header", "messages", "thread", "modals", "clock", "log", "tour", "home"}
_INLINE_IMAGES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
# Nothing from elsewhere runs or styles the page; only pictures that an app shows may come from the web.
_POLICY = "default-src 'self'; img-src 'self' https: http: data:; frame-ancestors 'none'; base-uri 'none'"


def add_routes(app: web.Application, sandbox: "Sandbox") -> None:
    """Serve the page of a sandbox at `/`, `/as/…`, `/archives/…` and `/page/…` of a web application."""
    routes = _Routes(sandbox)
    app.on_startup.append(routes.begin)
    place = f"/as/{{user:{_ID}}}"
    app.add_routes(
        [
            web.get("/", routes.front_door),
            web.get(f"/archives/{{channel:{_ID}}}/p{{ts:\\d+}}", routes.permalink),
            web.get(f"{place}/archives/{{channel:{_ID}}}/p{{ts:\\d+}}", routes.permalink),
            web.get(f"{place}/part/{{part}}", routes.part),
            web.get(f"{place}/live", routes.live),
            web.get(f"{place}/files/{{file:{_ID}}}", routes.file),
            web.get(f"{place}/log/{{number:\\d+}}", routes.exchange),
            web.post(f"{place}/options", routes.options),
            web.post(f"{place}/read", routes.read),
            web.post(f"{place}/tour", routes.tour),
            web.post(f"{place}/act/{{act}}", routes.act),
            web.get(f"{place}", routes.page),
            web.get(f"{place}/", routes.page),
            web.get(f"{place}/{{place:{_ID}}}", routes.page),
            web.get(f"{place}/{{place:{_ID}}}/{{tab:messages}}", routes.page),
            web.get(f"{place}/{{place:{_ID}}}/thread/{{thread:[\\d.]+}}", routes.page),
            web.static("/page", _STATIC),
        ]
    )


class _Routes:
    """The handlers, and what the page itself remembers: what was read, and what went wrong in open modals."""

    def __init__(self, sandbox: "Sandbox") -> None:
        self._sandbox = sandbox
        self._marks = Marks()
        self._troubles = Troubles()

    async def begin(self, _: web.Application) -> None:
        self._marks.begin(self._sandbox.workspaces.values())

    async def front_door(self, request: web.Request) -> web.Response:
        """Lead to where the last person left off, or the first member to their first channel."""
        workspace = self._sandbox.workspace(request.query.get("workspace"))
        user_id = request.cookies.get("acting_as", "")
        if user_id not in workspace.users or workspace.users[user_id].is_bot:
            user_id = next(user.id for user in workspace.users.values() if not user.is_bot and not user.deleted)
        raise web.HTTPFound(f"/as/{user_id}/{first_place(workspace, user_id)}")

    async def permalink(self, request: web.Request) -> web.Response:
        """Lead from Slack's kind of address of a message to the message on this page."""
        user_id = request.match_info.get("user") or request.cookies.get("acting_as", "")
        channel_id, digits = request.match_info["channel"], request.match_info["ts"]
        if user_id not in self._people_of(channel_id):
            raise web.HTTPFound("/")
        ts = f"{digits[:-6]}.{digits[-6:]}"
        thread = request.query.get("thread_ts", "")
        target = f"/as/{user_id}/{channel_id}" + (f"/thread/{thread}#t-{ts}" if thread else f"#m-{ts}")
        raise web.HTTPFound(target)

    def _people_of(self, channel_id: str) -> set[str]:
        workspaces = [each for each in self._sandbox.workspaces.values() if channel_id in each.channels]
        return {user.id for each in workspaces for user in each.users.values() if not user.is_bot}

    async def page(self, request: web.Request) -> web.Response:
        """A whole page. Someone who may not look there is led to where they may."""
        thread = request.match_info.get("thread", "")
        tab = "messages" if thread else request.match_info.get("tab", "")
        page = self._page(request, request.match_info.get("place", ""), tab)
        if page is None:
            workspace, user_id = self._whose(request)
            raise web.HTTPFound(f"/as/{user_id}/{first_place(workspace, user_id)}")
        page.thread_ts = thread
        if page.channel and page.place.kind != "home":
            unread = self._marks.unread(page.reader.user_id, page.channel)
            page.new_from = unread[0].ts if unread else ""
            self._marks.read(page.reader.user_id, page.channel)
        response = _html(environment().get_template("page.html").render(page=page, reader=page.reader))
        response.set_cookie("acting_as", page.reader.user_id, samesite="Lax")
        if "acting" in request.query:
            self._keep_progress(request, response, {"acted_as": page.reader.user_id})
        return response

    async def part(self, request: web.Request) -> web.Response:
        """One part of a page, to be put in place of the old."""
        name = request.match_info["part"]
        page = self._page(request, request.query.get("place", ""), request.query.get("tab", ""))
        if name not in _PARTS or page is None:
            raise web.HTTPNotFound
        page.thread_ts = request.query.get("thread", "")
        page.new_from = request.query.get("new", "")
        page.log_words = request.query.get("words", "")
        return _html(environment().get_template(f"{name}.html").render(page=page, reader=page.reader))

    async def live(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: the names of parts that changed."""
        workspace, user_id = self._whose(request)
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        )
        await response.prepare(request)
        try:
            async for event in events(self._sandbox, workspace, user_id):
                await response.write(event)
        except ConnectionError:
            pass  # the browser went away
        return response

    async def file(self, request: web.Request) -> web.Response:
        """A file that is in a channel which this person may see. Only plain pictures are shown in the browser."""
        workspace, user_id = self._whose(request)
        file = workspace.files.get(request.match_info["file"])
        if file is None or not self._may_see_file(workspace, user_id, file.channels, file.user):
            raise web.HTTPNotFound
        headers = {"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "sandbox"}
        if file.mimetype not in _INLINE_IMAGES:
            return web.Response(
                body=file.content,
                content_type="application/octet-stream",
                headers=headers | {"Content-Disposition": "attachment"},
            )
        return web.Response(body=file.content, content_type=file.mimetype, headers=headers)

    @staticmethod
    def _may_see_file(workspace: Workspace, user_id: str, channels: list[str], owner: str) -> bool:
        shared = [workspace.channels[each] for each in channels if each in workspace.channels]
        return owner == user_id or any(each.is_open_to(user_id) for each in shared) or not shared

    async def exchange(self, request: web.Request) -> web.Response:
        """One line of the log in full."""
        number = int(request.match_info["number"])
        found = next((each for each in self._sandbox.log if each.number == number), None)
        if found is None:
            raise web.HTTPNotFound
        return _html(environment().get_template("exchange.html").render(exchange=found))

    async def options(self, request: web.Request) -> web.Response:
        """What a select offers for what was typed."""
        asked = await self._asked(request)
        workspace, user_id = self._whose(request)
        if not str(asked["type"]).endswith("external_select"):
            found = suggestions(workspace, user_id, asked, str(asked["query"]))
            return web.json_response({"ok": True, "options": found})
        try:
            return web.json_response({"ok": True, "options": await self._actor(request).options(asked)})
        except _REFUSALS as error:
            return web.json_response({"ok": False, "error": str(error)})

    async def read(self, request: web.Request) -> web.Response:
        """Note that a person has a channel before their eyes."""
        asked = await self._asked(request)
        workspace, user_id = self._whose(request)
        channel = workspace.channels.get(str(asked["channel"]))
        fresh = channel is not None and channel.is_open_to(user_id) and self._marks.read(user_id, channel)
        return web.json_response({"ok": True, "fresh": fresh})

    async def tour(self, request: web.Request) -> web.Response:
        """Put the list of things to try away, or bring it back."""
        asked = await self._asked(request)
        response = web.json_response({"ok": True})
        progress = Progress(self._progress(request).done, bool(asked["dismissed"]))
        _set_progress(response, progress)
        return response

    async def act(self, request: web.Request) -> web.Response:
        """One act of a person. What the app or the workspace refuses comes back in words."""
        actor = self._actor(request)
        try:
            done = await self._do(request, actor)
        except _REFUSALS as error:
            return web.json_response({"ok": False, "error": str(error)})
        response = web.json_response({"ok": True, **done.answer})
        self._keep_progress(request, response, done.deed)
        return response

    async def _do(self, request: web.Request, actor: Actor) -> Done:
        name = request.match_info["act"]
        if request.content_type == "multipart/form-data" and name == "say":
            asked, files = await _with_files(request)
            return await actor.say(asked, files)
        if name not in Actor.names():
            raise web.HTTPNotFound
        return await actor.act(name, await self._asked(request))

    async def _asked(self, request: web.Request) -> dict[str, Any]:
        _refuse_other_sites(request)
        asked = await request.json()
        if not isinstance(asked, dict):
            raise web.HTTPBadRequest(text="an act is a JSON object")
        return asked

    def _actor(self, request: web.Request) -> Actor:
        _, user_id = self._whose(request)
        return Actor(self._sandbox, self._sandbox.person(user_id), self._troubles)

    def _whose(self, request: web.Request) -> tuple[Workspace, str]:
        user_id = request.match_info["user"]
        for workspace in self._sandbox.workspaces.values():
            user = workspace.users.get(user_id)
            if user and not user.is_bot:
                return workspace, user_id
        raise web.HTTPFound("/") if request.method == "GET" else web.HTTPNotFound()

    def _page(self, request: web.Request, wanted: str, tab: str) -> Page | None:
        workspace, user_id = self._whose(request)
        wanted = wanted or first_place(workspace, user_id)
        place = find_place(workspace, self._sandbox.config.apps, user_id, wanted, tab)
        if place is None:
            return None
        return Page(
            sandbox=self._sandbox,
            workspace=workspace,
            reader=reader_for(self._sandbox, workspace, user_id),
            place=place,
            marks=self._marks,
            troubles=self._troubles,
            limit=_limit(request.query.get("limit", "")),
            progress=self._progress(request),
            log_open=request.cookies.get("log_open") == "yes",
        )

    @staticmethod
    def _progress(request: web.Request) -> Progress:
        return Progress.parse(request.cookies.get("tour", ""))

    def _keep_progress(self, request: web.Request, response: web.Response, deed: Deed) -> None:
        before = self._progress(request)
        after = before.after(self._sandbox.config.tour, deed)
        if after != before:
            _set_progress(response, after)
            response.headers["X-Tour"] = "changed"


def _limit(asked: str) -> int:
    return max(PAGE_OF_MESSAGES, int(asked)) if asked.isdecimal() else PAGE_OF_MESSAGES


def _set_progress(response: web.Response, progress: Progress) -> None:
    response.set_cookie("tour", str(progress), samesite="Lax", max_age=365 * 24 * 3600)


def _html(text: str) -> web.Response:
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store", "Referrer-Policy": "same-origin"}
    return web.Response(text=text, content_type="text/html", headers=headers)


def _refuse_other_sites(request: web.Request) -> None:
    # Another site open in the same browser must not act in this workspace.
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise web.HTTPForbidden(text="acts come from this page only")


async def _with_files(request: web.Request) -> tuple[dict[str, Any], tuple[Upload, ...]]:
    _refuse_other_sites(request)
    asked: dict[str, Any] = {}
    files: list[Upload] = []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader):
            raise web.HTTPBadRequest(text="a form holds fields and files, nothing nested")
        if part.name == "asked":
            asked = json.loads(await part.text())
        else:
            files.append(Upload(part.filename or "file", bytes(await part.read(decode=True))))
    return asked, tuple(files)
