"""Files `situations/<id>/situation.yaml`, `page.yaml` and `questions/<topic>.yaml`: situations, pages, answers."""

from collections.abc import Mapping

from bot.texts.fact import CONFIDENCES, UNSURE
from bot.texts.mistakes import Mistakes
from bot.texts.profile import read_asks
from bot.texts.question import Question, Topic
from bot.texts.reader import Reader
from bot.texts.situation import Page, ProfileQuestion, Situation

ANSWER_CHARS = 1500  # an answer is one screen and is read on a phone
PAGE_CHARS = 3300  # the five blocks are one screen, with headings and the marks of unconfirmed figures
BLOCKS = ("name", "audience", "about", "services", "where_to_go")

ROLES = (
    "career_advisor", "job_matcher", "case_specialist", "companion", "curator", "first_reception", "training_spec",
    "self_employment_spec", "contracts_spec", "employer_spec", "lawyer", "registers_dept", "claims_dept", "bailiff",
    "psychologist", "mediator", "social_contract_spec", "staff", "lead", "admin", "uii", "crisis", "crisis_center",
    "mediation_center", "social_protection",
)  # fmt: skip


def read_situation(
    ident: str, head: Reader, page: Reader | None, profile: Mapping[str, ProfileQuestion] | None, *, has_plan: bool
) -> Situation:
    """
    One situation from its files, without its plan.

    page: None when the file is absent or unreadable. has_plan: there is a file. profile: as in `read_asks`.
    """
    label = head.label("label")
    citizen_says = head.text("citizen_says", limit=80, is_heard=True)
    also = head.lines("also", optional=True, is_heard=True, limit=80)
    order = head.whole("order", 0, 9999)
    is_ready = head.flag("is_ready")
    elsewhere = head.text("elsewhere", optional=True)
    asks = read_asks(head, profile)
    if not is_ready and head.has("is_ready") and not elsewhere:
        head.wrong("is_ready", "«нет», а куда идти людям, не сказано", "добавьте строку «elsewhere: …»")
    head.done()
    if is_ready and not has_plan:
        head.wrong("is_ready", "«да», а плана нет", "добавьте в папку файл plan.yaml или напишите «нет»")
    return Situation(ident, label, citizen_says, also, order, is_ready, (), _read_page(page), elsewhere, asks=asks)


def _read_page(page: Reader | None) -> Page:
    if page is None:
        return Page("", "", "", "", "")
    name, audience, about, services, where_to_go = (page.text(block) for block in BLOCKS)
    chars = sum(map(len, (name, audience, about, services, where_to_go)))
    if chars > PAGE_CHARS:
        page.wrong(
            "services", f"уже не поместится: вместе {chars} знаков", f"сократите все пять частей до {PAGE_CHARS}"
        )
    page.done()
    return Page(name, audience, about, services, where_to_go)


def read_topic(ident: str, reader: Reader, mistakes: Mistakes, taken: dict[str, str], not_sure: str) -> Topic:
    """
    One file of questions. taken: question id → where it already is; filled here.

    not_sure: sentence added to an answer that nobody confirmed.
    """
    label = reader.label("label")
    order = reader.whole("order", 0, 9999)
    questions = []
    inside = reader.child("questions", is_named=False)
    if inside is not None:
        for name, question in inside.children():
            if name in taken:
                mistakes.add(
                    reader.file,
                    inside.line_of(name),
                    f"вопрос «{name}» уже есть в {taken[name]}",
                    "дайте ему другое имя",
                )
                continue
            taken[name] = f"{reader.file}:{inside.line_of(name)}"
            questions.append(_read_question(name, question, ident, not_sure))
        if not inside.names():
            reader.wrong("questions", "нет ни одного вопроса", "впишите вопрос или удалите файл")
        inside.done()
    reader.done()
    return Topic(ident, label, order, tuple(questions))


def _read_question(ident: str, reader: Reader, topic: str, not_sure: str) -> Question:
    confidence = reader.choice("confidence", CONFIDENCES)
    answer = reader.text("answer", limit=ANSWER_CHARS)
    if confidence in UNSURE:
        answer = f"{answer} {not_sure}".strip()
    found = Question(
        id=ident,
        label=reader.label("label"),
        question=reader.text("question", limit=200, is_heard=True),
        also=reader.lines("also", optional=True, is_heard=True, limit=200),
        keywords=reader.lines("keywords", optional=True, is_heard=True, limit=80),
        excluded=reader.lines("not", optional=True, is_heard=True, limit=80),
        answer=answer,
        escalation=reader.choice("escalation", ROLES, optional=True),
        topic=topic,
        situations=reader.lines("situations", optional=True, is_heard=True),
        source=reader.plain("source"),
        confidence=confidence,
    )
    reader.done()
    return found
