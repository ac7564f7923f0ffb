"""Does anything that a person types become a mention, a link or markup? Does Slack take every message with it?

`python -m tests.long.words [--strings 50000] [--seed 1]` types so many hostile strings, as titles and descriptions, has the
cards, an answer and a weekly review say them, and prints a table. The local workspace's own reading of mrkdwn is the judge.
"""

import argparse
import asyncio
import re
import sys
import tempfile
import time as stopwatch
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from random import Random
from typing import Any

from rich.box import MARKDOWN
from rich.console import Console
from rich.table import Table

from bot.answers.answering import ask
from bot.fitting import fitted
from bot.letters.cards import render_card
from prompts.blocks import Message
from rituals import review
from rituals.records import REVIEW, Run
from sandbox.page.mrkdwn import mrkdwn
from sandbox.page.reader import Reader
from sandbox.strict import check_call
from storage.audience import EVERYBODY
from storage.errors import Refused
from storage.graph import Tie
from storage.objects import Object
from tests.rituals.house import ANA, CHANNEL, House, a_house

A_BATCH = 500  # strings in one database: a review speaks of a week, not of years
READER = Reader(ANA, datetime(2026, 9, 17, tzinfo=UTC), user_names={ANA: "Ana"}, channel_names={CHANNEL: "growth"})
TRAPS = (
    *("<!channel>", "<!here>", "<!everyone>", "<@U01ANA>", "<@U01ANA|ana>", "<#C01GROWTH>", "<#C01GROWTH|growth>"),
    *("<!subteam^S012345>", "<!date^1700000000^{date}|now>", "<http://evil.example|bank.com>", "<https://evil.example>"),
    *("<mailto:a@evil.example|Ana>", "@channel", "@here", "@ana", "#growth", "http://evil.example", "&lt;!channel&gt;"),
    *("&amp;lt;!here&amp;gt;", "*bold*", "_italic_", "~struck~", "`code`", "```block```", "> quote", ">>> all", "§ headline"),
    *("\u202egnp.exe", "\u2066hidden\u2069", "\u200b", "\u200d", "\u2060", "👩\u200d👩\u200d👧", "🏴\u200d☠️", ":tada:"),
    *("e\u0301\u0301\u0301", "ﷺ", "שלום", "مرحبا", "\u2028", "\x85", "\x00", "\x1b[31m", "\x07", "\ud800", "\udfff"),
    *("{{ 7 * 7 }}", "{% raw %}", "${x}", "%s", "'; DROP TABLE", "\\", "|", "¦"),
    *("* ", " *", "_", "~", "`", "<", ">", "&", "!", "^", "\n", "\n> ", "\n§ links\n", " ", "word", "BET-1", "x" * 40),
)
# Slack's own control sequences that a message of ours may hold: moments, and the addresses of messages.
OURS = re.compile(r"!date\^\d+\^[^|<>]*\|[^<>]*|https://acme\.slack\.com/archives/[^|<>]*\|[^<>]*")
TAGS = re.compile(r"<(/?)([a-z]+)([^>]*)>")
MARKED = {"b", "i"}  # what our templates make


@dataclass
class Seen:
    strings: int = 0
    refused: int = 0
    messages: Counter[str] = field(default_factory=Counter)
    characters: int = 0
    faults: list[str] = field(default_factory=list)
    seconds: float = 0.0


async def say_all(count: int, random: Random) -> Seen:
    """Type `count` hostile strings and read every message that says them."""
    began, seen = stopwatch.monotonic(), Seen()
    while seen.strings < count:
        with tempfile.TemporaryDirectory() as folder:
            async with a_house(f"sqlite:///{Path(folder) / 'words.db'}") as house:
                await house.add_team("Growth", CHANNEL, "Europe/Berlin")
                await _say_batch(house, min(A_BATCH, count - seen.strings), random, seen)
    seen.seconds = stopwatch.monotonic() - began
    return seen


async def _say_batch(house: House, count: int, random: Random, seen: Seen) -> None:
    made = [item for _ in range(count // 2) if (item := await _typed(house, random, seen))]
    seen.strings += count
    for number, item in enumerate(made[::10]):
        near = made[number * 10 : number * 10 + 3]
        bet = await house.add_bet(item.title, *(Tie("informs", other.key, True) for other in near))
        async with house.reading() as tx:
            _look("card", await render_card(tx, bet.key, CHANNEL), near, seen)
            reply = await ask(tx, house.kinds, "where did this come from?", about=bet.key, audience=EVERYBODY)
            _look("answer", Message(reply.text, reply.blocks), near, seen)
    async with house.reading() as tx:
        for item in made:
            _look("card", await render_card(tx, item.key, CHANNEL), [item], seen)
        _look("review", await review.message(tx, house.kinds, _run(house.clock.at), CHANNEL), [], seen)


async def _typed(house: House, random: Random, seen: Seen) -> Object | None:
    """Log an insight with two hostile strings, or be refused in words, as where there is a character that nobody can show."""
    try:
        return await house.add("insight", _hostile(random), description=_hostile(random))
    except Refused as refused:
        seen.refused += 1
        for problem in refused.problems:
            if not re.search("can't be shown|Please give it a title|characters long", problem.sentence):
                seen.faults.append(f"refused: {problem.sentence!r}")
        return None


def _hostile(random: Random) -> str:
    words = (random.choice(TRAPS) if random.random() < 0.8 else chr(random.randrange(0x20, 0x2FFF)) for _ in range(99))
    return "".join(next(words) for _ in range(random.randint(1, 6)))


def _run(now: datetime) -> Run:
    """Return a review of the week until a moment from now."""
    brings: dict[str, Any] = {
        "since": (now - timedelta(days=7)).isoformat(),
        "today": now.date().isoformat(),
        "question": None,
        "missed": {"reviews": 0, "checkins": 0},
        "late": False,
    }
    slot = now + timedelta(minutes=1)
    return Run("01RUN", REVIEW, "Growth", "", now.date().isoformat(), slot, "open", brings, slot, None)


def _look(what: str, message: Message | None, items: list[Object], seen: Seen) -> None:
    """Add to `seen` whatever is wrong with a message that is to name `items`."""
    if message is None:
        seen.faults.append(f"{what}: not said at all")
        return
    payload = fitted(message)
    seen.messages[what] += 1
    problems = check_call("chat.postMessage", {"channel": CHANNEL, **payload})
    seen.faults += [f"{what}: {problem} {payload['text'][:200]!a}" for problem in problems]
    texts = [payload["text"], *_mrkdwn_in(payload["blocks"])]
    seen.characters += sum(map(len, texts))
    seen.faults += [f"{what}: {fault} {text[:300]!a}" for text in texts for fault in faults_of(text)]
    shown = "\n".join(_shown(text) for text in texts)
    # A line of an answer ends a title of more than 120 characters with "…".
    seen.faults += [
        f"{what}: not as typed {item.title!a} {shown[:300]!a}" for item in items if _plain(item.title)[:100] not in shown
    ]


def faults_of(text: str) -> list[str]:
    """Return what is in a mrkdwn text that no template made: control sequences, mentions, links, marks."""
    faults = [f"control <{found}>" for found in re.findall("<([^>]*)>", text) if not OURS.fullmatch(found)]
    drawn = str(mrkdwn(text.replace(":", "："), READER, verbatim=True))
    for closes, tag, attributes in TAGS.findall(drawn):
        if not closes and (tag not in MARKED | {"br", "p", "a", "time"} or "mention" in attributes or "evil" in attributes):
            faults.append(f"drawn <{tag}{attributes}>")
    return faults


def _mrkdwn_in(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _mrkdwn_in(part)


def _shown(text: str) -> str:
    """Return what a reader sees of a text, with what looks like a mark taken for it."""
    return _plain(unescape(TAGS.sub("", str(mrkdwn(text.replace(":", "："), READER, verbatim=True)))))


def _plain(text: str) -> str:
    return " ".join(text.translate(str.maketrans("∗ˍ∼ˋ：¦", "*_~`:|", "\u2060")).split())


def main() -> int:
    """Ask, and print the table; the exit code is 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.long.words")
    for name, default in (("strings", 50_000), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    seen = asyncio.run(say_all(chosen.strings, Random(chosen.seed)))
    table = Table("strings", "refused in words", "cards", "answers", "reviews", "characters", "faults", "seconds", box=MARKDOWN)
    numbers = (seen.strings, seen.refused, *(seen.messages[name] for name in ("card", "answer", "review")))
    table.add_row(*(f"{number:,}" for number in (*numbers, seen.characters, len(seen.faults))), f"{seen.seconds:.0f}")
    Console(width=140).print(table)
    for fault in seen.faults[:20]:
        sys.stdout.write(f"{fault}\n")
    return 1 if seen.faults else 0


if __name__ == "__main__":
    sys.exit(main())
