"""Mentions where people meet them: asked on the command line, and quiet on cards and in the review."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.letters.cards import card
from rituals.digest import digest
from rituals.week import week_of
from storage.audience import EVERYBODY
from storage.database import Transaction
from storage.mentions import MENTIONS
from storage.packs.pack import starter
from tests.bot.commands import Ran, Shell
from tests.storage.graphs import NOW, drawn

STRATEGY = "https://docs.example.com/strategy"
GRAPH: dict[str, Any] = {
    "version": 1,
    "objects": [
        {"key": "SCO-1", "kind": "scope", "title": "Onboarding"},
        {"key": "SCO-2", "kind": "scope", "title": "Billing"},
        {"key": "BET-1", "kind": "bet", "title": "Guide them", "description": f"As <{STRATEGY}|we said>"},
        {
            "key": "ART-1",
            "kind": "artifact",
            "title": "How we grow",
            "fields": {"kind": "3–6 pager", "text": "With SCO-1 and BET-1"},
        },
        {
            "key": "ART-2",
            "kind": "artifact",
            "title": "How we grew",
            "status": "superseded",
            "fields": {"kind": "3–6 pager", "text": "SCO-2"},
        },
        {
            "key": "ART-3",
            "kind": "artifact",
            "title": "Strategy",
            "fields": {"kind": "strategy", "url": STRATEGY, "text": "BET-1"},
        },
    ],
}
KINDS = starter()


@pytest.fixture
def throughline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    (tmp_path / "graph.json").write_text(json.dumps(GRAPH), "utf-8")
    return Shell(tmp_path, monkeypatch, capsys)


def test_questions_are_answered_from_links_that_texts_made(throughline: Shell) -> None:
    assert throughline("import", "graph.json") == Ran(0, "", "Done: 6 new objects.\n")
    for question, keys in {
        "Which scopes are mentioned in current 3–6 pagers?": ["SCO-1"],
        "which bets does the strategy mention?": ["BET-1"],
        "Where is SCO-1 mentioned?": ["ART-1"],
        "Where is BET-1 mentioned?": ["ART-1", "ART-3"],
        "What does BET-1 mention?": ["ART-3"],
    }.items():
        asked = throughline("ask", question, "--json")
        assert (asked.code, json.loads(asked.out)["objects"]) == (0, keys), question
    said = throughline("ask", "Where is SCO-1 mentioned?").out
    assert "ART-1 How we grow" in said
    assert "mentions" in said


SPOKEN: dict[str, dict[str, Any]] = {
    "BET_1": {"title": "Guide them", "team": "Growth", "status": "running"},
    "INS_1": {"title": "They stall, says BET-1", "team": "Growth", "description": "BET-1 and INS-2"},
    "INS_2": {"title": "They leave", "team": "Growth"},
}


async def _card(tx: Transaction, key: str) -> str:
    shown = await card(tx, KINDS, key, EVERYBODY)
    assert shown is not None
    return json.dumps(shown.blocks)


async def test_a_card_has_no_line_for_what_only_a_text_says(database_url: str) -> None:
    async with drawn(database_url, "INS-2 informs BET-1", **SPOKEN) as tx:
        assert "INS-1" not in await _card(tx, "BET-1")
        assert "mention" not in await _card(tx, "INS-1")


async def test_the_review_reads_as_if_nothing_were_mentioned(database_url: str) -> None:
    async with drawn(database_url, "INS-2 informs BET-1", **SPOKEN) as tx:
        week = await week_of(tx, KINDS, "Growth", EVERYBODY, NOW - timedelta(days=7), NOW + timedelta(days=1))
        unspoken = replace(week, links=[link for link in week.links if link.relation != MENTIONS])
        assert len(unspoken.links) == len(week.links) - 2
        told = [await digest(tx, each, NOW.date(), EVERYBODY, None) for each in (week, unspoken)]
    assert told[0] == told[1]
    assert told[0]["learned"]["count"] == 2
