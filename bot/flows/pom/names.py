"""The name of the one command for everything else."""

from bot.flows.names import Names
from bot.flows.pom.command import pom

POM = Names(commands={"/pom": pom})
