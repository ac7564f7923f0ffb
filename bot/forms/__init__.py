"""Modals that are generated from the kinds: how they are drawn, and how what was typed is read back."""

from bot.forms import small
from bot.forms.context import FormContext
from bot.forms.drawing import full, light, redrawn
from bot.forms.reading import Filled, changed, errors_by_block, filled, typed

__all__ = ["Filled", "FormContext", "changed", "errors_by_block", "filled", "full", "light", "redrawn", "small", "typed"]
