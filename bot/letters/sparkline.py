"""A course of values as a small line of blocks, which fits into a sentence: ▂▄▅▇. Pure."""

from collections.abc import Iterable

BLOCKS = "▁▂▃▄▅▆▇█"
MOST = 8  # the newest; a longer line breaks on a phone


def sparkline(values: Iterable[float], lowest: float = 0, highest: float = 100) -> str:
    """Return the newest `values`, the oldest first, each as a block as high as it stands between `lowest` and `highest`.

    The scale is a fixed one, so that two lines can be compared and a small step looks small. Empty where there are fewer than
    two values: a single block would say nothing. The figures themselves stand beside it, for who does not see blocks.
    """
    newest = list(values)[-MOST:]
    return "".join(_block((value - lowest) / (highest - lowest)) for value in newest) if len(newest) > 1 else ""


def _block(share: float) -> str:
    return BLOCKS[min(len(BLOCKS) - 1, max(0, int(share * len(BLOCKS))))]
