"""The commands. Each translates what was typed into one call, and what comes of it into words and an exit code."""

import asyncio
import json
import logging
import re
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import fields
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any, NoReturn, TypeVar

import structlog
import typer
from rich.console import Console
from sqlalchemy.exc import DBAPIError
from typer.main import get_command

from bot import __version__
from bot.commands import offline
from bot.commands.graph_files import export_file, import_file, read_file
from bot.commands.opening import ClockIsGone, NeedsMigration
from bot.commands.past_command import (
    NotThere,
    WrongOrder,
    lines_as_of,
    lines_of_acts,
    lines_of_difference,
    lines_of_history,
    moment,
    take_back,
)
from bot.commands.progress import progress
from bot.commands.sheet_command import take_in
from bot.commands.sheets import ChangedMeanwhile, UnknownForm, View, Wanted, is_table, is_view, view_text
from bot.commands.value_command import put_value, take_value_away, values_of
from bot.logs import start_logging, without_secrets
from bot.settings import BadSettings, Settings, missing_for_run, missing_for_web, missing_for_worker, read_settings
from storage.backup import BackupRefused
from storage.by_hand import Typed
from storage.database import BadDatabaseUrl
from storage.errors import NotFound, Refused
from storage.files.importing import Imported
from storage.files.strict_json import NotJson
from storage.lock import AlreadyInUse
from storage.migrate import NewerSchema, NotOurs, UnsafeMigration
from storage.packs.pack import PackError
from storage.pictures.neighbourhood import MOST_STEPS
from storage.sheets.columns import BadColumn
from storage.sheets.dates import Order
from storage.sheets.rows import Options, UnknownKind
from storage.sheets.sheet import NotASheet
from storage.sheets.values import NoValues
from storage.workspaces import WhichWorkspace

REFUSED, BAD_USE, NOT_UNDERSTOOD, STOPPED = 1, 2, 3, 130
SLACK, GRAPH, CARE = "Slack", "The graph", "Set-up and care"

# What may go wrong in a command, and the exit code for it. The message of each is a sentence for people.
_REFUSALS = (
    Refused,
    PackError,
    offline.PackRefused,
    NeedsMigration,
    NewerSchema,
    NotOurs,
    UnsafeMigration,
    AlreadyInUse,
    ChangedMeanwhile,
)
_BAD_USES = (
    *(BadSettings, BadDatabaseUrl, WhichWorkspace, NotFound, NotJson, BackupRefused),
    *(ClockIsGone, offline.NoDatabaseYet),
    *(NotThere, WrongOrder, UnknownForm, NotASheet, UnknownKind, BadColumn, NoValues),
)

T = TypeVar("T")
app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,  # they would show the values of variables, tokens among them
    help="Throughline keeps the product operating model alive where your team already talks: in Slack.",
    epilog="Exit codes: 0 done · 1 refused, nothing was changed · 2 used wrongly. Settings come from the environment.",
)
packs = typer.Typer(no_args_is_help=True, help="Kinds, relations and rituals of your own.")
app.add_typer(packs, name="pack", rich_help_panel=GRAPH)


def _shaped(pattern: str, example: str) -> Callable[[str | None], str | None]:
    def check(value: str | None) -> str | None:
        if value is not None and not re.fullmatch(pattern, value):
            raise typer.BadParameter(f'"{value}" is no id; it should be like {example}.')
        return value

    return check


_user, _channel = _shaped("[UW][A-Z0-9]+", "U01ANA"), _shaped("[CDG][A-Z0-9]+", "C01GROWTH")
Workspace = Annotated[str | None, typer.Option("--workspace", metavar="ID", help="Which one, where a database has several.")]
InFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="A graph file (JSON), a table (CSV, TSV), or - for standard input.")
]
OutFile = Annotated[Path, typer.Argument(metavar="FILE", help="Its ending says what is written; - is standard output.")]
PackFile = Annotated[Path, typer.Argument(metavar="FILE", help="A pack (YAML).")]


def main() -> NoReturn:
    """Run the command that was typed and exit with its code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]  # files and terminals have it
    sys.excepthook = _unexpected
    try:
        sys.exit(get_command(app)())  # calling `app` itself would put typer's hook in the place of ours
    except _REFUSALS as refusal:
        _fail(refusal, REFUSED)
    except _BAD_USES as refusal:
        _fail(refusal, BAD_USE)
    except DBAPIError as error:
        _say(f"I can't use the database: {_first_line(error.orig)}. Check DATABASE_URL, and that nothing else blocks it.")
        sys.exit(REFUSED)
    except OSError as error:
        _say(f"{error.filename}: {error.strerror}." if error.filename else f"I can't reach the database: {_first_line(error)}.")
        sys.exit(BAD_USE)


@app.command(rich_help_panel=SLACK)
def run() -> None:
    """Everything in one process: Socket Mode where SLACK_APP_TOKEN is set, else HTTP; the worker too."""
    _live("run", missing_for_run)


@app.command(rich_help_panel=SLACK)
def web() -> None:
    """HTTP only. On PostgreSQL there may be many."""
    _live("web", missing_for_web)


@app.command(rich_help_panel=SLACK)
def worker() -> None:
    """Tick and delivery only. On PostgreSQL there may be many."""
    _live("worker", missing_for_worker)


@app.command(rich_help_panel=SLACK)
def demo(
    reset: Annotated[bool, typer.Option("--reset", help="Start afresh.")] = False,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Where the page is served.")] = None,
) -> None:
    """Try it: a workspace on this computer with a sample organisation, and the bot in it."""
    settings = read_settings()
    start_logging(settings.logging_level if "log_level" in settings.model_fields_set else logging.WARNING)
    from bot.demo.command import PORT, demo  # noqa: PLC0415  # it loads the sandbox, which no other command but `sandbox` knows

    _exit(demo(reset=reset, port=port or PORT))


@app.command(rich_help_panel=SLACK)
def sandbox(
    config: Annotated[Path, typer.Option(help="The workspaces, people and apps in it (YAML).")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where it is served; 0 takes a free one.")] = 8080,
    state: Annotated[Path | None, typer.Option(help="Where everything is kept for the next start.")] = None,
) -> None:
    """The local workspace alone, to try any Slack app on."""
    start_logging(read_settings().logging_level)
    from bot.demo.sandbox import serve  # noqa: PLC0415  # as in demo

    _exit(serve(config, port, state))


@app.command("import", rich_help_panel=GRAPH)
def import_(
    file: InFile,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help="Of a table: what its rows are, such as bet.")] = None,
    columns: Annotated[
        list[str] | None, typer.Option("--map", metavar="COLUMN=FIELD", help='What a column means; "Column=" leaves it out.')
    ] = None,
    dates: Annotated[Order | None, typer.Option(help="How 03/04/2026 is meant, where a table does not say.")] = None,
    values: Annotated[
        bool, typer.Option("--values", help="The table has dated values of inputs, drivers and the like.")
    ] = False,
    user: Annotated[str | None, typer.Option("--as", metavar="USER", callback=_user, help="Who brings a table in.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Store a table without asking.")] = False,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Store the rows that are well; write the others to a file.")
    ] = False,
    workspace: Workspace = None,
) -> None:
    """Take a graph file or a spreadsheet's table in. Updates what is there already, leaves what the file does not name.

    A table is shown first, and nothing is stored until you say so. All that is stored is stored at once, or nothing.
    Exit 1: nothing was stored, and the words say why. Exit 2: it could not be read at all.
    """
    wanted = Wanted(file, Options(kind, tuple(columns or ()), dates), values, user, workspace)
    if is_table(wanted):
        _exit_unless(asyncio.run(take_in(_offline(), wanted, yes=yes, skip_bad=skip_bad, say=_say, ask=_ask)))
        return
    settings = _offline()
    with _stoppable("Nothing was stored."), progress() as step:
        done = asyncio.run(import_file(settings, read_file(file, step), workspace, step))
    _say(_counted(done))


@app.command(rich_help_panel=GRAPH)
def export(
    file: OutFile,
    workspace: Workspace = None,
    history: Annotated[bool, typer.Option("--history", help="With every change: who, when, before, after.")] = False,
    kind: Annotated[str | None, typer.Option(metavar="KIND", help="Write this kind as a table: FILE.csv.")] = None,
    around: Annotated[str | None, typer.Option(metavar="KEY", help="Write what lies around this object.")] = None,
    steps: Annotated[int, typer.Option(min=1, max=MOST_STEPS, help="How far around it.")] = 2,
    user: Annotated[str | None, typer.Option("--as", metavar="USER", callback=_user, help="What this member may see.")] = None,
    channel: Annotated[
        str | None, typer.Option("--in", metavar="CHANNEL", callback=_channel, help="What the readers of this channel may see.")
    ] = None,
) -> None:
    """Write the graph to FILE.json, which `import` takes; or one kind to FILE.csv, or what lies around KEY.

    FILE.graphml is for tools that work on graphs, FILE.mmd (Mermaid) for pages that draw them.
    """
    view = View(kind, around, steps, user, channel, workspace)
    if not is_view(file, view, history=history):
        with _stoppable("Nothing was written."), progress() as step:
            asyncio.run(export_file(_offline(), file, workspace, step, history=history))
        return
    with _busy("Writing the graph…"):
        text, remark = asyncio.run(view_text(_offline(), file, view))
        offline.write(file, text)
    if remark:
        _say(remark)


@app.command(rich_help_panel=GRAPH)
def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="In the words that people use.")],
    about: Annotated[str | None, typer.Option(metavar="KEY", help='What "this" means in it, such as BET-12.')] = None,
    user: Annotated[str | None, typer.Option("--as", metavar="USER", callback=_user, help="Answer for this member.")] = None,
    channel: Annotated[
        str | None, typer.Option("--in", metavar="CHANNEL", callback=_channel, help="Answer for the readers of this channel.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
    workspace: Workspace = None,
) -> None:
    """Ask the graph a question, as in a card's thread. Without --as and --in it is an administrator who asks.

    Exit 0: answered, or nothing was found. Exit 3: not understood.
    """
    words = question.encode(errors="replace").decode()  # bytes that are no UTF-8 arrive as lone surrogates
    reply = asyncio.run(offline.answer(_offline(), words, workspace, about, user, channel))
    typer.echo(json.dumps(reply.json, ensure_ascii=False) if as_json else reply.plain)
    raise typer.Exit(0 if reply.answer.understood else NOT_UNDERSTOOD)


@app.command(rich_help_panel=GRAPH, context_settings={"ignore_unknown_options": True})  # a value may be below zero
def value(
    key: Annotated[str, typer.Argument(metavar="KEY", help="What was measured, such as INP-1.")],
    figure: Annotated[str | None, typer.Argument(metavar="VALUE", help='Such as "43 %", 1.2k or "€ 1 200".')] = None,
    at: Annotated[str | None, typer.Option(metavar="DATE", help="When it was measured, such as 2026-09-14; else now.")] = None,
    note: Annotated[str | None, typer.Option(help="What one should know of it.")] = None,
    source: Annotated[str | None, typer.Option(help="Where it is from: a dashboard, a link.")] = None,
    user: Annotated[str | None, typer.Option("--as", metavar="USER", callback=_user, help="Do it as this member.")] = None,
    is_removed: Annotated[bool, typer.Option("--remove", help="Take the value of that day away.")] = False,
    workspace: Workspace = None,
) -> None:
    """Say what an input, a driver or an outcome measured. With --at, what there is of that day is corrected.

    Without a value: list those that are there, as lines of day, value, source and note, with tabs between.
    """
    if is_removed:
        _say(asyncio.run(take_value_away(_offline(), workspace, user, key, at)))
    elif figure is not None:
        _say(asyncio.run(put_value(_offline(), workspace, user, Typed(key, figure, at, note, source))))
    else:
        for line in asyncio.run(values_of(_offline(), workspace, user, key)):
            typer.echo(line)


@app.command("history", rich_help_panel=GRAPH)
def history_of(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Of what, such as BET-12.")],
    at: Annotated[
        str | None, typer.Option(metavar="MOMENT", help="As it was then, such as 2026-03-01 (its end) or 2026-03-01T09:30Z.")
    ] = None,
    user: Annotated[str | None, typer.Option("--as", metavar="USER", callback=_user, help="What this member may see.")] = None,
    workspace: Workspace = None,
) -> None:
    """Say who changed what of an object, of its links and its values, and why; or how it was at a moment.

    Each change is a line of moment, who, what, why and the act, by which `undo` takes it back, with tabs between.
    """
    if at is None:
        lines = asyncio.run(lines_of_history(_offline(), workspace, user, key))
    else:
        lines = asyncio.run(lines_as_of(_offline(), workspace, user, key, _moment(at, ends=True)))
    typer.echo("\n".join(lines))


@app.command(rich_help_panel=GRAPH)
def diff(
    since: Annotated[str, typer.Argument(metavar="SINCE", help="Such as 2026-03-01 (its beginning) or 2026-03-01T09:30Z.")],
    until: Annotated[str | None, typer.Argument(metavar="UNTIL", help="A day counts as a whole; without one: now.")] = None,
    user: Annotated[str | None, typer.Option("--as", metavar="USER", callback=_user, help="What this member may see.")] = None,
    workspace: Workspace = None,
) -> None:
    """Say what differs in the graph between two moments: + what came, - what went, ~ what changed; then who, and why."""

    async def tell() -> None:
        ends = None if until is None else _moment(until, ends=True)
        is_same = True
        async for line in lines_of_difference(_offline(), workspace, user, _moment(since), ends):
            typer.echo(line)
            is_same = False
        if is_same:
            _say("Nothing differs.")

    asyncio.run(tell())


@app.command(rich_help_panel=GRAPH)
def undo(
    act: Annotated[str | None, typer.Argument(metavar="ACT", help="Its id; without one: list them.")] = None,
    user: Annotated[str | None, typer.Option("--as", metavar="USER", callback=_user, help="Do it as this member.")] = None,
    workspace: Workspace = None,
) -> None:
    """Take back all that was done in one act; that is an act too, so it can be taken back as well.

    What others have changed since is never overwritten: then it is refused (exit 1), with who changed what. Members take back
    what they did themselves; without --as it is an administrator. Without ACT: the last acts, as lines of act, moment, what and
    why.
    """
    if act is None:
        lines = asyncio.run(lines_of_acts(_offline(), workspace, user))
        typer.echo("\n".join(lines)) if lines else _say("There is nothing to take back.")
    else:
        _say(asyncio.run(take_back(_offline(), workspace, user, act)))


@packs.command("check")
def check_pack(file: PackFile, workspace: Workspace = None) -> None:
    """Say what a pack would change, and what of the stored it leaves without a place in the forms.

    Nothing that is stored is ever dropped. Exit 1: it could not be applied.
    """
    found = asyncio.run(offline.check_pack(_offline(), file, workspace))
    for difference in found:
        typer.echo(difference.words)
    if not found:
        _say("It says what is in use already.")
    raise typer.Exit(REFUSED if any(difference.refused for difference in found) else 0)


@packs.command("apply")
def apply_pack(
    file: PackFile,
    workspace: Workspace = None,
    backup: Annotated[Path | None, typer.Option(metavar="FILE", help="Where the copy goes that is made first.")] = None,
) -> None:
    """Use a pack from now on, after a copy of the database. What it drops stays readable while something stored uses it."""
    copy = asyncio.run(offline.apply_pack(_offline(), file, workspace, backup))
    _say(f"Done. The database as it was before is in {copy}." if copy else "It says what is in use already.")


@packs.command("show")
def show_pack(workspace: Workspace = None) -> None:
    """Print the pack in use, whole, as a file that `check` and `apply` take."""
    typer.echo(asyncio.run(offline.pack_text(_offline(), workspace)), nl=False)


@app.command(rich_help_panel=CARE)
def migrate() -> None:
    """Bring the database to the newest schema, or leave it as it was; a SQLite file is copied first."""
    steps = asyncio.run(offline.migrate_database(_offline()))
    _say(f"Done: {', '.join(steps)}." if steps else "The database has the newest schema already.")


@app.command(rich_help_panel=CARE)
def backup(file: Annotated[Path, typer.Argument(metavar="FILE", help="It must not exist yet.")]) -> None:
    """Write a safe copy of the database, while it is in use."""
    with _busy("Copying the database…"):
        asyncio.run(offline.back_up(_offline(), file))
    _say(f"Done: {file}.")


@app.command(rich_help_panel=CARE)
def manifest(
    request_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Your https://…/slack/events, for HTTP instead of Socket Mode.")
    ] = None,
) -> None:
    """Print the Slack app manifest, to paste at api.slack.com/apps → Create New App."""
    from bot.manifest import manifest  # noqa: PLC0415  # it knows every listener, and with them loads as much as `run`

    typer.echo(json.dumps(manifest(request_url), indent=2, ensure_ascii=False))


@app.command(rich_help_panel=CARE)
def doctor() -> None:
    """Check settings, database, token and scopes, and say what to do."""
    from bot.commands.doctor import Finding, examine  # noqa: PLC0415  # it loads as much as `run`

    async def look(settings: Settings) -> list[Finding]:
        return [finding async for finding in examine(settings)]

    found = asyncio.run(look(_offline()))
    for finding in found:
        typer.echo(f"✓ {finding.what}" if finding.is_well else f"✗ {finding.what}: {finding.advice}")
    raise typer.Exit(0 if all(finding.is_well for finding in found) else REFUSED)


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", is_eager=True, help="Print the version.")] = False,
) -> None:
    if version:
        typer.echo(__version__)
        raise typer.Exit


def _offline() -> Settings:
    settings = read_settings()
    start_logging(settings.logging_level, settings.secrets)
    return settings


def _live(way: str, missing: Callable[[Settings], list[str]]) -> NoReturn:
    """Run the bot in one of its three ways until it is told to stop, and exit with its code."""
    settings = _offline()
    lines = missing(settings)
    if lines:
        raise BadSettings(lines)
    # They load Slack's libraries, for which the other commands need not wait.
    from bot import processes  # noqa: PLC0415
    from bot.identity import TokenRefused  # noqa: PLC0415

    ways = {"run": processes.run, "web": processes.web, "worker": processes.worker}
    try:
        _exit(ways[way](settings))
    except TokenRefused as refusal:
        _fail(refusal, REFUSED)


def _moment(text: str, *, ends: bool = False) -> datetime:
    try:
        return moment(text, ends=ends)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _exit_unless(done: bool) -> None:
    if not done:
        raise typer.Exit(REFUSED)


def _ask(question: str) -> bool:
    return typer.confirm(question, err=True)


def _exit(work: Coroutine[Any, Any, int]) -> NoReturn:
    raise typer.Exit(asyncio.run(work))


def _busy(words: str) -> AbstractContextManager[object]:
    """Show a person that work is under way; a program sees nothing."""
    console = Console(stderr=True)
    return console.status(words) if console.is_terminal else nullcontext()


@contextmanager
def _stoppable(words: str) -> Iterator[None]:
    """Let a person stop the work with Ctrl-C, and say in `words` what that means."""
    try:
        yield
    except KeyboardInterrupt:
        _say(f"Stopped. {words}")
        raise typer.Exit(STOPPED) from None


def _counted(done: Imported) -> str:
    names = {"teams": "teams", "objects_added": "new objects", "objects_changed": "changed objects"}
    names |= {"links_added": "new links", "links_changed": "changed links", "values": "values", "comments": "comments"}
    found = [(getattr(done, field.name), names[field.name]) for field in fields(done)]
    counts = [f"{number:,} {name if number > 1 else name.removesuffix('s')}" for number, name in found if number]
    return f"Done: {', '.join(counts)}." if counts else "Everything in it was here already."


def _fail(refusal: Exception, code: int) -> NoReturn:
    if isinstance(refusal, Refused):
        for problem in refusal.problems:
            _say(f"{problem.field}: {problem.sentence}")
        _say("Nothing was stored.")
    else:
        _say(str(refusal))
    sys.exit(code)


def _unexpected(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
    """Report a mistake of ours: words for the person, the rest for the log."""
    structlog.get_logger("command").error("failed", exc_info=error)
    _say("Something went wrong that I did not expect; the line above says what.")


def _first_line(error: object) -> str:
    return str(error).strip().partition("\n")[0].rstrip(".") or type(error).__name__


def _say(words: str) -> None:
    """Say something to the person, on standard error; escape sequences in what a file holds must not reach the terminal."""
    plain = "".join(letter if letter.isprintable() or letter == "\n" else "�" for letter in without_secrets(words))
    Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False).print(plain)
