"""Where commands write: standard output, or a file that is there whole or as it was before."""

import errno
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

STANDARD = Path("-")  # standard input or output


@contextmanager
def written(path: Path) -> Iterator[TextIO]:
    """Give what is written to `path` when the block ends well; raise OSError. Only its owner can read a new file."""
    if path == STANDARD:
        yield sys.stdout
    elif path.exists() and not path.is_file():  # a pipe, a device
        with path.open("w", encoding="utf-8") as file:
            yield file
    else:
        with _whole(path) as file:
            yield file


@contextmanager
def _whole(path: Path) -> Iterator[TextIO]:
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, "There is no such folder", str(path.parent))
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)  # what it holds may be private
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            yield file
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)
