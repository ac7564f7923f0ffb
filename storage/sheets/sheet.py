"""A spreadsheet's export as it stands on disk, CSV or TSV in any dress: its header and its rows. No kinds, no database."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

SIZE_LIMIT = 20_000_000  # bytes
ROW_LIMIT, COLUMN_LIMIT = 50_000, 200
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_LOOKED_AT = 50  # rows by which the delimiter is known

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SEP_LINE = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)  # Excel's own line for the delimiter
_WORKBOOKS = {b"PK\x03\x04": "workbook", b"\xd0\xcf\x11\xe0": "workbook", b"%PDF": "PDF", b"{": "graph file"}

# What a spreadsheet takes for a formula, after the marks and white space that it skips; East Asian ones take full-width signs.
# https://owasp.org/www-community/attacks/CSV_Injection
_SKIPPED = "['\"\\s\u200b-\u200f\u2060\ufeff]*"
_FORMULA = re.compile(rf"{_SKIPPED}[=+\-@＝＋－＠]|['\"]*[\t\r\n]")
_PLAIN_NUMBER = re.compile(r"-(0|[1-9]\d{0,14})(\.\d{0,9}[1-9])?")  # it calculates nothing, and a spreadsheet keeps it as it is


class NotASheet(Exception):
    """The bytes cannot be read as a table; the message says why, and what to do."""


@dataclass(frozen=True)
class Row:
    """One row. `number`: the one that a spreadsheet shows beside it. `cells`: as many as there are headers."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Sheet:
    """What a file holds. Headers differ from one another. `ragged`: rows that have more cells than there are headers.

    `notes`: what a person should know of how it was read.
    """

    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    ragged: tuple[Row, ...] = ()
    delimiter: str = ","
    notes: tuple[str, ...] = ()


def read_sheet(data: bytes, *, tabs: bool = False) -> Sheet:
    """Return what the bytes `data` of a CSV or (`tabs`) TSV file hold; raise NotASheet."""
    text, notes = _decoded(data)
    named = _SEP_LINE.match(text)
    text = text[named.end() :] if named else text
    delimiter = "\t" if tabs else named[1] if named else _delimiter(text)
    records = [(number, cells) for number, cells in enumerate(_records(text, delimiter), start=1) if any(map(str.strip, cells))]
    if not records:
        raise NotASheet("The file is empty. Its first row should name the columns, such as Title, Status, Owner.")
    width = max(_width(cells) for _, cells in records)
    header = records[0][1]
    if _width(header) > COLUMN_LIMIT:
        raise NotASheet(f"It has {_width(header)} columns; I read {COLUMN_LIMIT}. Please leave out those that matter least.")
    named_columns = _named(header, min(width, COLUMN_LIMIT), [cells for _, cells in records[1:]])
    rows = [Row(number, tuple(cells)) for number, cells in records[1:]]
    widest = max(named_columns, default=-1) + 1
    ragged = tuple(row for row in rows if _width(row.cells) > widest)
    fitting = tuple(_fitted(row, named_columns) for row in rows if _width(row.cells) <= widest)
    return Sheet(tuple(named_columns.values()), fitting, ragged, delimiter, notes)


def _fitted(row: Row, columns: Iterable[int]) -> Row:
    return Row(row.number, tuple(row.cells[at] if at < len(row.cells) else "" for at in columns))


def written(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return the text of a CSV file that any spreadsheet opens well: with a byte order mark, and lines that end in CRLF.

    A text that a spreadsheet would take for a formula gets an apostrophe before it, which `plain` takes away.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    for cells in (headers, *rows):
        writer.writerow([harmless(cell) for cell in cells])
    return "\ufeff" + out.getvalue()


def harmless(cell: str) -> str:
    """Return `cell` so that no spreadsheet calculates it; -5 stays a number."""
    return f"'{cell}" if _FORMULA.match(cell) and not _PLAIN_NUMBER.fullmatch(cell) else cell


def plain(cell: str) -> str:
    """Return the cell of which `harmless` made `cell`."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell


def column_name(position: int) -> str:
    """Return what a spreadsheet calls the column at `position`, counted from 0: A to Z, then AA."""
    above, letter = divmod(position, 26)
    return (column_name(above - 1) if above else "") + chr(ord("A") + letter)


def _decoded(data: bytes) -> tuple[str, tuple[str, ...]]:
    if len(data) > SIZE_LIMIT:
        raise NotASheet(f"The file is larger than I read in one go ({SIZE_LIMIT // 1_000_000} MB). Please split it.")
    for beginning, what in _WORKBOOKS.items():
        if data.startswith(beginning):
            raise NotASheet(
                f"This is a {what}, not a table. In your spreadsheet choose “Save as” or “Download”, then CSV (UTF-8)."
            )
    encoding = next((name for mark, name in _BOMS if data.startswith(mark)), None) or _unmarked(data)
    try:
        return data.decode(encoding), ()
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        raise NotASheet("I can't tell in which characters this is written. Please save it as CSV (UTF-8).") from None
    return text, ("This is not UTF-8, so I read it as Windows-1252. Should letters look wrong, save it as CSV (UTF-8).",)


def _unmarked(data: bytes) -> str:
    """Tell UTF-16 without a mark by its zeros, of which text in UTF-8 has none."""
    start = data[:1_000]
    if start.count(0) > len(start) // 4:
        return "utf-16-be" if start[:1] == b"\0" else "utf-16-le"
    return "utf-8"


def _delimiter(text: str) -> str:
    """Return the delimiter with which most rows are as wide as the header, and the header widest."""

    def fit(delimiter: str) -> tuple[float, int]:
        widths = [_width(cells) for cells in _first(text, delimiter)]
        if not widths or widths[0] < 2:
            return 0.0, 0
        return sum(1 < width <= widths[0] for width in widths) / len(widths), widths[0]

    return max(DELIMITERS, key=fit)


def _first(text: str, delimiter: str) -> list[list[str]]:
    found: list[list[str]] = []
    try:
        for record in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            found += [record] if any(map(str.strip, record)) else []
            if len(found) == _LOOKED_AT:
                break
    except csv.Error:
        return []
    return found


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, record in enumerate(reader, start=1):
            if number > ROW_LIMIT + 1:
                raise NotASheet(f"It has more than {ROW_LIMIT:,} rows. Please split it.")
            yield [plain(cell) for cell in record]
    except csv.Error as error:
        raise NotASheet(f"Row {number + 1} can't be read: {_reason(str(error))}") from None


def _reason(error: str) -> str:
    if "limit" in error:
        return f"a cell is longer than {csv.field_size_limit():,} characters, or its quotation mark is never closed."
    return "a quotation mark is not closed, or stands alone. Inside a quoted cell it is written twice."


def _width(cells: Sequence[str]) -> int:
    """Return how many cells there are without the empty ones at the end."""
    return next((at for at in range(len(cells), 0, -1) if cells[at - 1].strip()), 0)


def _named(header: Sequence[str], width: int, rows: Sequence[Sequence[str]]) -> dict[int, str]:
    """Return each column's name by its position: a second one of a name is numbered, one without is "Column D"."""
    names: dict[int, str] = {}
    for at in range(min(width, len(header))):
        name = " ".join(header[at].split())
        if not name and any(at < len(cells) and cells[at].strip() for cells in rows):
            name = f"Column {column_name(at)}"
        if name:
            names[at] = _free(name, names.values())
    return names


def _free(name: str, taken: Iterable[str]) -> str:
    others = {other.casefold() for other in taken}
    tries = (name, *(f"{name} ({number})" for number in range(2, COLUMN_LIMIT + 2)))
    return next(each for each in tries if each.casefold() not in others)
