"""The demo's workspace, made fit for tests: its clock stands still until it is moved, and nothing waits long."""

from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import bot.demo
from bot.deliver import Timing
from sandbox.config import Config

WORKSPACE = "T01ACME"
BOT = "U0THREAD"
THURSDAY = datetime(2026, 9, 17, 8, 0, tzinfo=UTC)
QUICK = Timing(quiet=0.3, retry=0.1, disconnected=0.3)


def sample_config(request_url: str = "", starts: datetime = THURSDAY) -> Config:
    """Return the demo's workspace with a clock that stands still until it is moved."""
    config = Config.read(Path(str(files(bot.demo).joinpath("workspace.yaml"))))
    clock = config.clock.model_copy(update={"starts": starts, "runs": False})
    apps = tuple(app.model_copy(update={"request_url": request_url}) for app in config.apps)
    return config.model_copy(update={"clock": clock, "apps": apps})
