"""Where a message, such as a card, can be opened. Slack's permalinks follow a rule, so nobody has to be asked for them."""

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
    return {subject.removeprefix("card:"): _link(url, place.channel, place.ts) for subject, place in places.items()}


async def message_link(tx: Transaction, channel: str, ts: str, thread_ts: str = "") -> str | None:
    """Return the link to a message; None where the workspace's address is not known. `thread_ts`: of the thread it is in."""
    url: str | None = await tx.value(_URL, the_workspace=tx.workspace)
    if not url:
        return None
    in_thread = f"?thread_ts={thread_ts}&cid={channel}" if thread_ts and thread_ts != ts else ""
    return f"{_link(url, channel, ts)}{in_thread}"


def _link(url: str, channel: str, ts: str) -> str:
    # https://docs.slack.dev/reference/methods/chat.getPermalink
    return f"{url.rstrip('/')}/archives/{channel}/p{ts.replace('.', '')}"
