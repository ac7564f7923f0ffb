"""What each name on the wire does, put together from the parts of the product. A name stands for one thing only."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields

from bot.desk import Desk
from bot.requests import Reply, Request

Flow = Callable[[Desk, Request], Awaitable[Reply]]


@dataclass(frozen=True)
class Names:
    """The names that a part of the product answers to, by what Slack sends.

    A button's name may carry more behind a colon, so that several fit into one row: "object.move:place" is "object.move".
    `closed`: modals that were closed without being saved, by their callback id. `shortcuts`: global ones and those on messages.
    """

    commands: Mapping[str, Flow] = field(default_factory=dict)
    actions: Mapping[str, Flow] = field(default_factory=dict)
    submissions: Mapping[str, Flow] = field(default_factory=dict)
    options: Mapping[str, Flow] = field(default_factory=dict)
    shortcuts: Mapping[str, Flow] = field(default_factory=dict)
    closed: Mapping[str, Flow] = field(default_factory=dict)


def together(parts: Iterable[Names]) -> Names:
    """Return the names of all `parts`; raise ValueError where two of them answer to the same one."""
    all_parts = list(parts)
    return Names(**{each.name: _merged([getattr(part, each.name) for part in all_parts]) for each in fields(Names)})


def flow_of(flows: Mapping[str, Flow], name: str) -> Flow | None:
    """Return what `name` does, or None where nothing answers to it."""
    return flows.get(name) or flows.get(name.partition(":")[0])


def _merged(tables: Iterable[Mapping[str, Flow]]) -> dict[str, Flow]:
    whole: dict[str, Flow] = {}
    for table in tables:
        for name, flow in table.items():
            if name in whole:
                raise ValueError(f'two flows answer to "{name}"')
            whole[name] = flow
    return whole
