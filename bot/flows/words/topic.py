"""What a request for a person is about, guessed: the question in hand, the words, the talk one comes from."""

from bot.engine.turn import Turn
from bot.engine.words import plain
from bot.texts.routes import QUESTION

WHOLE_CHARS = 3  # so short a beginning stands for a whole word


def guessed(turn: Turn, words: str, *, question: str = "") -> str:
    """A topic of the content; QUESTION when nothing tells. question: id of the question that was not answered well."""
    routing = turn.content.routing
    asked = turn.content.questions.get(question)
    if asked is not None and (topic := routing.of_question(asked.topic, asked.escalation)) != QUESTION:
        return topic
    said = f" {plain(words)} "
    found = [topic.id for topic in routing.topics.values() if any(_begins(said, word) for word in topic.says)]
    private = [id_ for id_ in found if routing.topics[id_].is_private]
    if found:
        return (private or found)[0]
    flows = [place.partition(".")[0] for place in reversed(turn.before)]
    return next(
        (topic.id for flow in flows for topic in routing.topics.values() if flow in topic.flows),
        QUESTION,
    )


def _begins(said: str, word: str) -> bool:
    return f" {word} " in said if len(word) <= WHOLE_CHARS else f" {word}" in said
