"""Text as people type it: what can be stored, and how it is compared."""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

TITLE_LIMIT = 300
LINE_LIMIT = 1_000
TEXT_LIMIT = 100_000

# Control characters cannot be shown, and PostgreSQL cannot store NUL; a lone surrogate is no character in UTF-8 at all.
_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def storable(text: str, limit: int) -> str:
    """Return `text` without white space at its ends, or raise ValueError with a sentence if it cannot be kept whole."""
    found = _UNSTORABLE.search(text)
    if found:
        raise ValueError(f"has a character that can't be shown (U+{ord(found.group()):04X}). Please take it out.")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.strip()
    if len(text) > limit:
        raise ValueError(f"is {len(text):,} characters long; {limit:,} fit. Please shorten it.")
    return text


def without_unstorable(text: str) -> str:
    """Return `text` without the characters that cannot be stored: for what nobody can be asked to type again."""
    return _UNSTORABLE.sub("", text)


def storable_parts(value: Any) -> Any:
    """Return a JSON value without the characters that cannot be stored in any text of it."""
    if isinstance(value, str):
        return without_unstorable(value)
    if isinstance(value, Mapping):
        return {name: storable_parts(part) for name, part in value.items()}
    return [storable_parts(part) for part in value] if isinstance(value, list | tuple) else value


def storable_line(text: str, limit: int = LINE_LIMIT) -> str:
    """As `storable`, on one line: line breaks become spaces."""
    return " ".join(storable(text, limit).split())


def folded(text: str) -> str:
    """Return `text` as it is compared: without case and accents, dashes alike, white space single."""
    if text.isascii():
        return " ".join(text.casefold().split())
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))
    return " ".join(re.sub("[‐‑‒–—−]", "-", plain).split())
