"""A post in the thread of a card: what was done to its object within some minutes, each act a line that can be taken back."""

from collections.abc import Collection, Mapping, Sequence

from bot.flows.messages.said import place_in
from bot.letters.telling import MOST_OF_A_TEXT, Known, changes_of
from prompts import Words, labels, text
from prompts.blocks import Block, Message, button, context, section, shortened
from storage import history
from storage.audience import Audience
from storage.comments import comments_of
from storage.database import Transaction
from storage.history import Revision
from storage.members import audience_of_channel, audience_of_user
from storage.objects import Object, get, get_many
from storage.people import channel_of, names_of
from storage.permalinks import permalinks
from storage.stories import Story, story
from storage.workspaces import kinds_of

MOST_LINES = 20  # the newest; with their buttons they fit into a message
MOST_CHANGES = 6  # in a line
REASON_SHOWN, COMMENT_SHOWN = 300, 1_000  # letters


async def render_story(tx: Transaction, story_id: str, channel: str) -> Message | None:
    """Return the post `story_id` as every reader of `channel` (a channel or a person) may see it; None where nothing of it."""
    told = await story(tx, story_id)
    audience = await (audience_of_user if channel.startswith(("U", "W")) else audience_of_channel)(tx, channel)
    item = await get(tx, told.key, audience) if told else None
    if told is None or item is None:
        return None
    lines = await _lines(tx, told, item, audience)
    if not lines:
        return None
    shown, left = lines[-MOST_LINES:], len(lines) - MOST_LINES
    blocks = [context(text("story_earlier", count=left))] if left > 0 else []
    return Message("\n".join(line for line, _ in shown), blocks + [section(line, again) for line, again in shown])


async def _lines(tx: Transaction, told: Story, item: Object, audience: Audience) -> list[tuple[Words, Block | None]]:
    """Return the line of each chain of acts with its button; what somebody said is no act, and has none."""
    acts = await history.of_acts(tx, {act for chain in told.acts for act in (chain[0], chain[-1])}, audience)
    known = await _known(tx, [each for mine in acts.values() for each in mine], audience)
    said = await _said(tx, [chain[0] for chain in told.acts if chain[0] not in acts], item.key, audience)
    lines: list[tuple[Words, Block | None]] = []
    for chain in told.acts:
        if chain[0] in said:
            lines.append((said[chain[0]], None))
            continue
        first = acts.get(chain[0], [])
        line = _line(known, item, first)
        if line is None:
            continue
        is_back = len(chain) % 2 == 0
        if is_back:
            last = acts.get(chain[-1])
            line = text("taken_back", line=line, who=_who(known.names, last) if last else labels()["somebody"])
        label = labels()["story_redo" if is_back else "story_undo"]
        lines.append((line, button(label, "story.undo", story=told.id, act=chain[-1])))
    return lines


async def _said(tx: Transaction, ids: Collection[str], key: str, audience: Audience) -> dict[str, Words]:
    """Return those of `ids` that are comments on the object `key`, each as a line."""
    found = (await comments_of(tx, [key], audience)).get(key, []) if ids else []
    mine = [each for each in found if each.id in ids]
    names = await names_of(tx, [each.author for each in mine])
    places = {each.channel: place_in(await channel_of(tx, each.channel)) for each in mine if each.channel}
    return {
        each.id: text(
            "comment",
            name=names.get(each.author, labels()["somebody"]),
            place=places.get(each.channel or "", ""),
            text=shortened(each.text, COMMENT_SHOWN),
            url=each.source,
        )
        for each in mine
    }


def _line(known: Known, item: Object, act: Sequence[Revision]) -> Words | None:
    found = changes_of(known, item, act)
    if not found:
        return None
    said = [in_words(each) for each in found[:MOST_CHANGES]]
    reason = " ".join((act[0].reason or "").split())
    if shortened(reason, MOST_OF_A_TEXT) in [each.get("after") for each in found]:  # a field says the same
        reason = ""
    more = max(0, len(found) - MOST_CHANGES)
    return text("story", who=_who(known.names, act), changes=said, more=more, reason=shortened(reason, REASON_SHOWN))


def in_words(change: Mapping[str, object]) -> Words:
    """Return one change, as `changes_of` gives it, in words."""
    details = change.get("details")
    return text("change", **{**change, "details": [in_words(each) for each in details] if isinstance(details, list) else []})


def _who(names: Mapping[str, str], act: Sequence[Revision]) -> str:
    return names.get(act[0].author, act[0].author)


async def _known(tx: Transaction, revisions: Sequence[Revision], audience: Audience) -> Known:
    """Return what the words of `revisions` need: every end of a link, and everybody who did or is named."""
    keys = {key for each in revisions if each.relation is not None for key in (each.key, each.to_key) if key is not None}
    others = await get_many(tx, keys, audience)
    users = {each.author for each in revisions} | {user for each in revisions for user in _named(each)}
    places, names = await permalinks(tx, sorted(others)), await names_of(tx, users)
    titled = {
        each.key: state["title"] for each in revisions for state in (each.before, each.after) if state and "title" in state
    }
    return Known(await kinds_of(tx), names=names, others=others, places=places, titles=titled)


def _named(revision: Revision) -> set[str]:
    """Return every value of a change that may be a user: who is none has no name, and is shown as it is."""
    states = [state for state in (revision.before, revision.after) if state]
    values = [value for state in states for value in (state.get("owner"), *(state.get("fields") or {}).values())]
    flat = [each for value in values for each in (value if isinstance(value, list) else [value])]
    return {each for each in flat if isinstance(each, str) and each[:1] in ("U", "W")}
