"""The check of the content: mistakes and remarks, and what may be asked for beside them."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands.shell import log, refuse, say, shown, told
from bot.parts import needs
from bot.settings import read

if TYPE_CHECKING:
    from bot.texts.mistakes import Mistake
    from bot.texts.schema import Content


def check(
    folder: Annotated[Path | None, typer.Argument(metavar="ПАПКА", help="по умолчанию BOT_CONTENT_DIR")] = None,
    coverage: Annotated[
        bool, typer.Option("--coverage", help="назвать экраны, до которых не дошёл ни один разговор")
    ] = False,
    accept: Annotated[
        bool, typer.Option("--accept", help="переписать строки бота в talks/ так, как он говорит сейчас")
    ] = False,
    graph: Annotated[
        Path | None, typer.Option("--graph", metavar="ФАЙЛ.svg", help="нарисовать жизненную ситуацию")
    ] = None,
    situation: Annotated[str, typer.Option("--situation", metavar="ИМЯ", help="какую нарисовать")] = "",
    report: Annotated[bool, typer.Option("--report", help="ещё и насколько легко читать тексты, по файлам")] = False,
    facts: Annotated[bool, typer.Option("--facts", help="ещё и все цифры и телефоны, сначала сомнительные")] = False,
    is_json: Annotated[bool, typer.Option("--json", help="всё то же для программ")] = False,
    questions: Annotated[
        bool, typer.Option("--questions", help="ещё и какие вопросы бот путает (несколько секунд)")
    ] = False,
    schemas: Annotated[bool, typer.Option("--schemas", help="записать схемы для редакторов в .schema")] = False,
) -> None:
    """Проверить тексты бота. Ошибки и замечания: файл, строка, что не так, как исправить."""
    from bot.texts.files import read_folder
    from bot.texts.schemas import write
    from bot.texts.verdict import judge

    with told():
        path = folder or read().content_dir
        log(read().model_copy(update={"log_level": "critical"}))  # a turn that fails is told as a mistake of its talk
        today = datetime.now(UTC).date()
        verdict = judge(path, needs(), shown(path), today, facts=facts, measures=report)
        tell = say if not is_json else _nothing
        if not verdict.mistakes and verdict.seen is not None and verdict.seen.content is not None:
            mistakes = _reviewed(
                path,
                verdict.seen.files,
                verdict.seen.content,
                tell,
                coverage=coverage,
                accept=accept,
                graph=graph,
                situation=situation,
            )
            verdict = replace(verdict, mistakes=tuple(mistakes))
        if questions and not is_json and verdict.seen is not None and verdict.seen.content is not None:
            _questions_reviewed(verdict.seen.content)
        say(verdict.as_json() if is_json else str(verdict))
        if schemas and not verdict.mistakes:
            try:
                say(f"Записано файлов: {write(path, read_folder(path), needs())}.")
            except OSError as error:
                refuse(f"Схемы не записать ({error.strerror}). Проверьте права на папку {shown(path)}.", 1)
        sys.exit(1 if verdict.mistakes else 0)


def _questions_reviewed(content: "Content") -> None:
    from bot.asked import review_lines, reviewed

    for line in review_lines(content, reviewed(content)):
        say(line)
    say("")


def _nothing(_: str) -> None:
    """For who wants the output for programs only."""


def _reviewed(
    path: Path,
    files: Mapping[str, bytes],
    content: "Content",
    say: Callable[[str], None],
    *,
    coverage: bool,
    accept: bool,
    graph: Path | None,
    situation: str,
) -> "Sequence[Mistake]":
    """What the talks beside the content complain of."""
    from bot.flows import FLOWS
    from bot.rehearsal.review import NoSituation, Review

    try:
        review = Review(FLOWS, path, shown(path), files, content, say)
        if accept:
            review.accept()
        review.tell(coverage=coverage)
        if graph is not None:
            review.draw(graph, situation)
    except NoSituation as error:
        refuse(str(error), 1)
    except OSError as error:
        refuse(f"Файл {error.filename} не записать ({error.strerror}). Проверьте папку и права.", 1)
    return review.mistakes
