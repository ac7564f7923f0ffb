"""What `/pom` answers: seen by who asked alone, in the place of the answer whose button was pressed."""

from collections.abc import Iterable, Sequence

from bot.requests import Reply, Request
from prompts import Words, labels
from prompts.blocks import BUTTON_LABEL, Block, Message, about_choice, actions, button, menu, section, shortened
from storage.objects import Object

MOST_KEPT = 1_500  # characters of what was typed that fit into a button
MOST_IN_MENU = 20


def only_you(request: Request, said: Message) -> Reply:
    """Return `said` as an answer that only the person sees, in the place of such an answer in which they pressed a button."""
    container = request.body.get("container") or {}
    replaces = bool(container.get("is_ephemeral"))
    return {"response_type": "ephemeral", "replace_original": replaces, **said.payload}


def plainly(request: Request, words: Words, *more: Block) -> Reply:
    """Return `words`, with more blocks below, as an answer that only the person sees."""
    return only_you(request, Message(words, [section(words), *more]))


def again(words: Iterable[str]) -> list[Block]:
    """Return a row of buttons, each of which does `/pom` with other words; none where there are none."""
    fitting = [each for each in dict.fromkeys(words) if len(each) <= MOST_KEPT][:3]
    buttons = [
        button(shortened(f"/pom {each}", BUTTON_LABEL), f"pom.again:{number}", text=each) for number, each in enumerate(fitting)
    ]
    return [actions(buttons)] if buttons else []


def openers(items: Sequence[Object]) -> list[Block]:
    """Return a menu from which the card of one of `items` is opened; nothing where there are none."""
    options = [about_choice(f"{item.key} {item.title}", key=item.key) for item in items[:MOST_IN_MENU]]
    return [actions([menu(labels()["pom_open"], "pom.card", options)])] if options else []
