"""
Questions of citizens and their answers.

Strings may hold `{fact.KEY}`, `{office.FIELD}`, `{contact.KEY}`: pass them through `render.fill` before showing.
"""

from dataclasses import dataclass

CRISIS = "crisis"  # escalation of questions of a bad hour: nobody is asked for a mark after them


@dataclass(frozen=True, slots=True)
class Question:
    """
    A question and its answer (a screen). also: other ways to ask. situations: empty = everybody's.

    escalation: role that takes over when the answer does not help, empty = whoever is on duty. keywords: words of this
    question only. excluded: with all words of one of these lines in it, a text asks something else.
    """

    id: str
    label: str
    question: str
    also: tuple[str, ...]
    answer: str
    escalation: str = ""
    topic: str = ""
    situations: tuple[str, ...] = ()
    source: str = ""
    confidence: str = "medium"
    keywords: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Topic:
    """Questions that belong together, in the order shown."""

    id: str
    label: str
    order: int
    questions: tuple[Question, ...]
