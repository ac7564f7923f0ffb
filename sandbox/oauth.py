"""Installing an app: a person's consent on a page, a code back to the app, the code exchanged for a token.

Source: https://docs.slack.dev/authentication/installing-with-oauth
"""

import html
import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from aiohttp import web

from sandbox.config import AppConfig
from sandbox.context import Context
from sandbox.webapi.call import Refused
from sandbox.workspace import Json

_KEPT = ("client_id", "redirect_uri", "state", "team")


class Client(NamedTuple):
    """How an app names itself where it has no token yet."""

    id: str
    secret: str


class Consent:
    """The page on which a person lets an app in."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/oauth/v2/authorize", self.ask)
        app.router.add_post("/oauth/v2/authorize", self.allow)

    async def ask(self, request: web.Request) -> web.Response:
        """Show what the app wants."""
        app = self._app(request.query.get("client_id", ""))
        kept = {name: html.escape(request.query.get(name, "")) for name in _KEPT}
        hidden = "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in kept.items())
        scopes = html.escape(request.query.get("scope", "").replace(",", ", "))
        return web.Response(
            text=_PAGE.format(app=html.escape(app.name), scopes=scopes, hidden=hidden), content_type="text/html"
        )

    async def allow(self, request: web.Request) -> web.Response:
        """The person's yes: back to the app with a code and its state."""
        form = {name: str(value) for name, value in (await request.post()).items()}
        app = self._app(form.get("client_id", ""))
        workspaces = self._context.workspaces
        workspace = workspaces.get(form.get("team", "")) or workspaces[next(iter(app.bot_tokens))]
        user = next((each.id for each in workspace.users.values() if each.is_admin), next(iter(workspace.users)))
        code = secrets.token_urlsafe(18)
        self._context.codes[code] = (app, workspace, user)
        query = urlencode({"code": code, "state": form.get("state", "")})
        raise web.HTTPFound(f"{form.get('redirect_uri', '')}?{query}")

    def _app(self, client_id: str) -> AppConfig:
        app = _app_of(self._context, client_id)
        if app is None:
            raise web.HTTPBadRequest(text="There is no app with this client id.")
        return app


def exchange_code(context: Context, arguments: Mapping[str, Any], basic: Client | None) -> Json:
    """The answer of oauth.v2.access. Refuses strangers, wrong secrets, and codes that are unknown or used."""
    client = basic or Client(str(arguments.get("client_id", "")), str(arguments.get("client_secret", "")))
    app = _app_of(context, client.id)
    if app is None:
        raise Refused("invalid_client_id")
    if client.secret != app.client_secret:
        raise Refused("bad_client_secret")
    granted = context.codes.pop(str(arguments.get("code")), None)
    if granted is None or granted[0] is not app:
        raise Refused("invalid_code")
    _, workspace, user = granted
    return {
        "app_id": app.id,
        "authed_user": {"id": user},
        "scope": ",".join(app.scopes or ()),
        "token_type": "bot",
        "access_token": app.bot_tokens[workspace.id],
        "bot_user_id": app.bot_user.id,
        "team": {"id": workspace.id, "name": workspace.name},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def _app_of(context: Context, client_id: str) -> AppConfig | None:
    return next((app for app in context.config.apps if app.client_id and app.client_id == client_id), None)


_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{app}</title>
<body style="font-family: sans-serif; max-width: 32rem; margin: 4rem auto">
<h1>{app} asks to join your workspace</h1><p>It will be able to: {scopes}</p>
<form method="post">{hidden}<button>Allow</button></form></body></html>"""
