"""A company that has just installed the app: nothing is known, no team is there. Five people share a channel with the bot."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sandbox.config import Config
from sandbox.server import Sandbox
from tests.support.sample import THURSDAY, sample_config
from tests.support.spoken import check_spoken
from tests.support.story import Story, free_port, settings_for, working_bot

NORA, ANA, IVO, ZOE, JONAS = FIVE = ("U15NORA", "U01ANA", "U02IVO", "U03ZOE", "U04JONAS")
SAM, GUS = "U16SAM", "U30GUS"
GROWTH, GENERAL, PARTNERS, OTHER, OLD, HIDDEN = "C01GROWTH", "C05GENERAL", "C10PARTNERS", "C11OTHER", "C12OLD", "C13HIDDEN"
BOT = "U0THREAD"


def newcomers_config() -> Config:
    """Return the demo's app in a workspace of seven: Nora is its admin, Sam is in no team, Gus is a guest."""
    config = sample_config(starts=THURSDAY)
    [workspace] = config.workspaces
    known = {user.id: user.model_dump() for user in workspace.users}
    gus = {"id": GUS, "name": "gus", "real_name": "Gus Guest", "is_restricted": True}
    users = [*(known[user] for user in (*FIVE, SAM)), gus]
    channels: list[dict[str, Any]] = [
        {"id": GROWTH, "name": "growth", "members": [*FIVE, GUS]},
        {"id": GENERAL, "name": "all-acme", "is_general": True, "members": [*FIVE, SAM, BOT]},
        {"id": PARTNERS, "name": "partners", "is_ext_shared": True, "members": [NORA, ANA, BOT]},
        {"id": OTHER, "name": "other", "members": [NORA, SAM]},
        {"id": OLD, "name": "old", "is_archived": True, "members": [NORA]},
        {"id": HIDDEN, "name": "hidden", "is_private": True, "members": [NORA, ANA]},
    ]
    [app] = config.apps
    bot = app.bot_user.model_copy(update={"channels": (GROWTH,)})
    empty = {"id": workspace.id, "name": workspace.name, "domain": workspace.domain, "users": users, "channels": channels}
    made = config.model_dump() | {"workspaces": [empty], "apps": [{**app.model_dump(), "bot_user": bot.model_dump()}]}
    return Config.model_validate(made)


@asynccontextmanager
async def newcomers_story(database_url: str, **settings: Any) -> AsyncIterator[Story]:
    """The company on a Thursday morning, with the bot just started. `settings`: what is set beside what it needs."""
    async with Sandbox(newcomers_config(), retry_factor=0.01) as slack:
        chosen = settings_for(slack, database_url, "socket", free_port()).model_copy(update=settings)
        async with working_bot(chosen):
            yield Story(slack, chosen)
        check_spoken(slack)
