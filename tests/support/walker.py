"""Somebody who presses everything: walks over every surface that people are shown, and answers at random.

What has been met least comes first, so that a walk reaches what stands behind what. After every step nothing may have gone
wrong: each name on the wire means something, Slack took every call, and nobody was told of a failure of ours.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from bot.flows.names import flow_of
from bot.flows.wire import WIRE
from sandbox.answers import elements_of
from sandbox.outcomes import AppDidNotRespond, NotAllowed, Unknown
from sandbox.person import Person
from sandbox.state import Message, View
from tests.support.story import Story

Json = dict[str, Any]
# What Slack may answer at any time: the person was quicker, or closed what was to be changed.
FAIR = {"not_found", "view_not_found", "hash_conflict", "expired_trigger_id", "exchanged_trigger_id", "push_limit_reached"}
OURS = "on our side"  # how we say that something went wrong
PRESSED = ("button", "overflow")
SILENT = ("value", "link")  # inputs whose change needs no answer, and type-aheads, which ask in another way
COMMANDS = ("/bet", "/insight", "/impact", "/pom")


@dataclass
class Walk:
    """One walk. `texts`: what is typed. `met`: how often each name on the wire was met, over all walks that share it.

    `logged`: what the bot has logged so far, as entries.
    """

    story: Story
    random: Random
    texts: Sequence[str]
    people: Sequence[str]
    channels: Sequence[str]
    met: Counter[str] = field(default_factory=Counter)
    logged: Sequence[Mapping[str, Any]] = ()
    trail: list[str] = field(default_factory=list)
    _looked_up_to: int = 0

    async def steps(self, count: int) -> None:
        """Take so many steps."""
        for _ in range(count):
            await self.step()

    async def step(self) -> None:
        """Do one thing as somebody, and look at what came of it."""
        person = self.story.person(self.random.choice(list(self.people)))
        view = person.modal()
        try:
            if view is not None and self.random.random() < 0.9:
                await self._in_modal(person, view)
            else:
                await self._somewhere(person)
        except AppDidNotRespond as silent:
            raise AssertionError(f"{silent}\n{self._told}") from silent
        self.check()

    def check(self) -> None:
        """Raise AssertionError where Slack refused a call, or anybody was told of a failure of ours."""
        wrong = [each for each in self.logged if each.get("log_level") in ("error", "critical")]
        if wrong:
            raise AssertionError(f"it is in the log: {wrong[0]}\n{self._told}") from wrong[0].get("exc_info")
        for each in list(self.story.slack.log):
            if each.number <= self._looked_up_to:
                continue
            self._looked_up_to = each.number
            answer = each.response if isinstance(each.response, dict) else {}
            if each.direction == "from app" and answer.get("ok") is False and answer.get("error") not in FAIR:
                raise AssertionError(f"Slack refused {each.what}: {answer}\n{each.request}\n{self._told}")
            if OURS in str(each.request) or OURS in str(each.response):
                raise AssertionError(f"a failure of ours: {each.what} {each.request} {each.response}\n{self._told}")

    @property
    def _told(self) -> str:
        return "after:\n" + "\n".join(self.trail[-25:])

    # On surfaces

    async def _somewhere(self, person: Person) -> None:
        acts = [self._press] * 8 + [self._home, self._command, self._command, self._talk, self._shortcut, self._react]
        await self.random.choice(acts)(person)

    async def _press(self, person: Person) -> None:
        """Press something in a message that the person sees, or in their Home."""
        found = self._pressable(person)
        if found:
            await self._act(person, *self._least_met(found))

    async def press_what_was_never(self) -> bool:
        """Press, as whoever sees it, something that does what nothing did before; return whether there was any."""
        for user in self.random.sample(list(self.people), len(self.people)):
            person = self.story.person(user)
            never = [each for each in self._pressable(person) if not self._times(each)]
            if never and person.modal() is None:
                await self._act(person, *self.random.choice(never))
                self.check()
                return True
        return False

    async def press_what_leads_on(self) -> None:
        """Press, as somebody, one of those things behind which others stand."""
        person = self.story.person(self.random.choice(list(self.people)))
        found = [each for each in self._pressable(person) if self._leads_on(each)]
        if found and person.modal() is None:
            await self._act(person, *self.random.choice(found))
        await self._shortcut(person)
        await self.finish_modals()

    def _leads_on(self, each: tuple[Any, Json, Json]) -> bool:
        element = each[2]
        said = " ".join([str(element["action_id"]), *(str(option.get("value")) for option in element.get("options") or [])])
        return any(name in said for name in LEAD_ON)

    async def finish_modals(self, most: int = 12) -> None:
        """Go on with the modals that anybody has open, for a while, and close what is left of them."""
        for user in self.people:
            person = self.story.person(user)
            for _ in range(most):
                if view := person.modal():
                    await self._in_modal(person, view)
                    self.check()
            while view := person.modal():
                await person.close(view, all_views=True)

    def _pressable(self, person: Person) -> list[tuple[Message | View, Json, Json]]:
        found: list[tuple[Message | View, Json, Json]] = []
        found += [(message, *each) for message in self._messages(person) for each in _interactive(message.blocks or [])]
        home = person.home()
        return found + ([(home, *each) for each in _interactive(home.blocks)] if home is not None else [])

    def _times(self, each: tuple[Any, Json, Json]) -> int:
        """Return how often what an element does was met; of a menu, what of it was met least."""
        element = each[2]
        values = [option.get("value") for option in element.get("options") or []] if element["type"] == "overflow" else [None]
        return min(self.met[_does(element, value).partition(":")[0]] for value in values)

    async def _home(self, person: Person) -> None:
        self.trail.append(f"{person.id} opens Home")
        await person.open_home()

    async def _command(self, person: Person) -> None:
        channel, command = self.random.choice(list(self.channels)), self.random.choice(COMMANDS)
        words = self._words() if command != "/pom" else f"{self.random.choice(POM_WORDS)} {self._words()}".strip()
        self.trail.append(f"{person.id} {command} {words!r} in {channel}")
        try:
            await person.command(channel, command, words)
        except NotAllowed:
            return

    async def _talk(self, person: Person) -> None:
        """Write to the bot, or to others."""
        words = self._words()
        dm = await person.open_messages()
        place, said = self.random.choice(
            [(dm, words), (dm, f"insight: {words}"), (self.random.choice(list(self.channels)), words)]
        )
        self.trail.append(f"{person.id} says {said!r} in {place}")
        try:
            await person.say(place, said or "…")
        except NotAllowed:
            return

    async def _shortcut(self, person: Person) -> None:
        app = self.story.slack.app()
        if not app.shortcuts:
            return
        shortcut = self.random.choice(list(app.shortcuts))
        messages = [message for message in self._messages(person, of_people=True) if not message.ephemeral_to]
        message = self.random.choice(messages) if messages and shortcut.type == "message" else None
        if shortcut.type == "message" and message is None:
            return
        self.met[f"shortcut {shortcut.callback_id}"] += 1
        self.trail.append(f"{person.id} uses {shortcut.callback_id} on {message and message.ts}")
        await person.shortcut(shortcut.callback_id, message)

    async def _react(self, person: Person) -> None:
        messages = [each for each in self._messages(person, of_people=True) if not each.ephemeral_to]
        if messages:
            message = self.random.choice(messages)
            self.trail.append(f"{person.id} reacts to {message.ts}")
            await person.react(message, self.random.choice(["bulb", "tada"]))

    def _messages(self, person: Person, *, of_people: bool = False) -> list[Message]:
        places = [each.id for each in person.workspace.channels.values() if each.is_open_to(person.id)]
        seen = [message for place in places for message in person.sees(place)]
        seen += [
            answer for message in list(seen) if not message.ephemeral_to for answer in person.sees(message.channel, message.ts)
        ]
        return [message for message in seen if of_people or message.app_id]

    # In modals

    async def _in_modal(self, person: Person, view: View) -> None:
        callback = view.callback_id
        if flow_of(WIRE.submissions, callback) is None and view.body.get("submit"):
            raise AssertionError(f'nothing answers to the modal "{callback}"\n{self._told}')
        await self._fill(person, view)
        if person.modal() is not view:
            return
        acting = [(view, *each) for each in _interactive(view.blocks)]
        never = [each for each in acting if not self._times(each)]
        choice = self.random.random()
        if never and choice < 0.8:
            await self._act(person, *self.random.choice(never))
        elif view.body.get("submit") and not self.met[f"submit {callback}"] and choice < 0.9:
            await self._submit(person, view)
        elif acting and choice < 0.4:
            await self._act(person, *self._least_met(acting))
        elif choice < 0.9 and view.body.get("submit"):
            await self._submit(person, view)
        else:
            self.trail.append(f"{person.id} closes {callback}")
            self.met[f"closed {callback}"] += 1
            await person.close(view, all_views=self.random.random() < 0.3)

    async def _submit(self, person: Person, view: View) -> None:
        self.trail.append(f"{person.id} submits {view.callback_id} {_values(view)}")
        self.met[f"submit {view.callback_id}"] += 1
        result = await person.submit(view)
        assert all(result.errors.values()), result
        if result.errors and self.random.random() < 0.3:
            await person.close(view, all_views=True)

    async def _fill(self, person: Person, view: View) -> None:
        for block, element in _inputs(view.blocks):
            if self.random.random() < 0.35:
                continue
            if person.modal() is not view:
                return  # what was chosen has laid another one on it
            try:
                answer = await self._answer(person, view, block, element)
                if answer is not None:
                    self.trail.append(f"{person.id} fills {block['block_id']} with {answer!r}")
                    await person.select(view, element["action_id"], answer, block["block_id"])
                    self.met[element["action_id"].partition(":")[0]] += 1
            except Unknown:
                return  # the form was drawn anew because of what was typed

    async def _act(self, person: Person, target: Message | View, block: Json, element: Json) -> None:
        name, value = element["action_id"], None
        if element["type"] != "button":
            value = await self._answer(person, target, block, element)
            if value is None:
                return
        does = _does(element, value)
        if flow_of(WIRE.actions, does) is None and does not in SILENT and not element.get("url"):
            raise AssertionError(f'nothing answers to "{does}"\n{self._told}')
        self.met[does.partition(":")[0]] += 1
        self.met[name] += name != does
        self.trail.append(f"{person.id} acts {name} {value!r} {element.get('value', '')}")
        if element["type"] in PRESSED:
            await person.click(target, name, value, block["block_id"])
        else:
            await person.select(target, name, value, block["block_id"])

    async def _answer(self, person: Person, target: Message | View, block: Json, element: Json) -> Any:
        """Return a random answer for an input, or None for none."""
        options = [option for group in element.get("option_groups") or [element] for option in group.get("options") or []]
        match element["type"]:
            case "plain_text_input":
                return self._words()[: int(element.get("max_length") or 3_000)]
            case "number_input":
                return str(self.random.choice([0, 7, 43.5, 100, 250, -3]))
            case "url_text_input":
                return self.random.choice(["https://acme.example/x", "acme"])
            case "datepicker":
                return self.random.choice(["2026-11-30", "2020-02-29"])
            case "timepicker":
                return self.random.choice(["07:30", "22:00"])
            case "overflow":
                fewest = min(self.met[_does(element, option["value"]).partition(":")[0]] for option in options)
                least = [each for each in options if self.met[_does(element, each["value"]).partition(":")[0]] == fewest]
                return self.random.choice(least)["value"]
            case "static_select" | "radio_buttons":
                return self.random.choice(options)["value"]
            case "checkboxes" | "multi_static_select":
                return [option["value"] for option in options if self.random.random() < 0.5]
            case "users_select":
                return self.random.choice(list(self.people))
            case "multi_users_select":
                return self.random.sample(list(self.people), 2)
            case "conversations_select" | "channels_select":
                return self.random.choice(list(self.channels))
            case "external_select" | "multi_external_select":
                return await self._offered(person, target, block, element)
        raise AssertionError(f"no idea how to answer a {element['type']}")

    async def _offered(self, person: Person, target: Message | View, block: Json, element: Json) -> Any:
        query = self.random.choice(["", "a", "rate", "INS-4", self._words()[:70]])
        if len(query) < int(element.get("min_query_length", 3)):
            return None
        offered = await person.type_ahead(target, element["action_id"], query, block["block_id"])
        if not offered:
            return None
        chosen = self.random.choice(offered).raw
        return [chosen] if element["type"].startswith("multi") else chosen

    def _words(self) -> str:
        return self.random.choice(list(self.texts))

    def _least_met(self, found: Sequence[tuple[Any, Json, Json]]) -> tuple[Any, Json, Json]:
        fewest = min(self._times(each) for each in found)
        return self.random.choice([each for each in found if self._times(each) <= fewest + 1])


LEAD_ON = ("object.more", "pitch.open", "pitch.decide", "home.", "setup.", "form.open", "object.menu")
POM_WORDS = (
    *(
        "",
        "help",
        "help bet",
        "help questions",
        "log option",
        "BET-12",
        "bet-9",
        "activation",
        "why BET-12",
        "ask what is stale?",
    ),
    *("find", "board", "board growth", "board 1-3 months", "mine", "stale", "link BET-12", "value INP-1 43 %", "rituals"),
    *("why-me", "mute", "team", "team growth", "setup", "export", "export BET-12", "bord", "BET-999", "log"),
)


def _interactive(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield each block with each element that acts at once."""
    for block in blocks:
        if block["type"] != "input":
            yield from ((block, element) for element in elements_of(block))


def _does(element: Json, value: Any) -> str:
    """Return what an element does on the wire: an entry of a menu says it itself."""
    name = str(element["action_id"])
    try:
        said = json.loads(value) if isinstance(value, str) else None
    except ValueError:
        return name
    return str(said.get("does", name)) if isinstance(said, dict) else name


def _inputs(blocks: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    for block in blocks:
        if block["type"] == "input":
            yield block, block["element"]


def _values(view: View) -> Mapping[str, Any]:
    return {block: next(iter(state.values())) for block, state in view.values.items() if state}
