"""Which link is the weakest, and why. Pure."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from storage.lineage import Edge
from storage.objects import Link
from storage.weakness import Because, edge_of, weakest

MARCH = datetime(2026, 3, 1, tzinfo=UTC)
MAY = datetime(2026, 5, 1, tzinfo=UTC)


def a_link(name: str, confidence: float | None, *, evidence: str = "", status: str = "") -> Link:
    fields = {key: value for key, value in (("evidence", evidence), ("status", status)) if value}
    return Link(f"INP-{name}", "contributes to", "DRV-1", confidence=confidence, fields=dict(fields))


UNSAID = a_link("1", None)
DOUBTED = a_link("2", 30, evidence="a cohort")
HALF = a_link("3", 60)
SURE = a_link("4", 90, evidence="a test")
OLD = a_link("5", 90, evidence="a survey")
REFUTED = a_link("6", 95, evidence="a test", status="refuted")
SUPPORTED = a_link("7", None, evidence="a test", status="supported")
UNPROVEN = a_link("8", 90)
AT = {edge_of(SURE): MAY, edge_of(OLD): MARCH}


@pytest.mark.parametrize(
    ("links", "expected", "because"),
    [
        ([SURE, DOUBTED, UNSAID], DOUBTED, "doubted"),
        ([SURE, HALF, UNSAID], UNSAID, "unsaid"),
        ([SURE, SUPPORTED], SURE, "doubted"),
        ([SURE, DOUBTED, REFUTED], REFUTED, "refuted"),
        ([SURE, OLD, UNPROVEN], UNPROVEN, "unproven"),
        ([SURE, OLD], OLD, "old"),
        ([SURE], SURE, "doubted"),
    ],
)
def test_the_weakest_is_refuted_least_sure_without_evidence_or_with_the_oldest(
    links: list[Link], expected: Link, because: Because
) -> None:
    for order in (links, links[::-1]):
        found = weakest(order, AT)
        assert found is not None
        assert (found.link, found.because) == (expected, because)


def test_of_no_links_none_is_the_weakest() -> None:
    assert weakest([], {}) is None


def test_when_evidence_was_written_is_told_where_there_is_any() -> None:
    old, unproven = weakest([OLD], AT), weakest([UNPROVEN], AT)
    assert old is not None
    assert unproven is not None
    assert (old.evidence_at, unproven.evidence_at) == (MARCH, None)


SOME_LINKS = some.lists(
    some.builds(
        a_link,
        some.integers(1, 50).map(str),
        some.none() | some.floats(0, 100),
        evidence=some.sampled_from(["", "a test"]),
        status=some.sampled_from(["", "supported", "hypothesised", "refuted"]),
    ),
    min_size=1,
    max_size=12,
    unique_by=edge_of,
)


@given(SOME_LINKS, some.randoms(), some.integers(0, 1_000))
def test_no_other_is_weaker_whatever_the_order(links: list[Link], random: Random, days: int) -> None:
    at: dict[Edge, datetime] = {edge_of(link): MARCH + timedelta(days=days * place) for place, link in enumerate(links)}
    found = weakest(links, at)
    assert found is not None
    shuffled = list(links)
    random.shuffle(shuffled)
    assert weakest(shuffled, at) == found
    others = [link for link in links if link.fields.get("status") != "refuted" and link.confidence is not None]
    if found.because != "refuted":
        assert all((link.confidence or 0) >= (50 if found.confidence is None else found.confidence) for link in others)
        assert not any(link.fields.get("status") == "refuted" for link in links)
