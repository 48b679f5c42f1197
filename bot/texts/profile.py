"""File `profile.yaml`: questions about the citizen; and what refers to them: `asks` of a situation, conditions."""

from collections.abc import Collection, Mapping

from bot.texts.mistakes import listed, nearest
from bot.texts.reader import Reader
from bot.texts.schema import LABEL_CHARS, frozen
from bot.texts.situation import QUESTION_KINDS, Condition, ProfileQuestion

WORDS_CHARS = 600  # a question and why it is asked are one small screen
MARK_CHARS = 2  # «✓ » before a chosen answer
CHOICES_MAX = 14  # two pages
PRESS_CHARS = 32  # question and answer both stand in the data of a button, which the platforms limit to 64 bytes


def read_profile(reader: Reader) -> dict[str, ProfileQuestion]:
    """All questions, in the order of the file."""
    found = {}
    for ident, question in reader.children():
        kind = question.choice("kind", QUESTION_KINDS)
        found[ident] = ProfileQuestion(
            id=ident,
            label=question.label("label"),
            ask=question.text("ask", limit=WORDS_CHARS),
            why=question.text("why", limit=WORDS_CHARS),
            kind=kind,
            choices=frozen(_choices(ident, kind, question)),
        )
        question.done()
    reader.done()
    return found


def _choices(ident: str, kind: str, question: Reader) -> dict[str, str]:
    if kind == "date":
        if question.has("choices"):
            question.node("choices")
            question.wrong("choices", "стоит у вопроса о дате", "уберите: дату человек напишет сам")
        return {}
    inside = question.child("choices")
    if inside is None:
        return {}
    found: dict[str, str] = {}
    for answer in inside.names():
        if not inside.is_id(answer):
            continue
        label = inside.label(answer, LABEL_CHARS - MARK_CHARS)
        if label and label in found.values():
            inside.wrong(answer, f"та же надпись «{label}», что у другого ответа", "сделайте надписи разными")
        if len(ident) + len(answer) > PRESS_CHARS:
            what = f"длинно: имена вопроса и ответа вместе больше {PRESS_CHARS} знаков"
            inside.wrong(answer, what, "дайте имена короче")
        found[answer] = label
    if not 2 <= len(found) <= CHOICES_MAX:
        question.wrong("choices", f"ответов {len(found)}", f"впишите от 2 до {CHOICES_MAX}")
    return found


def read_asks(head: Reader, profile: Mapping[str, ProfileQuestion] | None) -> tuple[str, ...]:
    """Questions that a situation asks. profile: None while `profile.yaml` can't be read: nothing is compared then."""
    found: dict[str, None] = {}
    for line, ident in head.words("asks", optional=True):
        if ident in found:
            head.wrong_at(line, "asks", f"вопрос «{ident[:60]}» второй раз", "оставьте один")
        elif profile is not None and ident not in profile:
            head.wrong_at(line, "asks", f"нет вопроса «{ident[:60]}»", near(ident, profile, "profile.yaml"))
        found[ident] = None
        if head.is_full:
            break
    return tuple(found)


def read_conditions(
    reader: Reader,
    name: str,
    profile: Mapping[str, ProfileQuestion] | None,
    asked: Collection[str],
    *,
    optional: bool = True,
) -> tuple[Condition, ...]:
    """A list of `question=answer`. asked: questions that some situation asks; of others no condition can ever hold."""
    found = []
    for line, word in reader.words(name, optional=optional, limit=60):
        question, equals, answer = (part.strip() for part in word.partition("="))
        if not equals or not question or not answer:
            reader.wrong_at(line, name, f"не условие: «{word}»", "напишите вопрос=ответ, например papers=all")
            continue
        found.append(Condition(question, answer))
        if profile is None or reader.is_full:
            continue
        known = profile.get(question)
        if known is None:
            reader.wrong_at(line, name, f"нет вопроса «{question}»", near(question, profile, "profile.yaml"))
        elif known.kind == "date":
            reader.wrong_at(line, name, f"«{question}» — вопрос о дате", "условием бывает только вопрос с ответами")
        elif answer not in known.choices:
            what = f"у вопроса «{question}» нет ответа «{answer}»"
            reader.wrong_at(line, name, what, near(answer, known.choices, "profile.yaml"))
        elif question not in asked:
            what = f"вопрос «{question}» никто не задаёт"
            reader.wrong_at(line, name, what, f"добавьте {question} в «asks» файла situation.yaml")
    return tuple(found)


def near(word: str, known: Collection[str], where: str) -> str:
    """The remedy for a word that is none of the known ones. where: the file to add it to when there are none."""
    close = nearest(word, known)
    if close:
        return f"возможно, {close}"
    return f"есть: {listed(known)}" if known else f"добавьте его в {where}"
