"""When a specialist answers, and how many requests come before this one."""

from bot.engine.turn import Turn
from bot.flows.words.answer_time import answer_time
from bot.texts import render
from storage.records import CaseRow


async def expected(turn: Turn, topic: str = "") -> str:
    """topic: of a request that this turn makes; without it the open one is meant, in the queue while nobody has it."""
    when = answer_time(turn)
    case = await _case(turn, topic)
    if case is None or case.owner or not (ahead := await turn.reads.cases_ahead(case)):
        return when
    requests = render.counted(ahead, "обращение", "обращения", "обращений")
    return f"{when}\n{render.say(turn.content, 'handover.ahead', {'requests': requests}, today=turn.today)}"


async def _case(turn: Turn, topic: str) -> CaseRow | None:
    if not topic:
        return await turn.reads.open_case()
    office = turn.office.id or turn.content.default_office.id
    role = turn.content.routing.topic(topic).role
    return CaseRow("", turn.citizen.id, turn.channel, topic, "new", True, turn.now, role=role, office=office)
