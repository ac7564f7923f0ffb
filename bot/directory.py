"""Asks Slack who is who and which channel is which, and has the answers kept, so that we need not ask each time."""

import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeGuard

from bot.errors import logged
from bot.slack import CallFailed, Failure, Slack, call
from storage.database import Database
from storage.members import channels_to_ask
from storage.people import Channel, Person, channel_of, people_of, put_channel, put_people
from storage.teams import all_teams

FRESH_FOR = timedelta(minutes=10)  # where somebody acts in a channel
OLD_AFTER = timedelta(hours=1)  # where nobody does
A_MOMENT = 5.0  # seconds, in which somebody is who they were; another process may have heard more
SLACKBOT = "USLACKBOT"  # which Slack does not call a bot
MOST_AT_HAND = 10_000  # people
AT_ONCE = 20  # channels, twice as many calls: Slack takes about 50 a minute of each method
PAGE = 200  # https://docs.slack.dev/apis/web-api/pagination advises no more


@dataclass(frozen=True)
class _AtHand:
    """Somebody as we knew them at a moment of this process."""

    person: Person
    at: float


class Directory:
    """What Slack says of people and channels."""

    def __init__(self, database: Database, slack: Slack) -> None:
        self._database = database
        self._slack = slack
        self._channels: dict[tuple[str, str], Channel] = {}
        self._people: dict[tuple[str, str], _AtHand] = {}

    async def person(self, workspace: str, user: str) -> Person:
        """Return who `user` is, as we knew it some seconds ago at most; whom we do not, Slack is asked of. Raise CallFailed."""
        known = self._people.get((workspace, user))
        if known and time.monotonic() - known.at < A_MOMENT:
            return known.person
        async with self._database.reading(workspace) as tx:
            person = (await people_of(tx, [user])).get(user)
        return self._at_hand(workspace, person) if person else await self.asked_anew(workspace, user)

    async def asked_anew(self, workspace: str, user: str) -> Person:
        """Return who `user` is, of whom Slack is asked now. Whom it does not know or hides is an outsider. Raise CallFailed."""
        try:
            said = (await call(self._slack.client, "users.info", user=user, include_locale="true"))["user"]
        except CallFailed as failed:
            if failed.failure is not Failure.REFUSED:
                raise
            return Person(user, user, None, is_outsider=True)
        person = self.told(workspace, said)
        async with self._database.writing(workspace) as tx:
            await put_people(tx, [person])
        return person

    def told(self, workspace: str, user: Mapping[str, Any]) -> Person:
        """Return who somebody is of whom Slack has just told; storing it is the caller's."""
        return self._at_hand(workspace, person_of(user, workspace))

    def _at_hand(self, workspace: str, person: Person) -> Person:
        if len(self._people) >= MOST_AT_HAND:
            self._people.clear()
        self._people[workspace, person.user] = _AtHand(person, time.monotonic())
        return person

    async def learn_people(self, workspace: str) -> None:
        """Read all members of the workspace. Raise CallFailed."""
        members = [person_of(user, workspace) async for user in self._pages("users.list", "members", include_locale="true")]
        async with self._database.writing(workspace) as tx:
            await put_people(tx, members)

    async def learn_homes(self, workspace: str) -> None:
        """Ask for each team's home channel that we know nothing of, since nothing internal goes there. Raise CallFailed."""
        async with self._database.reading(workspace) as tx:
            homes = sorted({team.channel for team in await all_teams(tx) if team.channel})
            unknown = [home for home in homes if await channel_of(tx, home) is None]
        for home in unknown:
            await self._learn(workspace, home, None, None)

    async def learn_channels(self, workspace: str) -> None:
        """Ask anew for the channels that we know least of; what cannot be asked now is asked again with the next."""
        async with self._database.reading(workspace) as tx:
            wanted = await channels_to_ask(tx, tx.now - OLD_AFTER, AT_ONCE)
        for channel in wanted:
            await logged(self.channel(workspace, channel), "learn a channel", workspace=workspace, channel=channel)

    async def membership_changed(self, workspace: str, channel: str) -> None:
        """Ask anew who is in `channel`, if only its members may see what belongs to it. Raise CallFailed."""
        async with self._database.reading(workspace) as tx:
            known = await channel_of(tx, channel)
        if known and known.is_private:
            await self._learn(workspace, channel, None, known)

    async def channel(self, workspace: str, channel: str, *, seen_by: str | None = None) -> Channel:
        """Return what is known of `channel`, asked of Slack where that is old. What Slack hides from us is private.

        `seen_by`: a person who acted in it just now, and so is a member. Raise CallFailed where Slack cannot be asked.
        """
        now = self._database.clock.now()
        known = self._channels.get((workspace, channel))
        if not _is_good(known, now, seen_by):
            async with self._database.reading(workspace) as tx:
                known = await channel_of(tx, channel)
        if not _is_good(known, now, seen_by):
            return await self._learn(workspace, channel, seen_by, known)
        self._channels[workspace, channel] = known
        return known

    async def _learn(self, workspace: str, channel: str, seen_by: str | None, known: Channel | None) -> Channel:
        told = await self._ask(channel, _members_seen(known, seen_by), known)
        async with self._database.writing(workspace) as tx:
            await put_channel(tx, told)
        self._channels[workspace, channel] = told
        return told

    async def _ask(self, channel: str, seen: list[str] | None, known: Channel | None) -> Channel:
        """Return what Slack says of `channel`; `seen`: whom we know to be in it, should Slack hide from us who is."""
        now = self._database.clock.now()
        try:
            info = (await call(self._slack.client, "conversations.info", channel=channel))["channel"]
        except CallFailed as failed:
            if failed.failure is not Failure.REFUSED:
                raise
            return Channel(channel, known.name if known else "", True, bool(known and known.is_shared), seen, now)
        is_private = bool(info.get("is_private") or info.get("is_im") or info.get("is_mpim"))
        members = (await self._members(channel) or seen) if is_private else None
        return Channel(channel, info.get("name", ""), is_private, bool(info.get("is_ext_shared")), members, now)

    async def _members(self, channel: str) -> list[str] | None:
        """Return who is in `channel`, or None where Slack hides it: where the bot is not in it."""
        try:
            return sorted([user async for user in self._pages("conversations.members", "members", channel=channel)])
        except CallFailed as failed:
            if failed.failure is not Failure.REFUSED:
                raise
        return None

    async def _pages(self, method: str, rows: str, **arguments: str) -> AsyncIterator[Any]:
        cursor = ""
        while True:
            page = await call(self._slack.client, method, limit=PAGE, **arguments, **({"cursor": cursor} if cursor else {}))
            for row in page[rows]:
                yield row
            cursor = page.get("response_metadata", {}).get("next_cursor", "")
            if not cursor:
                return


def person_of(user: Mapping[str, Any], workspace: str) -> Person:
    """Return what Slack's user object says of somebody in `workspace`.

    People of other companies are told by their own workspace: `is_stranger` is said only of those with whom we share no channel
    (https://docs.slack.dev/reference/objects/user-object). Who is in several workspaces of an organisation has them all.
    """
    profile = user.get("profile", {})
    names = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"), user.get("name"))
    outsider = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot")
    at_home = (user.get("team_id", workspace), *(user.get("enterprise_user") or {}).get("teams", ()))
    return Person(
        user=user["id"],
        name=next((name for name in names if name), user["id"]),
        timezone=user.get("tz"),
        is_admin=bool(user.get("is_admin")),
        is_outsider=any(user.get(flag) for flag in outsider) or workspace not in at_home or user["id"] == SLACKBOT,
        is_gone=bool(user.get("deleted")),
        locale=user.get("locale"),
    )


def _is_good(known: Channel | None, now: datetime, seen_by: str | None) -> TypeGuard[Channel]:
    """Tell whether what is known of a channel is young, and has who was seen in it just now, where only members may see it."""
    if known is None or abs(now - known.seen_at) >= FRESH_FOR:
        return False
    return not known.is_private or seen_by is None or seen_by in (known.members or [])


def _members_seen(known: Channel | None, seen_by: str | None) -> list[str] | None:
    """Return whom we know to be in a channel: who was, and who was seen in it just now."""
    before = (known.members if known else None) or []
    return sorted({*before, *([seen_by] if seen_by else [])}) or None
