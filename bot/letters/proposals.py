"""The message that asks for a decision on somebody's edit: who proposes what of which object, and what became of it."""

from collections.abc import Sequence

from bot.letters.stories import in_words
from bot.letters.telling import Known, steps_in_words
from prompts import Words, labels, parts
from prompts.blocks import Block, Message, actions, button, context, section
from storage.audience import Audience
from storage.changes import state_of
from storage.database import Transaction
from storage.graph import Tie
from storage.kinds import Kind, Kinds
from storage.members import audience_of_user
from storage.objects import Object, get, get_many
from storage.past.difference import Step, flat
from storage.people import names_of
from storage.permalinks import permalinks
from storage.proposals import ACCEPTED, WAITING, Overtaken, Proposal, overtaken, proposal
from storage.workspaces import kinds_of

MOST_OF_A_TEXT = 2_000  # letters: who accepts a text has read it


async def render_proposal(tx: Transaction, proposal_id: str, user: str) -> Message | None:
    """Return the message about a proposal for `user`, who is asked; None where they may not see all that it says."""
    audience = await audience_of_user(tx, user)
    found = await proposal(tx, proposal_id, audience)
    item = await get(tx, found.key, audience) if found else None
    return await proposal_message(tx, await kinds_of(tx), found, item, audience) if found and item else None


async def proposal_message(tx: Transaction, kinds: Kinds, asked: Proposal, item: Object, audience: Audience) -> Message:
    """Return what is proposed of `item`, as it stands beside what `item` says now, with the buttons that decide it."""
    kind, is_open = kinds.kind(item.kind), asked.state == WAITING
    late = await overtaken(tx, asked, audience) if is_open else []
    known = await _known(tx, kinds, asked, item, late, audience)
    said = parts(
        "proposal",
        who=known.names.get(asked.author, labels()["somebody"]),
        emoji=kind.emoji,
        key=item.key,
        title=item.title,
        url=known.places.get(item.key),
        changes=_changes(known, kind, asked, item) if asked.state != ACCEPTED else [],
        why=asked.why,
        overtaken=[
            {"who": known.names.get(each.author, labels()["somebody"]), **_now(known, kind, each, item)} for each in late
        ],
        state=asked.state,
        by=known.names.get(asked.decided_by or "", labels()["somebody"]),
        reason=asked.reason,
    )
    shown = [said[name] for name in ("headline", "changes") if name in said]
    blocks: list[Block] = [section(words) for words in shown]
    blocks += [context(said[name]) for name in ("why", "overtaken", "decision") if name in said]
    return Message(said["headline"], [*blocks, *([_buttons(asked, item)] if is_open else [])])


def _buttons(asked: Proposal, item: Object) -> Block:
    yes = button(labels()["proposal_accept"], "proposal.accept", style="primary", id=asked.id, version=str(item.version))
    return actions([yes, button(labels()["proposal_decline"], "proposal.decline", id=asked.id)])


def _changes(known: Known, kind: Kind, asked: Proposal, item: Object) -> list[Words]:
    now = flat(state_of(item))
    changed = [Step(name, now.get(name), wanted) for name, wanted in asked.values.items() if now.get(name) != wanted]
    values = {**item.fields, **(asked.changes.get("fields") or {})}
    said = steps_in_words(known, kind, changed, values)
    return [in_words(each) for each in [*said, *(_tie(known, tie, item) for tie in asked.ties)]]


def _tie(known: Known, tie: Tie, item: Object) -> dict[str, object]:
    other, words = known.others[tie.other], known.kinds.relations[tie.relation].words[1 if tie.backward else 0]
    about = {"other": other.key, "title": other.title, "url": known.places.get(other.key)}
    return {"sort": "link", "key": item.key, "words": words, **about, "sure": tie.confidence, "why": tie.why, "details": []}


def _now(known: Known, kind: Kind, late: Overtaken, item: Object) -> dict[str, object]:
    said = steps_in_words(known, kind, [Step(late.name, None, late.now)], item.fields)
    return {"label": said[0]["label"], "now": said[0]["after"]} if said else {"label": late.name, "now": ""}


async def _known(
    tx: Transaction, kinds: Kinds, asked: Proposal, item: Object, late: Sequence[Overtaken], audience: Audience
) -> Known:
    others = await get_many(tx, [tie.other for tie in asked.ties], audience)
    values = [
        *asked.values.values(),
        *flat(state_of(item)).values(),
        asked.author,
        asked.decided_by,
        *(each.author for each in late),
    ]
    users = [each for value in values for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]
    names = await names_of(tx, [each for each in users if each[:1] in ("U", "W")])
    return Known(kinds, names, others, await permalinks(tx, [item.key, *others]), most=MOST_OF_A_TEXT)
