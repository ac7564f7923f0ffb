"""What to offer where a question was not understood: the nearest that are, about what is at hand."""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from storage.asking.phrasings import PHRASINGS, Phrasing
from storage.asking.questions import normal
from storage.asking.resolving import Scene
from storage.objects import Object
from storage.search import search
from storage.teams import all_teams, teams_of
from storage.text import folded

OFFERED = 3
MOST_CANDIDATES = 5
_SLOT = re.compile(r"\{(thing|team)(?::([\w ]+))?\}")


async def understandable(scene: Scene, words: str) -> tuple[str, ...]:
    """Return three questions that are understood: the nearest to `words`, about the object at hand where there is one."""
    said = normal(words)
    ranked = sorted(PHRASINGS, key=lambda phrasing: -fuzz.token_set_ratio(said, normal(_SLOT.sub(" ", phrasing.example))))
    if scene.about:
        fitting = [phrasing for phrasing in ranked if scene.about.kind in phrasing.of]
        ranked = [*fitting[:OFFERED], *ranked]
    offered: list[str] = []
    for phrasing in ranked:
        question = await filled(scene, phrasing)
        if question and question not in offered:
            offered.append(question)
        if len(offered) == OFFERED:
            break
    return tuple(offered)


async def filled(scene: Scene, phrasing: Phrasing) -> str | None:
    """Return the example of a phrasing with names that exist here, or None where there is none of the kind."""
    question = phrasing.example
    taken: set[str] = set()
    for slot in list(_SLOT.finditer(question)):
        name = await (_team(scene) if slot[1] == "team" else _object(scene, slot[2], phrasing, taken))
        if name is None:
            return None
        taken.add(name)
        question = question.replace(slot[0], name, 1)
    return question


async def _object(scene: Scene, kind: str, phrasing: Phrasing, taken: set[str]) -> str | None:
    about = scene.about
    if about and about.kind in phrasing.of and about.key not in taken and not taken:
        return about.key
    found = await search(scene.tx, "", scene.audience, kinds=[kind], limit=1) if kind in scene.kinds.kinds else []
    return next((item.key for item in found if item.key not in taken), None)


async def _team(scene: Scene) -> str | None:
    mine = await teams_of(scene.tx, scene.asker) if scene.asker else []
    if scene.about and scene.about.team:
        return scene.about.team
    return next((team.name for team in [*mine, *await all_teams(scene.tx)]), None)


def clearer(words: str, unclear: str, candidates: Sequence[Object]) -> tuple[str, ...]:
    """Return the question once for each of the `candidates`, its key in the place of the `unclear` words."""
    said = folded(words)
    place = said.find(unclear)
    asked = [
        f"{said[:place]}{item.key}{said[place + len(unclear) :]}" if place >= 0 else f"{said} ({item.key})"
        for item in candidates[:MOST_CANDIDATES]
    ]
    return tuple(f"{question[0].upper()}{question[1:].rstrip('? ')}?" for question in asked)
