"""What the page may put into HTML that others wrote: these tags, these attributes, no address that runs."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

from hypothesis import strategies as st

_TAGS = {
    *(
        "a",
        "b",
        "i",
        "s",
        "u",
        "mark",
        "code",
        "pre",
        "blockquote",
        "span",
        "time",
        "p",
        "br",
        "em",
        "strong",
        "ul",
        "ol",
        "li",
    ),
    *("h1", "h2", "h3", "h4", "h5", "h6", "hr", "table", "thead", "tbody", "tr", "th", "td", "svg", "rect"),
}
_ATTRIBUTES = {
    *("href", "target", "rel", "class", "title", "data-user", "role", "aria-label", "aria-hidden", "start"),
    *("viewbox", "width", "height", "fill"),
}
_SCHEMES = {"http", "https", "mailto", "tel", "slack", ""}
_MARKS = [
    "<",
    ">",
    "&",
    '"',
    "'",
    "*",
    "_",
    "~",
    "`",
    "```",
    "|",
    "\n",
    "> ",
    ">>>",
    "&lt;",
    "&gt;",
    "&amp;",
    ":tada:",
    "- ",
    "# ",
]
_TRAPS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<@U01ANA>",
    '<@U"><b>',
    "<#C1|x>",
    "<!here>",
    "<!date^1^{date}^javascript:alert(1)|x>",
    "<javascript:alert(1)|x>",
    "[x](javascript:alert(1))",
    "![x](data:text/html,x)",
    'https://a.b/"onclick=',
    "<http://a b|c>",
    "<http://[|x>",
    "|a|\n|-|\n",
]
hostile_text = st.lists(st.sampled_from(_MARKS + _TRAPS) | st.text(max_size=6), max_size=12).map("".join)


class _Watch(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            self.bad.append(f"<{tag}>")
        for name, value in attrs:
            if name not in _ATTRIBUTES:
                self.bad.append(f"{tag} {name}")
            if name == "href" and urlsplit(value or "").scheme.lower() not in _SCHEMES:
                self.bad.append(f"href {value}")


def bad_parts(html: str) -> list[str]:
    """Return every tag, attribute and address that has no business there."""
    watch = _Watch()
    watch.feed(html)
    watch.close()
    return watch.bad
