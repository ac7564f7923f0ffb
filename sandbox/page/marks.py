"""What each person has read: from it follow the bold names and the numbers in the sidebar."""

from collections.abc import Iterable

from sandbox.workspace import Channel, Message, Workspace


class Marks:
    """The latest message that each person has read in each channel, kept while the sandbox runs.

    What was there when it started counts as read.
    """

    def __init__(self) -> None:
        self._read: dict[tuple[str, str], str] = {}
        self._baseline: dict[str, str] = {}

    def begin(self, workspaces: Iterable[Workspace]) -> None:
        """Count everything that is there now as read."""
        for workspace in workspaces:
            for channel in workspace.channels.values():
                self._baseline[channel.id] = channel.timeline[-1].ts if channel.timeline else "0"

    def read(self, user_id: str, channel: Channel) -> bool:
        """Note that a person has seen all of a channel; False if they had already."""
        if not self.unread(user_id, channel):
            return False
        self._read[user_id, channel.id] = channel.timeline[-1].ts
        return True

    def unread(self, user_id: str, channel: Channel) -> list[Message]:
        """Return the messages of a channel that a person has not seen, oldest first."""
        seen = self._read.get((user_id, channel.id), self._baseline.get(channel.id, "0"))
        found: list[Message] = []
        for message in reversed(channel.timeline):
            if message.ts <= seen:
                break
            if message.user != user_id and message.ephemeral_to in (None, user_id):
                found.append(message)
        return found[::-1]
