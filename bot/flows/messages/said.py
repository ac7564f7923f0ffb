"""A message of Slack as words that people read, with whose they are and where they stand."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from prompts import as_typed, labels
from rituals.learning import first_sentence
from storage.database import Transaction
from storage.people import Channel, channel_of, names_of
from storage.permalinks import message_link
from storage.text import without_unstorable
from storage.workspaces import bot_user_of

# https://docs.slack.dev/messaging/formatting-message-text/: <@U1>, <#C1|growth>, <!here>, <!date^…|words>, <https://…|words>
_TOKEN = re.compile(r"<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>")
_USER = re.compile(r"<@([UW][A-Z0-9]+)")
_TEXTS = ("text", "fallback", "title", "pretext")


@dataclass(frozen=True)
class Said:
    """`author`: the user (or the bot) who wrote it; `name`: what people call them. `text`: as it is read, nothing left out.

    `place`: the name of the channel, empty where it has none, as a direct message. `link`: to the message.
    """

    channel: str
    place: str
    ts: str
    thread_ts: str
    author: str
    name: str
    text: str
    link: str | None

    @property
    def at(self) -> datetime:
        """When it was said."""
        seconds, _, micros = self.ts.partition(".")
        return datetime.fromtimestamp(int(seconds), UTC).replace(microsecond=int(f"{micros:0<6}"[:6]))

    @property
    def title(self) -> str:
        """Its first sentence or line, as a title."""
        return first_sentence(self.text)[0]

    @property
    def beside(self) -> str:
        """The whole of it, where the title does not say it all; else nothing."""
        return self.text if first_sentence(self.text)[1] else ""

    def credit(self, reader: str) -> str:
        """Return who said it and where, as a line below their words; nothing where they are the words of `reader`."""
        if self.author == reader:
            return ""
        return labels()["said_in" if self.place else "said_directly"].format(name=self.name, place=self.place)


async def said(tx: Transaction, channel: str, message: Mapping[str, Any]) -> Said:
    """Return `message`, as Slack hands it over with a shortcut or from a channel's history."""
    raw = _raw(message)
    author = str(message.get("user") or message.get("bot_id") or "")
    names = await names_of(tx, [author, *_USER.findall(raw)])
    known = await channel_of(tx, channel)
    ts, thread_ts = str(message["ts"]), str(message.get("thread_ts") or "")
    return Said(
        channel=channel,
        place=place_in(known),
        ts=ts,
        thread_ts=thread_ts,
        author=author,
        name=names.get(author) or _bot_name(message) or labels()["somebody"],
        text=without_unstorable(as_read(raw, names)).strip(),
        link=await message_link(tx, channel, ts, thread_ts),
    )


def place_in(channel: Channel | None) -> str:
    """Return what people call a channel; nothing of a direct message, or where it is not known."""
    return "" if channel is None or channel.channel.startswith("D") else channel.name


async def written(tx: Transaction, event: Mapping[str, Any]) -> str:
    """Return what was written to us, as it is read, without the mention of us at its beginning."""
    bot = await bot_user_of(tx)
    text = re.sub(rf"^\s*<@{bot}(\|[^>]*)?>[\s,:]*", "", str(event.get("text") or "")) if bot else event.get("text")
    return (await said(tx, event["channel"], {**event, "text": text})).text


def as_read(raw: str, names: Mapping[str, str]) -> str:
    """Return text in Slack's own spelling as people read it: "<@U1> &lt;3 <https://x.y|this>" → "@Ana <3 this (https://x.y)"."""
    return as_typed(_TOKEN.sub(lambda found: _token(found, names), raw))


def _token(found: re.Match[str], names: Mapping[str, str]) -> str:
    mark, name, label = found[1], found[2], found[3]
    if mark == "@":
        return f"@{label or names.get(name, name)}"
    if mark == "#":
        return f"#{label or name}"
    if mark == "!":
        return label or f"@{name.partition('^')[0]}"
    shown = name.removeprefix("mailto:")
    return f"{label} ({shown})" if label and label not in (name, shown) else shown


def _raw(message: Mapping[str, Any]) -> str:
    """Return all the words of a message: its text, else those of its blocks and attachments; then the names of its files."""
    text = str(message.get("text") or "")
    if not text.strip():
        text = "\n".join(_words_in([message.get("blocks"), message.get("attachments")]))
    files = [each for each in message.get("files") or [] if isinstance(each, Mapping)]
    names = [str(each.get("title") or each.get("name") or "") for each in files]
    lines = [text, *(labels()["said_file"].format(name=name) for name in names if name)]
    return "\n".join(line for line in lines if line.strip())


def _words_in(value: Any) -> Iterator[str]:
    """Yield the texts of blocks and attachments, in their order, each once in its place."""
    if isinstance(value, Mapping):
        shown = next((value[name] for name in _TEXTS if isinstance(value.get(name), str) and value[name].strip()), None)
        if shown is not None:
            yield shown
        for name, part in value.items():
            if isinstance(part, list | Mapping) and not (shown is not None and name == "blocks"):
                yield from _words_in(part)
    elif isinstance(value, list):
        for part in value:
            yield from _words_in(part)


def _bot_name(message: Mapping[str, Any]) -> str:
    profile = message.get("bot_profile") or {}
    return str(message.get("username") or (profile.get("name") if isinstance(profile, Mapping) else "") or "")
