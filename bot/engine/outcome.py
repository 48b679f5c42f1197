"""What a talk comes to: things said, marks on the plan, answers, and the two ways in which it must not go on."""

from dataclasses import dataclass

from bot.engine.effects import Effect
from bot.engine.screen import Screen
from storage.records import AnswerRow, Lane, PlanItemRow


class Overrun(Exception):
    """The turn said or went too much: a loop in flows or content."""


class PolicyBreach(Exception):
    """A flow wanted to keep something about a citizen where that is not allowed."""


@dataclass(frozen=True, slots=True)
class Said:
    """
    One text of the turn. screen: with its buttons, None for plain words. place: "flow.step" that hears the buttons.

    number: of the screen. shows_keyboard: the bottom keyboard comes with it. subject: of a reminder.
    """

    key: str
    text: str
    screen: Screen | None = None
    place: str = ""
    number: int = 0
    shows_keyboard: bool = False
    lane: Lane = Lane.REPLY
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Marked(Effect):
    """A plan item as it will be stored."""

    row: PlanItemRow


@dataclass(frozen=True, slots=True)
class Answered(Effect):
    """An answer as it will be stored."""

    row: AnswerRow
