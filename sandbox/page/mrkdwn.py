"""Slack's mrkdwn → HTML that is safe by construction: every piece of text goes through `escape`.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from markupsafe import Markup

from sandbox.page.dates import format_date
from sandbox.page.emoji import emoji_html
from sandbox.page.reader import Reader

_LINKABLE = {"http", "https", "mailto", "tel", "slack"}
_PRE = re.compile(r"```(.*?)```", re.DOTALL)
_QUOTE = re.compile(r"^(?:>|&gt;) ?")
_LONG_QUOTE = re.compile(r"^(?:>|&gt;){3} ?", re.MULTILINE)
_EMOJI = r":(?P<emoji>[a-z0-9_+'-]+(?:::skin-tone-[2-6])?):"
# A mark opens after a non-word character and before a non-space, and closes the other way round.
_MARK = r"(?<![\w{0}])\{0}(?=\S)(?P<{1}>(?:`[^`\n]+`|<[^<>\n]*>|[^{0}\n])+?)(?<=\S)\{0}(?![\w{0}])"
_INLINE = re.compile(
    "|".join(
        [
            r"`(?P<code>[^`\n]+)`",
            r"<(?P<control>[^<>\n]+)>",
            _MARK.format("*", "b"),
            _MARK.format("_", "i"),
            _MARK.format("~", "s"),
            _EMOJI,
            r"(?P<url>\bhttps?://[^\s<>|]*[^\s<>|.,;:!?)\]}'\"*_~])",
        ]
    )
)
_MARKS = {kind: Markup(f"<{kind}>{{}}</{kind}>") for kind in ("b", "i", "s")}  # noqa: S704 - three constants
_CONTROL_ONLY = re.compile(r"<([^<>\n]+)>")
_WORDS = re.compile(rf"<([^<>\n]+)>|{_EMOJI}")
_EMOJI_ONLY = re.compile(_EMOJI)


def mrkdwn(text: str, reader: Reader, *, verbatim: bool = False) -> Markup:
    """Return a text of Slack's mrkdwn as HTML. `verbatim` leaves bare addresses unlinked."""
    parts = _PRE.split(text)
    html = Markup()
    for index, part in enumerate(parts):
        if index % 2:
            html += Markup("<pre>{}</pre>").format(_controls_only(part.strip("\n"), reader))
        else:
            html += _lines(_trim_beside_pre(part, index, len(parts)), reader, verbatim)
    return html


def plain(text: str, *, emoji: bool = True) -> Markup:
    """Return a plain_text object's text as HTML: no formatting, emoji by name unless told otherwise."""
    if not emoji:
        return Markup.escape(unescape(text))
    return _join(_EMOJI_ONLY, text, lambda match: emoji_html(match["emoji"]))


def unescape(text: str) -> str:
    """Undo Slack's three entities."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def link(url: str, label: Markup | None, reader: Reader) -> Markup:
    """Return a link, or its words where a browser should not follow the address.

    Permalinks of the workspace lead to the same message on this page.
    """
    label = Markup.escape(url) if label is None else label
    target = _local_archive(url, reader)
    if target:
        return Markup('<a href="{}">{}</a>').format(target, label)
    if _scheme(url) not in _LINKABLE:
        return label
    return Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>').format(url, label)


def user_mention(user_id: str, reader: Reader) -> Markup:
    kind = "mention mention-me" if user_id == reader.user_id else "mention"
    return Markup('<span class="{}" data-user="{}">@{}</span>').format(kind, user_id, reader.user_names.get(user_id, user_id))


def channel_mention(channel_id: str, reader: Reader) -> Markup:
    name = reader.channel_names.get(channel_id)
    if name is None:
        return Markup('<span class="mention">🔒 private channel</span>')
    return Markup('<a class="mention" href="{}">#{}</a>').format(reader.address(channel_id), name)


def broadcast(name: str) -> Markup:
    return Markup('<span class="mention mention-me">@{}</span>').format(name)


def date(seconds: str | float, template: str, url: str | None, fallback: str, reader: Reader) -> Markup:
    """Return a date in the reader's words, or the fallback where it cannot be formatted."""
    try:
        words = format_date(template, float(seconds), reader)
        title = format_date("{date_long} {time_secs}", float(seconds), reader)
    except ValueError:
        return Markup.escape(fallback)
    html = Markup('<time title="{}">{}</time>').format(title, words)
    return link(url, html, reader) if url else html


def _trim_beside_pre(part: str, index: int, count: int) -> str:
    # A block of code stands on lines of its own, so the line breaks beside it are not drawn twice.
    if index > 0:
        part = part.removeprefix("\n")
    return part.removesuffix("\n") if index < count - 1 else part


def _lines(text: str, reader: Reader, verbatim: bool) -> Markup:
    long_quote = _LONG_QUOTE.search(text)
    if long_quote:
        before = text[: long_quote.start()].removesuffix("\n")
        quoted = _inline(text[long_quote.end() :], reader, verbatim)
        return _lines(before, reader, verbatim) + Markup("<blockquote>{}</blockquote>").format(quoted)
    return _quotes(text.split("\n"), reader, verbatim) if text else Markup()


def _quotes(lines: list[str], reader: Reader, verbatim: bool) -> Markup:
    """Group neighbouring lines into quoted and ordinary stretches."""
    html, stretch, quoted = Markup(), list[str](), False

    def close() -> None:
        nonlocal html
        if stretch:
            drawn = _inline("\n".join(stretch), reader, verbatim)
            html += Markup("<blockquote>{}</blockquote>").format(drawn) if quoted else drawn
            stretch.clear()

    for line in lines:
        if bool(_QUOTE.match(line)) != quoted:
            close()
            quoted = not quoted
        stretch.append(_QUOTE.sub("", line) if quoted else line)
    close()
    return html


def _inline(text: str, reader: Reader, verbatim: bool) -> Markup:
    def draw(match: re.Match[str]) -> Markup:
        return _drawn(match, reader, verbatim)

    return _join(_INLINE, text, draw)


def _drawn(match: re.Match[str], reader: Reader, verbatim: bool) -> Markup:
    kind, content = match.lastgroup or "", match[match.lastgroup or 0]
    if kind in _MARKS:
        return _MARKS[kind].format(_inline(content, reader, verbatim))
    if kind == "code":
        return Markup("<code>{}</code>").format(_controls_only(content, reader))
    if kind == "control":
        return _control(content, reader)
    if kind == "emoji":
        return emoji_html(content)
    return Markup.escape(unescape(content)) if verbatim else link(unescape(content), None, reader)


def words(text: str, reader: Reader) -> Markup:
    """Draw mentions, dates, links and emoji names; no other formatting."""

    def draw(match: re.Match[str]) -> Markup:
        return _control(match[1], reader) if match[1] else emoji_html(match["emoji"])

    return _join(_WORDS, text, draw)


def _controls_only(text: str, reader: Reader) -> Markup:
    """Draw mentions, dates and links between angle brackets; every other mark stays as it was typed."""
    return _join(_CONTROL_ONLY, text, lambda match: _control(match[1], reader))


def _join(pattern: re.Pattern[str], text: str, draw: Callable[[re.Match[str]], Markup]) -> Markup:
    """Draw each match and escape all that stands between."""
    pieces, end = list[Markup](), 0
    for match in pattern.finditer(text):
        pieces += [Markup.escape(unescape(text[end : match.start()])), draw(match)]
        end = match.end()
    return Markup().join([*pieces, Markup.escape(unescape(text[end:]))])


def _control(content: str, reader: Reader) -> Markup:
    """Draw what stood between angle brackets: a mention, a date or a link."""
    target, _, label = content.partition("|")
    if target.startswith("@"):
        return user_mention(target[1:], reader)
    if target.startswith("#"):
        return channel_mention(target[1:], reader)
    if target.startswith("!date^"):
        return _date(target, label, reader)
    if target.startswith("!"):
        return _special(target[1:], label)
    if not label and _scheme(target) not in _LINKABLE:
        return Markup.escape(f"<{unescape(content)}>")
    return link(unescape(target), Markup.escape(unescape(label)) if label else None, reader)


def _special(name: str, label: str) -> Markup:
    if name.startswith("subteam^"):
        name = label.removeprefix("@") or name
    elif name not in {"here", "channel", "everyone"}:
        return Markup.escape(f"<{unescape(label) or name}>")
    return broadcast(unescape(name))


def _date(target: str, fallback: str, reader: Reader) -> Markup:
    _, seconds, template, *url = [*target.split("^"), "", ""][:4]
    return date(seconds or "?", template, url[0] or None if url else None, unescape(fallback), reader)


def _scheme(url: str) -> str:
    try:
        return urlsplit(url).scheme.lower()
    except ValueError:
        return ""


def _local_archive(url: str, reader: Reader) -> str | None:
    """Turn `https://acme.slack.com/archives/C1/p1700000000000100?thread_ts=…` into this page's address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.netloc not in reader.archive_hosts or not parts.path.startswith("/archives/"):
        return None
    query = f"?{parts.query}" if parts.query else ""
    return f"{reader.base}{parts.path}{query}"
