"""Before a visit to the job matcher: whether to ask about the résumé, and how."""

from bot.engine.effects import Choice, Effect, Notice
from bot.engine.turn import Turn
from bot.flows.words.appointments import NAMED
from storage.booking_records import BookingRow
from storage.visits import Resume

MATCHER, RESUME = "job_matcher", "resume"  # who looks at it; the question of the profile and the item of the plan
READY = ("portal", "paper")
ANSWERS = (*READY, "promised", "help")


async def resume_asked(turn: Turn, row: BookingRow) -> list[Effect]:
    """The question beside the reminder, unless there is a résumé; in other words where one was promised."""
    if row.role != MATCHER or row.resume in READY:
        return []
    visits = await turn.reads.visits()
    seen = visits[-1].resume if visits else Resume.NONE
    if seen in READY or (await turn.reads.answers()).get(RESUME) in READY:
        return []
    key = "again" if row.resume == "promised" or seen is Resume.PROMISED else "asked"
    choices = [Choice(f"{answer}:{row.id[:NAMED]}") for answer in ANSWERS]
    return [Notice(f"prepared.{key}", choices, at="prepared.told", subject=turn.source)]
