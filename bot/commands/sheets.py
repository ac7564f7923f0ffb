"""What `import` and `export` do with files that are no graph files: tables of a spreadsheet, pictures of a neighbourhood."""

import sys
from dataclasses import dataclass
from pathlib import Path

from bot.commands.offline import audience_for, write
from bot.commands.opening import workplace
from bot.commands.output import STANDARD
from bot.settings import Settings
from storage.audience import ADMINISTRATOR
from storage.changes import item_of, state_of
from storage.database import Transaction
from storage.kinds import Kinds
from storage.past.undo import last_act
from storage.pictures import graphml, mermaid
from storage.pictures.neighbourhood import neighbourhood
from storage.sheets.out import export_sheet
from storage.sheets.plan import IMPORT, SheetPlan, plan_sheet, store_sheet
from storage.sheets.rows import Options, kind_called
from storage.sheets.sheet import SIZE_LIMIT, Row, Sheet, read_sheet, written
from storage.sheets.values import ValuesPlan, plan_values, store_values
from storage.workspaces import kinds_of

TABLES = (".csv", ".tsv")
PICTURES = (".graphml", ".mmd")
GRAPH_FILES = ("", ".json")
_WORKBOOKS = (".xlsx", ".xls", ".xlsm", ".ods", ".numbers")

Plan = SheetPlan | ValuesPlan


class UnknownForm(Exception):
    """The file's name, or what was asked for, fits no form that I read or write; the message says which there are."""


class ChangedMeanwhile(Exception):
    """Somebody changed something while you were looking, so this would no longer do what I showed. Please look again."""


@dataclass(frozen=True)
class Wanted:
    """A table to take in. `values`: it tells of measured values. `user`: in whose name, who sees what they may."""

    file: Path
    options: Options
    values: bool = False
    user: str | None = None
    workspace: str | None = None


@dataclass(frozen=True)
class Looked:
    """What a table would do, and the kinds in whose words to say it."""

    kinds: Kinds
    sheet: Sheet
    plan: Plan


def is_table(wanted: Wanted) -> bool:
    """Tell whether the file is to be read as a table; raise UnknownForm for a workbook, and for what fits no table."""
    file, options = wanted.file, wanted.options
    if file.suffix.lower() in _WORKBOOKS:
        raise UnknownForm("I don't read workbooks. In your spreadsheet choose “Save as” or “Download”, then CSV (UTF-8).")
    is_one = file.suffix.lower() in TABLES or (file == STANDARD and (wanted.values or options.kind is not None))
    if not is_one and (wanted.values or wanted.user is not None or options != Options()):
        raise UnknownForm("--kind, --map, --dates, --values and --as are for tables: FILE.csv or FILE.tsv.")
    return is_one


async def look(settings: Settings, wanted: Wanted) -> Looked:
    """Return what the table would do; nothing is stored. Raise NotASheet, UnknownKind, BadColumn, NoValues or OSError."""
    sheet = read_sheet(_bytes(wanted.file), tabs=wanted.file.suffix.lower() == ".tsv")
    async with workplace(settings, wanted.workspace) as (database, the_id), database.reading(the_id) as tx:
        kinds = await kinds_of(tx)
        return Looked(kinds, sheet, await _plan(tx, kinds, sheet, wanted, lock=False))


async def store(settings: Settings, wanted: Wanted, looked: Looked) -> str:
    """Store what was `looked` at, as one act; return its id. Raise ChangedMeanwhile where it would do something else by now."""
    async with workplace(settings, wanted.workspace) as (database, the_id), database.writing(the_id) as tx:
        kinds = await kinds_of(tx)
        plan = await _plan(tx, kinds, looked.sheet, wanted, lock=True)
        if _told(plan) != _told(looked.plan):
            raise ChangedMeanwhile(ChangedMeanwhile.__doc__)
        author = wanted.user or IMPORT
        if isinstance(plan, ValuesPlan):
            await store_values(tx, kinds, plan, author)
        else:
            await store_sheet(tx, kinds, plan, author)
        done = await last_act(tx, author, ADMINISTRATOR)
        return done.act if done else ""


async def _plan(tx: Transaction, kinds: Kinds, sheet: Sheet, wanted: Wanted, *, lock: bool) -> Plan:
    make = plan_values if wanted.values else plan_sheet
    audience = await audience_for(tx, wanted.user, None)
    return await make(tx, kinds, sheet, wanted.options, audience, wanted.user or IMPORT, lock=lock)


def _told(plan: Plan) -> list[object]:
    """Return what a plan would do, apart from the moment at which it does so."""
    changes = [
        (
            change.before,
            item_of(change.thing),
            {name: value for name, value in state_of(change.thing).items() if name != "created_at"},
        )
        for change in plan.changes
    ]
    return [changes, sorted(row.number for row in plan.refused), plan.questions]


def write_refused(wanted: Wanted, looked: Looked) -> Path | None:
    """Write the rows that are not taken beside the file, each with what is wrong, to be repaired; return where, or None."""
    refused = looked.plan.refused
    if not refused:
        return None
    path = _free_name(wanted.file if wanted.file != STANDARD else Path("import.csv"))
    headers = [*looked.sheet.headers, "Why it was refused"]
    rows = sorted(refused, key=lambda row: row.number)
    write(path, written(headers, ([*_filled(row, len(headers) - 1), " ".join(refused[row])] for row in rows)))
    return path


def _filled(row: Row, width: int) -> list[str]:
    return [*row.cells, *[""] * (width - len(row.cells))]


def _free_name(file: Path) -> Path:
    names = (file.with_suffix(f".refused{number}.csv") for number in ("", *(f"-{number}" for number in range(2, 10_000))))
    return next(name for name in names if not name.exists())


def _bytes(file: Path) -> bytes:
    if file == STANDARD:
        return sys.stdin.buffer.read(SIZE_LIMIT + 1)
    with file.open("rb") as opened:
        return opened.read(SIZE_LIMIT + 1)


@dataclass(frozen=True)
class View:
    """What an export shows and to whom: a `kind` as a table, or what lies within `steps` `around` an object."""

    kind: str | None = None
    around: str | None = None
    steps: int = 2
    user: str | None = None
    channel: str | None = None
    workspace: str | None = None


def is_view(file: Path, view: View, *, history: bool) -> bool:
    """Tell whether a `view` is to be written to `file`, and not the whole graph; raise UnknownForm where they do not fit."""
    form = file.suffix.lower()
    if form in TABLES or (file == STANDARD and view.kind):
        _refuse(form == ".tsv", "I write tables as FILE.csv.")
        _refuse(not view.kind, "Of which kind? A table has one: --kind bet, say.")
        _refuse(view.around is not None or history, "A table has one kind, and neither --around nor --history.")
        return True
    if form in PICTURES or (file == STANDARD and view.around):
        _refuse(not view.around, "Around what? Say it with --around KEY.")
        _refuse(view.kind is not None or history, "A picture has neither --kind nor --history.")
        return True
    is_special = file.exists() and not file.is_file()  # a pipe, a device
    _refuse(
        file != STANDARD and form not in GRAPH_FILES and not is_special,
        f"I don't know the ending {form}. I write the whole graph to FILE.json, a kind to FILE.csv (--kind), "
        "and what lies around an object to FILE.graphml or FILE.mmd (--around).",
    )
    _refuse(
        view != View(workspace=view.workspace),
        "The whole graph has no options but --history; a kind goes to FILE.csv, "
        "what lies around an object to FILE.graphml or FILE.mmd.",
    )
    return False


def _refuse(is_wrong: bool, sentence: str) -> None:
    if is_wrong:
        raise UnknownForm(sentence)


async def view_text(settings: Settings, file: Path, view: View) -> tuple[str, str]:
    """Return the text of a `view` in the form that the name of `file` asks for, and a sentence for the person, or none.

    Raise UnknownKind, or NotFound where there is no such object for these readers.
    """
    async with workplace(settings, view.workspace) as (database, the_id), database.reading(the_id) as tx:
        kinds = await kinds_of(tx)
        audience = await audience_for(tx, view.user, view.channel)
        if view.kind is not None:
            text, remarks = await export_sheet(tx, kinds, kind_called(kinds, view.kind), audience)
            return text, "\n".join(remarks)
        form = graphml if file.suffix.lower() == ".graphml" else mermaid
        most = {"objects_at_most": form.OBJECTS_AT_MOST, "links_at_most": form.LINKS_AT_MOST}
        near = await neighbourhood(tx, view.around or "", audience, steps=view.steps, **most)
        shown = f"{len(near.objects):,} objects and {len(near.links):,} links"
        cut = f"There is more: these are the nearest {shown}. With fewer --steps it is whole." if near.is_cut else ""
        return form.drawn(kinds, near), cut
