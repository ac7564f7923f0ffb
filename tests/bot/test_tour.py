"""The demo's list of things to try: short, and each is ticked by something that can be done."""

from importlib.resources import files
from pathlib import Path

import pytest

import bot.demo
from bot.flows.wire import WIRE
from bot.manifest import DESCRIPTIONS, SHORTCUTS
from sandbox.config import Config, TourStep
from storage.packs.pack import starter

STEPS = Config.read(Path(str(files(bot.demo).joinpath("workspace.yaml")))).tour
MOVES = {f"object.go:{name}" for kind in starter().offered for name in kind.moves}
# What the local workspace notices, and what there is of it; True stands for a deed that has no name.
KNOWN: dict[str, set[str | bool]] = {
    "command": {*DESCRIPTIONS},
    "shortcut": {*SHORTCUTS},
    "clicked": {*WIRE.actions, *MOVES},
    "submitted": {*WIRE.submissions},
    **{deed: {True} for deed in ("mention", "thread", "home_opened", "clock_moved")},
}


def test_it_is_short() -> None:
    assert len(STEPS) <= 8


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.text.partition(":")[0])
def test_each_thing_to_try_can_be_done(step: TourStep) -> None:
    assert step.done_when
    assert all(value in KNOWN[name] for name, value in step.done_when.items())
