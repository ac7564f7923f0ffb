"""Who is who and which channel is which, as Slack last told us."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from storage.conflicts import insert_or_update
from storage.database import Transaction, ours
from storage.tables import channels, people


@dataclass(frozen=True)
class Person:
    """A member of the workspace. `is_outsider`: a guest, a bot, or from another company. `is_gone`: deactivated.

    `locale`: such as "de-DE", where Slack told it.
    """

    user: str
    name: str
    timezone: str | None
    is_admin: bool = False
    is_outsider: bool = False
    is_gone: bool = False
    locale: str | None = None

    @property
    def is_here(self) -> bool:
        """Whether they work in this workspace: what is open to it is open to them."""
        return not (self.is_outsider or self.is_gone)


@dataclass(frozen=True)
class Channel:
    """A channel. `is_private`: also a direct message. `members`: of a private one; None = not known, so nobody."""

    channel: str
    name: str
    is_private: bool
    is_shared: bool
    members: list[str] | None
    seen_at: datetime


_PERSON_COLUMNS = tuple(people.c[name] for name in Person.__dataclass_fields__)
_CHANNEL_COLUMNS = tuple(channels.c[name] for name in Channel.__dataclass_fields__)
_PUT_PERSON = insert_or_update(people, [*list(Person.__dataclass_fields__)[1:], "seen_at"])
_PUT_CHANNEL = insert_or_update(channels, list(Channel.__dataclass_fields__)[1:])
_PEOPLE = select(*_PERSON_COLUMNS).where(ours(people), people.c.user.in_(bindparam("users", expanding=True)))
_CHANNEL = select(*_CHANNEL_COLUMNS).where(ours(channels), channels.c.channel == bindparam("the_channel"))
_IS_THE_USER = people.c.user == bindparam("the_user")
_LOCALE = select(people.c.locale).where(ours(people), _IS_THE_USER)
_CHANNELS = select(*_CHANNEL_COLUMNS).where(ours(channels), channels.c.channel.in_(bindparam("wanted", expanding=True)))
_USUAL_TEAM = select(people.c.usual_team).where(ours(people), _IS_THE_USER)
_SET_USUAL_TEAM = update(people).where(ours(people), _IS_THE_USER).values(usual_team=bindparam("the_team"))


async def put_people(tx: Transaction, members: Sequence[Person]) -> None:
    """Keep what is known of `members` now."""
    await tx.run_many(_PUT_PERSON[tx.connection.dialect.name], [{**asdict(person), "seen_at": tx.now} for person in members])


async def people_of(tx: Transaction, users: Iterable[str | None]) -> Mapping[str, Person]:
    """Return those of `users` who are known, by id."""
    wanted = sorted({user for user in users if user})
    rows = await tx.rows(_PEOPLE, users=wanted) if wanted else []
    return {row["user"]: Person(**row) for row in rows}


async def is_gone(tx: Transaction, user: str) -> bool:
    """Tell whether `user` was deactivated; nobody has deactivated a channel."""
    return user.startswith(("U", "W")) and any(person.is_gone for person in (await people_of(tx, [user])).values())


async def names_of(tx: Transaction, users: Iterable[str | None]) -> dict[str, str]:
    """Return the display names of `users`, as far as they are known, by id."""
    return {user: person.name for user, person in (await people_of(tx, users)).items()}


async def locale_of(tx: Transaction, user: str) -> str | None:
    """Return the locale of `user` ("de-DE"), or None where it is not known or this is no user."""
    locale: str | None = await tx.value(_LOCALE, the_user=user)
    return locale


async def put_channel(tx: Transaction, channel: Channel) -> None:
    """Keep what is known of a channel."""
    await tx.run(_PUT_CHANNEL[tx.connection.dialect.name], **asdict(channel))


async def channel_of(tx: Transaction, channel: str) -> Channel | None:
    """Return what is known of `channel`, or None."""
    row = await tx.row(_CHANNEL, the_channel=channel)
    return None if row is None else Channel(**row)


async def channels_of(tx: Transaction, wanted: Iterable[str | None]) -> Mapping[str, Channel]:
    """Return those of the channels `wanted` that are known, by id."""
    named = sorted({channel for channel in wanted if channel})
    rows = await tx.rows(_CHANNELS, wanted=named) if named else []
    return {row["channel"]: Channel(**row) for row in rows}


async def usual_team(tx: Transaction, user: str) -> str | None:
    """Return the team that `user` chose when asked, or None."""
    team: str | None = await tx.value(_USUAL_TEAM, the_user=user)
    return team


async def set_usual_team(tx: Transaction, user: str, team: str) -> None:
    """Remember the team that `user` chose, so that they are asked once."""
    await tx.run(_SET_USUAL_TEAM, the_user=user, the_team=team)
