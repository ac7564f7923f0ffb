"""The modals of a pitch: pitching it, saying something to it, deciding it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.forms.context import FormContext
from bot.forms.drawing import modal
from bot.forms.elements import TEXT_IN_MODAL, channel_input, select, text_input, user_input
from bot.forms.inputs import field_block, input_block, with_cursor
from prompts import Words, labels
from prompts.blocks import Block, choice, context, plain, section, shortened
from storage.kinds import Kind
from storage.pitches import Sort

PREVIEW = 2_900  # letters; a section holds 3,000
VERDICTS = ("placed", "reshaped", "declined")


@dataclass(frozen=True)
class PitchContext:
    """What a modal must remember: the object's `key`, the `pitch` where there is one, and the `stance` that is asked for.

    `channel`: where it will stand, as far as that is known.
    """

    key: str
    pitch: str = ""
    stance: str = ""
    channel: str = ""

    def dump(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def of(cls, view: Mapping[str, Any]) -> "PitchContext":
        """Read it back from a view."""
        return cls(**json.loads(view["private_metadata"]))


def pitching(about: PitchContext, preview: Words, why_now: str, decider: str | None, *, asks_where: bool) -> Block:
    """Return the modal that pitches an object: the one-pager as it will stand, and what goes with it."""
    blocks: list[Block] = [context(Words(labels()["pitch_preview"])), section(Words(shortened(preview, PREVIEW)))]
    blocks.append(input_block("why_now", labels()["pitch_why_now"], text_input(why_now, lines=True, limit=TEXT_IN_MODAL)))
    who = user_input(decider)
    blocks.append(input_block("decider", labels()["pitch_decider"], who, hint=labels()["pitch_decider_hint"]))
    if asks_where:
        blocks.append(input_block("where", labels()["pitch_where"], channel_input(), optional=False))
    return _modal("pitch.save", about, labels()["pitch_title"], blocks, submit=labels()["pitch_submit"])


def saying(about: PitchContext, stance: Sort, title: Words, earlier: str) -> Block:
    """Return the modal that asks why somebody backs or challenges it, or what they want to know."""
    words = text_input(earlier, lines=True, limit=TEXT_IN_MODAL)
    label, is_free = labels()[f"pitch_say_{stance}"], stance == "back"
    asked = input_block("why", label, words, hint=labels()["pitch_say_hint"], optional=is_free)
    return _modal("pitch.say", about, labels()[f"pitch_title_{stance}"], with_cursor([context(title), asked]))


def deciding(about: PitchContext, kind: Kind, title: Words, values: Mapping[str, Any], asks: Sequence[str]) -> Block:
    """Return the modal that decides. `asks`: the fields that placing it deserves an answer to; `values`: by block id."""
    options = [choice(labels()[f"pitch_{verdict}"], verdict) for verdict in VERDICTS]
    verdict = {**select(options, VERDICTS[0]), "type": "radio_buttons"}
    verdict.pop("placeholder")
    blocks = [
        context(title),
        input_block("verdict", labels()["pitch_verdict"], verdict, optional=False),
        input_block("reason", labels()["pitch_reason"], text_input(None, lines=True, limit=TEXT_IN_MODAL)),
        *(_plain(field_block(kind, name, values)) for name in asks),
    ]
    return _modal("pitch.decided", about, labels()["pitch_decide_title"], blocks)


def _plain(block: Block) -> Block:
    """Return an input that tells nothing before it is saved."""
    quiet = {name: value for name, value in block.items() if name != "dispatch_action"}
    if "element" in quiet:
        quiet["element"] = {name: value for name, value in quiet["element"].items() if name != "dispatch_action_config"}
    return quiet


def _modal(callback: str, about: PitchContext, title: str, blocks: list[Block], submit: str = "") -> Block:
    view = modal(callback, FormContext(kind=""), title.format(key=about.key), blocks)
    return {**view, "private_metadata": about.dump(), **({"submit": plain(submit)} if submit else {})}
