"""What counts as a reference in a text, and what only looks like one."""

from time import perf_counter

import pytest

from storage.packs.pack import starter
from storage.references import Reference, of_object, of_text
from tests.storage.things import an_item


def keys(text: str) -> set[str]:
    return {each.name for each in of_text(text) if each.sort == "key"}


def addresses(text: str) -> set[str]:
    return {each.name for each in of_text(text) if each.sort == "address"}


@pytest.mark.parametrize(
    "text",
    [
        "BET-12",
        "see BET-12.",
        "(BET-12)",
        "[BET-12]",
        "*BET-12* won",
        "_BET-12_ won",
        "`BET-12`",
        "BET-12's risk",
        "bet-12 is back",
        "Bet-12, again",
        "before\nBET-12\nafter",
        "#BET-12",
        "why:BET-12",
        "BET‑12, with a hyphen that does not break",
        "BET–12, as a phone writes it",
        "<https://example.com/x|BET-12>",
        "BET-12 – the best",
        "BET-12/",
    ],
)
def test_a_key_is_found(text: str) -> None:
    assert keys(text) == {"BET-12"}


@pytest.mark.parametrize(
    "text",
    [
        "ALPHABET-12",
        "BET-12th",
        "BET-0",
        "BET-012",
        "BET 12",
        "X-BET-12",
        "BET-12-final",
        "BET-12.md",
        "BET-12.5",
        "docs/BET-12",
        "BET-12/readme",
        "https://example.com/browse/BET-12",
        "https://example.com/?key=BET-12#BET-12",
        "www.example.com/BET-12",
        "ana.BET-12@example.com",
        "id=BET-12",
        "my_BET-12",
        "ÄBET-12",
        "BETTERBET-12",
    ],
)
def test_what_only_looks_like_a_key_is_none(text: str) -> None:
    assert keys(text) == set()


def test_several_keys_may_stand_together() -> None:
    assert keys("BET-1/BET-2, INS-3 and ART-4;OPP-5") == {"BET-1", "BET-2", "INS-3", "ART-4", "OPP-5"}


def test_code_that_no_kind_has_as_its_prefix_is_no_key() -> None:
    item = an_item("BET-1", description="UTF-8, SHA-256 and COVID-19 beside INS-3 and BET-1 itself")
    assert of_object(starter(), item) == {Reference("key", "INS-3")}


SAME = [
    "https://example.com/plan",
    "https://example.com/plan/",
    "HTTPS://Example.COM/plan",
    "https://example.com:443/plan#risks",
    "see https://example.com/plan.",
    "(https://example.com/plan)",
    "<https://example.com/plan|the plan>",
    "<https://example.com/plan/#top>",
    "**https://example.com/plan**",
]


@pytest.mark.parametrize("text", SAME)
def test_one_address_can_be_written_in_many_ways(text: str) -> None:
    assert addresses(text) == addresses(SAME[0])


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/Plan",
        "https://example.com/plan2",
        "https://example.com/plan?version=2",
        "https://example.org/plan",
        "https://example.com/plan_(draft)",
    ],
)
def test_what_leads_elsewhere_is_another_address(text: str) -> None:
    assert len(addresses(text)) == 1
    assert addresses(text) != addresses(SAME[0])


def test_brackets_that_belong_to_an_address_stay() -> None:
    assert addresses("(https://example.com/plan_(draft))") == addresses("https://example.com/plan_(draft)")


def test_the_sign_that_slack_writes_otherwise_is_the_same() -> None:
    assert addresses("<https://example.com/?a=1&amp;b=2>") == addresses("https://example.com/?a=1&b=2")


@pytest.mark.parametrize("text", ["http://[", "https://", "://", "https:// example.com", "mailto:ana@example.com"])
def test_what_leads_nowhere_is_no_address(text: str) -> None:
    assert addresses(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "https://acme.slack.com/archives/C01GROWTH/p1790000000123456",
        "<https://acme.slack.com/archives/C01GROWTH/p1790000000123456?thread_ts=1790000000.123456&amp;cid=C01GROWTH|here>",
        "http://127.0.0.1:8080/archives/C01GROWTH/p1790000000123456",
    ],
)
def test_a_permalink_names_a_message(text: str) -> None:
    assert Reference("message", "C01GROWTH 1790000000.123456") in of_text(text)


@pytest.mark.parametrize(
    "piece", ["BET-1/", "a-", "https://", "BET-1", "_BET-1_ ", "(https://x ", "https://x/)", "https://x.", "-1"]
)
def test_the_longest_text_takes_no_longer_than_its_length(piece: str) -> None:
    started = perf_counter()
    of_text((piece * 100_000)[:100_000])
    of_text("https://x/" + (piece.strip()[-1] * 90_000))
    assert perf_counter() - started < 1.0  # it is some hundredths; what grows with the square takes seconds
