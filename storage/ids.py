"""Ids that sort by when they were made, also within one millisecond."""

import threading

from ulid import ULID

_lock = threading.Lock()
_last = 0


def new_id() -> str:
    """Return a ULID greater than every one that this process made before."""
    global _last  # noqa: PLW0603  # the order of ids in this process is a fact about the process
    with _lock:
        _last = max(int(ULID()), _last + 1)
        return str(ULID.from_int(_last))
