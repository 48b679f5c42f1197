"""A talk in the terminal, also from a pipe, and one kept for the check."""

import asyncio
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.commands.shell import refuse, say, settings, shown, told, work
from bot.parts import Parts, explained, needs, opened
from bot.settings import Settings

OTHERS_TRIES, OTHERS_S = 40, 0.05


def talk(
    identity: Annotated[str, typer.Option("--as", metavar="ИМЯ", help="кто говорит; каждый продолжает своё")] = "я",
    transcript: Annotated[bool, typer.Option("--transcript", help="ключи вместо слов, как в тестах")] = False,
    save: Annotated[
        Path | None,
        typer.Option("--save", metavar="ФАЙЛ.md", help="новый человек; записать разговор для bot/content/talks"),
    ] = None,
) -> None:
    """Поговорить с ботом в терминале или из файла: слова или [кнопка], по одной в строке."""
    with told():
        found = settings(quiet=True)
        if save is not None:
            _save_talk(found, save)
            return
        work(_talk(found, identity, transcript))


def _save_talk(settings: Settings, file: Path) -> None:
    """A talk that the check can play again: with the files as they stand, on the rehearsal's clock."""
    from bot.flows import FLOWS
    from bot.rehearsal.recorder import record
    from bot.rehearsal.recorder import save as write
    from bot.rehearsal.stage import Met, Stage
    from bot.texts.files import read_folder
    from bot.texts.load import load
    from storage.scratch import ScratchDatabase, template

    if file.suffix != ".md":
        refuse(f"Имя файла должно оканчиваться на .md: {file}", 1)
    with explained():
        content = load(read_folder(settings.content_dir), needs(), shown(settings.content_dir))
    empty = template()

    async def recorded() -> list[str]:
        stage = Stage(ScratchDatabase(empty), FLOWS, content, Met())
        return await record(stage, content, _lines(), say)

    rows = work(recorded())
    if not rows:
        refuse("Записывать нечего: ничего не сказано.", 1)
    try:
        write(rows, file, datetime.now().astimezone())
    except OSError as error:
        refuse(f"Файл {file} не записать ({error.strerror}). Проверьте папку и права.", 1)
    say(f"Записано в {file}. Проверить: python -m bot check")


async def _talk(settings: Settings, identity: str, is_transcript: bool) -> None:
    from bot import transcript
    from bot.channels.terminal import Terminal
    from bot.channels.terminal import talk as converse
    from bot.inbox import arrival

    async with opened(settings, publishes=False) as parts:
        terminal = Terminal(
            parts.database,
            parts.clock,
            lambda incoming: parts.inbox.store([arrival(incoming)]),
            lambda: _turns(parts),
            identity,
        )
        line = transcript.line if is_transcript else None
        await converse(terminal, _lines(), say=say, transcript=line, buttons=transcript.buttons)


async def _turns(parts: Parts) -> int:
    """One batch of turns; 0 when none waits. One that a running bot has in hand is waited for: its answer is ours."""
    if taken := await parts.runner.run_once():
        return taken
    for _ in range(OTHERS_TRIES):
        async with parts.database.read() as tx:
            waiting, _ = await tx.inbox.waiting()
        if not waiting:
            break
        await asyncio.sleep(OTHERS_S)
    return 0


def _lines() -> Iterator[str]:
    is_person = sys.stdin.isatty()
    if is_person:
        print("Пишите слова или [кнопка]. Конец: Ctrl-D.", file=sys.stderr)
    while True:
        if is_person:
            print("> ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:
            return
        yield line
