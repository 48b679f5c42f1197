"""What was talked about, for the specialist: only what the citizen agreed to keep."""

from bot.engine.turn import Turn
from bot.texts.plan import form

SCREENS = 6


async def context(turn: Turn, question: str) -> str:
    """
    Lines `name: ids`, read by bot/desk/cards.py: question, screens; with consent also situations, answers, plan items.

    No word of the citizen is in it.
    """
    lines = [f"question: {question}", f"screens: {' '.join(turn.before[-SCREENS:])}"]
    if turn.has_consent:
        marks, answers = await turn.reads.plan(), await turn.reads.answers()
        known = turn.content.situations
        situations = [known[id_] for id_ in turn.citizen.situations if id_ in known]
        kept = {id_ for id_, row in marks.items() if row.stays}
        undone = [id_ for id_ in form(situations, answers, kept) if id_ not in marks or marks[id_].state not in DONE]
        lines += [
            f"situations: {','.join(turn.citizen.situations)}",
            f"answers: {' '.join(f'{name}={value}' for name, value in answers.items() if value)}",
            f"plan: {' '.join(f'{row.item}={row.state}' for row in marks.values())}",
            f"step: {undone[0] if undone else ''}",
        ]
    return "\n".join(lines)


DONE = ("done", "not_mine")
