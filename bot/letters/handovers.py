"""The message that tells who leads a team what became theirs because its owner no longer works here."""

from collections.abc import Sequence

from prompts import labels, parts
from prompts.blocks import Block, Message, actions, button, context, plain, section
from storage import history
from storage.database import Transaction
from storage.history import Revision
from storage.kinds import Kinds
from storage.members import audience_of_user
from storage.objects import Object, get_many
from storage.people import names_of
from storage.permalinks import permalinks
from storage.preferences import preference
from storage.workspaces import kinds_of

MOST_LISTED = 20
KEPT = "handover:{act}"  # the name under which somebody said that they keep what is left


async def render_handover(tx: Transaction, act: str, user: str) -> Message | None:
    """Return the message about what `act` gave to `user`; None where they may see nothing of it any more."""
    audience = await audience_of_user(tx, user)
    given = (await history.of_acts(tx, [act], audience)).get(act, [])
    items = await get_many(tx, [each.key for each in given], audience)
    there = [items[each.key] for each in given if each.key in items]
    return await _message(tx, await kinds_of(tx), act, user, given, there) if there else None


async def _message(
    tx: Transaction, kinds: Kinds, act: str, user: str, given: Sequence[Revision], items: Sequence[Object]
) -> Message:
    before = (given[0].before or {}).get("owner")
    names = await names_of(tx, [before, *(item.owner for item in items)])
    places = await permalinks(tx, [item.key for item in items])
    is_kept = bool(await preference(tx, user, KEPT.format(act=act)))
    said = parts(
        "handover",
        who=names.get(before or "", labels()["somebody"]),
        count=len(items),
        lines=[
            {
                "emoji": kinds.kind(item.kind).emoji,
                "key": item.key,
                "url": places.get(item.key),
                "title": item.title,
                "status": item.status,
                "now": "" if item.owner == user else names.get(item.owner or "", labels()["somebody"]),
            }
            for item in items[:MOST_LISTED]
        ],
        more=max(0, len(items) - MOST_LISTED),
        is_kept=is_kept,
    )
    blocks = [section(said["headline"]), context(said["why"])]
    for number, item in enumerate(items[:MOST_LISTED]):
        is_mine = item.owner == user and not is_kept
        blocks.append(section(said[f"line {number}"], _give(act, item) if is_mine else None))
    blocks += [context(said[name]) for name in ("more", "kept") if name in said]
    if not is_kept and any(item.owner == user for item in items):
        blocks.append(actions([button(labels()["handover_keep"], "handover.keep", act=act)]))
    return Message(said["headline"], blocks)


def _give(act: str, item: Object) -> Block:
    """Return the choice of somebody else for `item`: one press, without a form."""
    return {
        "type": "users_select",
        "action_id": f"handover.give:{act}:{item.key}",
        "placeholder": plain(labels()["handover_give"]),
    }
