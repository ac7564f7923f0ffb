"""The options of a type-ahead: what is there, and what can be added."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from bot.forms.elements import OPTION_VALUE
from prompts import labels
from prompts.blocks import Block, choice, plain, shortened
from storage.kinds import Kind
from storage.objects import Object

ADD = "+"  # no key begins with it
DESCRIPTION = 75  # characters; https://docs.slack.dev/reference/block-kit/composition-objects/option-object


class Wanted(NamedTuple):
    """What is to be added: its kind, and the words that were typed, as its title."""

    kind: str
    words: str


def option_of(item: Object, about: str = "") -> Block:
    """Return an object as an option of a select; `about`: what stands under its title."""
    option = choice(f"{item.key} {item.title}", item.key)
    return {**option, "description": plain(shortened(about, DESCRIPTION))} if about else option


def additions(kinds: Iterable[Kind], words: str) -> list[Block]:
    """Return options that add something of one of `kinds`, called `words`, where these fit into an option."""
    options = []
    for kind in kinds:
        called = words if len(f"{ADD}{kind.name}:{words}") <= OPTION_VALUE else ""
        label = labels()["find_add_called" if called else "find_add"].format(kind=kind.label.lower(), words=called)
        options.append(choice(label, f"{ADD}{kind.name}:{called}"))
    return options


def wanted(action: Mapping[str, Any]) -> Wanted | None:
    """Return what a choice in a type-ahead asks to be added, or None where only what is there was chosen."""
    values = (option["value"] for option in action.get("selected_options") or [])
    added = next((value for value in values if value.startswith(ADD)), None)
    kind, _, words = (added or "").removeprefix(ADD).partition(":")
    return Wanted(kind, words) if added else None


def without_additions(options: Iterable[Block]) -> list[Block]:
    """Return the options that stand for what is there."""
    return [option for option in options if not option["value"].startswith(ADD)]
