"""`/pom stale`: what waits for somebody to look again, in my team."""

from bot.desk import Desk
from bot.flows.pom.part import NoSuchTeam, part_asked_for, teams_told, unknown_team
from bot.flows.pom.replies import only_you, openers
from bot.flows.pom.show import line
from bot.flows.viewing import viewer
from bot.requests import Reply, Request
from prompts import parts
from prompts.blocks import Message, section
from storage.moments import is_overdue, touched_at
from storage.permalinks import permalinks
from storage.stale import stale

MOST = 10


async def show_stale(desk: Desk, request: Request, words: str) -> Reply:
    """Return what is stale in the team that `words` name; without one, in the channel's, or the person's own."""
    kinds = await desk.kinds(request.workspace)
    async with desk.database.reading(request.workspace) as tx:
        audience = await viewer(tx, request)
        teams = await teams_told(tx, audience)
        try:
            team = (await part_asked_for(desk, tx, kinds, request, teams, words)).team
        except NoSuchTeam as unknown:
            return unknown_team(request, "stale", words, unknown.words, teams)
        found = await stale(tx, kinds, audience, team=team or None, most=MOST)
        places = await permalinks(tx, [item.key for item in found.items])
        lines = [
            {
                **line(kinds, item, places),
                "since": touched_at(item),
                "year": touched_at(item).year != tx.now.year,
                "is_overdue": is_overdue(kinds, item, tx.now),
            }
            for item in found.items
        ]
    said = parts("pom_stale", team=team, count=found.count, lines=lines, more=found.count - len(lines))
    return only_you(request, Message(said["headline"], [*map(section, said.values()), *openers(found.items)]))
