"""Modals that ask nothing: they only tell."""

from collections.abc import Sequence

from prompts import labels
from prompts.blocks import Block, plain


def note(title: str, blocks: Sequence[Block]) -> Block:
    """Return a modal that tells `blocks` and can only be closed."""
    return {"type": "modal", "title": plain(title), "close": plain(labels()["close"]), "blocks": list(blocks)}
