"""Every way in which somebody can look at the graph, each as a call that returns all that it would tell them."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.answers.answering import ask as answer_in_words
from bot.flows.home.home import home
from bot.letters.cards import card, render_card
from bot.letters.proposals import render_proposal
from rituals.digest import digest
from rituals.week import week_of
from storage import history, search
from storage.asking import answers
from storage.audience import ADMINISTRATOR, Audience
from storage.board import board, owned
from storage.context import context, touched
from storage.database import Transaction
from storage.errors import NotFound
from storage.expected import expected_and_happened
from storage.gaps import gaps_among
from storage.handover import belonging_to_nobody
from storage.kinds import Kinds
from storage.lineage import Direction, lineage, reached
from storage.measures import all_measures, latest, series
from storage.objects import find, get, get_many, links_from, links_of, links_to
from storage.past import as_of as past
from storage.past.beliefs import beliefs_as_of
from storage.past.difference import difference
from storage.pictures.neighbourhood import neighbourhood
from storage.players import players
from storage.project_mode import project_mode
from storage.proposals import proposed_by, waiting_for
from storage.sheets.out import export_sheet
from storage.stale import stale

EVER = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC))


class Leaked(AssertionError):
    """A reader was told what they may not see."""


@dataclass(frozen=True)
class Look:
    """Who looks (`reader`: a user or a channel, with its `audience`), at which `key`, for which `word`.

    `keys`: all that there are; `question`: one of `QUESTIONS`; `hours`: how far back they look.
    """

    tx: Transaction
    kinds: Kinds
    audience: Audience
    reader: str
    key: str
    keys: list[str]
    word: str
    question: str
    hours: int


Read = Callable[[Look], Awaitable[Any]]
DIRECTIONS: tuple[Direction, ...] = ("origin", "outcome", "purpose", "feeds", "any")
QUESTIONS = (
    "where did {key} come from?",
    "what came of {key}?",
    "why are we doing {key}?",
    "which bets target {key}?",
    "how does {key} link to the north star?",
    "which bets are there?",
    "how many insights are there?",
    "which inputs does no bet target?",
    "what changed since January?",
    "what is stale?",
    "who owns {key}?",
    "did {key} work?",
    "what did we believe today?",
    "what did we believe of {key} yesterday?",
    "who are the players?",
    "{word}",
)


async def _if_found(wanted: Awaitable[Any]) -> Any:
    try:
        return await wanted
    except NotFound:
        return None


async def _question(look: Look) -> Any:
    words = look.question.format(key=look.key, word=look.word)
    about = look.key if await get(look.tx, look.key, look.audience) else None
    found = await answers.ask(look.tx, look.kinds, words, about=about, audience=look.audience)
    reply = await answer_in_words(look.tx, look.kinds, words, about=about, audience=look.audience)
    return found.objects, found.paths, found.steps, found.edges, found.gaps, found.suggestions, reply.json, reply.plain


async def _counts(look: Look) -> None:
    """How many there are of a kind is also told; it must be as many as the reader sees."""
    for kind in ("bet", "insight"):
        found = await answers.ask(look.tx, look.kinds, f"how many {kind}s are there?", about=None, audience=look.audience)
        seen = await find(look.tx, look.audience, kind=kind)
        if found.count != len(seen):
            raise Leaked(f"{found.count} {kind}s were counted, {len(seen)} are seen")


async def _lineages(look: Look) -> list[Any]:
    return [await _if_found(lineage(look.tx, look.kinds, look.key, way, look.audience)) for way in DIRECTIONS]


async def _searches(look: Look) -> Any:
    words = (look.word, "signups", "si", "sinups", look.key)
    found = [await search.search_with_reasons(look.tx, each, look.audience) for each in words]
    return found, await search.named(look.tx, look.word, look.audience)


async def _review(look: Look) -> Any:
    week = await week_of(look.tx, look.kinds, "Growth", look.audience, *EVER)
    return week, await digest(look.tx, week, EVER[0].date(), look.audience, None)


async def _card_in_channel(look: Look) -> Any:
    return await render_card(look.tx, look.key, look.reader)


async def _home(look: Look) -> Any:
    return await home(look.tx, look.kinds, look.reader) if look.reader.startswith("U") else None


async def _contexts(look: Look) -> list[Any]:
    return [
        await _if_found(context(look.tx, look.kinds, look.key, look.audience)),
        await _if_found(touched(look.tx, look.kinds, look.key, look.audience)),
        await _if_found(reached(look.tx, look.kinds, look.key, "any", look.audience)),
        await _if_found(
            neighbourhood(look.tx, look.key, look.audience, steps=2, objects_at_most=50, links_at_most=50),
        ),
    ]


async def _histories(look: Look) -> list[Any]:
    of_one = [await history.of_object(look.tx, key, look.audience) for key in look.keys[:5]]
    acts = {each.act for each in await history.between(look.tx, *EVER, ADMINISTRATOR)}  # whoever knows the name of an act
    courses = [await history.course_of(look.tx, look.key, field, look.audience) for field in ("confidence", "how_sure")]
    told = await history.of_acts(look.tx, sorted(acts)[:200], look.audience)
    return [*of_one, await history.between(look.tx, *EVER, look.audience), told, courses]


async def _pasts(look: Look) -> list[Any]:
    since = look.tx.now - timedelta(hours=look.hours)
    objects = await past.objects_as_of(look.tx, look.keys, since, look.audience)
    links = await past.links_as_of(look.tx, look.keys, since, look.audience)
    values = await past.values_as_of(look.tx, look.keys, since, look.audience)
    differing = [each async for each in difference(look.tx, since, EVER[1], look.audience)]
    believed = await beliefs_as_of(look.tx, look.kinds, since, look.audience)
    return [objects, links, values, differing, believed]


async def _proposals(look: Look) -> list[Any]:
    """What waits for a decision of the reader, and what they proposed; each in the message that asks, too."""
    mine = [*await waiting_for(look.tx, look.reader, look.audience), *await proposed_by(look.tx, look.reader, look.audience)]
    return [*mine, *[await render_proposal(look.tx, each.id, look.reader) for each in mine]]


READS: dict[str, Read] = {
    "get": lambda look: get(look.tx, look.key, look.audience),
    "get_many": lambda look: get_many(look.tx, look.keys, look.audience),
    "find": lambda look: find(look.tx, look.audience),
    "links_from": lambda look: links_from(look.tx, look.keys, look.audience),
    "links_to": lambda look: links_to(look.tx, look.keys, look.audience),
    "links_of": lambda look: links_of(look.tx, look.keys, look.audience),
    "gaps": lambda look: gaps_among(look.tx, look.kinds, look.keys, look.audience),
    "latest": lambda look: latest(look.tx, look.keys, look.audience),
    "series": lambda look: series(look.tx, look.keys, look.audience),
    "all_measures": lambda look: all_measures(look.tx, look.audience),
    "left by who is gone": lambda look: belonging_to_nobody(look.tx, look.kinds, look.audience, 50),
    "proposals": _proposals,
    "expected and happened": lambda look: expected_and_happened(look.tx, look.kinds, look.key, look.audience, EVER[1]),
    "players": lambda look: players(look.tx, look.kinds, look.audience),
    "project mode": lambda look: project_mode(look.tx, look.kinds, look.audience, EVER[1]),
    "lineage": _lineages,
    "context": _contexts,
    "history": _histories,
    "board": lambda look: board(look.tx, look.kinds, look.audience),
    "owned": lambda look: owned(look.tx, look.kinds, look.audience, look.reader),
    "stale": lambda look: stale(look.tx, look.kinds, look.audience),
    "past": _pasts,
    "sheet": lambda look: export_sheet(look.tx, look.kinds, look.kinds.kind("bet"), look.audience),
    "search": _searches,
    "question": _question,
    "counts": _counts,
    "card": lambda look: card(look.tx, look.kinds, look.key, look.audience),
    "card in a channel": _card_in_channel,
    "home": _home,
    "review": _review,
}
