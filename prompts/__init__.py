"""Every word the bot says, and the one place that escapes what people typed."""

from prompts.escape import Words, escape
from prompts.render import labels, parts, text

__all__ = ["Words", "escape", "labels", "parts", "text"]
