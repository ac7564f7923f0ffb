"""users.*, bots.*, team.*, reactions.*, auth.test: who is who, and small things."""

from sandbox.shapes import user_json
from sandbox.webapi.call import Call, Method, Refused
from sandbox.workspace import Json


def auth_test(call: Call) -> Json:
    return {
        "url": call.workspace.url + "/",
        "team": call.workspace.name,
        "user": call.app.bot_user.name,
        "team_id": call.workspace.id,
        "user_id": call.bot,
        "bot_id": call.app.bot_id,
        "is_enterprise_install": False,
    }


def user_info(call: Call) -> Json:
    user = call.user()
    return {"user": user_json(call.workspace, user, email=_may_see_emails(call), locale=call.flag("include_locale"))}


def user_list(call: Call) -> Json:
    page, ahead = call.page(list(call.workspace.users.values()), 1_000, 1_000)
    email, locale = _may_see_emails(call), call.flag("include_locale")
    shown = [user_json(call.workspace, each, email=email, locale=locale) for each in page]
    return {"members": shown, "cache_ts": int(call.workspace.clock.now().timestamp()), "response_metadata": ahead}


def bot_info(call: Call) -> Json:
    wanted = call.text("bot", call.app.bot_id)
    app = next((each for each in call.context.config.apps if each.bot_id == wanted), None)
    if app is None:
        raise Refused("bot_not_found")
    bot = {
        "id": app.bot_id,
        "app_id": app.id,
        "user_id": app.bot_user.id,
        "name": app.name,
        "deleted": False,
        "updated": 0,
        "icons": {},
    }
    return {"bot": bot}


def team_info(call: Call) -> Json:
    workspace = call.workspace
    team = {
        "id": workspace.id,
        "name": workspace.name,
        "domain": workspace.domain,
        "url": workspace.url + "/",
        "email_domain": "",
        "icon": {"image_default": True},
    }
    return {"team": team}


def add_reaction(call: Call) -> Json:
    channel = call.channel()
    message = call.message(channel, call.text("timestamp"))
    if call.bot not in channel.members:
        raise Refused("not_in_channel")
    if channel.is_archived:
        raise Refused("is_archived")
    if not call.workspace.react(message, call.bot, call.text("name").strip(":")):
        raise Refused("already_reacted")
    return {}


def _may_see_emails(call: Call) -> bool:
    return call.app.scopes is None or "users:read.email" in call.app.scopes


METHODS = {
    "auth.test": Method(auth_test),
    "users.info": Method(user_info, ("users:read",)),
    "users.list": Method(user_list, ("users:read",)),
    "bots.info": Method(bot_info, ("users:read",)),
    "team.info": Method(team_info, ("team:read",)),
    "reactions.add": Method(add_reaction, ("reactions:write",)),
}
