"""What admins must look at again: figures out of date, offices, the operator, answers, files cut short."""

import re
from datetime import date

from bot.texts.fact import UNSURE, Fact
from bot.texts.load import Look
from bot.texts.mistakes import Mistake, Mistakes, listed
from bot.texts.schema import Content
from bot.texts.tree import line_of

BARE = re.compile(
    r"(?<!\d)\d{1,4}-ФЗ|(?<!\w)ст\.\s?\d{1,4}|(?<![\d.,])\d{1,6}(?:[.,]\d{1,6})?\s?(?:%|процент\w*)"
    r"|(?<!\d)\d{1,2}\s(?:январ|феврал|март|апрел|ма[яй]|июн|июл|август|сентябр|октябр|ноябр|декабр)\w*(?:\s\d{4})?"
)
CONFIRM = "проверьте по источнику и поставьте confidence: high или medium"


def doubts(seen: Look, today: date) -> list[Mistake]:
    """All of them by file and line, empty when nothing is left or the content is too broken to say."""
    content = seen.content
    if content is None:
        return []
    found = Mistakes(seen.root)
    _facts(content, seen, today, found)
    _offices(content, seen, found)
    _points(content, seen, found)
    _answers(content, seen, found)
    _bare_figures(seen, found)
    _ends(seen, found)
    if content.consent.operator.needs_verification:
        line = line_of(seen.trees.get("consent.yaml"), "operator", "needs_verification")
        remedy = "впишите полное название, потом поставьте needs_verification: нет"
        found.add("consent.yaml", line, "оператор персональных данных не подтверждён", remedy)
    return found.sorted()


def doubt(fact: Fact, today: date) -> str:
    """Why this fact is shown with the mark, an empty string when it is not."""
    if today > fact.check_by:
        return f"срок проверки вышел {fact.check_by:%d.%m.%Y}"
    return "не подтверждено" if fact.is_doubtful(today) else ""


def _facts(content: Content, seen: Look, today: date, found: Mistakes) -> None:
    for fact in content.facts.values():
        if why := doubt(fact, today):
            remedy = "проверьте значение, поправьте as_of и check_by" if today > fact.check_by else CONFIRM
            line = line_of(seen.trees.get("facts.yaml"), fact.key)
            found.add("facts.yaml", line, f"«{fact.key}» ({fact.value}): {why}", remedy)


def _offices(content: Content, seen: Look, found: Mistakes) -> None:
    for office in content.offices.values():
        file = f"offices/{office.id}.yaml"
        tree = seen.trees.get(file)
        if office.needs_verification:
            remedy = "проверьте адрес, телефон и часы, потом поставьте needs_verification: нет"
            found.add(file, line_of(tree, "needs_verification"), "офис не подтверждён", remedy)
        if not office.phone:
            found.add(file, line_of(tree, "phone"), "пусто: phone", "впишите телефон")
        if empty := [key for key, value in office.contacts.items() if not value]:
            line = line_of(tree, "contacts", empty[0])
            remedy = "впишите адрес или телефон; предложения с ними бот пока не показывает"
            found.add(file, line, f"пусто: {listed(empty, limit=20)}", remedy)


def _points(content: Content, seen: Look, found: Mistakes) -> None:
    for point in content.points.values():
        if point.needs_verification:
            file = f"points/{point.id}.yaml"
            line = line_of(seen.trees.get(file), "needs_verification")
            remedy = "проверьте адрес, часы и места, потом поставьте needs_verification: нет"
            found.add(file, line, "консультационный пункт не подтверждён", remedy)


def _answers(content: Content, seen: Look, found: Mistakes) -> None:
    for question in content.questions.values():
        if question.confidence in UNSURE:
            file = f"questions/{question.topic}.yaml"
            line = line_of(seen.trees.get(file), "questions", question.id, "confidence")
            found.add(file, line, f"«{question.id}»: ответ не подтверждён", CONFIRM)
    for page in content.pages.values():
        if page.confidence in UNSURE:
            file = f"pages/{page.id}.yaml"
            found.add(file, line_of(seen.trees.get(file), "confidence"), "страница не подтверждена", CONFIRM)


def _bare_figures(seen: Look, found: Mistakes) -> None:
    """Dates, shares and laws that change behind our back; amounts and phones outside the facts are mistakes."""
    for passage in seen.passages:
        if passage.is_filled and (bare := BARE.search(passage.text)):
            what = f"в «{passage.place}» стоит «{bare[0]}»: когда его пора проверить, никто не узнает"
            found.add(passage.file, passage.line, what, "запишите его в facts.yaml, а здесь оставьте {fact.имя}")


def _ends(seen: Look, found: Mistakes) -> None:
    """A file that was cut while it was copied mostly breaks off in the middle of a line."""
    for name in seen.trees:
        data = seen.files[name]
        if not data.endswith(b"\n"):
            remedy = "проверьте, не обрезан ли он, и допишите в конце пустую строку"
            found.add(name, data.count(b"\n") + 1, "файл обрывается посреди строки", remedy)
