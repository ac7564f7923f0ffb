"""What a form must remember between opening and saving. It travels in the view, so nothing is kept in memory."""

import json
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class FormContext:
    """`key`, `version`: of the object that is changed; none for a new one. `channel`: where the form was asked for.

    `team`, `card`, `home`: where it belongs, as soon as that is known (see flows/destination.py). `more`: whether all fields
    are shown. `run`: the ritual's run that it answers. `mine`: the inputs that the person had changed when the form was shown
    again; they count as changed, though they stand as they were drawn. `link`, `other`: the input of a link
    ("link.from results in") and the key of the object that stands in it from the start. `source`, `author`: the address of
    the message that it was taken from, and who wrote that; they own it, unless the form says otherwise.
    """

    kind: str
    channel: str = ""
    team: str | None = None
    card: str = ""
    home: str | None = None
    key: str | None = None
    version: int | None = None
    more: bool = False
    run: str | None = None
    mine: tuple[str, ...] = ()
    link: str = ""
    other: str = ""
    source: str = ""
    author: str = ""

    def dump(self) -> str:
        """Return it as a view's private_metadata (Slack: 3,000 characters)."""
        said = {each.name: value for each in fields(self) if (value := getattr(self, each.name)) != each.default}
        return json.dumps(said, separators=(",", ":"))

    @classmethod
    def load(cls, private_metadata: str) -> "FormContext":
        """Read it back from a view."""
        known = json.loads(private_metadata)
        return cls(**{**known, "mine": tuple(known.get("mine", ()))})
