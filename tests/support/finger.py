"""A finger that counts: what one person does, as taps on a screen, each with the words that stand where it taps."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.answers import walk
from sandbox.outcomes import CommandReply, SubmitResult
from sandbox.person import Person
from sandbox.workspace import Message, View
from tests.support.story import Story

# How it is counted; the document says so, too.
RULES = {
    "Sending a command or a message": 1,
    "Opening the menu of a message, or the reactions to it, and choosing there": 2,
    "Pressing a button, also the one that saves": 1,
    "Opening a `⋯` menu and choosing there": 2,
    "Opening a thread, or the Home": 1,
    "Touching a field to type into it; none where the cursor is in it from the start": 1,
    "Ticking a box, or one of several": 1,
    "Opening a choice, a calendar or a type-ahead, and choosing there": 2,
}
TYPED = ("plain_text_input", "number_input", "url_text_input", "email_text_input")
TICKED = ("radio_buttons", "checkboxes")


@dataclass(frozen=True)
class Tap:
    """`words`: what is done. `count`: how many taps it takes."""

    words: str
    count: int = 1

    def __str__(self) -> str:
        return self.words if self.count == 1 else f"{self.words} ({self.count})"


@dataclass
class Finger:
    """`taps`: all that it did, in order."""

    story: Story
    user: str
    taps: list[Tap] = field(default_factory=list)

    @property
    def person(self) -> Person:
        return self.story.person(self.user)

    @property
    def count(self) -> int:
        return sum(tap.count for tap in self.taps)

    async def command(self, channel: str, command: str, words: str = "") -> CommandReply:
        self._did(f"type `{command} {words}`" if words else f"type `{command}`")
        return await self.person.command(channel, command, words)

    async def write(self, channel: str, words: str, shown: str = "", thread_ts: str | None = None) -> Message:
        """Send a message. `shown`: how it reads on the screen, where that is another."""
        self._did(f"write “{shown or words}”")
        return await self.person.say(channel, words, thread_ts)

    async def choose_in_menu_of(self, message: Message, shortcut: str, label: str) -> None:
        """Choose a shortcut in the menu of a message."""
        self._did("open the message’s menu")
        self._did(f"choose *{label}*")
        await self.person.shortcut(shortcut, message)

    async def react(self, message: Message, emoji: str) -> None:
        self._did("open the reactions")
        self._did(f"choose :{emoji}:")
        await self.person.react(message, emoji)

    async def open_home(self) -> None:
        self._did("open the Home")
        await self.person.open_home()

    def open_thread(self) -> None:
        """Look into a thread, which the sandbox shows without being asked."""
        self._did("open the thread")

    async def press(self, target: Message | View, label: str, beside: str = "") -> None:
        """Press a button or choose an entry of a `⋯`, by the words on it; where there are several, that whose block or value
        contains `beside`."""
        block, element, option = _found(target, label, beside)
        if option:
            self._did("open `⋯`")
        self._did(f"choose *{label}*" if option else f"press *{label}*")
        await self.person.click(target, element["action_id"], option and option["value"], block_id=block["block_id"])

    async def answer(self, window: View, label: str, value: Any) -> None:
        """Fill in the input with this label: text as it is typed, a choice by its value, what is found by the words typed."""
        block = next(each for each in window.blocks if each["type"] == "input" and each["label"]["text"] == label)
        element, named = block["element"], f"*{label}*"
        if element["type"] in TYPED:
            has_cursor = bool(element.get("focus_on_load"))
            self.taps.append(Tap(f"type into {named}" if has_cursor else f"fill in {named}", 0 if has_cursor else 1))
        elif element["type"] in TICKED:
            self._did(f"tick {named}")
        else:
            self.taps.append(Tap(f"choose {named}", 2))
        if element["type"].endswith("external_select"):
            [value] = [
                each.raw
                for each in await self.person.type_ahead(window, element["action_id"], value, block["block_id"])
                if value in each.text
            ]
        chosen = [value] if element["type"].startswith("multi_") else value
        await self.person.select(window, element["action_id"], chosen, block_id=block["block_id"])

    async def save(self, window: View) -> SubmitResult:
        """Press the button of a window; nothing may be wrong with what it says."""
        self._did(f"press *{window.body['submit']['text']}*")
        result = await self.person.submit(window)
        assert result.errors == {}
        return result

    def _did(self, words: str) -> None:
        self.taps.append(Tap(words))


def _found(target: Message | View, label: str, beside: str) -> tuple[Any, Any, Any]:
    """Return the block and the element with these words, and the entry of the menu where it is one."""
    for block, element in walk(list(target.blocks or [])):
        if beside not in f"{block.get('text')} {element}":
            continue
        if element["type"] == "button" and element["text"]["text"] == label:
            return block, element, None
        if element["type"] == "overflow":
            for option in element["options"]:
                if option["text"]["text"] == label:
                    return block, element, option
    raise AssertionError(f"nothing here says {label!r}")
