"""views.*: modals and App Home.

Source: https://docs.slack.dev/surfaces/modals
"""

import secrets
from typing import Any

from sandbox.answers import initial_values
from sandbox.blocks import with_ids
from sandbox.ids import new_id
from sandbox.interactivity import Spent, Trigger
from sandbox.shapes import view_json
from sandbox.webapi.call import Call, Method, Refused
from sandbox.workspace import Json, TooManyViews, View, ViewType, Workspace


def open_(call: Call) -> Json:
    trigger = _trigger(call)
    body = call.arguments["view"]
    _check_external_id(call, body)
    view = new_view(call.app.id, trigger.user, "modal", body)
    for old in reversed(call.workspace.modals.get(trigger.user, [])[:]):
        call.workspace.close_modal(old)
    call.workspace.open_modal(view)
    return _shown(call, view)


def push(call: Call) -> Json:
    trigger = _trigger(call)
    body = call.arguments["view"]
    _check_external_id(call, body)
    view = push_view(call.workspace, call.app.id, trigger.user, body)
    if view is None:
        raise Refused("push_limit_reached")
    return _shown(call, view)


def update(call: Call) -> Json:
    view = _wanted(call)
    body = call.arguments["view"]
    _check_hash(call, view)
    _check_external_id(call, body, view)
    replace_body(call.workspace, view, body)
    return _shown(call, view)


def publish(call: Call) -> Json:
    user = call.user("user_id")
    if not call.app.home_tab:
        raise Refused("not_enabled")
    view = call.workspace.homes.get((user.id, call.app.id))
    if view is None:
        view = new_view(call.app.id, user.id, "home", call.arguments["view"])
        call.workspace.publish_home(view)
        return _shown(call, view)
    _check_hash(call, view)
    replace_body(call.workspace, view, call.arguments["view"])
    return _shown(call, view)


def new_view(app_id: str, user: str, kind: ViewType, body: Json) -> View:
    """A view of what an app sent, with ids filled in and the first state of its inputs."""
    view_id = new_id("V")
    body = {**body, "blocks": with_ids(body.get("blocks") or [])}
    view = View(view_id, app_id, user, kind, body, _new_hash(), root_view_id=view_id)
    view.values = initial_values(view.blocks)
    return view


def push_view(workspace: Workspace, app_id: str, user: str, body: Json) -> View | None:
    """A view on top of a person's stack of modals; None if the stack is full."""
    view = new_view(app_id, user, "modal", body)
    if stack := workspace.modals.get(user):
        view.root_view_id, view.previous_view_id = stack[0].id, stack[-1].id
    try:
        workspace.open_modal(view)
    except TooManyViews:
        return None
    return view


def replace_body(workspace: Workspace, view: View, body: Json) -> None:
    """Put a new body into a view; inputs of the same block and action keep what was typed, as in Slack."""
    body = {**body, "blocks": with_ids(body.get("blocks") or [])}
    workspace.change_view(view, body=body, hash=_new_hash(), values=initial_values(body["blocks"], view.values))


def _new_hash() -> str:
    return f"{secrets.randbelow(10**10)}.{secrets.token_urlsafe(6)}"


def _trigger(call: Call) -> Trigger:
    try:
        return call.context.triggers.take(call.text("trigger_id") or call.text("interactivity_pointer"), call.app.id)
    except Spent as spent:
        raise Refused(str(spent)) from None


def _wanted(call: Call) -> View:
    view_id, external_id = call.text("view_id"), call.text("external_id")
    view = call.workspace.view(view_id) if view_id else _by_external_id(call, external_id)
    if view is None or view.app_id != call.app.id:
        raise Refused("not_found")
    return view


def _by_external_id(call: Call, external_id: str) -> View | None:
    views = [view for stack in call.workspace.modals.values() for view in stack]
    views += call.workspace.homes.values()
    wanted = [view for view in views if external_id and view.external_id == external_id and view.app_id == call.app.id]
    return wanted[0] if wanted else None


def _check_external_id(call: Call, body: dict[str, Any], own: View | None = None) -> None:
    other = _by_external_id(call, str(body.get("external_id") or ""))
    if other is not None and other is not own:
        raise Refused("duplicate_external_id")


def _check_hash(call: Call, view: View) -> None:
    if call.text("hash") not in ("", view.hash):
        raise Refused("hash_conflict")


def _shown(call: Call, view: View) -> Json:
    return {"view": view_json(call.workspace, view, call.app)}


METHODS = {
    "views.open": Method(open_),
    "views.push": Method(push),
    "views.update": Method(update),
    "views.publish": Method(publish),
}
