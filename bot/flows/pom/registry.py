"""Every word behind `/pom`, in the order in which the help tells of them."""

from bot.desk import Desk
from bot.flows.home.courtesy import mute_command, rituals_command, unmute_command, why_me_command
from bot.flows.pom.asking import ask, why
from bot.flows.pom.board import show_board
from bot.flows.pom.export import export
from bot.flows.pom.find import find
from bot.flows.pom.help import helped
from bot.flows.pom.link import link_in_words
from bot.flows.pom.log import log
from bot.flows.pom.mine import mine
from bot.flows.pom.stale import show_stale
from bot.flows.pom.subcommand import Commands, Subcommand, registered
from bot.flows.pom.value import value
from bot.flows.setup.commands import setup_command, team_command
from bot.requests import Reply, Request


async def _help(desk: Desk, request: Request, words: str) -> Reply:
    return await helped(desk, request, words, COMMANDS)


COMMANDS: Commands = registered(
    [
        Subcommand("log", log, is_first=True),
        Subcommand("find", find, is_first=True),
        Subcommand("why", why, is_first=True, takes_key=True),
        Subcommand("ask", ask, is_first=True),
        Subcommand("board", show_board, is_first=True),
        Subcommand("mine", mine, is_first=True),
        Subcommand("stale", show_stale),
        Subcommand("link", link_in_words, takes_key=True),
        Subcommand("value", value, takes_key=True),
        Subcommand("rituals", rituals_command),
        Subcommand("why-me", why_me_command),
        Subcommand("mute", mute_command),
        Subcommand("unmute", unmute_command),
        Subcommand("team", team_command),
        Subcommand("setup", setup_command, for_admins=True),
        Subcommand("export", export, takes_key=True),
        Subcommand("help", _help),
    ]
)
