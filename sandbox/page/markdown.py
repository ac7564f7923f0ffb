"""The `markdown` block: standard Markdown → HTML, with Slack's mentions and emoji names inside.

https://docs.slack.dev/reference/block-kit/blocks/markdown-block: images become links to them, HTML is text.
"""

from collections.abc import Mapping, MutableMapping, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from sandbox.page.mrkdwn import link, plain, words
from sandbox.page.reader import Reader

_TASKS = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}


def markdown(text: str, reader: Reader) -> Markup:
    """Return standard Markdown as safe HTML, as the reader sees it."""
    env: MutableMapping[str, object] = {"reader": reader}
    return Markup(_converter().render(text, env))  # noqa: S704 - the converter has HTML switched off


class _Renderer(RendererHTML):
    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        content = tokens[idx].content
        if idx == 0 and content[:4] in _TASKS:
            content = _TASKS[content[:4]] + content[4:]
        return str(words(content, _reader(env)))

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        return str(link(str(token.attrs.get("src", "")), plain(token.content or "image"), _reader(env)))

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return _cell(tokens[idx])

    td_open = th_open

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return str(Markup('<a href="{}" target="_blank" rel="noopener noreferrer">').format(tokens[idx].attrs["href"]))


def _cell(token: Token) -> str:
    # The converter aligns by inline style, which the page's policy forbids.
    align = str(token.attrs.get("style", "")).removeprefix("text-align:")
    return str(Markup('<{} class="align-{}">').format(Markup(token.tag), align or "left"))  # noqa: S704 - th, td


def _reader(env: Mapping[str, object]) -> Reader:
    reader = env["reader"]
    if not isinstance(reader, Reader):
        raise TypeError("a markdown block is drawn for a reader")
    return reader


@cache
def _converter() -> MarkdownIt:
    options = {"html": False, "linkify": False, "breaks": True}
    return MarkdownIt("js-default", options, renderer_cls=_Renderer).enable(["table", "strikethrough"])
