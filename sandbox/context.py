"""What the parts of a running sandbox share."""

from dataclasses import dataclass, field

from sandbox.clock import Clock
from sandbox.config import AppConfig, Config
from sandbox.dispatch import Dispatcher
from sandbox.faults import Faults
from sandbox.interactivity import ResponseUrl, ResponseUrls, Triggers
from sandbox.log import Log
from sandbox.sockets import Sockets
from sandbox.workspace import Workspace


@dataclass
class Context:
    """`url` is set once the server listens; `revoked` are tokens that no longer count; `codes` are OAuth codes not yet used."""

    config: Config
    clock: Clock
    log: Log
    faults: Faults
    sockets: Sockets
    dispatcher: Dispatcher
    triggers: Triggers
    response_urls: ResponseUrls
    workspaces: dict[str, Workspace]
    url: str = ""
    revoked: set[str] = field(default_factory=set)
    codes: dict[str, tuple[AppConfig, Workspace, str]] = field(default_factory=dict)
    uploads: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._bearers: dict[str, tuple[AppConfig, Workspace | None]] = {}
        for app in self.config.apps:
            if app.app_token:
                self._bearers[app.app_token] = (app, None)
            for workspace_id, token in app.bot_tokens.items():
                self._bearers[token] = (app, self.workspaces[workspace_id])

    def bearer_of(self, token: str) -> tuple[AppConfig, Workspace | None] | None:
        """The app of a token and, for a bot token, its workspace."""
        return self._bearers.get(token)

    def app(self, app_id: str) -> AppConfig:
        """An app by id. Raises KeyError."""
        return self.dispatcher.apps[app_id]

    def apps_in(self, workspace: Workspace) -> list[AppConfig]:
        """The apps installed in a workspace."""
        return [app for app in self.config.apps if workspace.id in app.bot_tokens]

    def address_of(self, url: ResponseUrl) -> str:
        """The full address of a response URL."""
        return f"{self.url}/response/{url.workspace}/{url.app_id}/{url.token}"
