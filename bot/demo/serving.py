"""Serving the local workspace, for the two commands that know it."""

import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sandbox.config import Config
from sandbox.server import Sandbox


class PortInUse(Exception):
    """Another program, perhaps another demo, already listens on the port."""


@asynccontextmanager
async def serving(config: Config, port: int, state: Path | None) -> AsyncIterator[Sandbox]:
    """The workspace of `config`, served on localhost while the block lasts. Raise PortInUse, in words."""
    slack = Sandbox(config, port, state)
    try:
        await slack.__aenter__()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        words = (
            f"Port {port} is in use here, perhaps by another demo. Stop that one, or choose another port: --port {port + 1}."
        )
        raise PortInUse(words) from error
    try:
        yield slack
    finally:
        await slack.__aexit__(None, None, None)
