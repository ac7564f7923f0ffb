"""The small modals about an object that is there: one field, its status, a link."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bot.forms.context import FormContext
from bot.forms.drawing import modal
from bot.forms.elements import LINK, TEXT_IN_MODAL, select, text_input
from bot.forms.inputs import field_block, input_block, link_blocks, with_cursor
from prompts import Words, labels
from prompts.blocks import Block, choice, plain, section
from storage.kinds import Kind, Kinds

MERGED_INTO = "link.to replaces"  # the input's name: what it offers is of the same kind, as the relation wants it


def one_field(kinds: Kinds, kind: Kind, form: FormContext, values: Mapping[str, Any], about: Sequence[Block]) -> Block:
    """Return a modal that asks for one thing of an object: the field, or the link by its prompt's name, that is `form.only`.

    `about`: what stands above it.
    """
    prompt = next((prompt for prompt in kind.links if prompt.name == form.only), None)
    asked = link_blocks(kinds, prompt, values) if prompt else with_cursor([field_block(kind, form.only, values)])
    title = labels()["form_change"].format(key=form.key)
    return {**modal("object.save", form, title, [*about, *asked]), "notify_on_close": True}


def status(kind: Kind, form: FormContext, now: str) -> Block:
    """Return a modal that asks for a status that may follow `now`, and for a reason."""
    options = [choice(name, name) for name in kind.lifecycle if kind.may_follow(now, name)]
    reason = text_input(None, lines=True, limit=TEXT_IN_MODAL)
    blocks = [
        input_block("status", labels()["status_label"], select(options, now), optional=False),
        input_block("reason", labels()["status_reason"], reason),
    ]
    return modal("object.move", form, labels()["status_title"].format(key=form.key), blocks)


def link(kinds: Kinds, kind: Kind, form: FormContext) -> Block:
    """Return a modal that asks for a relation, the object at its other end, and why."""
    relations = [choice(words, name) for name, words in _relations(kinds, kind)]
    blocks = [
        input_block("relation", labels()["link_relation"].format(key=form.key), select(relations, None), optional=False),
        input_block("object", labels()["link_object"], _one_object(), optional=False),
        input_block("why", labels()["link_why"], text_input(None, lines=True, limit=TEXT_IN_MODAL)),
        input_block("confidence", labels()["link_confidence"], _percent()),
    ]
    return modal("object.tie", form, labels()["link_title"].format(key=form.key), blocks)


def merge(form: FormContext, about: Words) -> Block:
    """Return a modal that asks into which other object of its kind the one of `form` is merged. `about`: the words above."""
    other = input_block(MERGED_INTO, labels()["merge_into"], _one_object(), optional=False)
    view = modal("object.merge", form, labels()["merge_title"].format(key=form.key), [section(about), other])
    return {**view, "submit": plain(labels()["merge_submit"])}


def _one_object() -> Block:
    return {
        "type": "external_select",
        "action_id": LINK,
        "min_query_length": 0,
        "placeholder": plain(labels()["type_to_find"]),
    }


def _percent() -> Block:
    return {"type": "number_input", "action_id": "value", "is_decimal_allowed": True, "min_value": "0", "max_value": "100"}


def _relations(kinds: Kinds, kind: Kind) -> Iterator[tuple[str, str]]:
    """Return name ("to targets", "from informs") and words of each relation that `kind` can take, those of its form first."""
    names = dict.fromkeys(prompt.name for prompt in kind.links)
    for relation in kinds.relations.values():
        if any(kinds.offers(relation, kind.name, other.name) for other in kinds.offered):
            names[f"to {relation.name}"] = None
        backwards = relation.words[0] != relation.words[1]
        if backwards and any(kinds.offers(relation, other.name, kind.name) for other in kinds.offered):
            names[f"from {relation.name}"] = None
    for name in names:
        direction, _, relation_name = name.partition(" ")
        yield name, kinds.relations[relation_name].words[0 if direction == "to" else 1]
