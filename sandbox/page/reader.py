"""Who looks at the page: names, times and addresses as that person sees them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo


@dataclass(frozen=True)
class Reader:
    """One person reading at one moment; everything that is drawn takes it as an argument.

    `now` is the workspace's own time (aware). `channel_names` holds only the channels this person may see.
    `base` is the address of the person's workspace on this page; `archive_hosts` the hosts of its permalinks.
    """

    user_id: str
    now: datetime
    zone: tzinfo = UTC
    locale: str = "en-US"
    user_names: Mapping[str, str] = field(default_factory=dict)
    channel_names: Mapping[str, str] = field(default_factory=dict)
    base: str = ""
    archive_hosts: frozenset[str] = frozenset()

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def local_epoch(self, seconds: float) -> datetime:
        """Take seconds since 1970, return the moment in the reader's zone. Raises ValueError where absurd."""
        try:
            return datetime.fromtimestamp(seconds, UTC).astimezone(self.zone)
        except (OverflowError, OSError) as error:
            raise ValueError(f"{seconds} is no moment in time") from error

    @property
    def twelve_hours(self) -> bool:
        """Slack shows 12 hours to American English and 24 to the rest, until the person chooses."""
        return self.locale in {"en-US", "en_US"}

    def clock_time(self, at: datetime, *, seconds: bool = False) -> str:
        """Return the time of day as the reader expects it: `6:39 PM` or `18:39`."""
        local = self.local(at)
        tail = ":%S" if seconds else ""
        if self.twelve_hours:
            return local.strftime(f"%I:%M{tail} %p").lstrip("0")
        return local.strftime(f"%H:%M{tail}")

    def address(self, place: str, thread_ts: str | None = None) -> str:
        """Return where a channel, a direct message or an app is found on this page, or one of its threads."""
        return f"{self.base}/{place}" + (f"/thread/{thread_ts}" if thread_ts else "")
