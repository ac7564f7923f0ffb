"""Who may pitch and who may decide, said in words where somebody may not."""

from collections.abc import Sequence
from typing import Literal, NoReturn

from prompts import text
from prompts.escape import plain
from storage.database import Transaction
from storage.errors import Problem, Refused
from storage.objects import Object
from storage.people import names_of, people_of
from storage.pitches import Pitch
from storage.rights import editors_of, may_edit

What = Literal["pitch", "decide", "withdraw", "blind", "over", "now"]


async def check_may_edit(tx: Transaction, item: Object, user: str, what: What, also: Sequence[str] = ()) -> None:
    """Raise Refused where `user` may not edit `item`, naming those who may; `also`: who may do this beside them."""
    if not await may_edit(tx, item, user):
        await refuse(tx, what, item, [*also, *await editors_of(tx, item)])


async def check_may_decide(tx: Transaction, pitch: Pitch | None, item: Object, user: str) -> None:
    """Raise Refused where it is not `user` who decides: the decider of the pitch, or, without one who is here, an editor."""
    decider = pitch.decider if pitch else None
    known = await people_of(tx, [decider])
    if decider and not (decider in known and known[decider].is_gone):
        if decider != user:
            await refuse(tx, "decide", item, [decider])
        return
    await check_may_edit(tx, item, user, "decide")


async def refuse(tx: Transaction, what: What, item: Object, who: Sequence[str], field: str = "") -> NoReturn:
    """Raise Refused with the words for `what`; `who`: the users whom they name, `field`: the input that they are about."""
    named = list(dict.fromkeys(who))
    names = await names_of(tx, named)
    words = text("pitch_refused", what=what, key=item.key, who=[names.get(user, user) for user in named])
    raise Refused([Problem(field, plain(words))])
