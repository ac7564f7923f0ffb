"""The names of what people do in the Home, and with what they are asked."""

from bot.flows import checkins
from bot.flows.home import courtesy, glance, lists, settings
from bot.flows.names import Names

HOME = Names(
    actions={
        "courtesy.menu": courtesy.from_menu,
        "courtesy.mute": courtesy.from_menu,
        "courtesy.usual": courtesy.as_usual,
        "courtesy.fewer": courtesy.fewer,
        "home.waiting": lists.show_waiting,
        "home.level": glance.show_level,
        "home.card": glance.show_card,
        "home.horizon": lists.turn_to_horizon,
        "home.team": lists.turn_to_team,
        "home.note": settings.switch_note,
        "home.settings": settings.open_settings,
        "checkin.later": checkins.put_off,
        "checkin.skip": checkins.decline,
        "checkin.now": checkins.take_up,
        "checkin.why": courtesy.why_me,
    },
    submissions={"home.settings": settings.save_settings},
)
