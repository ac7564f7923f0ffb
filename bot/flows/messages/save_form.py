"""The form in which a message is saved: what it is saved as, and what that takes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.flows.capture.options import option_of
from bot.flows.messages.keeping import shown
from bot.flows.messages.said import Said
from bot.forms.elements import TEXT_IN_MODAL, select, text_input
from bot.forms.inputs import input_block
from prompts import Words, labels, text
from prompts.blocks import Block, choice, context, plain, section
from storage.kinds import Kinds
from storage.objects import Object

COMMENT = "comment"


@dataclass(frozen=True)
class Saving:
    """What the form remembers of the message: all but its text, which waits under `name`.

    `answer_at`: for a word afterwards. `reaction`: what its author was asked because of one.
    """

    channel: str
    place: str
    ts: str
    thread_ts: str
    author: str
    called: str
    link: str
    answer_at: str = ""
    reaction: str = ""

    def with_text(self, words: str) -> Said:
        return Said(self.channel, self.place, self.ts, self.thread_ts, self.author, self.called, words, self.link or None)

    @property
    def name(self) -> str:
        return _name(self.channel, self.ts)

    def dump(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def load(cls, private_metadata: str) -> "Saving":
        return cls(**json.loads(private_metadata))


def name_of(found: Said) -> str:
    """Return the name under which the words of a message wait while somebody saves it."""
    return _name(found.channel, found.ts)


def _name(channel: str, ts: str) -> str:
    return f"message:{channel}:{ts}"


def form(
    kinds: Kinds,
    about: Saving,
    found: Said,
    chosen: str,
    *,
    teams: Sequence[str] = (),
    values: Mapping[str, Any] = {},
    likely: Object | None = None,
    notes: Sequence[Block] = (),
) -> Block:
    """Return the form for saving `found` as what is `chosen`.

    `teams`: to choose from, where it is not clear whose it is. `values`: what was typed so far, by block id. `likely`: what it
    is a comment on, if it is one.
    """
    options = [choice(_called(kinds, name), name) for name in offered(kinds)]
    chooser = {**select(options, chosen), "action_id": "message.as"}
    blocks = [{**input_block("as", labels()["save_as"], chooser, optional=False), "dispatch_action": True}]
    blocks += [context(text("said_by", name=found.name, place=found.place, url=found.link)), *notes]
    blocks += _of_comment(found, likely, values) if chosen == COMMENT else _of_kind(found, teams, values)
    return {
        "type": "modal",
        "callback_id": "message.save",
        "title": plain(labels()["save_title"]),
        "submit": plain(labels()["form_save"]),
        "close": plain(labels()["form_cancel"]),
        "private_metadata": about.dump(),
        "notify_on_close": True,
        "blocks": blocks,
    }


def offered(kinds: Kinds) -> list[str]:
    """Return what a message can be saved as, the likeliest first: names of kinds, and COMMENT."""
    return [*(kind.name for kind in kinds.offered if kind.from_message), COMMENT]


def _called(kinds: Kinds, name: str) -> str:
    return labels()["save_comment"] if name == COMMENT else f"{kinds.kind(name).emoji} {kinds.kind(name).label}"


def _of_kind(found: Said, teams: Sequence[str], values: Mapping[str, Any]) -> list[Block]:
    title = text_input(values.get("title") or found.title, lines=False, limit=TEXT_IN_MODAL)
    blocks = [input_block("title", labels()["form_title"], title, optional=False)]
    if len(found.beside) > TEXT_IN_MODAL:
        blocks.append(section(text("said_long", beginning=shown(found.text), length=len(found.text))))
    else:
        given = text_input(values.get("description") or found.beside, lines=True, limit=TEXT_IN_MODAL)
        blocks.append(input_block("description", labels()["form_description"], given))
    if teams:
        options = [choice(name, name) for name in teams[:100]]
        blocks.append(input_block("team", labels()["form_team"], select(options, values.get("team"))))
    return blocks


def _of_comment(found: Said, likely: Object | None, values: Mapping[str, Any]) -> list[Block]:
    about = values.get("object") or ([option_of(likely)] if likely else [])
    other: Block = {
        "type": "external_select",
        "action_id": "message.object",
        "min_query_length": 0,
        "placeholder": plain(labels()["type_to_find"]),
        **({"initial_option": about[0]} if about else {}),
    }
    return [
        input_block("object", labels()["save_about"], other, optional=False),
        section(text("said_long", beginning=shown(found.text), length=len(found.text)))
        if len(found.text) > len(shown(found.text))
        else section(Words(text("said_short", words=found.text))),
    ]
