"""What was expected of a bet, and what happened, as a person reads it."""

import json

import pytest

from bot.answers.answering import Reply, ask
from storage.audience import EVERYBODY
from storage.database import Transaction
from tests.storage.graphs import KINDS, drawn, sample

GUIDE = """
BET-12 Guide the first board: what was expected, and what happened.
🎚 INP-1 Activation rate · expected +5 points by 30 November, 60 % sure
  on its way: about 38.1 → 40.2 %, 99 % sure that it moved (counted from 1 June, when measuring began)
  since REL-5 (31 August): 38.8 → 41 %
  since REL-6 (3 September): 39.1 → 42 %
  36 % of the way to the target, 44 %
  IMP-7 (supported) puts it down to this, 70 % sure
  BET-14 was to move it in the same time, so nobody can be sure which did
"""
SPEED = """
BET-13 Open large boards in under two seconds: what was expected, and what happened.
🎚 INP-7 Time to open a large board · expected −2 seconds by 30 September, 55 % sure
  on its way: about 4.05 → 3 s, 98 % sure that it moved since 29 June
  since REL-4 (20 August): 4 → 2.95 s
  51 % of the way to the target, 2
  IMP-5 (unclear) puts it down to this, 60 % sure
"""
LOST = """
BET-11 Ask for the card on day one: what was expected, and what happened.
🎚 INP-5 Trials that start paying · expected +2 points by 24 July, 5 % sure
  moved the other way: about 12.85 → 12.5 %, 82 % sure that it moved (counted from 1 June, when measuring began)
  0 % of the way to the target, 18 %
  IMP-4 (refuted) puts it down to this, 90 % sure
"""
SAFE = """
BET-6 Keep edits safe on slow lines: what was expected, and what happened.
🎚 INP-6 Edits lost · expected down by half by 31 May, 95 % sure
  nobody can tell: too few values in that time, 1.3 → 1.3 edits
  since REL-1 (12 March): 1.3 → 1.3 edits, which may be chance
  0 % of the way to the target, 1
  IMP-2 (supported) puts it down to this, 95 % sure
"""
INVOICES = """
INP-9 Questions about invoices: what was expected, and what happened.
🎲 BET-18 The receipt in the minute of paying · expected down by half by 18 December, 60 % sure
  it was never begun, so nothing can have come of it
🧭 OPP-4 Nobody trusts the receipt · expected down
  has not moved yet: about 27 → 28 questions, no more than its usual scatter (counted from 1 June, when measuring began)
  0 % of the way to the target, 12
"""


async def put(tx: Transaction, words: str, about: str | None = None) -> Reply:
    return await ask(tx, KINDS, words, about=about, audience=EVERYBODY)


@pytest.mark.parametrize(
    ("words", "about", "said"),
    [
        ("What was expected of BET-12, and what happened?", None, GUIDE),
        ("Did it work?", "BET-13", SPEED),
        ("Did “ask for the card on day one” work out?", None, LOST),
        ("Did BET-6 pay off?", None, SAFE),
        ("What did the bets on INP-9 do?", None, INVOICES),
    ],
)
async def test_what_was_expected_and_what_happened(database_url: str, words: str, about: str | None, said: str) -> None:
    async with sample(database_url) as tx:
        reply = await put(tx, words, about)
    assert reply.plain == said.strip()


async def test_the_json_names_what_should_move(database_url: str) -> None:
    async with sample(database_url) as tx:
        of_bet, of_input = await put(tx, "did BET-8 work?"), await put(tx, "did INP-1 work?")
    assert (of_bet.json["objects"], of_bet.json["paths"]["INP-2"]) == (["DRV-1", "INP-2"], [["INP-2", "BET-8"]])
    assert of_input.json["objects"] == ["BET-12", "BET-14", "OPP-2"]


async def test_where_nobody_said_what_to_expect_it_can_be_said(database_url: str) -> None:
    async with drawn(database_url, "INS-1 informs BET-1", BET_1={"fields": {"hypothesis": "It helps"}}) as tx:
        reply = await put(tx, "Did BET-1 work?")
    assert reply.plain == "Nobody has said yet what to expect of BET-1 BET-1.\nNo input that it should move"
    assert json.loads(reply.blocks[1]["accessory"]["value"]) == {"key": "BET-1", "field": "to targets"}
