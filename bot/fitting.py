"""Slack's limits on a message, a modal and a Home. A template never counts.

What is too long is parted here, or ends with a line that says so.

50 blocks and 3,000 characters in a section: https://docs.slack.dev/reference/block-kit/blocks. All blocks together: not
documented; 13,200 characters were refused (`msg_blocks_too_long`), so 12,000 are used. Text: 4,000 are advised. A modal or a
Home has 100 blocks (https://docs.slack.dev/surfaces/modals), and at most 250 kB (`view_too_large`).
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from prompts import Words, labels
from prompts.blocks import Block, Message, context, shortened

MOST_BLOCKS = 50
SECTION_LIMIT = 3_000
BLOCKS_LIMIT = 12_000
TEXT_LIMIT = 4_000
MOST_IN_VIEW = 100
VIEW_LIMIT = 240_000  # bytes of all blocks
LONGEST_TOKEN = 500  # characters of a link


def fitted(message: Message) -> dict[str, Any]:
    """Return the arguments text and blocks of chat.postMessage and chat.update for `message`, within Slack's limits."""
    blocks = _cut(list(_parted(message.blocks)), MOST_BLOCKS, BLOCKS_LIMIT, len)
    return {"text": shortened(message.text, TEXT_LIMIT), "blocks": blocks}


def fitted_view(blocks: list[Block]) -> list[Block]:
    """Return the blocks of a modal or of a Home, within Slack's limits."""
    return _cut(list(_parted(blocks)), MOST_IN_VIEW, VIEW_LIMIT, lambda words: len(words.encode()))


def _parted(blocks: list[Block]) -> Iterator[Block]:
    for block in blocks:
        if block["type"] == "context":
            yield from _small_parted(block)
            continue
        words = block.get("text", {}).get("text", "") if block["type"] == "section" else ""
        if len(words) <= SECTION_LIMIT:
            yield block
            continue
        first, *rest = _pieces(words)
        yield {**block, "text": {**block["text"], "text": first}}
        for piece in rest:
            yield {"type": "section", "text": {**block["text"], "text": piece}}


def _small_parted(block: Block) -> Iterator[Block]:
    """Slack takes as much in each text of a context as in a section."""
    if all(len(element.get("text", "")) <= SECTION_LIMIT for element in block["elements"]):
        yield block
        return
    for element in block["elements"]:
        for piece in _pieces(element["text"]):
            yield {**block, "elements": [{**element, "text": piece}]}


def _pieces(words: str) -> list[str]:
    """Part `words` at line ends, or at spaces where a line is itself too long."""
    pieces: list[str] = []
    while len(words) > SECTION_LIMIT:
        end = _end_of_piece(words)
        pieces.append(words[:end].rstrip())
        words = words[end:].lstrip()
    return [*pieces, words]


def _end_of_piece(words: str) -> int:
    """Return where to part `words`: never within a link or an entity, which would then show as they are written."""
    line, space = words.rfind("\n", 1, SECTION_LIMIT), words.rfind(" ", SECTION_LIMIT // 2, SECTION_LIMIT)
    end = next((found for found in (line, space) if found > 0), SECTION_LIMIT)
    for begin, close in (("<", ">"), ("&", ";")):
        opened = words.rfind(begin, max(1, end - LONGEST_TOKEN), end)
        if opened > words.rfind(close, 0, end) and words.find(close, end) >= 0:
            end = opened
    return end


def _cut(blocks: list[Block], most: int, limit: int, measure: Callable[[str], int]) -> list[Block]:
    size = 0
    for count, block in enumerate(blocks):
        size += measure(json.dumps(block, ensure_ascii=False))
        if size > limit or count == most:
            return [*blocks[: min(count, most - 1)], context(Words(labels()["message_cut"]))]
    return blocks
