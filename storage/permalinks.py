"""Where the card of an object can be opened. Slack's permalinks follow a rule, so nobody has to be asked for them."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from storage.database import Transaction
from storage.outbox import places_of
from storage.tables import workspaces

_URL = select(workspaces.c.url).where(workspaces.c.id == bindparam("the_workspace"))


async def permalinks(tx: Transaction, keys: Sequence[str]) -> dict[str, str]:
    """Return the links to the cards of `keys`, for those that have one."""
    places = await places_of(tx, [f"card:{key}" for key in keys]) if keys else {}
    url: str | None = await tx.value(_URL, the_workspace=tx.workspace) if places else None
    if not url:
        return {}
    # https://docs.slack.dev/reference/methods/chat.getPermalink
    return {
        subject.removeprefix("card:"): f"{url.rstrip('/')}/archives/{place.channel}/p{place.ts.replace('.', '')}"
        for subject, place in places.items()
    }
