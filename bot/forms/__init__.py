"""Modals that are generated from the kinds: how they are drawn, and how what was typed is read back."""

from bot.forms import small
from bot.forms.context import FormContext
from bot.forms.drawing import EVERY_INPUT, full, light, outline, redrawn, waiting
from bot.forms.reading import Filled, changed, errors_by_block, filled, typed

__all__ = [
    "EVERY_INPUT",
    "Filled",
    "FormContext",
    "changed",
    "errors_by_block",
    "filled",
    "full",
    "light",
    "outline",
    "redrawn",
    "small",
    "typed",
    "waiting",
]
