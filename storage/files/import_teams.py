"""The teams of a graph file: those that it lists, and those that its objects name."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from storage.files.findings import Findings, Place
from storage.files.graph_file import Entry
from storage.teams import Team
from storage.text import folded


class Teams:
    """Every team of the workspace and of the file, by name: "growth" is Growth."""

    def __init__(self, there: Iterable[Team]) -> None:
        self._there = {folded(team.name): team for team in there}
        self._names = {short: team.name for short, team in self._there.items()}
        self._first: dict[str, Place] = {}
        self._fresh: list[Team] = []

    def take(self, entries: Iterable[Entry], findings: Findings) -> None:
        """Take what the file says of teams."""
        for entry in entries:
            short = folded(entry.given.get("name", ""))
            if short and short in self._first:
                findings.add(entry.place, f"the same team is at {self._first[short]}")
            elif short:
                self._first[short] = entry.place
                self._put(self._there.get(short), entry.given)

    def called(self, name: str) -> str:
        """Return the team's name as it is kept; a team that is named nowhere comes into being."""
        known = self._names.get(name)
        if known is None:
            short = folded(name)
            if short not in self._names:
                self._put(None, {"name": name})
            known = self._names[name] = self._names[short]
        return known

    def fresh(self) -> list[Team]:
        """Return those that are new or changed since the last time."""
        fresh, self._fresh = self._fresh, []
        return fresh

    def _put(self, before: Team | None, given: Mapping[str, Any]) -> None:
        after = replace(before or Team(given["name"]), **{name: value for name, value in given.items() if name != "name"})
        after = replace(after, members=tuple(sorted({*after.members, *after.leads})), leads=tuple(sorted(after.leads)))
        self._names.setdefault(folded(after.name), after.name)
        if after != before:
            self._fresh.append(after)
