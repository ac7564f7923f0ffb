"""Everything that Slack can ask of us, by name. The names never change: buttons that were posted long ago still carry them."""

from bot.flows import checkins, conversation, letters, notes
from bot.flows.capture.names import CAPTURE
from bot.flows.home.names import HOME
from bot.flows.messages.names import MESSAGES
from bot.flows.names import Names, together
from bot.flows.objects.names import OBJECTS
from bot.flows.pitch.names import PITCH
from bot.flows.pom.names import POM
from bot.flows.setup.names import SETUP

TALK = Names(
    actions={
        "object.why": conversation.why,
        "ask": conversation.ask_again,
        "checkin.update": checkins.open_checkin,
        "checkin.same": checkins.same_as_last,
        "letters.again": letters.send_again,
        "letters.elsewhere": letters.ask_where,
        "note.off": notes.switch_off,
    },
    submissions={"checkin.save": checkins.save_checkin, "letters.elsewhere": letters.send_elsewhere},
)

WIRE = together([CAPTURE, MESSAGES, OBJECTS, TALK, POM, SETUP, HOME, PITCH])
