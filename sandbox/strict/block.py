"""What a declaration of a block is: the rule of its fields, and the surfaces on which it may stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from sandbox.strict.rules import Check, Rule, anything, record, string

Surface = Literal["message", "modal", "home"]
EVERYWHERE: tuple[Surface, ...] = ("message", "modal", "home")
MESSAGE: tuple[Surface, ...] = ("message",)
MESSAGE_HOME: tuple[Surface, ...] = ("message", "home")
MODAL: tuple[Surface, ...] = ("modal",)


@dataclass(frozen=True)
class Block:
    """One kind of block: the rule of its fields and its surfaces."""

    rule: Rule
    surfaces: tuple[Surface, ...]


def block(
    required: Mapping[str, Rule] | None = None,
    optional: Mapping[str, Rule] | None = None,
    checks: Iterable[Check] = (),
    on: tuple[Surface, ...] = EVERYWHERE,
) -> Block:
    """A kind of block with these fields, its `type` and `block_id` besides."""
    fields = {"block_id": string(255), **(optional or {})}
    return Block(record({"type": anything, **(required or {})}, fields, checks), on)
