"""What was typed into a form, as a draft of an object; and refusals put under the fields that they are about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.forms.context import FormContext
from bot.forms.elements import drawn_value, option_value, typed_value
from bot.forms.inputs import WITH, said_of_fields
from prompts import labels
from storage.errors import Refused
from storage.fields import Field
from storage.graph import Tie
from storage.kinds import Kind, LinkPrompt
from storage.objects import Object


@dataclass(frozen=True)
class Filled:
    """What a form says. `common`: title, description, horizon, owner, team, as far as the form asks for them."""

    common: dict[str, Any]
    fields: dict[str, Any]
    ties: list[Tie] = field(default_factory=list)


def typed(view: Mapping[str, Any]) -> dict[str, Any]:
    """Return what stands in the inputs of `view` (Slack's view object with its state), by block id."""
    values = view.get("state", {}).get("values", {})
    return {block: typed_value(next(iter(elements.values()))) for block, elements in values.items()}


def changed(view: Mapping[str, Any], form: FormContext) -> dict[str, Any]:
    """Return, of what stands in the inputs of `view`, what the person changed since it was drawn."""
    drawn = {block["block_id"]: drawn_value(block["element"]) for block in view["blocks"] if block["type"] == "input"}
    return {
        block: value
        for block, value in typed(view).items()
        if block in form.mine or (value or None) != (drawn.get(block) or None)
    }


def filled(kind: Kind, values: Mapping[str, Any]) -> Filled:
    """Return what `values`, by block id, say of an object of `kind`. Inputs that the form did not show are not in it.

    A field that makes no sense beside the others, since a choice was changed after it was filled, is left out.
    """
    common = {name: value for name, value in values.items() if "." not in name}
    for name in ("title", "description"):
        if name in common:
            common[name] = common[name] or ""
    if "tags" in common:
        common["tags"] = tuple(tag for tag in (common["tags"] or "").split(",") if tag.strip())
    said = said_of_fields(kind, values)
    fields = {
        name: _whole(field, said[name])
        for name, field in kind.fields.items()
        if f"field.{name}" in values and (field.fits(said) or not said[name])
    }
    ties = [
        Tie(prompt.relation, option["value"], prompt.backward, fields=_of_link(prompt, values))
        for prompt in kind.links
        for option in values.get(f"link.{prompt.name}") or []
    ]
    return Filled(common, fields, ties)


def _whole(field: Field, value: Any) -> Any:
    """Return the choice that an option stands for, whose value may have been too long for Slack."""
    return next((name for name in field.choices if option_value(name) == value), value)


def _of_link(prompt: LinkPrompt, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was said of a link itself, by the names of its fields."""
    prefix = f"{WITH}.{prompt.name}."
    return {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix) and value}


def values_of(item: Object) -> dict[str, Any]:
    """Return an object as the values of its form, by block id."""
    common = {"title": item.title, "description": item.description, "horizon": item.horizon, "owner": item.owner}
    common |= {"tags": ", ".join(item.tags)} | ({"visibility": "channel"} if item.visibility == "channel" else {})
    return {**common, **{f"field.{name}": value for name, value in item.fields.items()}}


def labels_of(kind: Kind) -> dict[str, str]:
    """Return what the inputs of a form are called in which people write, by block id."""
    labelled = {"title": labels()["form_title"], "description": labels()["form_description"]}
    return labelled | {f"field.{name}": field.label for name, field in kind.fields.items()}


def errors_by_block(refused: Refused, view: Mapping[str, Any]) -> dict[str, str]:
    """Return the refusal's sentences by the block they are about; those about no block that is shown stand under the first."""
    shown = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    errors: dict[str, str] = {}
    for problem in refused.problems:
        candidates = [f"field.{problem.field}", f"link.to {problem.field}", f"link.from {problem.field}", problem.field]
        block = next((name for name in candidates if name in shown), None)
        block = block or next((name for name in shown if _says(name, problem.field)), shown[0])
        errors[block] = f"{errors[block]} {problem.sentence}" if block in errors else problem.sentence
    return errors


def _says(block: str, field: str) -> bool:
    """Tell whether an input is about what a link says of itself in `field`."""
    return block.startswith(f"{WITH}.") and block.endswith(f".{field}")
