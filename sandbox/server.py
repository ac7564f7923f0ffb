"""The sandbox itself: one server on localhost with workspaces, people and the apps' wires."""

from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.clock import Clock
from sandbox.config import Config
from sandbox.log import Log
from sandbox.person import Person
from sandbox.workspace import Workspace


class Sandbox:
    """`async with Sandbox(config) as slack:` serves on 127.0.0.1 until the block ends.

    `port` 0 takes a free one; `state` is a file that keeps everything for the next start.
    """

    config: Config
    clock: Clock
    log: Log
    workspaces: dict[str, Workspace]

    def __init__(self, config: Config, port: int = 0, state: Path | None = None) -> None:
        raise NotImplementedError

    @property
    def url(self) -> str:
        """The address of the page, without a slash at the end."""
        raise NotImplementedError

    @property
    def api_url(self) -> str:
        """The base address for slack_sdk, ".../api/"."""
        raise NotImplementedError

    def workspace(self, workspace_id: str | None = None) -> Workspace:
        """A workspace; the first where none is named."""
        raise NotImplementedError

    def person(self, user_id: str) -> Person:
        """A member, acting in the workspace that they belong to. Raises KeyError for an unknown id."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        raise NotImplementedError

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        raise NotImplementedError
