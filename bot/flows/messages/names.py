"""The names of what is made of messages."""

from bot.flows.messages import choosing, keeping, keys, plain_words, reactions, saving
from bot.flows.names import Names

MESSAGES = Names(
    actions={
        "message.as": saving.choose,
        "kept.undo": keeping.take_back,
        "keys.show": keys.show_here,
        "words.keep": plain_words.keep_as,
        "words.other": choosing.choose_for_words,
        "log.kind": choosing.chosen,
        "reaction.keep": reactions.keep,
        "reaction.no": reactions.decline,
        "reaction.quiet": reactions.be_quiet,
    },
    submissions={"message.save": saving.save},
    closed={"message.save": saving.closed},
    options={"message.object": saving.find},
    shortcuts={"message.save": saving.ask, "message.keys": keys.show_what_it_is_about, "log": choosing.choose},
)
