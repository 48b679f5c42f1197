"""What is said to no step belongs to the talk with a specialist while there is one."""

from bot.engine.way import Way
from bot.messages import Kind
from storage.records import CaseRow


async def overheard(way: Way, text: str, kind: Kind = Kind.TEXT) -> bool:
    """Words for no step, and what is no words, went to the specialist; False: nobody listens."""
    turn, session = way.stand.turn, way.stand.session
    if way.flows.overhears is None or turn.policy == "information" or session.is_covered:
        return False
    if not (text or kind is not Kind.TEXT):
        return False
    case = await turn.reads.open_case()
    if case is None or session.aside == talk_of(case):
        return False
    turn.about, turn.text, turn.heard, turn.data = case.id, text, str(kind), {}
    turn.before = way.stand.before()
    await way.run(await way.flows.overhears(turn))
    return True


def talk_of(case: CaseRow) -> str:
    """Which talk it is: another one once a specialist has written anew."""
    return f"{case.id}:{case.answered_at.timestamp() if case.answered_at else 0:.3f}"
