"""`rich_text` blocks → HTML.

https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from markupsafe import Markup

from sandbox.page.emoji import emoji_html
from sandbox.page.mrkdwn import broadcast, channel_mention, date, link, user_mention
from sandbox.page.reader import Reader

_STYLES = {
    "bold": Markup("<b>{}</b>"),
    "italic": Markup("<i>{}</i>"),
    "strike": Markup("<s>{}</s>"),
    "underline": Markup("<u>{}</u>"),
    "highlight": Markup("<mark>{}</mark>"),
    "code": Markup("<code>{}</code>"),
}
_PARTS = {
    "rich_text_section": Markup("<p>{}</p>"),
    "rich_text_quote": Markup("<blockquote>{}</blockquote>"),
    "rich_text_preformatted": Markup("<pre>{}</pre>"),
}


def rich_text(block: Mapping[str, Any], reader: Reader) -> Markup:
    """Return the whole block as HTML, as the reader sees it."""
    return Markup().join(_part(part, reader) for part in block.get("elements", []))


def _part(part: Mapping[str, Any], reader: Reader) -> Markup:
    kind = part.get("type")
    if kind == "rich_text_list":
        return _list(part, reader)
    inside = _inline(part.get("elements", []), reader)
    return _PARTS.get(str(kind), _PARTS["rich_text_section"]).format(inside)


def _list(part: Mapping[str, Any], reader: Reader) -> Markup:
    items = Markup().join(
        Markup("<li>{}</li>").format(_inline(item.get("elements", []), reader)) for item in part.get("elements", [])
    )
    indent = min(int(part.get("indent", 0)), 8)
    if part.get("style") == "ordered":
        start = int(part.get("offset", 0)) + 1
        return Markup('<ol class="indent-{}" start="{}">{}</ol>').format(indent, start, items)
    return Markup('<ul class="indent-{}">{}</ul>').format(indent, items)


def _inline(elements: Iterable[Mapping[str, Any]], reader: Reader) -> Markup:
    return Markup().join(_styled(element, reader) for element in elements)


def _styled(element: Mapping[str, Any], reader: Reader) -> Markup:
    draw = _ELEMENTS.get(str(element.get("type")))
    html = draw(element, reader) if draw else Markup.escape(element.get("text", ""))
    for style, wrapped in _STYLES.items():
        if (element.get("style") or {}).get(style):
            html = wrapped.format(html)
    return html


def _link(element: Mapping[str, Any], reader: Reader) -> Markup:
    url = str(element.get("url", ""))
    return link(url, Markup.escape(element.get("text") or url), reader)


def _emoji(element: Mapping[str, Any], reader: Reader) -> Markup:
    name, tone = str(element.get("name", "")), element.get("skin_tone")
    return emoji_html(f"{name}::skin-tone-{tone}" if tone in {2, 3, 4, 5, 6} else name)


def _date(element: Mapping[str, Any], reader: Reader) -> Markup:
    return date(
        element.get("timestamp", ""),
        str(element.get("format", "{date_num}")),
        element.get("url"),
        str(element.get("fallback", "")),
        reader,
    )


def _colour(element: Mapping[str, Any], reader: Reader) -> Markup:
    # A fill attribute, not a style: the page's policy allows no inline styles.
    swatch = Markup('<svg class="swatch" viewBox="0 0 1 1" aria-hidden="true"><rect width="1" height="1" fill="{0}"/></svg>{0}')
    return swatch.format(element.get("value", ""))


_ELEMENTS: dict[str, Callable[[Mapping[str, Any], Reader], Markup]] = {
    "text": lambda element, _: Markup.escape(element.get("text", "")),
    "link": _link,
    "emoji": _emoji,
    "user": lambda element, reader: user_mention(str(element.get("user_id", "")), reader),
    "channel": lambda element, reader: channel_mention(str(element.get("channel_id", "")), reader),
    "usergroup": lambda element, _: broadcast(str(element.get("usergroup_id", ""))),
    "team": lambda element, _: broadcast(str(element.get("team_id", ""))),
    "broadcast": lambda element, _: broadcast(str(element.get("range", ""))),
    "date": _date,
    "color": _colour,
}
