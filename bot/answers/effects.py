"""What was expected, and what happened, in words: one entry for each expectation."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from prompts import Words, text
from rituals.trends import figure
from storage.expected import Effect
from storage.kinds import Kinds
from storage.lives import Release
from storage.objects import Object
from storage.trend import Trend

MOST_EFFECTS = 6
SIGNS = ("+", "-", "−")  # a size that begins with one says the direction itself
MOST_RELEASES, MOST_CLAIMS, MOST_BESIDE = 3, 3, 4


def effect_lines(kinds: Kinds, effects: Sequence[Effect], asked: Iterable[str], links: Mapping[str, str]) -> Words:
    """Return the words for `effects`. `asked`: the keys of those asked about, which need not be named; `links`: to cards."""
    known = set(asked)
    shown = [text("effect", **_shown(kinds, each, known, links)) for each in effects[:MOST_EFFECTS]]
    more = len(effects) - len(shown)
    return Words("\n".join([*shown, *([Words(f"and {more} more")] if more else [])]))


def keys_in(effects: Sequence[Effect]) -> list[str]:
    """Return the keys of all that the words for `effects` name."""
    named = [item for each in effects for item in (each.by, each.on, *(claim.impact for claim in each.claims))]
    return list(
        dict.fromkeys([item.key for item in named] + [out.item.key for each in effects for out, _ in each.since_release])
    )


def _shown(kinds: Kinds, effect: Effect, asked: set[str], links: Mapping[str, str]) -> dict[str, Any]:
    head, expected = effect.on if effect.by.key in asked else effect.by, effect.expected
    kind = kinds.kind(effect.on.kind)
    return {
        "emoji": kinds.kind(head.kind).emoji,
        "key": head.key,
        "title": head.title,
        "url": links.get(head.key),
        "size": expected.size,
        "direction": None if expected.size[:1] in SIGNS else expected.direction,
        "by_when": expected.by_when,
        "confidence": expected.confidence,
        "verdict": effect.verdict,
        "is_due": effect.is_due,
        "unit": effect.unit,
        "moved": _moved(effect.since_begun),
        "releases": [_release(*each, links) for each in effect.since_release[-MOST_RELEASES:] if each[1]],
        "to_target": None if effect.to_target is None else round(100 * max(0.0, effect.to_target)),
        "target": kind.target_in_words(effect.on.fields),
        "claims": [
            {"key": each.impact.key, "url": links.get(each.impact.key), "status": each.impact.status, "sure": each.sure}
            for each in effect.claims[:MOST_CLAIMS]
        ],
        "beside": _some(effect.beside),
    }


def _moved(moved: Trend | None) -> dict[str, Any] | None:
    if moved is None:
        return None
    first = moved.first_at if moved.is_from_first else None
    levels = {"before": figure(moved.before), "after": figure(moved.after)}
    return {**levels, "sure": moved.sure, "since": moved.since, "first": first}


def _release(release: Release, moved: Trend | None, links: Mapping[str, str]) -> dict[str, Any]:
    assert moved is not None  # noqa: S101  # those that nobody measured since are left out
    about = {"key": release.item.key, "url": links.get(release.item.key), "day": release.at}
    return {**about, "before": figure(moved.before), "after": figure(moved.after), "is_clear": moved.way in ("up", "down")}


def _some(items: Sequence[Object]) -> list[str]:
    keys = [item.key for item in items[:MOST_BESIDE]]
    return [*keys, f"{len(items) - MOST_BESIDE} more"] if len(items) > MOST_BESIDE else keys
