"""What can be done with an object beside what its card offers on buttons of their own: the entries of its menu, in order.

A card shows the first that apply, Slack taking five; the rest stands behind the last of them.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from prompts import labels
from prompts.blocks import Block, choice
from storage.kinds import Kind
from storage.objects import Object

MOST = 5  # options of an overflow menu; https://docs.slack.dev/reference/block-kit/block-elements/overflow-menu-element


def always(_: Kind, __: Object) -> bool:
    return True


@dataclass(frozen=True)
class Entry:
    """`label`: the name of its words among the labels. `does`: the name on the wire of what it does, with the object's key.

    `applies`: whether it makes sense for an object. `is_aside`: it never stands on a card, only behind "More": a card is the
    same for everybody, and this is not.
    """

    label: str
    does: str
    applies: Callable[[Kind, Object], bool] = always
    is_aside: bool = False


MENU = (
    Entry("menu_edit", "object.edit"),
    Entry("menu_link", "object.link"),
    Entry("menu_status", "object.status"),
    Entry("menu_outcome", "object.outcome"),
    Entry("menu_follow", "object.follow", is_aside=True),
    Entry("menu_unfollow", "object.unfollow", is_aside=True),
    Entry("menu_archive", "object.archive", lambda _, item: not item.archived),
    Entry("menu_unarchive", "object.unarchive", lambda _, item: item.archived),
    Entry("menu_merge", "object.merge", lambda _, item: not item.archived),
)
MORE = Entry("menu_more", "object.more")


def entries_of(kind: Kind, item: Object) -> list[Entry]:
    """Return what makes sense for `item`, in order."""
    return [entry for entry in MENU if entry.applies(kind, item)]


def overflow(kind: Kind, item: Object, first: Iterable[tuple[str, str]] = ()) -> Block:
    """Return the menu of a card. `first`: what stands above the entries, each with its words and what it does on the wire."""
    entries = entries_of(kind, item)
    shown = [*first, *((labels()[entry.label], entry.does) for entry in entries if not entry.is_aside)]
    if len(shown) > MOST or any(entry.is_aside for entry in entries):
        shown = [*shown[: MOST - 1], (labels()[MORE.label], MORE.does)]
    return {
        "type": "overflow",
        "action_id": "object.menu",
        "options": [_option(words, does, item.key) for words, does in shown],
    }


def _option(words: str, does: str, key: str) -> Block:
    return choice(words, json.dumps({"does": does, "key": key}, separators=(",", ":")))
