"""The report on surveys: indices, the answers to each question, as a table to read and rows for a spreadsheet."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.reports.indices import Figure, figures, target
from bot.texts.questionnaire import POINTS, Item, Survey
from bot.texts.schema import Content
from storage.database import Transaction
from storage.survey_records import Counted

FEW = 30  # where the content has no terms: below so many people an index says little
DECIMALS = {"csi": 2}
LABELS = {
    "nps_classic": "NPS, сторонники минус недовольные",
    "recommend_share": "Посоветуют нас, %",
    "ces": "CES, было легко, %",
    "ces_bot": "Легко в боте, %",
    "csi": "CSI, средняя оценка от 1 до 5",
    "nsi": "Довольны («Да» и «Скорее да» на вопрос 1), %",
    "helped": "Ответ помог, %",
}
COLUMNS = ("survey", "version", "name", "answer", "value", "answers", "people", "target", "is_few")


@dataclass(frozen=True, slots=True)
class Result:
    """One version of one survey. counts: question → answer → how many."""

    survey: Survey
    version: str
    people: int
    figures: tuple[Figure, ...]
    counts: Mapping[str, Mapping[str, int]]

    @property
    def is_present(self) -> bool:
        """The content still asks these questions; of an older version only the answers are told."""
        return self.version == self.survey.version


async def results(tx: Transaction, content: Content, *, since: date, until: date, office: str = "") -> list[Result]:
    """Every survey of the content that was answered in these days, the present version first."""
    counted = await tx.surveys.counts(since=since, until=until, office=office)
    people = await tx.surveys.people(since=since, until=until, office=office)
    terms = content.rules.surveys
    found = []
    for survey in content.surveys.values():
        versions = {version for known, version in people if known == survey.id}
        for version in sorted(versions, key=lambda one: (one != survey.version, one)):
            counts = _counts(counted, survey.id, version)
            number = people[survey.id, version]
            made = figures(survey, counts, number, few=terms.few if terms else FEW)
            found.append(Result(survey, version, number, tuple(made) if version == survey.version else (), counts))
    return found


def _counts(counted: Sequence[Counted], survey: str, version: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for one in counted:
        if (one.survey, one.version) == (survey, version):
            found.setdefault(one.question, {})[one.value] = one.count
    return found


def lines(content: Content, found: Sequence[Result]) -> Iterator[str]:
    """For people to read: each survey with its indices, then its answers question by question."""
    for result in found:
        version = "" if result.is_present else f", прежняя версия {result.version}: показатели не считаем"
        yield ""
        yield f"{result.survey.label}. Людей: {result.people}{version}"
        for figure in result.figures:
            yield f"  {_figure(figure)}"
        for item in result.survey.items.values():
            if answers := result.counts.get(item.id):
                told = ", ".join(f"{_said(content, item, one)} — {answers[one]}" for one in ordered(item, answers))
                yield f"    {item.label}: {told}"


def _figure(figure: Figure) -> str:
    label = f"{LABELS[figure.name]:<44}"
    if figure.value is None:
        return f"{label}    —  ответов нет"
    notes = [f"ответов {figure.answers}"]
    if figure.target is not None:
        notes.append(f"цель {number(figure.name, figure.target)}")
    if figure.name == "nsi":
        notes.append(f"ближайшая цель {number(figure.name, target(figure.value))}")
    if figure.is_few:
        notes.append("мало данных")
    return f"{label} {number(figure.name, figure.value):>6}  {', '.join(notes)}"


def rows(content: Content, found: Sequence[Result]) -> Iterator[dict[str, str]]:
    """For a spreadsheet: a row for each index and each answer, by COLUMNS."""
    for result in found:
        about = {"survey": result.survey.id, "version": result.version, "people": str(result.people)}
        for figure in result.figures:
            yield {
                **dict.fromkeys(COLUMNS, ""),
                **about,
                "name": figure.name,
                "value": "" if figure.value is None else number(figure.name, figure.value),
                "answers": str(figure.answers),
                "target": "" if figure.target is None else number(figure.name, figure.target),
                "is_few": "1" if figure.is_few else "",
            }
        for question, answers in result.counts.items():
            item = result.survey.items.get(question)
            for answer in ordered(item, answers) if item else sorted(answers):
                told = {"name": question, "answer": answer, "answers": str(answers[answer])}
                yield {**dict.fromkeys(COLUMNS, ""), **about, **told}


def ordered(item: Item, answers: Mapping[str, int]) -> list[str]:
    """Answers as their buttons stand; of a list the most frequent first."""
    if item.scale == "list":
        return sorted(answers, key=lambda one: (-answers[one], one))
    known = list(POINTS[item.scale])
    return sorted(answers, key=lambda one: known.index(one) if one in known else len(known))


def number(index: str, value: float) -> str:
    """«82,5», «4,00»."""
    return f"{value:.{DECIMALS.get(index, 1)}f}".replace(".", ",")


def _said(content: Content, item: Item, answer: str) -> str:
    if item.scale == "list":
        return (item.choices or {}).get(answer, answer)
    buttons = content.texts[f"survey.{item.scale}"].buttons
    return buttons.get(answer, answer)
