"""Rich text: https://docs.slack.dev/reference/block-kit/blocks/rich-text-block and the pages of its elements."""

from __future__ import annotations

from sandbox.strict.objects import URL
from sandbox.strict.rules import Rule, anything, array, boolean, by_type, integer, one_of, record, string

_PLAIN_STYLE = record(optional=dict.fromkeys(("bold", "italic", "strike", "code", "underline"), boolean))
_MENTION_STYLE = record(
    optional=dict.fromkeys(
        ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"), boolean
    )
)
_WORD = string(shortest=1)
_LINK = string(shortest=1, like=URL, form="a valid URL")


def _inline(required: dict[str, Rule], optional: dict[str, Rule] | None = None, style: Rule = _MENTION_STYLE) -> Rule:
    return record({"type": anything, **required}, {**(optional or {}), "style": style})


INLINE = by_type(
    {
        "text": _inline({"text": _WORD}, style=_PLAIN_STYLE),
        "link": _inline({"url": _LINK}, {"text": string(), "unsafe": boolean}, _PLAIN_STYLE),
        "emoji": _inline({"name": _WORD}, {"unicode": string(), "skin_tone": integer(1, 6), "url": string()}),
        "user": _inline({"user_id": _WORD}),
        "usergroup": _inline({"usergroup_id": _WORD}),
        "channel": _inline({"channel_id": _WORD}),
        "team": _inline({"team_id": _WORD}),
        "broadcast": _inline({"range": one_of("here", "channel", "everyone")}),
        "color": _inline({"value": _WORD}),
        "date": _inline({"timestamp": integer(), "format": _WORD}, {"url": _LINK, "fallback": string()}),
    }
)


_PARTS = array(INLINE)


def _part(optional: dict[str, Rule] | None = None) -> Rule:
    return record({"type": anything, "elements": _PARTS}, optional)


_SECTION = _part()
_BORDER = integer(0, 1)
ELEMENT = by_type(
    {
        "rich_text_section": _SECTION,
        "rich_text_preformatted": _part({"border": _BORDER, "language": string()}),
        "rich_text_quote": _part({"border": _BORDER}),
        "rich_text_list": record(
            {
                "type": anything,
                "style": one_of("bullet", "ordered"),
                "elements": array(by_type({"rich_text_section": _SECTION})),
            },
            {"indent": integer(0, 8), "offset": integer(0), "border": _BORDER},
        ),
    }
)
RICH_TEXT = by_type({"rich_text": record({"type": anything, "elements": array(ELEMENT, least=1)}, {"block_id": string(255)})})
