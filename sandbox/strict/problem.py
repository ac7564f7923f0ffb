"""What is wrong with a payload, and where."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal: Slack's error code, a JSON pointer into the arguments ("" = the call itself), its words.

    >>> str(Problem("invalid_blocks", "/blocks/0/text/text", "must be less than 3001 characters"))
    '[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]'
    """

    code: str
    pointer: str
    message: str

    def __str__(self) -> str:
        """The line as Slack writes it into `response_metadata.messages`."""
        return f"[ERROR] {self.message} [json-pointer:{self.pointer}]" if self.pointer else f"[ERROR] {self.message}"
