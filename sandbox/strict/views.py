"""Views: modals and Home tabs.

Sources: https://docs.slack.dev/reference/views; view_too_large: https://docs.slack.dev/reference/methods/views.open.
What Slack adds to a view that it returns (id, hash, state, …) may not be sent back.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from sandbox.strict.objects import plain_text
from sandbox.strict.payload import problems, size_of, view_block_problems
from sandbox.strict.problem import Problem
from sandbox.strict.rules import Finding, Rule, anything, boolean, by_type, record, string

VIEW_BYTES_MAX = 250_000

_VIEW: dict[str, Rule] = {"type": anything, "blocks": anything}
_VIEW_MORE: dict[str, Rule] = {
    "private_metadata": string(3000),
    "callback_id": string(255),
    "external_id": string(255),
}
_MODAL = record(
    {**_VIEW, "title": plain_text(24)},
    {
        **_VIEW_MORE,
        "submit": plain_text(24),
        "close": plain_text(24),
        "clear_on_close": boolean,
        "notify_on_close": boolean,
    },
)
_HOME = record(_VIEW, {**_VIEW_MORE, "title": plain_text(24)})
_VIEWS: dict[str, Rule] = {"modal": by_type({"modal": _MODAL}), "home": by_type({"home": _HOME})}


def _submit_missing(view: Mapping[str, Any]) -> list[Finding]:
    if "submit" in view:
        return []
    message = "must define `submit` to use an `input` block in modals"
    inputs = [index for index, block in enumerate(view["blocks"]) if block["type"] == "input"]
    return [(f"/blocks/{index}/input", message) for index in inputs]


def view_problems(view: Any, surface: Literal["modal", "home"], pointer: str = "/view") -> list[Problem]:
    """Problems of a view for this surface."""
    found = list(_VIEWS[surface](view))
    if not isinstance(view, dict):
        return problems("invalid_arguments", pointer, found)
    blocks = view_block_problems(view.get("blocks", []), surface, f"{pointer}/blocks")
    if found or blocks:
        return [*problems("invalid_arguments", pointer, found), *blocks]
    if surface == "modal" and (unsent := _submit_missing(view)):
        return problems("invalid_arguments", pointer, unsent)
    if size_of(view) > VIEW_BYTES_MAX:
        return [Problem("view_too_large", pointer, f"must be less than {VIEW_BYTES_MAX + 1} bytes")]
    return []
