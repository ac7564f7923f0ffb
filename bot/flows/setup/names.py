"""The names of setting up, and of showing a team."""

from bot.flows.names import Names
from bot.flows.setup import commands, flow

SETUP = Names(
    actions={
        "setup.open": commands.open_setup,
        "setup.change": commands.change_team,
        "setup.back": flow.back,
        "setup.again": flow.anew,
        "setup.another": flow.anew,
        "setup.show": commands.show_team,
    },
    submissions={"setup.next": flow.onward},
    options={"setup.zone": commands.find_zones},
)
