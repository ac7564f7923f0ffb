"""The sandbox itself: one server on localhost with workspaces, people and the apps' wires."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from aiohttp import web

from sandbox.clock import Clock
from sandbox.config import AppConfig, Config
from sandbox.context import Context
from sandbox.dispatch import Dispatcher
from sandbox.envelopes import ANSWER_SECONDS
from sandbox.faults import Faults
from sandbox.gateway import Gateway
from sandbox.http_delivery import HttpDelivery
from sandbox.interactivity import ResponseUrls, Triggers
from sandbox.log import Log
from sandbox.oauth import Consent
from sandbox.page.routes import add_routes
from sandbox.person import Person
from sandbox.routes import Routes
from sandbox.seed import seed
from sandbox.sockets import Sockets
from sandbox.store import Store
from sandbox.workspace import Json, Workspace

MAX_BODY_BYTES = 64 * 1024 * 1024


class Sandbox:
    """`async with Sandbox(config) as slack:` serves on 127.0.0.1 until the block ends.

    `port` 0 takes a free one. `state` is a SQLite file that keeps everything for the next start. `retry_factor` shortens the
    waits between retries of unacknowledged events; 1 is Slack's pace (at once, a minute, five minutes).
    """

    def __init__(
        self,
        config: Config,
        port: int = 0,
        state: Path | None = None,
        *,
        answer_seconds: float = ANSWER_SECONDS,
        retry_factor: float = 1.0,
    ) -> None:
        self.config = config
        self.clock = Clock(config.clock.start(), runs=config.clock.runs)
        self.log = Log()
        self.faults = Faults()
        self.sockets = Sockets(self.faults, answer_seconds)
        http = HttpDelivery(answer_seconds)
        self.dispatcher = Dispatcher(config.apps, self.sockets, http, self.faults, self.log, retry_factor)
        self.workspaces = {each.id: Workspace(each.id, each.name, each.domain, self.clock) for each in config.workspaces}
        self.context = Context(
            config,
            self.clock,
            self.log,
            self.faults,
            self.sockets,
            self.dispatcher,
            Triggers(),
            ResponseUrls(),
            self.workspaces,
        )
        self._port = port
        self._state = state
        self._running = AsyncExitStack()

    @property
    def url(self) -> str:
        """The address of the page, without a slash at the end."""
        return self.context.url

    @property
    def api_url(self) -> str:
        """The base address for slack_sdk, ".../api/"."""
        return f"{self.url}/api/"

    def workspace(self, workspace_id: str | None = None) -> Workspace:
        """A workspace; the first where none is named. Raises KeyError."""
        return self.workspaces[workspace_id or self.config.workspaces[0].id]

    def app(self, app_id: str | None = None) -> AppConfig:
        """An app; the first where none is named. Raises KeyError."""
        return self.context.app(app_id or self.config.apps[0].id)

    def person(self, user_id: str) -> Person:
        """A member, acting in the workspace that they belong to. Raises KeyError for an unknown id."""
        for workspace in self.workspaces.values():
            if user_id in workspace.users and not workspace.users[user_id].is_bot:
                return Person(self.context, workspace, user_id)
        raise KeyError(user_id)

    def emit(self, event: Json, app_id: str | None = None, workspace_id: str | None = None) -> str:
        """Send an app any event, such as {"type": "app_uninstalled"}; its event id."""
        return self.dispatcher.emit(self.workspace(workspace_id), self.app(app_id), event)

    async def settle(self) -> None:
        """Wait until every event has been acknowledged or given up."""
        await self.dispatcher.settle()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            store = self._open_store(stack)
            for workspace in self.workspaces.values():
                seed(workspace, self.config)
                if store:
                    store.watch(workspace)
                self.dispatcher.watch(workspace)
            await self._listen(stack)
            stack.push_async_callback(self.sockets.close)
            stack.push_async_callback(self.dispatcher.close)
            self._running = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._running.aclose()

    def _open_store(self, stack: AsyncExitStack) -> Store | None:
        if self._state is None:
            return None
        store = Store(self._state)
        stack.callback(store.close)
        store.load(self.workspaces, self.clock)
        return store

    async def _listen(self, stack: AsyncExitStack) -> None:
        app = web.Application(client_max_size=MAX_BODY_BYTES)
        app.router.add_route("*", "/api/{method}", Gateway(self.context).serve)
        Routes(self.context).add_to(app)
        Consent(self.context).add_to(app)
        add_routes(app, self)
        app.on_shutdown.append(self._let_waiting_go)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        stack.push_async_callback(runner.cleanup)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self._port).start()
        self.context.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        for workspace in self.workspaces.values():
            workspace.url = self.context.url

    async def _let_waiting_go(self, _: web.Application) -> None:
        self.clock.let_go()


@asynccontextmanager
async def serve(config_path: Path | str, port: int = 0, state: Path | None = None) -> AsyncIterator[str]:
    """Serve the workspaces of a config file while the block runs; yields the address of the page."""
    async with Sandbox(Config.read(config_path), port, state) as sandbox:
        yield sandbox.url
