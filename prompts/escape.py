"""What a person typed is shown as typed: never as markup, never as a ping. Escaped once, here."""

import re

# Slack reads these as the beginning or end of bold, italic, struck and code, and has no escape for them. Within a word or
# between spaces they are plain; anywhere else each becomes a character that looks like it, as is done in
# https://github.com/yhatt/jsx-slack/blob/main/docs/about-escape-and-exact-mode.md. A word joiner, which takes no width, tells
# it from one that was typed.
_MARKUP = re.compile(r"(?P<plain>(?<=[A-Za-z0-9])[*_~](?=[A-Za-z0-9])|(?<= )[*_~](?= ))|[*_~`]")
_LOOKALIKES = {"*": "\u2217", "_": "\u02cd", "~": "\u223c", "`": "\u02cb"}
_JOINER = "\u2060"
_SHOWN = {f"{like}{_JOINER}": mark for mark, like in _LOOKALIKES.items()}
# What `str.splitlines` takes for the end of a line. Templates are read by lines: what was typed must not begin a quote there,
# or a part of the template.
_LINE = "(^|[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029])"
_BEGINS_QUOTE = re.compile(rf"{_LINE}(\s*)&gt;")
_BEGINS_PART = re.compile(rf"{_LINE}§ ")


class Words(str):
    """Text that is ready for Slack: escaped, or ours."""

    __slots__ = ()


def escape(value: object) -> Words:
    """Return `value` as Slack mrkdwn that shows it literally.

    `& < >` become entities, as https://docs.slack.dev/messaging/formatting-message-text/ asks; so no mention, channel or link
    can be typed into being. A line cannot begin a quote, or a part of a template.
    """
    if isinstance(value, Words):
        return value
    typed = str(value).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    typed = _MARKUP.sub(lambda found: found["plain"] or _LOOKALIKES[found.group()] + _JOINER, typed)
    typed = _BEGINS_QUOTE.sub(rf"\1\2{_JOINER}&gt;", typed)
    return Words(_BEGINS_PART.sub(rf"\1{_JOINER}§ ", typed))


def plain(words: str) -> str:
    """Return the text of `words` as a reader sees it: for `plain_text` and for the command line."""
    shown = re.sub(r"<!date\^[^|>]*\|([^>]*)>", r"\1", words)
    shown = re.sub(r"<(?:https?://|mailto:)[^|>]*\|([^>]*)>", r"\1", shown)
    shown = re.sub(r"<((?:https?://|mailto:)[^|>]*)>", r"\1", shown)
    shown = _MARKUP.sub(lambda found: found["plain"] or "", shown)
    for like, mark in _SHOWN.items():
        shown = shown.replace(like, mark)
    return as_typed(shown.replace(_JOINER, ""))


def as_typed(said: str) -> str:
    """Return what a person typed in Slack, which hands it over with `& < >` as entities."""
    return said.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
