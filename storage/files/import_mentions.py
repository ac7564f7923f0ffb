"""The mentions that follow from the texts of a graph file, worked out when all that they may name is stored."""

from collections.abc import Iterable, Iterator, Sequence

from storage import mentions
from storage.changes import Change, store
from storage.files.graph_file import Entry
from storage.files.import_scene import Scene
from storage.files.spool import Spool
from storage.history import Act
from storage.objects import Link
from storage.text import folded

_ABOUT = 1_000  # characters that a change takes while it waits


class Mentions:
    """Keeps the changes whose texts refer to something until all are stored."""

    def __init__(self, scene: Scene, act: Act) -> None:
        self._scene = scene
        self._act = act
        self._waiting: Spool[Change] = Spool()

    def note(self, changes: Iterable[Change]) -> None:
        """Keep those of `changes` whose texts refer to something, or did."""
        for change in changes:
            if mentions.refers(self._scene.kinds, change.after) or mentions.refers(self._scene.kinds, change.before):
                self._waiting.put(change, _ABOUT)

    async def follow(self) -> None:
        """Store the mentions that the texts make, and take away those that no text makes and the file does not name."""
        gone: list[Change] = []
        for batch in self._waiting.batches():
            found = await mentions.following(self._scene.tx, self._scene.kinds, batch, self._act.author)
            await self._store([change for change in found if change.after is not None])
            gone += [change for change in found if change.after is None]
        if gone:
            named = set(self._named({_ends(change) for change in gone}))
            await self._store([change for change in gone if _ends(change) not in named])

    def close(self) -> None:
        """Give the place on the disk back."""
        self._waiting.close()

    def _named(self, wanted: set[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        for batch in self._scene.file.entries["links"].batches():
            for entry in batch:
                ends = entry.given.get("from", ""), entry.given.get("to", "")
                if ends in wanted and _is_mention(entry):
                    yield ends

    async def _store(self, changes: Sequence[Change]) -> None:
        await store(self._scene.tx, self._scene.kinds, self._act, changes)


def _is_mention(entry: Entry) -> bool:
    return folded(entry.given.get("relation", "")) == mentions.MENTIONS


def _ends(change: Change) -> tuple[str, str]:
    link = change.thing
    assert isinstance(link, Link)  # noqa: S101  # mentions are links
    return link.from_key, link.to_key
