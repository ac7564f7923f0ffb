"""What was typed into a form, as a draft of an object; and refusals put under the fields that they are about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.forms.context import FormContext
from bot.forms.elements import drawn_value, typed_value
from storage.errors import Refused
from storage.graph import Tie
from storage.kinds import Kind
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
    """Return what `values`, by block id, say of an object of `kind`. Inputs that the form did not show are not in it."""
    common = {name: value for name, value in values.items() if "." not in name}
    if "title" in common:
        common["title"] = common["title"] or ""
    if "description" in common:
        common["description"] = common["description"] or ""
    fields = {name.removeprefix("field."): value for name, value in values.items() if name.startswith("field.")}
    ties = [
        Tie(prompt.relation, option["value"], prompt.backward)
        for prompt in kind.links
        for option in values.get(f"link.{prompt.name}") or []
    ]
    return Filled(common, fields, ties)


def values_of(item: Object) -> dict[str, Any]:
    """Return an object as the values of its form, by block id."""
    common = {"title": item.title, "description": item.description, "horizon": item.horizon, "owner": item.owner}
    return {**common, **{f"field.{name}": value for name, value in item.fields.items()}}


def errors_by_block(refused: Refused, view: Mapping[str, Any]) -> dict[str, str]:
    """Return the refusal's sentences by the block they are about; those about no block that is shown stand under the first."""
    shown = [block["block_id"] for block in view["blocks"] if block["type"] == "input"]
    errors: dict[str, str] = {}
    for problem in refused.problems:
        candidates = [f"field.{problem.field}", f"link.to {problem.field}", f"link.from {problem.field}", problem.field]
        block = next((name for name in candidates if name in shown), shown[0])
        errors[block] = f"{errors[block]} {problem.sentence}" if block in errors else problem.sentence
    return errors
