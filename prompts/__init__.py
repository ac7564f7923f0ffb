"""Every word the bot says, and the one place that escapes what people typed."""

from prompts.escape import Words, as_typed, escape
from prompts.render import labels, parts, text

__all__ = ["Words", "as_typed", "escape", "labels", "parts", "text"]
