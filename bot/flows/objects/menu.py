"""What can be done with an object beside what its card offers on buttons of their own: the entries of its menu, in order.

A card shows the first that apply, Slack taking five; all of them stand behind the last, "More". No SQL, no flows: the card
imports this, and the flows that the entries name import the card.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from prompts import labels
from prompts.blocks import Block, about_choice, actions, button, overflow, shortened
from storage.gaps import Gap
from storage.kinds import Kind
from storage.moves import Move
from storage.objects import Object

MOST_OFFERED = 2  # moves and gaps on a card, together
GAP_SHOWN = 40  # letters of what is asked for
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


def _can_be_pitched(kind: Kind, item: Object) -> bool:
    return kind.pitch is not None and item.status in kind.pitch.start and not item.archived


def _is_pitched(kind: Kind, item: Object) -> bool:
    return kind.pitch is not None and item.status == kind.pitch.opens


MENU = (
    Entry("menu_pitch", "pitch.open", _can_be_pitched),
    Entry("menu_decide", "pitch.decide", _is_pitched, is_aside=True),
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


def entries_of(kind: Kind, item: Object) -> list[Entry]:
    """Return what makes sense for `item`, in order."""
    return [entry for entry in MENU if entry.applies(kind, item)]


def row_of(kind: Kind, item: Object, gaps: Sequence[Gap]) -> Block:
    """Return the buttons of a card: what takes the object on, what is missing of it, why it is there, and the menu.

    Without gaps there is room for a second move, without moves for a second gap. What ends the object stands in the menu,
    unless something is learned by it.
    """
    moves = {} if item.archived else kind.moves_from(item.status)
    offered = [name for name, move in moves.items() if move.teaches or not set(move.to) <= set(kind.closed)]
    on_buttons = offered[: 1 if gaps else MOST_OFFERED]
    buttons = [_move(kind, item, name) for name in on_buttons]
    if _is_pitched(kind, item) and not item.archived:
        buttons = [button(labels()["menu_decide"], "pitch.decide", key=item.key)]
    buttons += [_fill(gap) for gap in gaps[: MOST_OFFERED - len(buttons)]]
    buttons += [button(labels()["menu_unarchive"], "object.unarchive", key=item.key)] if item.archived else []
    why = button(labels()["card_why"], "object.why", key=item.key)
    return actions([*buttons, why, _menu(kind, item, [name for name in moves if name not in on_buttons])])


def all_of(kind: Kind, item: Object, gaps: Sequence[Gap], is_followed: bool) -> list[Block]:
    """Return everything that can be done with an object, for one person, as rows of buttons."""
    moves = [] if item.archived else [_move(kind, item, name) for name in kind.moves_from(item.status)]
    unfit = "object.follow" if is_followed else "object.unfollow"
    rest = [button(labels()[each.label], each.does, key=item.key) for each in entries_of(kind, item) if each.does != unfit]
    rows = {"moves": moves, "gaps": [_fill(gap) for gap in gaps], "rest": rest}
    return [actions(row, name) for name, row in rows.items() if row]


def row_of_moves(kind: Kind, item: Object, names: Iterable[str]) -> list[Block]:
    """Return the moves `names` of an object as a row of buttons; nothing where there are none."""
    buttons = [_move(kind, item, name) for name in names]
    return [actions(buttons)] if buttons else []


def label_of(move: Move) -> str:
    """Return what stands on the button of a move."""
    return move.label or f"{move.to[0][:1].upper()}{move.to[0][1:]}"


def _move(kind: Kind, item: Object, name: str) -> Block:
    move = kind.moves_from(item.status)[name]
    return button(label_of(move), f"object.go:{name}", key=item.key, version=str(item.version))


def _fill(gap: Gap) -> Block:
    label = labels()["card_gap"].format(label=shortened(gap.label, GAP_SHOWN))
    return button(label, f"object.fill:{gap.name}", key=gap.key, field=gap.name)


def _menu(kind: Kind, item: Object, moves: Iterable[str]) -> Block:
    about = {"key": item.key}
    ends = [
        about_choice(label_of(kind.moves_from(item.status)[name]), does=f"object.go:{name}", **about, version=str(item.version))
        for name in moves
    ][:MOST_OFFERED]
    entries = [each for each in entries_of(kind, item) if not each.is_aside]
    options = [about_choice(labels()[each.label], does=each.does, **about) for each in entries][: MOST - 1 - len(ends)]
    return overflow("object.menu", [*options, *ends, about_choice(labels()["menu_more"], does="object.more", **about)])
