"""The modal of a kind: what matters first, the rest by sections behind "More". Only a title is required."""

import json
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from bot.forms.context import FormContext
from bot.forms.inputs import (
    Typed,
    common_blocks,
    description_block,
    field_block,
    link_blocks,
    said_of_fields,
    team_block,
    title_block,
)
from prompts import Words, labels
from prompts.blocks import Block, actions, button, context, header, plain, section, shortened
from prompts.escape import escape
from storage.kinds import Kind, Kinds

TITLE_OF_MODAL = 24  # characters; https://docs.slack.dev/reference/views/modal-views
MOST_BLOCKS = 100  # the same page
MOST_BYTES = 200_000  # of 250,000, with room for what else is in a view; https://docs.slack.dev/reference/methods/views.open
TITLE_SHOWN = 300  # characters of a title while the rest is awaited


def light(kind: Kind, title: str, form: FormContext) -> Block:
    """Return the modal that can be opened at once, without a look at the database: the title, and a word that more comes."""
    return _view(kind, form, [title_block(title, tells=False), context(Words(labels()["one_moment"]))])


def waiting(kind: Kind, title: str, form: FormContext) -> Block:
    """Return a modal that cannot be saved yet: what it is opened with comes in a moment, and would be left out."""
    said = [section(escape(shortened(title, TITLE_SHOWN)))] if title else []
    view = _view(kind, form, [*said, context(Words(labels()["one_moment"]))])
    return {name: value for name, value in view.items() if name != "submit"}


def full(
    kinds: Kinds, kind: Kind, form: FormContext, values: Typed, teams: Sequence[str] = (), notes: Sequence[Block] = ()
) -> Block:
    """Return the modal of `kind` with `values` filled in, by block id.

    `teams`: the names to choose from, where the team is not clear. `notes`: blocks to stand above the fields.
    """
    above = [*notes, title_block(values.get("title"))]
    asked = [*_first(kinds, kind, form, values), *([team_block(list(teams), values.get("team"))] if teams else [])]
    asked += _rest(kinds, kind, form, values) if form.more else []
    pages = _pages(asked, MOST_BLOCKS - len(above) - 1)
    page = min(form.page, len(pages) - 1)
    ways = [button(labels()["form_back"], "form.more:back")] if page else []
    if page + 1 < len(pages):
        ways.append(button(labels()["form_more"], "form.more:next"))
    elif not form.more:
        ways.append(button(labels()["form_more"], "form.more"))
    return _view(kind, form, [*above, *pages[page], *([actions(ways, "more")] if ways else [])])


def modal(callback: str, form: FormContext, title: str, blocks: list[Block]) -> Block:
    """Return a modal. `callback`: the wire name of what happens when it is saved."""
    return {
        "type": "modal",
        "callback_id": callback,
        "title": plain(shortened(title, TITLE_OF_MODAL)),
        "submit": plain(labels()["form_save"]),
        "close": plain(labels()["form_cancel"]),
        "private_metadata": form.dump(),
        "blocks": blocks,
    }


def _view(kind: Kind, form: FormContext, blocks: list[Block]) -> Block:
    title = labels()["form_change" if form.key else "form_new"].format(kind=kind.label.lower(), key=form.key)
    return {**modal("object.save", form, title, blocks), "notify_on_close": True}


class _Every(Container[str]):
    def __contains__(self, _: object) -> bool:
        return True


EVERY_INPUT = _Every()


def redrawn(view: Block, suffix: str, inputs: Container[str] = EVERY_INPUT) -> Block:
    """Return `view` with new names for the elements of `inputs`: Slack keeps what stood in an element that keeps its name."""
    blocks = [
        {**block, "element": {**block["element"], "action_id": f"{block['element']['action_id']}:{suffix}"}}
        if block["type"] == "input" and block["block_id"] in inputs
        else block
        for block in view["blocks"]
    ]
    return {**view, "blocks": blocks}


def _first(kinds: Kinds, kind: Kind, form: FormContext, values: Typed) -> Iterator[Block]:
    """Yield what is asked first, under no heading."""
    for _, block in _asked(kinds, kind, form, values, "first"):
        yield block


def _rest(kinds: Kinds, kind: Kind, form: FormContext, values: Typed) -> Iterator[Block]:
    """Yield everything else by sections, in the order in which the pack speaks of them; what every kind has comes last."""
    sections: dict[str, list[Block]] = {"": []}
    for heading, block in _asked(kinds, kind, form, values, "more"):
        sections.setdefault(heading, []).append(block)
    yield from sections.pop("")
    for heading, blocks in sections.items():
        yield from (header(heading), *blocks)
    yield from (header(labels()["form_belongs"]), *common_blocks(kinds, kind, values))


def _asked(kinds: Kinds, kind: Kind, form: FormContext, values: Typed, ask: str) -> Iterator[tuple[str, Block]]:
    """Yield each input that is asked for `ask`, with the heading of its section."""
    if ask == _description_asked(kind):
        yield "", description_block(values)
    said = said_of_fields(kind, values)
    for name, field in kind.fields.items():
        if field.ask == ask and field.fits(said):
            yield field.section, field_block(kind, name, values)
    for prompt in kind.links if form.key is None else ():
        if prompt.ask == ask:
            yield from ((prompt.section, block) for block in link_blocks(kinds, prompt, values))


def _description_asked(kind: Kind) -> str:
    """The description comes first where no other text does."""
    return "more" if any(field.type == "text" and field.ask == "first" for field in kind.fields.values()) else "first"


def _pages(blocks: list[Block], most: int) -> list[list[Block]]:
    """Return `blocks` in parts of at most `most`, none of which is too large; no heading ends a part."""
    pages: list[list[Block]] = [[]]
    room = MOST_BYTES
    for block in blocks:
        size = len(json.dumps(block))
        full_up = len(pages[-1]) == most or size > room
        if full_up or (block["type"] == "header" and len(pages[-1]) == most - 1):
            pages.append([])
            room = MOST_BYTES
        pages[-1].append(block)
        room -= size
    return pages


def outline(view: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """Return which inputs a view has, in their order, and how they are labelled."""
    return [(block["block_id"], block["label"]["text"]) for block in view["blocks"] if block["type"] == "input"]
