"""Every call is checked, so a check must cost next to nothing."""

from __future__ import annotations

import time
import timeit
from typing import Any

from sandbox.strict import check_call


def button(action_id: str) -> dict[str, Any]:
    return {"type": "button", "text": {"type": "plain_text", "text": "Edit"}, "action_id": action_id, "value": "x" * 40}


def test_fifty_full_blocks_are_checked_within_two_milliseconds() -> None:
    triple = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "word " * 30}, "accessory": button("why")},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "x" * 100}] * 2},
        {"type": "actions", "elements": [button(f"b{number}") for number in range(5)]},
    ]
    message = {"channel": "C1", "text": "hi", "blocks": triple * 16 + [{"type": "divider"}] * 2}
    assert check_call("chat.postMessage", message) == []
    checks = timeit.repeat(lambda: check_call("chat.postMessage", message), timer=time.process_time, number=10, repeat=20)
    best = min(checks) / 10
    assert best < 0.002
