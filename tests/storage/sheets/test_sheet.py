"""Reading and writing tables: every dress in which a spreadsheet sends them, and nothing that a spreadsheet would calculate."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from storage.sheets.sheet import (
    COLUMN_LIMIT,
    ROW_LIMIT,
    SIZE_LIMIT,
    NotASheet,
    column_name,
    harmless,
    plain,
    read_sheet,
    written,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
CALCULATED = tuple("=+-@＝＋－＠")


def cells(data: bytes, **options: bool) -> list[tuple[str, ...]]:
    sheet = read_sheet(data, **options)
    return [sheet.headers, *(row.cells for row in sheet.rows)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_encoding_delimiter_and_line_end_is_known(encoding: str, delimiter: str, newline: str) -> None:
    text = newline.join([f"Title{delimiter}Größe", f'"A{delimiter} ""b"""{delimiter}3', f'"two{newline}lines"{delimiter}4'])
    line_end = newline if newline != "\r" else "\r"
    assert cells(text.encode(encoding)) == [
        ("Title", "Größe"),
        (f'A{delimiter} "b"', "3"),
        (f"two{line_end}lines", "4"),
    ]


def test_windows_1252_is_the_last_resort_and_said() -> None:
    sheet = read_sheet("Title;Größe\nÄrger – “so”;3".encode("cp1252"))
    assert sheet.rows[0].cells == ("Ärger – “so”", "3")
    assert sheet.notes == (
        "This is not UTF-8, so I read it as Windows-1252. Should letters look wrong, save it as CSV (UTF-8).",
    )


def test_a_line_for_excel_names_the_delimiter_and_is_no_row() -> None:
    sheet = read_sheet(b"sep=|\r\nTitle|Size\r\nA, b; c|3\r\n")
    assert (sheet.headers, sheet.rows[0].number, sheet.rows[0].cells) == (("Title", "Size"), 2, ("A, b; c", "3"))


def test_blank_rows_and_empty_columns_go_and_rows_keep_their_numbers() -> None:
    sheet = read_sheet(b"\n,,,\nTitle,Size,,\n\nA,1,,\n,,,\nB,,,\n")
    assert sheet.headers == ("Title", "Size")
    assert [(row.number, row.cells) for row in sheet.rows] == [(5, ("A", "1")), (7, ("B", ""))]


def test_columns_that_have_one_name_or_none_are_told_apart() -> None:
    assert cells(b"Label,,label,Label\na,b,c,d") == [("Label", "Column B", "label (2)", "Label (3)"), ("a", "b", "c", "d")]


def test_a_row_with_more_cells_than_columns_is_kept_apart() -> None:
    sheet = read_sheet(b"Title,Size\nA,1\nB,2,3\n")
    assert [row.number for row in sheet.rows] == [2]
    assert [(row.number, row.cells) for row in sheet.ragged] == [(3, ("B", "2", "3"))]


def test_one_column_needs_no_delimiter() -> None:
    assert cells(b"Title\nA\nB; c") == [("Title",), ("A",), ("B; c",)]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "The file is empty."),
        (b"\n ,\n", "The file is empty."),
        (b"PK\x03\x04....", "This is a workbook, not a table."),
        (b'{"version": 1}', "This is a graph file, not a table."),
        (b'Title,Size\nA,"1\nB,2\n', "Row 2 can't be read: a quotation mark is not closed"),
        (b'Title,Size\nA,"1" and\n', "Row 2 can't be read: a quotation mark is not closed, or stands alone."),
        (b"Title,Size\nA," + b"x" * 140_000, "Row 2 can't be read: a cell is longer than 131,072 characters"),
        (b"\x81\x8d\x8f", "I can't tell in which characters this is written."),
        (b"T\n" + b"a\n" * (ROW_LIMIT + 1), f"It has more than {ROW_LIMIT:,} rows."),
        (b",".join([b"c"] * (COLUMN_LIMIT + 1)) + b"\na", f"It has {COLUMN_LIMIT + 1} columns;"),
        (b"T" * (SIZE_LIMIT + 1), "The file is larger than I read in one go (20 MB)."),
    ],
)
def test_what_is_no_table_is_told_in_a_sentence(data: bytes, said: str) -> None:
    with pytest.raises(NotASheet) as refused:
        read_sheet(data)
    assert str(refused.value).startswith(said)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        sheet = read_sheet(data)
    except NotASheet:
        return
    assert all(len(row.cells) == len(sheet.headers) for row in sheet.rows)
    assert len({header.casefold() for header in sheet.headers}) == len(sheet.headers)


@given(TEXTS)
@example("=1+1")
@example("'=1+1")
@example("''=")
@example("\t=cmd|' /C calc'!A0")
@example("-5")
@example("'-5")
@example(' "＝HYPERLINK("x")')
def test_no_cell_is_calculated_and_each_is_read_as_it_was(text: str) -> None:
    cell = harmless(text)
    assert plain(cell) == text
    bare = cell.lstrip(" \t\r\n\u00a0\u200b\ufeff")
    if bare.startswith(CALCULATED):  # only a plain number may begin so
        assert float(bare) <= 0


@pytest.mark.parametrize("number", ["-5", "-0", "-43.5", "-999999999999999", "-0.001"])
def test_a_negative_number_stays_a_number(number: str) -> None:
    assert harmless(number) == number


@pytest.mark.parametrize(
    "text", ["-5+1", "-5.0", "-05", "+5", "+49 170", "-", "-1e5", "-A1", "--5", "@SUM(A1)", "\t5", "\r=1", "＋1"]
)
def test_what_a_spreadsheet_would_calculate_or_change_is_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@given(st.lists(st.lists(TEXTS, min_size=3, max_size=3).filter(lambda row: any(map(str.strip, row))), min_size=1, max_size=5))
def test_what_is_written_is_read_again(rows: list[list[str]]) -> None:
    text = written(["A", "B", "C"], rows)
    assert text.startswith("\ufeffA,B,C\r\n")
    assert [list(row.cells) for row in read_sheet(text.encode()).rows] == rows
    assert all(len(row) == 3 for row in csv.reader(io.StringIO(text, newline="")))


def test_columns_are_called_as_in_a_spreadsheet() -> None:
    assert [column_name(at) for at in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]
