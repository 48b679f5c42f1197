"""The board of questions, for admins: what nobody had an answer to, and which questions the index confuses."""

from collections.abc import Sequence
from datetime import timedelta

from bot.clock import Clock
from bot.matching.review import Review, review
from bot.texts.schema import Content
from storage.database import Database
from storage.unanswered import UnansweredRow

WEEK = timedelta(days=7)
PAIRS_SHOWN = 10


async def unanswered(
    database: Database, clock: Clock, *, since: timedelta = WEEK, limit: int = 200
) -> Sequence[UnansweredRow]:
    """Asked in that time, most often first; words without names and numbers, of no citizen. Raises Unavailable."""
    async with database.read() as tx:
        return await tx.unanswered.since(clock.now() - since, limit=limit)


def reviewed(content: Content) -> Review:
    """Takes seconds."""
    return review(content.matcher.entries, content.matcher.synonyms)


def review_lines(content: Content, found: Review) -> list[str]:
    """For an editor: each phrase that leads elsewhere, the pairs confused most, and how many are right."""
    labels = {question.id: question.label for question in content.questions.values()}
    lines = []
    for miss in found.misses:
        where = f"{miss.found} «{labels[miss.found]}»" if miss.found else "никуда"
        lines.append(f"{miss.meant}: «{miss.phrase}» ведёт: {where}{'' if miss.is_near else ', своего нет среди трёх'}")
    if found.pairs:
        lines += ["", "Чаще всего путаются. Разведите их слова или добавьте строку not:"]
    for meant, other, count in found.pairs[:PAIRS_SHOWN]:
        lines.append(f"{count:>3}  {meant} «{labels[meant]}» → {other} «{labels[other]}»")
    lines += [
        "",
        f"Способов спросить: {found.phrases}. Без самой фразы бот находит свой вопрос: "
        f"сразу {found.right * 100:.0f} %, среди трёх {found.right_among * 100:.0f} %.",
    ]
    return lines
