"""What was talked about before a case, for the specialist: the context of the case in words of the edition in force."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.texts.schema import Content

CHOICES = ","


@dataclass(frozen=True, slots=True)
class Background:
    """
    question: the one whose answer did not help. answers: (question, what the citizen chose). plan: marked items with
    their states. step: the first one that is not done. What the citizen did not agree to keep is not there.
    """

    question: str = ""
    situations: tuple[str, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    plan: tuple[tuple[str, str], ...] = ()
    step: str = ""

    @property
    def is_empty(self) -> bool:
        return self == Background()


def background(content: Content, context: str) -> Background:
    """context: lines `name: ids` of bot/flows/words/case_context.py; what is not known any more is left out."""
    lines = dict(line.partition(": ")[::2] for line in context.splitlines())
    titles = {step.id: step.title for one in content.situations.values() for step in one.plan}
    question = content.questions.get(lines.get("question", ""))
    return Background(
        question=question.question if question else "",
        situations=tuple(
            content.situations[id_].citizen_says
            for id_ in lines.get("situations", "").split(CHOICES)
            if id_ in content.situations
        ),
        answers=tuple(_answers(content, _pairs(lines.get("answers", "")))),
        plan=tuple((titles[item], state) for item, state in _pairs(lines.get("plan", "")).items() if item in titles),
        step=titles.get(lines.get("step", ""), ""),
    )


def _pairs(line: str) -> dict[str, str]:
    return {name: value for name, _, value in (one.partition("=") for one in line.split())}


def _answers(content: Content, given: Mapping[str, str]) -> list[tuple[str, str]]:
    found = []
    for name, value in given.items():
        if question := content.profile.get(name):
            chosen = [question.choices[one] for one in value.split(CHOICES) if one in question.choices]
            found.append((question.label, ", ".join(chosen) if question.choices else value))
    return [(label, words) for label, words in found if words]
