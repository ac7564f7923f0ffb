"""The inputs of a form. The block id of each says what it asks for: "title", "field.risk", "link.to targets"."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.forms.elements import TEXT_IN_MODAL, element_for, link_input, select, telling, text_input, user_input
from prompts import labels, text
from prompts.blocks import Block, choice, context, plain, shortened
from storage.kinds import Kind, Kinds, LinkPrompt

LABEL = HINT = 2_000  # characters; https://docs.slack.dev/reference/block-kit/blocks/input-block
NAMED = 200  # characters of a label in a line about its field
WITH = "with"  # what a link says of itself: "with.to targets.by_when"
Typed = Mapping[str, Any]


def input_block(
    block_id: str, label: str, element: Block, *, hint: str = "", optional: bool = True, tells: bool = False
) -> Block:
    """Return a labelled input. `tells`: we hear of what is typed and chosen before it is saved."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(shortened(label, LABEL)),
        "element": telling(element) if tells else element,
        "optional": optional,
    }
    block |= {"dispatch_action": True} if tells else {}
    return {**block, "hint": plain(shortened(hint, HINT))} if hint else block


def title_block(value: Any, *, tells: bool = True) -> Block:
    """Return the input of the title, the only one that has to be filled."""
    # No limit of ours: Slack would cut a long title that was pasted, unseen. It is refused in words when it is saved.
    element = text_input(value, lines=False, limit=TEXT_IN_MODAL)
    return input_block("title", labels()["form_title"], element, optional=False, tells=tells)


def description_block(values: Typed) -> Block:
    """Return the input of the description, or a line that it is too long for one."""
    label, value = labels()["form_description"], values.get("description")
    if not _fits(value):
        return _stays(label)
    return input_block("description", label, text_input(value, lines=True, limit=TEXT_IN_MODAL), tells=True)


def team_block(teams: list[str], value: Any) -> Block:
    """Return the choice of a team."""
    return input_block("team", labels()["form_team"], select([choice(name, name) for name in teams], value), tells=True)


def field_block(kind: Kind, name: str, values: Typed) -> Block:
    """Return the input of a field of `kind`, worded as it is beside `values`, or a line that its text is too long for one."""
    field, value = kind.fields[name], values.get(f"field.{name}")
    label = field.label_beside(said_of_fields(kind, values))
    if not _fits(value):
        return _stays(label)
    return input_block(f"field.{name}", label, element_for(field, value), hint=field.hint, tells=True)


def link_blocks(kinds: Kinds, prompt: LinkPrompt, values: Typed) -> Iterator[Block]:
    """Yield the type-ahead of a link that a form offers and, once something is chosen, what its relation asks of it."""
    block_id = f"link.{prompt.name}"
    yield input_block(block_id, prompt.label, link_input(values.get(block_id)), tells=True)
    for name in kinds.relations[prompt.relation].fields if values.get(block_id) else ():
        field, asked = kinds.link_fields[name], f"{WITH}.{prompt.name}.{name}"
        yield input_block(asked, field.label, element_for(field, values.get(asked)), hint=field.hint, tells=True)


def common_blocks(kinds: Kinds, kind: Kind, values: Typed) -> Iterator[Block]:
    """Yield the inputs that every kind has: its horizon, who owns it, its tags, and who may see it, where not all do."""
    now = values.get("horizon")
    options = [choice(each.label, each.name) for each in kinds.horizons.values() if not each.retired or each.name == now]
    if options:
        yield input_block("horizon", labels()["form_horizon"], select(options, now), tells=True)
    if not kind.anchor:
        yield input_block("owner", labels()["form_owner"], user_input(values.get("owner")), tells=True)
    tags = text_input(values.get("tags"), lines=False, limit=TEXT_IN_MODAL)
    yield input_block("tags", labels()["form_tags"], tags, hint=labels()["form_tags_hint"], tells=True)
    if "visibility" in values:
        readers = [choice(labels()["visibility_channel"], "channel"), choice(labels()["visibility_workspace"], "workspace")]
        yield input_block("visibility", labels()["form_visibility"], select(readers, values["visibility"]), tells=True)


def with_cursor(blocks: list[Block]) -> list[Block]:
    """Return `blocks` with the cursor in the first text that they ask for, which saves a tap.

    For a window that is opened as it stays: in one that is drawn again while somebody types, the cursor would jump.
    `focus_on_load`: https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
    """
    first = next((block for block in blocks if block.get("element", {}).get("type") == "plain_text_input"), None)
    return [{**block, "element": {**block["element"], "focus_on_load": True}} if block is first else block for block in blocks]


def said_of_fields(kind: Kind, values: Typed) -> dict[str, Any]:
    """Return what `values`, by block id, say of the fields of `kind`, by their names."""
    return {name: values.get(f"field.{name}") for name in kind.fields}


def _fits(value: Any) -> bool:
    """A text that is longer than a modal holds is left out of it: Slack would refuse it, and cut it would be lost."""
    return not isinstance(value, str) or len(value) <= TEXT_IN_MODAL


def _stays(label: str) -> Block:
    return context(text("text_stays", label=shortened(label, NAMED)))
