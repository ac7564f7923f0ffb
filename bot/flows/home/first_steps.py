"""The three things that a newcomer is offered, in /pom help and in the Home."""

from prompts import labels
from prompts.blocks import Block, actions, button
from storage.kinds import Kinds

FIRST_STEPS = ("insight", "bet", "impact")


def first_steps(kinds: Kinds) -> list[Block]:
    """Return a row of buttons that open the forms of those of FIRST_STEPS that exist; nothing where none does."""
    offered = [kind.name for kind in kinds.offered if kind.name in FIRST_STEPS]
    buttons = [button(labels()[f"help_log_{name}"], f"form.open:{name}", kind=name) for name in offered]
    return [actions(buttons)] if buttons else []
