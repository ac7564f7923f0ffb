"""Values that wait on the disk, so that a million of them are not in memory at the same time."""

import pickle
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_IN_MEMORY = 1_000_000  # bytes; what is shorter never reaches the disk
_MANY = 1_000  # values, and
_MUCH = 4_000_000  # characters, that are one batch


class Spool(Generic[T]):
    """Values in the order in which they were put. They come back in batches that are small enough for memory."""

    def __init__(self) -> None:
        self._file: SpooledTemporaryFile[bytes] = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
        self._waiting: list[T] = []
        self._size = 0
        self.count = 0

    def put(self, value: T, size: int) -> None:
        """Add a value; `size`: about how many characters it takes."""
        self._waiting.append(value)
        self._size += size
        self.count += 1
        if len(self._waiting) == _MANY or self._size > _MUCH:
            self._write()

    def batches(self) -> Iterator[list[T]]:
        """Yield all values, from the first on, as often as it is called."""
        self._write()
        end = self._file.seek(0, 2)
        self._file.seek(0)
        while self._file.tell() < end:
            batch: list[T] = pickle.load(self._file)  # noqa: S301  # our own: the file has no name by which others find it
            at = self._file.tell()
            yield batch
            self._file.seek(at)  # two may read side by side

    def close(self) -> None:
        """Give the place on the disk back."""
        self._file.close()

    def _write(self) -> None:
        if self._waiting:
            self._file.seek(0, 2)
            pickle.dump(self._waiting, self._file, pickle.HIGHEST_PROTOCOL)
            self._waiting, self._size = [], 0

    def __iter__(self) -> Iterator[Any]:
        for batch in self.batches():
            yield from batch
