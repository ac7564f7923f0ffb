"""`throughline import FILE.csv`: shows what would come, asks, stores."""

import sys
from collections.abc import Callable

from bot.commands import sheets
from bot.commands.sheet_preview import counts, preview, what_comes
from bot.commands.sheets import Looked, Wanted
from bot.settings import Settings

Say = Callable[[str], None]
Ask = Callable[[str], bool]


async def take_in(settings: Settings, wanted: Wanted, *, yes: bool, skip_bad: bool, say: Say, ask: Ask) -> bool:
    """Show what the table would do, and store it where it is well and somebody said so; return whether all is done.

    `yes`: it was said beforehand. `skip_bad`: the rows that can't be read are written beside the file, and the others stored.
    """
    looked = await sheets.look(settings, wanted)
    if not looked.sheet.rows and not looked.plan.refused:
        say("The table has no rows below the names of its columns. Nothing was stored.")
        return True
    say(preview(looked) + "\n")
    obstacle = _obstacle(looked, skip_bad=skip_bad)
    if obstacle:
        say(obstacle)
        return False
    if looked.plan.changes and not yes:
        if not is_person():
            say(f"Nothing was stored. Add --yes to store {what_comes(looked)}.")
            return False
        if not ask(f"Store {what_comes(looked)}?"):
            say("Nothing was stored.")
            return False
    await _store(settings, wanted, looked, say)
    return True


def _obstacle(looked: Looked, *, skip_bad: bool) -> str:
    if looked.plan.questions:
        return "Nothing was stored."
    if looked.plan.refused and not skip_bad:
        return (
            "Nothing was stored. Correct these rows and import the file again; what is stored by then is left as it is. "
            "Or add --skip-bad: the other rows are stored, and these are written to a file beside it."
        )
    return ""


async def _store(settings: Settings, wanted: Wanted, looked: Looked, say: Say) -> None:
    refused = sheets.write_refused(wanted, looked)  # first, so that nothing is lost
    if looked.plan.changes:
        act = await sheets.store(settings, wanted, looked)
        say(f"Done: {counts(looked)}. To take it back: throughline undo {act}")
    else:
        say("Everything in it was here already." if refused is None else "Everything else in it was here already.")
    if refused is not None:
        say(f"The rows that I could not take are in {refused}.")


def is_person() -> bool:
    """Tell whether somebody sits at a terminal, who can be asked."""
    return sys.stdin.isatty() and sys.stderr.isatty()
