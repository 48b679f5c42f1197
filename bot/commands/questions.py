"""Questions of citizens: which had no answer, and which answers helped."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.shell import say, settings, told, work
from bot.parts import explained, needs, opened_database
from bot.settings import Settings

app = typer.Typer(help="Вопросы людей: на какие нет ответа.", no_args_is_help=True)


@app.callback()
def _questions() -> None:
    """A command group, though it has one command yet."""


@app.command("unanswered")
def unanswered(
    days: Annotated[int, typer.Option("--days", metavar="ДНЕЙ", min=1, max=90, help="за сколько дней")] = 7,
) -> None:
    """На что бот не нашёл ответа, чаще всего сверху. Имён и номеров в словах нет, чьи они — неизвестно."""
    from bot import asked
    from bot.clock import SystemClock

    async def tell(settings: Settings) -> None:
        async with opened_database(settings) as (database, _):
            rows = await asked.unanswered(database, SystemClock(), since=timedelta(days=days))
        for row in rows:
            say(f"{row.times:>5}  {row.words}")
        say(f"Всего за дней {days}: {sum(row.times for row in rows)}. Добавьте слова в also или новый вопрос.")

    with told():
        found = settings(quiet=True)
        with explained():
            work(tell(found))


def answers(days: Annotated[int, typer.Option("--days", metavar="ДНЕЙ", min=1, help="за сколько дней")] = 30) -> None:
    """Какие ответы читали, помогли ли они. Сверху те, что не помогли чаще."""

    async def tell(settings: Settings) -> None:
        since = (datetime.now(UTC) - timedelta(days=days - 1)).date()
        async with opened_database(settings) as (database, _), database.read() as tx:
            judged = await tx.verdicts.by_question(since=since)
        labels = _labels(settings.content_dir)
        say("показан  помог  не помог  вопрос")
        for one in judged:
            label = labels.get(one.question, "такого вопроса больше нет")
            say(f"{one.shown:>7}  {one.helped:>5}  {one.not_helped:>8}  {one.question}  {label}")
        say(f"Всего с {since:%d.%m.%Y} показано: {sum(one.shown for one in judged)}.")

    with told():
        found = settings(quiet=True)
        with explained():
            work(tell(found))


def _labels(folder: Path) -> dict[str, str]:
    """Labels of the questions as the files have them now; none while the files have mistakes."""
    from bot.texts.files import read_folder
    from bot.texts.load import load
    from bot.texts.mistakes import BadContent

    with suppress(BadContent):
        return {question.id: question.label for question in load(read_folder(folder), needs()).questions.values()}
    return {}
