"""
Surveys for staff: the report, and answers that came on paper or by phone.

    report surveys    indices and answers of some days
    survey list       questionnaires, their questions and what may be answered
    survey enter      answers of one person
"""

import csv
from datetime import date, timedelta
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from bot.clock import SystemClock
from bot.commands.shell import refuse, say, settings, told, work
from bot.parts import explained, needs, opened_database
from bot.reports.surveys import COLUMNS, Result, lines, results, rows
from bot.settings import Settings
from bot.texts import render
from bot.texts.files import read_folder
from bot.texts.load import load
from bot.texts.questionnaire import POINTS, Item, Survey
from bot.texts.schema import Content
from storage.survey_records import Sheet, SheetAnswer

report = typer.Typer(help="Отчёты: показатели за выбранные дни.", no_args_is_help=True)
survey = typer.Typer(help="Опросы: что спрашиваем, ответы с бумаги и по телефону.", no_args_is_help=True)

CHANNELS = {"paper": "на бумаге", "phone": "по телефону"}
DAYS = 90  # a quarter
WORDS = "words"

Day = Annotated[str, typer.Option(metavar="ДАТА", help="например 2026-11-01")]


@report.command("surveys")
def report_surveys(
    since: Annotated[str, typer.Option("--from", metavar="ДАТА", help="с какого дня, например 2026-10-01")] = "",
    until: Annotated[str, typer.Option("--to", metavar="ДАТА", help="по какой день; без него по сегодня")] = "",
    office: Annotated[str, typer.Option("--office", metavar="ИМЯ", help="только этот офис")] = "",
    file: Annotated[Path | None, typer.Option("--csv", metavar="ФАЙЛ.csv", help="ещё и таблицей")] = None,
    has_words: Annotated[bool, typer.Option("--words", help="ещё и что люди написали словами")] = False,
) -> None:
    """NPS, CES, CSI, доля довольных и все ответы. Без дат — последние 90 дней."""

    async def collect(settings: Settings, first: date, last: date) -> tuple[list[Result], list[tuple[str, str, str]]]:
        async with opened_database(settings) as (database, _), database.write() as tx:
            found = await results(tx, content, since=first, until=last, office=office)
            said = await tx.surveys.words(since=first, until=last, office=office) if has_words else []
            if has_words:
                subject = f"survey words {first} {last} {office}".strip()
                await tx.audit.add(actor=getuser(), act="read", subject=subject, now=SystemClock().now())
            return found, said

    with told():
        known = settings(quiet=True)
        with explained():
            content = _content(known)
            first, last = _span(since, until, content)
            _must_know(office, content)
            found, said = work(collect(known, first, last))
        where = f", {content.offices[office].short_name}" if office else ""
        say(f"Опросы с {first:%d.%m.%Y} по {last:%d.%m.%Y}{where}")
        for line in lines(content, found):
            say(line)
        if not found:
            say("Ответов за эти дни нет.")
        for survey_, question, words in said:
            item = content.surveys[survey_].items.get(question) if survey_ in content.surveys else None
            say(f"{item.label if item else question}: {words}")
        if file is not None:
            _save(file, content, found)


def _save(file: Path, content: Content, found: list[Result]) -> None:
    try:
        with file.open("w", encoding="utf-8-sig", newline="") as target:
            table = csv.DictWriter(target, COLUMNS, delimiter=";")
            table.writeheader()
            table.writerows(rows(content, found))
    except OSError as error:
        refuse(f"Файл {file} не записать ({error.strerror}). Проверьте папку и права.", 1)
    say(f"Таблица записана: {file}")


@survey.command("list")
def survey_list() -> None:
    """Опросы, их вопросы и ответы: имена для survey enter."""
    with told():
        with explained():
            content = _content(settings(quiet=True))
        for one in content.surveys.values():
            say(f"{one.id}  {one.label}, версия {one.version}")
            for item in one.items.values():
                say(f"    {item.id:<12} {item.ask}")
                say(f"    {'':<12} {_answers(item)}")


@survey.command("enter")
def survey_enter(
    name: Annotated[str, typer.Argument(metavar="ОПРОС", help="имя из survey list")],
    answers: Annotated[
        list[str] | None, typer.Argument(metavar="ВОПРОС=ОТВЕТ…", help="без них программа спросит по очереди")
    ] = None,
    channel: Annotated[str, typer.Option("--channel", metavar="paper|phone", help="откуда ответы")] = "paper",
    office: Annotated[str, typer.Option("--office", metavar="ИМЯ", help="офис; если он один, можно не писать")] = "",
    day: Annotated[str, typer.Option("--day", metavar="ДАТА", help="когда отвечали; без неё сегодня")] = "",
) -> None:
    """Внести ответы одного человека с бумаги или по телефону. Имени человека нигде не будет."""

    async def keep(settings: Settings, sheet: Sheet) -> None:
        async with opened_database(settings) as (database, _), database.write() as tx:
            await tx.surveys.record(sheet)
            subject = f"survey {name} {sheet.office} {channel}"
            await tx.audit.add(actor=getuser(), act="entered", subject=subject, now=SystemClock().now())

    with told():
        known = settings(quiet=True)
        with explained():
            content = _content(known)
            if name not in content.surveys:
                refuse(f"Нет опроса «{name}». Есть: {', '.join(content.surveys)}.", 1)
            if channel not in CHANNELS:
                refuse(f"Нет такого «--channel {channel}». Можно: {', '.join(CHANNELS)}.", 1)
            if len(content.offices) > 1 and not office:
                refuse(f"Офисов несколько, назовите свой: --office. Есть: {', '.join(content.offices)}.", 1)
            _must_know(office, content)
            chosen = content.surveys[name]
            said = _given(chosen, answers) if answers else _asked(chosen)
            if not said:
                refuse("Вносить нечего: ни одного ответа.", 1)
            place = office or content.default_office.id
            sheet = Sheet(_day(day, "--day", content), place, channel, "", tuple(said))
            work(keep(known, sheet))
        say(f"Внесено: {chosen.label}, ответов {len(said)}, {CHANNELS[channel]}.")


def _given(survey: Survey, answers: list[str]) -> list[SheetAnswer]:
    """`question=answer` each. Refuses what is none."""
    found = {}
    for one in answers:
        question, equals, answer = one.partition("=")
        if not equals or question not in survey.items:
            known = ", ".join(f"{id_}=…" for id_ in survey.items)
            refuse(f"Не понял «{one}». В опросе «{survey.id}» можно: {known}.", 1)
        if question in found:
            refuse(f"Вопрос «{question}» второй раз. Оставьте один ответ.", 1)
        found[question] = _answer(survey, survey.items[question], answer.strip())
    return list(found.values())


def _asked(survey: Survey) -> list[SheetAnswer]:
    """Ask one after the other; an empty line passes the question over."""
    found = []
    for item in survey.items.values():
        while True:
            typed = typer.prompt(f"{item.ask}\n{_answers(item)}", default="", show_default=False).strip()
            if not typed or item.scale == WORDS or item.takes(typed):
                break
            say("Такого ответа нет.")
        if typed:
            found.append(_answer(survey, item, typed))
    return found


def _answer(survey: Survey, item: Item, answer: str) -> SheetAnswer:
    if item.scale == WORDS:
        return SheetAnswer(survey.id, item.id, survey.version, None, answer)
    if not item.takes(answer):
        refuse(f"На «{item.id}» нет ответа «{answer}». Можно: {_answers(item)}.", 1)
    return SheetAnswer(survey.id, item.id, survey.version, answer)


def _answers(item: Item) -> str:
    if item.scale == WORDS:
        return "словами"
    if item.scale == "list":
        return ", ".join(f"{id_} ({label})" for id_, label in (item.choices or {}).items())
    return ", ".join(POINTS[item.scale])


def _content(settings: Settings) -> Content:
    """The content as the files have it now. Raises BadContent."""
    return load(read_folder(settings.content_dir), needs(), str(settings.content_dir))


def _must_know(office: str, content: Content) -> None:
    if office and office not in content.offices:
        refuse(f"Нет офиса «{office}». Есть: {', '.join(content.offices)}.", 1)


def _span(since: str, until: str, content: Content) -> tuple[date, date]:
    last = _day(until, "--to", content)
    first = _day(since, "--from", content) if since else last - timedelta(days=DAYS - 1)
    if first > last:
        refuse(f"Первый день {first:%d.%m.%Y} позже последнего {last:%d.%m.%Y}. Поменяйте --from и --to.", 1)
    return first, last


def _day(text: str, option: str, content: Content) -> date:
    """The day, today in the default office's zone for none."""
    today = render.local(SystemClock().now(), content.default_office.timezone).date()
    if not text:
        return today
    try:
        found = date.fromisoformat(text)
    except ValueError:
        refuse(f"Не дата: {option} {text}. Напишите год, месяц и день, например 2026-11-01.", 1)
    if found > today:
        refuse(f"День ещё не наступил: {option} {text}.", 1)
    return found
