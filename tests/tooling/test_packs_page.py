"""The page on packs explains what a pack may say of moves, pitches, forms and messages, with examples that do what it says."""

import re
from pathlib import Path

import pytest

from storage.fields import Field
from storage.kind import Kind
from storage.moves import WHY, Move, Pitch
from storage.packs.pack import read_pack

PAGE = (Path(__file__).parents[2] / "docs" / "packs.md").read_text("utf-8")


def example(word: str) -> dict[str, Kind]:
    """Return the kinds of the pack that is the example with `word` in it."""
    [text] = [each for each in re.findall(r"```yaml\n(  .*?)```", PAGE, re.DOTALL) if f"{word}:" in each]
    return read_pack(f"version: 1\nextends: starter\nkinds:\n{text}").kinds


@pytest.mark.parametrize("said", [Move, Pitch])
def test_everything_that_can_be_said_of_a_move_and_a_pitch_is_explained(said: type[Move] | type[Pitch]) -> None:
    assert [name for name in said.model_fields if not re.search(rf"`{name}\b", PAGE)] == []


def test_the_example_of_a_move_is_a_button_of_its_own() -> None:
    bet = example("moves")["bet"]
    hold = bet.moves_from("running")["hold"]
    assert (hold.label, hold.to, hold.asks) == ("Put on hold…", ("on hold",), WHY)
    assert bet.moves_from("on hold")["again"].to == ("running",)
    assert "again" in bet.moves_from("won")


def test_the_example_of_a_pitch_leads_somewhere_from_where_it_opens() -> None:
    opportunity = example("pitch")["opportunity"]
    pitch = opportunity.pitch
    assert pitch is not None
    assert all(opportunity.may_follow(status, pitch.opens) for status in pitch.start)
    assert all(opportunity.may_follow(pitch.opens, end) for end in (pitch.places, pitch.declines, pitch.reshapes))


def test_the_example_of_a_form_is_ordered_and_worded_by_a_choice() -> None:
    fields: dict[str, Field] = example("worded")["bet"].fields
    learners, measured_by = fields["learners"], fields["measured_by"]
    assert learners.section == fields["confidence"].section
    assert (learners.fits({"kind": "exploratory"}), learners.fits({"kind": "delivery"})) == (True, False)
    assert measured_by.label_beside({"kind": "exploratory"}) == "Who listens?"
    assert measured_by.label_beside({"kind": "delivery"}) == "Who measures it?"


def test_the_example_of_messages_makes_a_kind_of_what_people_say() -> None:
    question = example("from_message")["question"]
    assert (question.from_message, question.reaction) == (True, "question")
