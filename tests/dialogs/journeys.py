"""
Two small situations in the place of the shipped ones, whose authors reword and reorder at will.

    released   papers, account, resume, learn, work     asks papers, account, wishes, day
    alimony    bailiff, resume, pay                      asks account, debt
"""

import dataclasses

from bot.texts.load import load
from bot.texts.schema import Content
from tests.texts.sample import SAMPLE

QUESTIONS = """papers:
  label: Документы
  ask: Какие документы у вас есть?
  why: Подскажем, с чего начать.
  kind: one
  choices:
    all: Всё на руках
    no_passport: Нет паспорта
account:
  label: Госуслуги
  ask: Есть ли Госуслуги?
  why: Через них подают заявление.
  kind: one
  choices:
    "yes": Есть
    "no": Нет
wishes:
  label: Пожелания
  ask: Чего хочется?
  why: Покажем нужное.
  kind: many
  choices:
    job: Работа
    training: Учёба
    business: Своё дело
day:
  label: День освобождения
  ask: Какого числа?
  why: Посчитаем дни.
  kind: date
debt:
  label: Долг
  ask: Знаете ли вы свой долг?
  why: С него и начнём.
  kind: one
  choices:
    "yes": Знаю
    "no": Не знаю
"""
OBSTACLES = """no_internet:
  label: Нет интернета
  help: Приходите к нам.
  leads: [booking, "item:resume", "item:pay", "question:faq-001"]
afraid:
  label: Страшно
  help: Так бывает.
  leads: [handover, questions, jobs]
"""


def _item(id_: str, *own: str) -> str:
    lines = (
        f"title: Шаг {id_}",
        "stage: matching",
        f"why: Причина {id_}.",
        "how: [Делайте.]",
        "where: Тут.",
        "who: Мы.",
    )
    return "\n  ".join((f"{id_}:", *lines, *own)) + "\n"


FILES = {
    **SAMPLE,
    "profile.yaml": QUESTIONS,
    "obstacles.yaml": OBSTACLES,
    "situations/released/situation.yaml": """label: После освобождения
citizen_says: я освободился
order: 10
is_ready: да
asks: [papers, account, wishes, day]
""",
    "situations/released/plan.yaml": _item("papers", "skip_if: [papers=all]", "first_if: [papers=no_passport]")
    + _item(
        "account", "skip_if: [account=yes]", "extra: {lines: {only_if: [papers=no_passport], say: Сначала паспорт.}}"
    )
    + _item("resume", "first_if: [wishes=job]")
    + _item("learn", "only_if: [wishes=training]")
    + _item("work"),
    "situations/alimony/situation.yaml": """label: Плачу алименты
citizen_says: я плачу алименты
order: 20
is_ready: да
asks: [account, debt]
""",
    "situations/alimony/page.yaml": SAMPLE["situations/released/page.yaml"],
    "situations/alimony/plan.yaml": _item("bailiff", "skip_if: [debt=yes]")
    + "resume:\n  from: released\n  why: Чтобы платить.\n"
    + _item("pay"),
}


def with_journeys(content: Content) -> Content:
    """The content with these situations, questions and obstacles instead of its own."""
    own = load({name: text.encode() for name, text in FILES.items()}, {})
    return dataclasses.replace(
        content,
        situations=own.situations,
        topics=own.topics,
        questions=own.questions,
        facts={**content.facts, **own.facts},
        profile=own.profile,
        obstacles=own.obstacles,
    )
