"""Cells and columns: how they are understood, and what is asked instead of guessed."""

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.fields import Field, FieldType, read_number
from storage.packs.pack import starter
from storage.sheets.cells import Cells, Habits, has_comma_decimal, items, listed, number_text
from storage.sheets.columns import BadColumn, Meaning, explained, meanings, refuse_unknown, understand
from storage.sheets.dates import Order, Unclear, order_of, read_day
from storage.text import storable_line

KINDS = starter()
LINES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).map(storable_line).filter(bool)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-30", date(2026, 11, 30)),
        ("2026-11-30T09:00:00Z", date(2026, 11, 30)),
        ("2026-11-30 09:00", date(2026, 11, 30)),
        ("2026/1/5", date(2026, 1, 5)),
        ("30.11.2026", date(2026, 11, 30)),
        ("5.1.26", date(2026, 1, 5)),
        ("30/11/2026", date(2026, 11, 30)),
        ("11/30/2026 9:14 AM", date(2026, 11, 30)),
        ("05/05/2026", date(2026, 5, 5)),
        ("November 30, 2026", date(2026, 11, 30)),
        ("Nov 3, 2026 4:30 PM", date(2026, 11, 3)),
        ("30 Nov 2026", date(2026, 11, 30)),
        ("30/Nov/26 9:14 AM", date(2026, 11, 30)),
        ("3rd September 2026", date(2026, 9, 3)),
    ],
)
def test_days_are_read_as_tools_write_them(text: str, day: date) -> None:
    assert read_day(text, None) == day


@pytest.mark.parametrize("text", ["30.02.2026", "2026-13-01", "13/13/2026", "soon", "Q4 2026", "", "3/4", "99 Foo 2026"])
def test_what_is_no_day_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"(should be a date|is no day)") as refused:
        read_day(text, None)
    assert not isinstance(refused.value, Unclear)


@pytest.mark.parametrize(("order", "month"), [("day-first", 4), ("month-first", 3)])
def test_day_and_month_are_asked_for_where_both_make_sense(order: Order, month: int) -> None:
    with pytest.raises(Unclear):
        read_day("03/04/2026", None)
    assert read_day("03/04/2026", order).month == month


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        (["03/04/2026", "13/04/2026"], "day-first"),
        (["03/04/2026", "04/13/2026", ""], "month-first"),
        (["03/04/2026"], None),
        (["13/04/2026", "04/13/2026"], None),
        (["2026-04-13"], None),
    ],
)
def test_one_clear_cell_tells_the_order_of_its_column(cells: list[str], order: Order | None) -> None:
    assert order_of(cells) == order


@pytest.mark.parametrize(
    ("cells", "delimiter", "numbers"),
    [
        (["43,5", "1.200", "1.234.567,5"], ",", [43.5, 1200, 1234567.5]),
        (["1.200"], ";", [1200]),
        (["1.200", "43.5"], ";", [1.2, 43.5]),
        (["1.200"], ",", [1.2]),
        (["1,200", "43.5"], ",", [1200, 43.5]),
        (["1 200", "43 %", "−5", "1'200", "0,125"], ";", [1200, 43, -5, 1200, 0.125]),
    ],
)
def test_numbers_are_read_as_their_column_writes_them(cells: list[str], delimiter: str, numbers: list[float]) -> None:
    habits = Habits(comma_decimal=has_comma_decimal(cells, delimiter))
    assert [read_number(number_text(cell, habits)) for cell in cells] == numbers


def meaning(of: FieldType, *choices: str, part: str = "field") -> Meaning:
    return Meaning(part, "Field", Field(label="Field", type=of, choices=choices))  # type: ignore[arg-type]  # a test's shorthand


@pytest.mark.parametrize(
    ("wanted", "cell", "value"),
    [
        (meaning("choice", "running", "won"), "Runing", "running"),
        (meaning("flag"), "TRUE", True),
        (meaning("person"), "<@U01ANA>", "U01ANA"),
        (meaning("person"), "<@U01ANA|ana>", "U01ANA"),
        (meaning("person"), "Ana Berger (U01ANA)", "U01ANA"),
        (meaning("person"), "@ana", "U01ANA"),
        (meaning("people"), "Ana, U02IVO", ["U01ANA", "U02IVO"]),
        (meaning("percent"), "43,5 %", 43.5),
        (meaning("line", part="tags"), "a, b", ("a", "b")),
        (meaning("line", part="team"), "growth", "Growth"),
        (meaning("line", part="team"), "Grwoth", "Growth"),
        (meaning("line", part="team"), "Payments", "Payments"),
        (meaning("date", part="created"), "2026-03-02", datetime(2026, 3, 2, tzinfo=UTC)),
        (meaning("date", part="created"), "2026-03-02T10:00:00+01:00", datetime(2026, 3, 2, 9, tzinfo=UTC)),
    ],
)
def test_cells_are_read_into_what_is_stored(wanted: Meaning, cell: str, value: object) -> None:
    assert Cells.of({"U01ANA": "Ana"}, ["Growth"]).read(wanted, cell, Habits()) == value


@pytest.mark.parametrize(
    ("wanted", "cell", "said"),
    [
        (meaning("choice", "running", "won"), "blocked", "should be one of: running, won."),
        (
            meaning("person"),
            "Bob",
            "is nobody whom I know. Please write a Slack user id, such as U01ANA, or leave the column out with --map.",
        ),
        (meaning("person"), "Zoe", "may be any of U03ZOE, U04ZOE. Please write the Slack user id."),
        (meaning("percent"), "430", "should be between 0 and 100."),
        (meaning("line"), "a\0b", "has a character that can't be shown (U+0000). Please take it out."),
        (meaning("line", part="channel"), "#growth", "should be a channel's id, such as C01GROWTH."),
    ],
)
def test_what_can_not_be_read_is_said(wanted: Meaning, cell: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}$"):
        Cells.of({"U03ZOE": "Zoé", "U04ZOE": "zoe"}, []).read(wanted, cell, Habits())


def test_what_was_taken_for_what_is_told() -> None:
    cells = Cells()
    cells.read(meaning("choice", "running", "won"), "Runing", Habits())
    cells.read(meaning("choice", "running", "won"), "Running", Habits())
    assert cells.guessed == ["Field: I take “Runing” for running."]


@given(st.lists(LINES, unique=True))
def test_a_list_is_read_as_it_was_written(parts: list[str]) -> None:
    assert items(listed(parts), commas=True) == parts


def understood(headers: list[str], kind: str = "bet", **by_hand: str) -> dict[str, tuple[str | None, str]]:
    columns = understand(headers, meanings(KINDS, KINDS.kind(kind)), by_hand)
    return {each.header: (each.meaning.label if each.meaning else None, each.why) for each in columns}


def test_columns_are_known_by_label_name_words_of_the_link_and_likeness() -> None:
    assert understood(
        [
            "Titel",
            "hypothesis",
            "Owner (Slack)",
            "Confidence [%]",
            "What should it move?",
            "targets",
            "Informed by",
            "Sprint",
            "KEY",
        ]
    ) == {
        "Titel": ("Title", "a guess"),
        "hypothesis": ("We believe that… because…", "by name"),
        "Owner (Slack)": ("Owner", "by name"),
        "Confidence [%]": ("Confidence", "by name"),
        "What should it move?": ("targets", "by name"),
        "targets": ("targets", "by name"),
        "Informed by": ("is informed by", "a guess"),
        "Sprint": (None, "unknown"),
        "KEY": ("Key", "by name"),
    }


def test_a_second_column_of_the_same_meaning_is_left_out_unless_there_may_be_many() -> None:
    assert understood(["Summary", "Title", "Labels", "Labels (2)"]) == {
        "Title": ("Title", "by name"),
        "Summary": (None, "there already"),
        "Labels": ("Tags", "by name"),
        "Labels (2)": ("Tags", "by name"),
    }


def test_what_a_person_says_of_a_column_goes_first() -> None:
    assert understood(["Summary", "Title"], summary="description", title="") == {
        "Summary": ("Description", "by hand"),
        "Title": (None, "left out"),
    }


def test_a_field_of_the_kind_is_meant_before_what_other_tools_call_so() -> None:
    assert understood(["Source", "Kind"], "insight") == {"Source": ("Where from?", "by name"), "Kind": ("Kind", "by name")}
    assert understood(["Source"], "bet") == {"Source": ("Source link", "by name")}


@pytest.mark.parametrize("kind", list(KINDS.kinds))
def test_every_header_of_an_export_is_understood_as_what_it_was(kind: str) -> None:
    known = meanings(KINDS, KINDS.kind(kind))
    assert [column.meaning for column in understand([each.label for each in known], known, {})] == known


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["Title"], '"Title" should be "Column=field", or "Column=" to leave the column out.'),
        (["Nmae=title"], 'There is no column "Nmae". There are: Name, Size.'),
        (["Name=titel"], 'There is no field "titel". There are: Key, Title, '),
    ],
)
def test_what_is_said_of_a_column_that_is_not_there_is_refused(words: list[str], said: str) -> None:
    with pytest.raises(BadColumn) as refused:
        refuse_unknown(explained(["Name", "Size"], words), meanings(KINDS, KINDS.kind("bet")))
    assert str(refused.value).startswith(said)
