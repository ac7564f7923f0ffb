"""The names of the one command for everything else, and of the buttons in its answers."""

from bot.flows.names import Names
from bot.flows.pom.board import show_to_all, turn_board
from bot.flows.pom.command import again, pom
from bot.flows.pom.show import show_chosen
from bot.flows.pom.undoing import take_back

POM = Names(
    commands={"/pom": pom},
    actions={
        "pom.again": again,
        "pom.board": turn_board,
        "pom.card": show_chosen,
        "pom.show_all": show_to_all,
        "pom.undo": take_back,
    },
)
