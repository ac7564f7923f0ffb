"""Pressing what a card offers: a button, an entry of its menu, or what stands behind the menu's last entry."""

import json
from typing import Any

from sandbox.state import Message
from sandbox.workspace import View
from tests.support.story import Story

MENU = "object.menu"


async def press(story: Story, user: str, card: Message, does: str) -> None:
    """Have `user` do what `does` names on the wire ("object.edit"), wherever the card has it."""
    person = story.person(user)
    if does in does_of(card):
        await person.click(card, does)
        return
    options = menu_of(card)
    if does in options:
        await person.click(card, MENU, options[does])
        return
    await person.click(card, MENU, options["object.more"])
    about = await story.modal(user, "'rest'")
    await person.click(about, does)


def buttons(target: Message | View) -> list[str]:
    """Return the words on the buttons of a message or a modal, in order."""
    return [each["text"]["text"] for each in _elements(target) if each["type"] == "button"]


def does_of(target: Message | View) -> list[str]:
    """Return what its buttons do on the wire."""
    return [each["action_id"] for each in _elements(target) if each["type"] == "button"]


def menu_of(card: Message) -> dict[str, str]:
    """Return what the entries of its menu do on the wire, each with its option's value."""
    options = [option for each in _elements(card) if each["type"] == "overflow" for option in each["options"]]
    return {json.loads(option["value"])["does"]: option["value"] for option in options}


def words_in_menu(card: Message) -> list[str]:
    """Return the words of the entries of its menu."""
    return [option["text"]["text"] for each in _elements(card) if each["type"] == "overflow" for option in each["options"]]


def _elements(target: Message | View) -> list[dict[str, Any]]:
    return [element for block in target.blocks or [] if block["type"] == "actions" for element in block["elements"]]
