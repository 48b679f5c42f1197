"""File `canned.yaml`: answers that staff need again and again."""

from collections.abc import Collection

from bot.texts.mistakes import listed, nearest
from bot.texts.reader import Reader
from bot.texts.routes import CannedAnswer

TITLE_CHARS = 60
ANSWER_CHARS = 1500


def read_canned(reader: Reader, topics: Collection[str]) -> dict[str, CannedAnswer]:
    """In the order of the file. topics: of requests, by routing.yaml."""
    found = {}
    for ident, one in reader.children():
        wanted = []
        for line, topic in one.words("topics", optional=True, limit=60):
            if topic in topics:
                wanted.append(topic)
            else:
                close = nearest(topic, topics)
                remedy = f"возможно, {close}" if close else f"есть: {listed(tuple(topics))}"
                one.wrong_at(line, "topics", f"нет темы «{topic}» в routing.yaml", remedy)
        title = one.text("title", limit=TITLE_CHARS, is_filled=False)
        found[ident] = CannedAnswer(ident, title, one.text("text", limit=ANSWER_CHARS), tuple(wanted))
        one.done()
    reader.done()
    return found
