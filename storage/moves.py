"""How objects of a kind are taken on by one press, and how they are pitched; as a pack declares it. No SQL, no Slack."""

from pydantic import BaseModel, ConfigDict
from pydantic import Field as Attribute

WHY = "why"  # what a move asks for that has no field of its own


class Move(BaseModel):
    """One button of a lifecycle: from one of the statuses `start` (none named: from any that it may follow) to one of `to`.

    `label`: what stands on the button; empty: the status that it leads to. `asks`: the field that the move deserves an answer
    to, or WHY for a reason alone; empty: it is done at once. `teaches`: what was learned is asked as well, and becomes an
    object that the moved one yields.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: str = ""
    to: tuple[str, ...] = Attribute(min_length=1)
    start: tuple[str, ...] = ()
    asks: str = ""
    teaches: bool = False

    @property
    def is_question(self) -> bool:
        """Whether anything has to be asked before it is done."""
        return bool(self.asks or self.teaches or len(self.to) > 1)


class Pitch(BaseModel):
    """How objects of a kind are pitched. `start`: the statuses from which; `opens`: the one in which others judge it.

    `places`, `declines`, `reshapes`: the statuses to which a decider takes it. `decision`: the kind of object that keeps who
    decided and why. `all_in`: the flag that says that the rest is paused for it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: tuple[str, ...] = Attribute(min_length=1)
    opens: str
    places: str
    declines: str
    reshapes: str
    decision: str = ""
    all_in: str = ""

    @property
    def statuses(self) -> tuple[str, ...]:
        return (*self.start, self.opens, self.places, self.declines, self.reshapes)
