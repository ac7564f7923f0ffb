"""How the process is: alive, ready, and in numbers for Prometheus."""

from prometheus_client import CollectorRegistry, Gauge, Histogram, generate_latest
from prometheus_client.context_managers import Timer
from sqlalchemy.exc import SQLAlchemyError

from bot.identity import Identity
from bot.tick import DEAD_AFTER, Tick
from storage import inbox, outbox
from storage.database import Database
from storage.heartbeat import latest


class Metrics:
    """Numbers of one process and of the database that it works on."""

    def __init__(self, database: Database, identity: Identity, tick: Tick) -> None:
        self._database = database
        self._identity = identity
        self._tick = tick
        self._registry = CollectorRegistry()
        self._ack = Histogram("throughline_ack_seconds", "Time to acknowledge a request of Slack's", registry=self._registry)
        self._inbox = Gauge("throughline_inbox", "Events by state", ["state"], registry=self._registry)
        self._outbox = Gauge("throughline_outbox", "Letters by state", ["state"], registry=self._registry)
        self._tick_age = Gauge("throughline_tick_age_seconds", "Time since the last whole tick", registry=self._registry)

    def acknowledging(self) -> Timer:
        """Return a context that measures one acknowledgement."""
        return self._ack.time()

    async def alive(self) -> str:
        """Return nothing where the process does its work, else what is wrong."""
        if self._tick.is_started and self._tick.age.total_seconds() > DEAD_AFTER:
            return "the tick is dead"
        return ""

    async def ready(self) -> str:
        """Return nothing where requests can be served, else what is wrong."""
        try:
            async with self._database.reading(self._identity.workspace) as tx:
                await latest(tx)
        except (SQLAlchemyError, OSError) as error:
            return f"the database does not answer: {type(error).__name__}"
        return await self.alive()

    async def page(self) -> bytes:
        """Return the numbers in Prometheus' format."""
        async with self._database.reading(self._identity.workspace) as tx:
            for gauge, counts in ((self._inbox, await inbox.counts(tx)), (self._outbox, await outbox.counts(tx))):
                for state, count in counts.items():
                    gauge.labels(state).set(count)
        self._tick_age.set(self._tick.age.total_seconds() if self._tick.is_started else 0)
        return generate_latest(self._registry)
