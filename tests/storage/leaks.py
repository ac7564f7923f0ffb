"""Leaks planted on purpose, each a mistake that somebody could make; `tests.storage.tenants` must catch every one."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Select, bindparam, literal, select, true

import bot.flows.home.bets
import bot.flows.home.home
import bot.letters.cards
import bot.letters.pitches
import bot.letters.proposals
import bot.letters.stories
from storage import comments, follows, history, lineage, measures, members, mine, objects, proposals, search
from storage.asking import answers
from storage.audience import ADMINISTRATOR, EVERYBODY, VISIBLE, Audience
from storage.columns import Json
from storage.database import Transaction, ours
from storage.objects import OBJECT_COLUMNS
from storage.past import as_of as past
from storage.pictures import neighbourhood
from storage.tables import channels
from storage.tables import comments as comments_table
from storage.tables import objects as objects_table

Plant = Callable[[pytest.MonkeyPatch], None]
LEAKS: dict[str, Plant] = {}


def leak(plant: Plant) -> Plant:
    LEAKS[plant.__name__.replace("_", " ")] = plant
    return plant


def unaware(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return `call` as it would be if it looked with an administrator's eyes, whoever asks."""

    async def looking(*values: Any, **named: Any) -> Any:
        eyes = (ADMINISTRATOR if isinstance(value, Audience) else value for value in values)
        return await call(*eyes, **named)

    return looking


@leak
def an_object_is_read_by_its_key_alone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(objects, "_GET", select(*OBJECT_COLUMNS).where(ours(objects_table), objects_table.c.key == bindparam("key")))


@leak
def objects_are_read_from_every_company(patch: pytest.MonkeyPatch) -> None:
    any_company = select(*OBJECT_COLUMNS).where(VISIBLE, bindparam("this_workspace", type_=Json).is_not(None))

    def select_objects(audience: Audience) -> tuple[Select[Any], dict[str, Any]]:
        return any_company, audience.binds

    patch.setattr(objects, "select_objects", select_objects)


@leak
def a_link_says_why_where_one_of_its_ends_is_hidden(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(objects, "_links", unaware(objects._links))


@leak
def a_walk_goes_through_what_is_hidden(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(lineage, "_objects", unaware(lineage._objects))


@leak
def a_search_forgets_who_asks(patch: pytest.MonkeyPatch) -> None:
    wanted = search._wanted
    patch.setattr(search, "_wanted", lambda _, *rest: wanted(ADMINISTRATOR, *rest))
    patch.setattr(search, "_objects", unaware(search._objects))


@leak
def values_are_read_by_the_keys_alone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(measures, "_SERIES", measures._STORED)


@leak
def history_tells_everybody_what_was_changed(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(history, "seen", unaware(history.seen))


@leak
def the_past_is_open_to_everybody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(past, "objects_as_of", unaware(past.objects_as_of))


@leak
def a_picture_shows_what_is_near_whoever_looks(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(neighbourhood, "get_many", unaware(objects.get_many))
    patch.setattr(neighbourhood, "_links", unaware(neighbourhood._links))


@leak
def a_guest_counts_as_a_member(patch: pytest.MonkeyPatch) -> None:
    async def everybody(_: Transaction, __: str) -> Audience:
        return EVERYBODY

    patch.setattr(members, "audience_in_the_open", everybody)


@leak
def whoever_left_a_channel_still_reads_it(patch: pytest.MonkeyPatch) -> None:
    all_of_them = literal(["U1ANA", "U2IVO", "U3LEA"], Json).label("members")
    patch.setattr(members, "_PRIVATE", select(channels.c.channel, all_of_them).where(ours(channels), channels.c.is_private))


@leak
def a_channel_shared_with_another_company_is_like_any_other(patch: pytest.MonkeyPatch) -> None:
    one = (ours(channels), channels.c.channel == bindparam("the_channel"))
    patch.setattr(members, "_CHANNEL", select(literal(0)).where(*one))


@leak
def a_channel_of_which_nothing_is_known_counts_as_open(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(members, "_CHANNEL", select(literal(0)).where(bindparam("this_workspace") != bindparam("the_channel")))


@leak
def an_answer_counts_what_it_does_not_show(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(answers.Answer, "count", property(lambda self: len(self.objects) + 1))


@leak
def a_card_names_what_hangs_on_it_whoever_reads(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(bot.letters.cards, "links_of", unaware(objects.links_of))
    patch.setattr(bot.letters.cards, "get_many", unaware(objects.get_many))


@leak
def the_home_shows_what_is_mine_though_its_channel_was_left(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(bot.flows.home.home, "my_bets", unaware(bot.flows.home.bets.my_bets))


@leak
def what_was_said_in_a_private_channel_stands_beside_what_all_can_see(patch: pytest.MonkeyPatch) -> None:
    of_key = (comments_table.c.workspace == objects_table.c.workspace) & (comments_table.c.key == objects_table.c.key)
    wanted = comments_table.c.key.in_(bindparam("keys", expanding=True))
    patch.setattr(
        comments, "_OF", select(*comments.COLUMNS).join(objects_table, of_key).where(ours(comments_table), wanted, VISIBLE)
    )


@leak
def a_thread_tells_what_was_done_to_what_its_readers_do_not_see(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(history, "of_acts", unaware(history.of_acts))
    patch.setattr(bot.letters.stories, "get_many", unaware(objects.get_many))


@leak
def a_proposal_names_what_who_decides_it_may_not_see(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(proposals, "get_many", unaware(objects.get_many))
    patch.setattr(bot.letters.proposals, "get_many", unaware(objects.get_many))


@leak
def a_pitch_names_what_it_is_linked_with_whoever_reads(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(bot.letters.pitches, "links_of", unaware(objects.links_of))
    patch.setattr(bot.letters.pitches, "get_many", unaware(objects.get_many))


@leak
def a_note_goes_on_telling_who_left_the_channel(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(follows, "get_many", unaware(objects.get_many))
    patch.setattr(history, "of_object", unaware(history.of_object))


@leak
def what_waits_for_somebody_is_theirs_whatever_they_may_see(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(mine, "VISIBLE", true())
