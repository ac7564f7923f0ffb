"""What is wrong with a whole list of blocks: each block by its own rule, then what they share.

Sources beside the pages of the blocks:
- unique `block_id`: every block page of https://docs.slack.dev/reference/block-kit/blocks
- one `focus_on_load`: the pages of the input elements
- 12,000 characters in all markdown blocks: /markdown-block; 10,000 in the cells of tables, 20,000 in those of data
  tables: /table-block, /data-table-block; two charts: /data-visualization-block
- `msg_blocks_too_long` at about 13,200 characters in all is undocumented: https://github.com/slackapi/bolt-js/issues/2509
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from sandbox.strict.block import Surface
from sandbox.strict.blocks import ON_SURFACE
from sandbox.strict.problem import Problem
from sandbox.strict.rules import FINE, Finding, unique, wrong

Blocks = Sequence[Mapping[str, Any]]
MARKDOWN_MAX = 12_000
MESSAGE_MAX = 13_200
_CELLS_MAX = {"table": 10_000, "data_table": 20_000}
_CHARTS_MAX = 2
_UNSEEN = {"options", "option_groups", "call", "fallback"}
_unique_block_ids = unique("block_id")


def problems(code: str, pointer: str, found: Sequence[Finding]) -> list[Problem]:
    """Findings below this pointer as problems of one code."""
    return [Problem(code, pointer + inner, message) for inner, message in found]


def size_of(value: object) -> float:
    """Bytes of a value as compact JSON; infinite where it nests too deeply to be written."""
    try:
        written = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)
    except RecursionError:
        return float("inf")
    return len(written.encode("utf-8", "surrogatepass"))


def _flattened(blocks: Blocks) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every block with its pointer, those inside containers and carousels too."""
    for index, block in enumerate(blocks):
        yield f"/{index}", block
        nested = "child_blocks" if block["type"] == "container" else "elements"
        if block["type"] in {"container", "carousel"}:
            yield from ((f"/{index}/{nested}/{at}", child) for at, child in enumerate(block[nested]))


def _same_block_ids(flat: Sequence[tuple[str, Mapping[str, Any]]]) -> list[Finding]:
    found = _unique_block_ids([block for _, block in flat])
    return [(f"{flat[int(pointer.split('/')[1])][0]}/block_id", message) for pointer, message in found]


def _focused(block: Mapping[str, Any]) -> int:
    held = [block.get("element"), block.get("accessory"), *block.get("elements", ())]
    return sum(isinstance(element, Mapping) and element.get("focus_on_load") is True for element in held)


def _one_focus(flat: Sequence[tuple[str, Mapping[str, Any]]]) -> Sequence[Finding]:
    over = sum(_focused(block) for _, block in flat) > 1
    return wrong("only one element can have `focus_on_load` set to true") if over else FINE


def _few_charts(flat: Sequence[tuple[str, Mapping[str, Any]]]) -> Sequence[Finding]:
    charts = [pointer for pointer, block in flat if block["type"] == "data_visualization"]
    return [(pointer, f"no more than {_CHARTS_MAX} data_visualization blocks allowed") for pointer in charts[_CHARTS_MAX:]]


def _small_tables(flat: Sequence[tuple[str, Mapping[str, Any]]]) -> Iterator[Finding]:
    for kind, most in _CELLS_MAX.items():
        tables = [(pointer, block) for pointer, block in flat if block["type"] == kind]
        if tables and sum(shown_length(block["rows"]) for _, block in tables) > most:
            yield tables[0][0], f"all {kind} cells together must be less than {most + 1} characters"


def shown_length(value: Any) -> int:
    """Characters that a reader sees of a part of a block: its texts, without what menus offer."""
    if isinstance(value, (list, tuple)):
        return sum(map(shown_length, value))
    if not isinstance(value, dict):
        return 0
    own = value.get("text")
    inner = sum(shown_length(part) for name, part in value.items() if isinstance(part, (dict, list)) and name not in _UNSEEN)
    return inner + (len(own) if isinstance(own, str) else 0)


def block_findings(blocks: Any, surface: Surface) -> Sequence[Finding]:
    """What is wrong with a list of blocks, pointers below the list."""
    if found := ON_SURFACE[surface](blocks):
        return found
    flat = list(_flattened(blocks))
    return [*_same_block_ids(flat), *_one_focus(flat), *_few_charts(flat), *_small_tables(flat)]


def _length_problems(blocks: Blocks, pointer: str) -> list[Problem]:
    read = [block for block in blocks if block["type"] not in _CELLS_MAX]
    markdown = sum(len(block["text"]) for block in read if block["type"] == "markdown")
    if markdown > MARKDOWN_MAX:
        message = f"all markdown blocks together must be less than {MARKDOWN_MAX + 1} characters"
        return [Problem("msg_blocks_too_long", pointer, message)]
    if shown_length(read) > MESSAGE_MAX:
        message = f"all blocks together must be less than {MESSAGE_MAX + 1} characters"
        return [Problem("msg_blocks_too_long", pointer, message)]
    return []


def message_block_problems(blocks: Any, pointer: str = "/blocks", code: str = "invalid_blocks") -> list[Problem]:
    """Problems of the blocks of a message."""
    found = block_findings(blocks, "message")
    return problems(code, pointer, found) if found else _length_problems(blocks, pointer)


def view_block_problems(blocks: Any, surface: Literal["modal", "home"], pointer: str) -> list[Problem]:
    """Problems of the blocks of a modal or Home tab."""
    return problems("invalid_arguments", pointer, block_findings(blocks, surface))
