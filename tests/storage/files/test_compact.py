"""What stays small where there are millions: the same as plain sets, dicts and lists, for whatever is put in."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import assume, given
from hypothesis import strategies as st

from storage.files.compact import KeySet, Moments, Repeats
from storage.files.spool import Spool
from storage.loops import Edges

KEYS = st.builds(
    "{}-{}".format, st.sampled_from(["BET", "INS", "AB"]), st.one_of(st.integers(1, 120), st.integers(1, 999_999_999))
)
NODES = st.integers(1, 8).map("BET-{}".format)


@given(st.lists(KEYS), st.lists(KEYS))
def test_keys(put: list[str], asked: list[str]) -> None:
    keys = KeySet()
    for key in put:
        keys.add(key)
    assert [key in keys for key in (*put, *asked)] == [key in put for key in (*put, *asked)]
    highest: dict[str, int] = {}
    for prefix, number in (key.split("-") for key in put):
        highest[prefix] = max(highest.get(prefix, 0), int(number))
    assert keys.highest() == highest


@given(st.dictionaries(KEYS, st.datetimes(timezones=st.just(UTC))), KEYS)
def test_moments(put: dict[str, datetime], asked: str) -> None:
    moments, other = Moments(), datetime(2026, 9, 17, tzinfo=UTC) + timedelta(microseconds=1)
    for key, moment in put.items():
        moments.put(key, moment)
    assert [moments.get(key, other) for key in (*put, asked)] == [put.get(key, other) for key in (*put, asked)]


@given(st.lists(st.tuples(KEYS, st.sampled_from(["informs", "mentions"]))))
def test_of_what_came_twice_nothing_is_missed(names: list[tuple[str, str]]) -> None:
    repeats = Repeats()
    for name in names:
        repeats.see(name)
    assert all(name in repeats for name in names if names.count(name) > 1)


@given(st.lists(st.text(max_size=30), max_size=3_000))
def test_what_waits_comes_back_in_order_and_again(values: list[str]) -> None:
    spool: Spool[str] = Spool()
    for value in values:
        spool.put(value, 100_000)
    assert (list(spool), list(spool), spool.count) == (values, values, len(values))
    assert all(len(batch) <= 41 for batch in spool.batches())
    spool.close()


def test_two_read_what_waits_side_by_side() -> None:
    spool: Spool[int] = Spool()
    for value in range(2_500):
        spool.put(value, 1)
    one = spool.batches()
    first = next(one)
    assert list(spool) == [*first, *(value for batch in one for value in batch)] == list(range(2_500))
    spool.close()


@given(st.sets(st.tuples(NODES, NODES)), st.sets(st.tuples(NODES, NODES)))
def test_a_loop_is_found_where_there_is_one(there: set[tuple[str, str]], fresh: set[tuple[str, str]]) -> None:
    assume(_is_loopless(there))  # what is there never has a loop
    edges = Edges()
    for from_key, to_key in there:
        edges.add_there(from_key, to_key)
    for position, (from_key, to_key) in enumerate(sorted(fresh)):
        edges.add(from_key, to_key, position)
    found = list(edges.loops())
    assert bool(found) == (not _is_loopless(there | fresh))
    for edge, position, loop in found:
        assert sorted(fresh)[position] == edge
        assert loop[0] == loop[-1]
        assert set(pairwise(loop)) <= there | fresh


def _is_loopless(edges: set[tuple[str, str]]) -> bool:
    left = set(edges)
    while kept := {(one, other) for one, other in left if any(other == each for each, _ in left)}:
        if kept == left:
            return False
        left = kept
    return True
