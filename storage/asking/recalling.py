"""What somebody believed on a day, and who the players are: what those questions find."""

from datetime import datetime, timedelta

from storage.asking.listing import bounds
from storage.asking.question import Question
from storage.asking.resolving import Scene, Unknown
from storage.objects import Object
from storage.past.as_of import objects_as_of
from storage.past.beliefs import beliefs_as_of
from storage.players import Players, players


async def believed(scene: Scene, question: Question, about: list[Object]) -> list[Object]:
    """Return what was believed at the end of the question's period, as it was: `about`, or, where that is empty, what ran."""
    at = await _end(scene, question)
    if about:
        return list((await objects_as_of(scene.tx, [item.key for item in about], at, scene.audience)).values())
    return list((await beliefs_as_of(scene.tx, scene.kinds, at, scene.audience)).underway)


async def _end(scene: Scene, question: Question) -> datetime:
    if question.period is None:
        raise Unknown("")
    _, after = await bounds(scene, question.period)
    return min(after - timedelta(microseconds=1), scene.tx.now)


async def who_plays(scene: Scene, question: Question) -> Players:
    """Return the players of the question's team, or of all; raise Unknown where it is no team."""
    if not question.place:
        return await players(scene.tx, scene.kinds, scene.audience)
    teams = await scene.teams_called(question.place)
    if not teams:
        raise Unknown(question.place)
    return await players(scene.tx, scene.kinds, scene.audience, teams)
