"""What a form must remember between opening and saving. It travels in the view, so nothing is kept in memory."""

import json
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class FormContext:
    """`key`, `version`: of the object that is changed; none for a new one. `channel`: where the form was asked for.

    `team`, `card`, `home`: where it belongs, as soon as that is known (see flows/destination.py). `more`: whether all fields
    are shown; `page`: which part of them, where one modal cannot hold them. `only`: the one field that is asked for, if it is
    but one. `run`: the ritual's run that it answers. `mine`: the inputs that the person had changed when the form was shown
    again; they count as changed, though they stand as they were drawn. `link`, `other`: the input of a link
    ("link.from results in") and the key of the object that stands in it from the start. `source`, `author`: the address of
    the message that it was taken from, and who wrote that; they own it, unless the form says otherwise. `draft`: under which
    name it is kept until it is saved, where it is not the usual one. `below`, `into`: what is made is chosen in that input of
    the form underneath, which is kept under that name.
    `shown`: where the message can be replaced that only the person sees and in which the button was pressed. `move`: the name
    of the move that it asks about.
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
    page: int = 0
    only: str = ""
    draft: str = ""
    below: str = ""
    into: str = ""
    shown: str = ""
    move: str = ""

    @property
    def kept_as(self) -> str:
        """The name under which it is kept until it is saved. What is begun in a private channel is found again only there."""
        if self.draft:
            return self.draft
        if self.key:
            return f"edit:{self.key}:{self.only}" if self.only else f"edit:{self.key}"
        return f"new:{self.kind}@{self.home}" if self.home else f"new:{self.kind}"

    def dump(self) -> str:
        """Return it as a view's private_metadata (Slack: 3,000 characters)."""
        said = {each.name: value for each in fields(self) if (value := getattr(self, each.name)) != each.default}
        return json.dumps(said, separators=(",", ":"))

    @classmethod
    def load(cls, private_metadata: str) -> "FormContext":
        """Read it back from a view."""
        known = json.loads(private_metadata)
        return cls(**{**known, "mine": tuple(known.get("mine", ()))})
