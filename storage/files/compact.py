"""Sets of names and keys that stay small where there are millions of them."""

from array import array
from collections.abc import Hashable
from datetime import UTC, datetime, timedelta

_BITS = 2**26  # of a filter: eight megabytes, in which of 2.5 million names one in fifty takes the bit of another
_TAILS = 110  # what a key's last two characters can be: 00 to 99, or -1 to -9
_NO_MOMENT = -(2**63)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def _head_and_tail(key: str) -> tuple[str, int]:
    """Split BET-1234 into BET-12 and 34, BET-7 into BET and 103: keys are dense, so many share a head."""
    return key[:-2], int(key[-2:]) % _TAILS


class KeySet:
    """Keys such as BET-12. A hundred neighbours take one entry."""

    def __init__(self) -> None:
        self._tails: dict[str, int] = {}  # by head, as bits

    def add(self, key: str) -> None:
        head, tail = _head_and_tail(key)
        self._tails[head] = self._tails.get(head, 0) | 1 << tail

    def __contains__(self, key: str) -> bool:
        head, tail = _head_and_tail(key)
        return bool(self._tails.get(head, 0) >> tail & 1)

    def highest(self) -> dict[str, int]:
        """Return the highest number of each prefix."""
        found: dict[str, int] = {}
        for head, tails in self._tails.items():
            prefix, _, number = head.partition("-")
            low = tails & ((1 << 100) - 1)  # those of two digits; the others stand for -1 to -9
            last = int(number or 0) * 100 + low.bit_length() - 1 if low else _highest_single(tails)
            found[prefix] = max(found.get(prefix, 0), last)
        return found


def _highest_single(tails: int) -> int:
    return max(digit for digit in range(1, 10) if tails >> (-digit % _TAILS) & 1)


class Moments:
    """A moment for each of many keys."""

    def __init__(self) -> None:
        self._by_head: dict[str, array[int]] = {}  # microseconds, by tail

    def put(self, key: str, moment: datetime) -> None:
        head, tail = _head_and_tail(key)
        if head not in self._by_head:
            self._by_head[head] = array("q", [_NO_MOMENT]) * _TAILS
        self._by_head[head][tail] = (moment - _EPOCH) // _MICROSECOND

    def get(self, key: str, default: datetime) -> datetime:
        head, tail = _head_and_tail(key)
        there = self._by_head.get(head)
        if there is None or there[tail] == _NO_MOMENT:
            return default
        return _EPOCH + there[tail] * _MICROSECOND


class Repeats:
    """Which names came more than once. It knows all of them, and takes few others for one.

    So what is said of each name must be remembered for those few alone.
    """

    def __init__(self) -> None:
        self._seen = bytearray(_BITS // 8)
        self._again: set[int] = set()

    def see(self, name: Hashable) -> None:
        number = hash(name)
        byte, bit = (number % _BITS) >> 3, 1 << (number & 7)
        if self._seen[byte] & bit:
            self._again.add(number)
        else:
            self._seen[byte] |= bit

    def __contains__(self, name: Hashable) -> bool:
        return hash(name) in self._again
