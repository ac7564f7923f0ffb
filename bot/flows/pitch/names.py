"""The names of pitching."""

from bot.flows.names import Names
from bot.flows.pitch import deciding, pitching

PITCH = Names(
    actions={
        "pitch.open": pitching.ask,
        "pitch.say": pitching.ask_why,
        "pitch.withdraw": pitching.withdraw,
        "pitch.decide": deciding.ask,
    },
    submissions={"pitch.save": pitching.save, "pitch.say": pitching.say, "pitch.decided": deciding.decide},
)
