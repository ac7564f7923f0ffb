"""The modal of a kind: what matters first, the rest behind "More". Only a title is required."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.forms.context import FormContext
from bot.forms.elements import TEXT_IN_MODAL, element_for, link_input, select, text_input, user_input
from prompts import labels
from prompts.blocks import Block, actions, button, choice, context, plain, shortened
from prompts.escape import Words
from storage.kinds import Kind, Kinds, LinkPrompt

TITLE_OF_MODAL = 24  # characters; https://docs.slack.dev/reference/views/modal-views
Typed = Mapping[str, Any]


def light(kind: Kind, title: str, form: FormContext) -> Block:
    """Return the modal that can be opened at once, without a look at the database: the title, and a word that more comes."""
    return _view(kind, form, [_title(title), context(Words(labels()["one_moment"]))])


def full(
    kinds: Kinds, kind: Kind, form: FormContext, values: Typed, teams: Sequence[str] = (), notes: Sequence[Block] = ()
) -> Block:
    """Return the modal of `kind` with `values` filled in, by block id.

    `teams`: the names to choose from, where the team is not clear. `notes`: blocks to stand above the fields.
    """
    blocks = [*notes, _title(values.get("title"))]
    blocks += _fields(kind, form, values, "first")
    if teams:
        options = [choice(name, name) for name in teams[:100]]
        blocks.append(input_block("team", labels()["form_team"], select(options, values.get("team"))))
    if form.more:
        blocks += [*_common(kinds, kind, values), *_fields(kind, form, values, "more")]
    else:
        blocks.append(actions([button(labels()["form_more"], "form.more")], "more"))
    return _view(kind, form, blocks)


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
    return modal("object.save", form, title, blocks)


def redrawn(view: Block, suffix: str) -> Block:
    """Return `view` with new names for its elements: Slack keeps what stood in an element that keeps its name."""
    blocks = [
        {**block, "element": {**block["element"], "action_id": f"{block['element']['action_id']}.{suffix}"}}
        if block["type"] == "input"
        else block
        for block in view["blocks"]
    ]
    return {**view, "blocks": blocks}


def input_block(block_id: str, label: str, element: Block, *, hint: str = "", optional: bool = True) -> Block:
    """Return a labelled input. `block_id` names it: "title", "field.hypothesis", "link.to targets"."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": element,
        "optional": optional,
    }
    return {**block, "hint": plain(hint)} if hint else block


def _title(value: Any) -> Block:
    # No max_length: Slack would cut a long title that was pasted, unseen. It is refused in words when it is saved.
    return input_block("title", labels()["form_title"], text_input(value, lines=False, limit=TEXT_IN_MODAL), optional=False)


def _fields(kind: Kind, form: FormContext, values: Typed, ask: str) -> Iterator[Block]:
    if ask == _description_asked(kind):
        text = text_input(values.get("description"), lines=True, limit=TEXT_IN_MODAL)
        yield input_block("description", labels()["form_description"], text)
    for name, field in kind.fields.items():
        if field.ask == ask and _fits(values.get(f"field.{name}")):
            yield field_block(kind, name, values)
    if form.key is None:
        for prompt in kind.links:
            if prompt.ask == ask:
                yield link_block(prompt, values)


def _fits(value: Any) -> bool:
    """A text that is longer than a modal holds is left out of it: Slack would refuse it, and cut it would be lost."""
    return not isinstance(value, str) or len(value) <= TEXT_IN_MODAL


def _description_asked(kind: Kind) -> str:
    """The description comes first where no other text does."""
    return "more" if any(field.type == "text" and field.ask == "first" for field in kind.fields.values()) else "first"


def field_block(kind: Kind, name: str, values: Typed) -> Block:
    """Return the input of a field of `kind`."""
    field = kind.fields[name]
    return input_block(f"field.{name}", field.label, element_for(field, values.get(f"field.{name}")), hint=field.hint)


def link_block(prompt: LinkPrompt, values: Typed) -> Block:
    """Return the type-ahead of a link that a form offers."""
    block_id = f"link.{prompt.name}"
    return input_block(block_id, prompt.label, link_input(values.get(block_id)))


def _common(kinds: Kinds, kind: Kind, values: Typed) -> Iterator[Block]:
    now = values.get("horizon")
    options = [choice(each.label, each.name) for each in kinds.horizons.values() if not each.retired or each.name == now]
    if options:
        yield input_block("horizon", labels()["form_horizon"], select(options, now))
    if not kind.anchor:
        yield input_block("owner", labels()["form_owner"], user_input(values.get("owner")))
