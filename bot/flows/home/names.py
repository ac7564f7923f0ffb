"""The names of what people do in the Home, and with what they are asked."""

from bot.flows import checkins
from bot.flows.home import courtesy
from bot.flows.names import Names

HOME = Names(
    actions={
        "courtesy.menu": courtesy.from_menu,
        "courtesy.mute": courtesy.from_menu,
        "courtesy.usual": courtesy.as_usual,
        "courtesy.fewer": courtesy.fewer,
        "checkin.later": checkins.put_off,
        "checkin.skip": checkins.decline,
        "checkin.now": checkins.take_up,
        "checkin.why": courtesy.why_me,
    }
)
