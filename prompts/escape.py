"""What a person typed is shown as typed: never as markup, never as a ping. Escaped once, here."""

import re

# Slack reads these as the beginning or end of bold, italic, struck and code. It has no escape for them; a word joiner
# (which takes no width) on either side keeps them from being read so.
_MARKUP = re.compile(r"[*_~`]")
_JOINER = "\u2060"


class Words(str):
    """Text that is ready for Slack: escaped, or ours."""

    __slots__ = ()


def escape(value: object) -> Words:
    """Return `value` as Slack mrkdwn that shows it literally.

    `& < >` become entities, as https://docs.slack.dev/messaging/formatting-message-text/ asks; so no mention, channel or link
    can be typed into being. A line cannot begin a quote.
    """
    if isinstance(value, Words):
        return value
    typed = str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    typed = _MARKUP.sub(lambda found: f"{_JOINER}{found.group()}{_JOINER}", typed)
    return Words(re.sub(r"(?m)^(\s*)&gt;", rf"\1{_JOINER}&gt;", typed))


def plain(words: str) -> str:
    """Return the text of `words` as a reader sees it: for `plain_text` and for the command line."""
    shown = re.sub(r"<!date\^[^|>]*\|([^>]*)>", r"\1", words)
    shown = re.sub(r"<(?:https?://|mailto:)[^|>]*\|([^>]*)>", r"\1", shown)
    shown = re.sub(r"<((?:https?://|mailto:)[^|>]*)>", r"\1", shown)
    shown = re.sub(rf"(?<!{_JOINER})[*_~`](?!{_JOINER})", "", shown)
    return as_typed(shown.replace(_JOINER, ""))


def as_typed(said: str) -> str:
    """Return what a person typed in Slack, which hands it over with `& < >` as entities."""
    return said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
