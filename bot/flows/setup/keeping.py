"""How far a person is with a set-up, kept among what they chose: one for a new team, one for each team that they change."""

from bot.flows.setup.steps import Plan
from storage.database import Transaction
from storage.preferences import choose, preference

LEADS = "triad"  # of a team: who leads in which part


async def kept(tx: Transaction, user: str, of: str | None) -> Plan | None:
    """Return how far `user` is with the team `of`, or with a new one; None where they have begun none."""
    return Plan.load(await preference(tx, user, _name(of)))


async def keep(tx: Transaction, user: str, plan: Plan) -> None:
    """Remember how far `user` is."""
    await choose(tx, user, _name(plan.of), plan.dump())


async def drop(tx: Transaction, user: str, of: str | None) -> None:
    """Forget how far `user` is."""
    await choose(tx, user, _name(of), None)


def _name(of: str | None) -> str:
    return f"setup:{of}" if of else "setup"
