"""
Which questions of a survey come this time.

Of a survey in rotation none comes twice before all have come. The order is the citizen's own, fixed by their id, so
over all citizens each question is asked equally often at any visit.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from bot.texts.questionnaire import Asking, Survey


def named(survey: Survey, questions: Iterable[str]) -> list[str]:
    """`survey.question`, as invitations keep them."""
    return [f"{survey.id}.{question}" for question in questions]


def questions_of(
    asking: Asking, survey: Survey, surveys: Mapping[str, Survey], seed: str, before: Sequence[str]
) -> list[str]:
    """
    All questions of one invitation, those asked with the survey after its own. before: asked ever, the earliest first.
    """
    parts = [survey, *(surveys[also] for also in asking.also if also in surveys)]
    found = []
    for part in parts:
        whole = asking.whole or not part.rotation
        own = list(part.items) if whole else rotated(list(part.items), part.rotation, seed, _of(part, before))
        found += named(part, own)
    return found


def rotated(questions: Sequence[str], count: int, seed: str, before: Iterable[str]) -> list[str]:
    """
    So many of the questions, in their own order: those asked least often so far, of equal ones by lot.

    before: asked ever. seed: the lot is the same for the same one.
    """
    asked = Counter(one for one in before if one in questions)

    def turn(question: str) -> tuple[int, bytes]:
        times = asked[question]
        return times, sha256(f"{seed}:{times}:{question}".encode()).digest()

    chosen = set(sorted(questions, key=turn)[:count])
    return [question for question in questions if question in chosen]


def _of(survey: Survey, before: Iterable[str]) -> list[str]:
    mark = f"{survey.id}."
    return [one.removeprefix(mark) for one in before if one.startswith(mark)]
