"""Terms of calls by staff, as the program sees them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallRules:
    """
    hour: local, when the day's list is made. tries: attempts without an answer, then a kind message instead.
    no_answer_hours, busy_minutes: the pause before the next attempt. undo_minutes: so long a result can be taken back.

    first_after_days: nobody spoke with the citizen since the start: called from this day on, till first_within_days.
    every_days: then so often, until_days after the start at most. quiet_days: so long nothing was heard.
    no_show_days, resume_days: after a missed visit, after a promised résumé. skips: situations whose people are not
    called by these terms.
    """

    hour: int = 8
    tries: int = 3
    no_answer_hours: int = 20
    busy_minutes: int = 60
    undo_minutes: int = 10
    first_after_days: int = 5
    first_within_days: int = 10
    every_days: int = 15
    until_days: int = 180
    quiet_days: int = 30
    no_show_days: int = 1
    resume_days: int = 7
    skips: tuple[str, ...] = ()
