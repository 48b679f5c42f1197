"""
One situation as boxes and arrows, for `check --graph`: how people come in, what is asked, the plan, where steps lead.

What no talk came to is marked, so that an admin sees what nobody tries.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from bot.rehearsal.stage import Met
from bot.texts.schema import Content
from bot.texts.situation import Condition, PlanStep, Situation

COLUMNS = ("Откуда приходят", "Что читают", "О чём спрашиваем", "План", "Экраны шага", "Что мешает", "Ответы")
ENTRY, READ, ASKED, PLAN, SCREENS, OBSTACLES, ANSWERS = range(len(COLUMNS))
# screens that every step has: text key -> what leads there
STEP_SCREENS = {
    "plan.item": "Шаг открыт",
    "plan.changed_done": "Сделано",
    "plan.stuck": "Не получается",
    "plan.later": "Позже",
    "plan.changed_later": "Напомню",
    "plan.reminder": "Напоминание",
    "plan.changed_not_mine": "Это не про меня",
    "plan.changed_open": "Снова в плане",
    "plan.gone": "Шага больше нет",
    "plan.finished": "План пройден",
}


@dataclass(frozen=True, slots=True)
class Row:
    text: str
    is_met: bool = True


@dataclass(frozen=True, slots=True)
class Box:
    """column: index in COLUMNS. rows: what stands under the title."""

    id: str
    column: int
    title: str
    rows: tuple[Row, ...] = ()
    is_met: bool = True


@dataclass(frozen=True, slots=True)
class Arrow:
    """is_condition: the answer decides about the step; else it is a way that the citizen goes."""

    start: str
    end: str
    is_condition: bool = False


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


def chart(content: Content, situation: Situation, met: Met) -> Chart:
    """The picture of this situation in this content."""
    drawing = _Drawing(content, situation, met)
    drawing.draw()
    return Chart(f"{situation.label} ({situation.id})", tuple(drawing.boxes), tuple(drawing.arrows))


class _Drawing:
    def __init__(self, content: Content, situation: Situation, met: Met) -> None:
        self._content = content
        self._situation = situation
        self._met = met
        self.boxes: list[Box] = []
        self.arrows: list[Arrow] = []

    def draw(self) -> None:
        self._entries()
        self._reading()
        self._asked()
        self._plan()
        self._screens()
        self._obstacles()
        self._answers()

    def _is_at(self, flows: Iterable[str], value: str) -> bool:
        """Some talk stood at a screen of these flows that was about this."""
        return any(place.partition(".")[0] in flows and about == value for place, _, about in self._met.places)

    def _entries(self) -> None:
        one = self._situation
        picked = any(
            place.startswith("situation.") and name == "picked" and f"'{one.id}'" in value
            for place, name, value in self._met.places
        )
        self.boxes.append(Box("button", ENTRY, f"Кнопка «{one.label}»", is_met=picked))
        self.arrows.append(Arrow("button", "page"))
        for token, source in self._content.sources.items():
            if source.situation == one.id:
                is_met = f"/start {token}" in self._met.typed
                rows = (Row(source.note),) if source.note else ()
                self.boxes.append(Box(f"source {token}", ENTRY, f"Ссылка «{token}»", rows, is_met))
                self.arrows.append(Arrow(f"source {token}", "page"))

    def _reading(self) -> None:
        one = self._situation
        self.boxes.append(Box("page", READ, f"Страница «{one.page.name}»", is_met=self._is_at(("info",), one.id)))
        if one.plan:
            steps = any(place == "info.step" for place, _, _ in self._met.places)
            self.boxes.append(Box("steps", READ, "Шаги без согласия", is_met=steps))
            self.boxes.append(Box("consent", READ, "Согласие", is_met="consent.ask" in self._met.keys))
            first = f"asks {one.asks[0]}" if one.asks else f"step {one.plan[0].id}"
            self.arrows += [
                Arrow("page", "steps"),
                Arrow("page", "consent"),
                Arrow("button", "consent"),
                Arrow("consent", first),
            ]

    def _asked(self) -> None:
        asks = self._situation.asks
        for ident in asks:
            question = self._content.profile[ident]
            rows = tuple(Row(f"• {label}") for label in question.choices.values())
            is_met = self._is_at(("profile", "answers"), ident)
            self.boxes.append(Box(f"asks {ident}", ASKED, question.label, rows, is_met))
        for before, after in pairwise(asks):
            self.arrows.append(Arrow(f"asks {before}", f"asks {after}"))
        if asks and self._situation.plan:
            self.arrows.append(Arrow(f"asks {asks[-1]}", f"step {self._situation.plan[0].id}"))

    def _plan(self) -> None:
        plan = self._situation.plan
        for number, step in enumerate(plan, start=1):
            is_met = self._is_at(("plan", "info"), step.id)
            self.boxes.append(Box(f"step {step.id}", PLAN, f"{number}. {step.title}", self._conditions(step), is_met))
            deciding = {one.question for one in (*step.only_if, *step.skip_if, *step.first_if)}
            self.arrows += [
                Arrow(f"asks {question}", f"step {step.id}", is_condition=True)
                for question in self._situation.asks
                if question in deciding
            ]
        for before, after in pairwise(plan):
            self.arrows.append(Arrow(f"step {before.id}", f"step {after.id}"))

    def _conditions(self, step: PlanStep) -> tuple[Row, ...]:
        kinds: tuple[tuple[str, tuple[Condition, ...]], ...] = (
            ("только если", step.only_if),
            ("убрать, если", step.skip_if),
            ("в начало, если", step.first_if),
        )
        rows = [Row(f"{word} {self._named(conditions)}") for word, conditions in kinds if conditions]
        deciding = dict.fromkeys(self._question(one.question) for extra in step.extra for one in extra.only_if)
        if deciding:
            rows.append(Row(f"+ строки, смотря что в ответах: {', '.join(deciding)}"))
        return tuple(rows)

    def _question(self, ident: str) -> str:
        question = self._content.profile.get(ident)
        return question.label if question else ident

    def _named(self, conditions: Iterable[Condition]) -> str:
        """«Документы: Нет паспорта, Почти ничего нет; Интернет: Нет»."""
        answers: dict[str, list[str]] = {}
        for one in conditions:
            question = self._content.profile.get(one.question)
            label = question.choices.get(one.answer, one.answer) if question else one.answer
            answers.setdefault(self._question(one.question), []).append(label)
        return "; ".join(f"{name}: {', '.join(labels)}" for name, labels in answers.items())

    def _screens(self) -> None:
        if not self._situation.plan:
            return
        for key, title in STEP_SCREENS.items():
            if key in self._content.texts:
                self.boxes.append(Box(key, SCREENS, title, is_met=key in self._met.keys))
        there = {box.id for box in self.boxes}
        ways = [(f"step {self._situation.plan[0].id}", "plan.item"), ("plan.later", "plan.changed_later")]
        ways += [("plan.changed_later", "plan.reminder")]
        self.arrows += [Arrow(start, end) for start, end in ways if end in there]

    def _obstacles(self) -> None:
        if not self._situation.plan:
            return
        for obstacle in self._content.obstacles.values():
            rows = tuple(Row(f"→ {self._lead(lead)}") for lead in obstacle.leads)
            is_met = self._is_at(("plan",), obstacle.id)
            self.boxes.append(Box(f"obstacle {obstacle.id}", OBSTACLES, obstacle.label, rows, is_met))
            self.arrows.append(Arrow("plan.stuck", f"obstacle {obstacle.id}"))

    def _lead(self, lead: str) -> str:
        kind, _, ident = lead.partition(":")
        named: dict[str, Callable[[], str]] = {
            "item": lambda: f"шаг «{self._title(ident)}»",
            "question": lambda: f"ответ «{self._content.questions[ident].label}»",
            "page": lambda: f"страница «{ident}»",
        }
        if kind in named:
            return named[kind]()
        own = self._content.texts.get("menu.main")
        return own.buttons.get(lead, lead) if own is not None else lead

    def _title(self, ident: str) -> str:
        steps = [step for one in self._content.situations.values() for step in one.plan if step.id == ident]
        return steps[0].title if steps else ident

    def _answers(self) -> None:
        for topic in self._content.topics.values():
            near = [one for one in topic.questions if self._situation.id in one.situations]
            if not near:
                continue
            rows = tuple(Row(f"• {one.label}", self._is_at(("questions",), one.id)) for one in near)
            self.boxes.append(Box(f"topic {topic.id}", ANSWERS, topic.label, rows, any(row.is_met for row in rows)))
