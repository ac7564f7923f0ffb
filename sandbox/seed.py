"""The first state of a workspace, from its configuration; what is there already is left as it is."""

from sandbox.config import AppConfig, ChannelConfig, Config, UserConfig
from sandbox.workspace import Channel, User, Workspace


def seed(workspace: Workspace, config: Config) -> None:
    """Add the users, bot users and channels of a configuration that the workspace does not have yet."""
    described = next(each for each in config.workspaces if each.id == workspace.id)
    apps = [app for app in config.apps if workspace.id in app.bot_tokens]
    for user in described.users:
        if user.id not in workspace.users:
            workspace.add_user(_user(user))
    for app in apps:
        workspace.add_user(_bot(app))
    for channel in described.channels:
        if channel.id not in workspace.channels:
            workspace.add_channel(_channel(channel, apps, described.users))


def _user(user: UserConfig) -> User:
    return User(**user.model_dump())


def _bot(app: AppConfig) -> User:
    bot = app.bot_user
    return User(bot.id, bot.name, real_name=app.name, icon=bot.icon, app_id=app.id, bot_id=app.bot_id)


def _channel(channel: ChannelConfig, apps: list[AppConfig], users: tuple[UserConfig, ...]) -> Channel:
    fields = channel.model_dump(exclude={"members"})
    bots = {app.bot_user.id for app in apps if channel.id in app.bot_user.channels}
    creator = channel.members[0] if channel.members else users[0].id if users else ""
    return Channel(**fields, members={*channel.members, *bots}, creator=creator)
