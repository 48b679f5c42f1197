"""Editions of the content: what changed when, and the way back to an earlier one."""

from getpass import getuser
from typing import Annotated

import typer

from bot.commands.shell import refuse, say, settings, told, work
from bot.parts import CannotStart, explained, needs, opened_database
from bot.settings import Settings

app = typer.Typer(help="Редакции текстов: что и когда менялось, как вернуть прежнее.", no_args_is_help=True)

ACTS = {"published": "опубликована", "rolled_back": "возвращена"}
FILES_SHOWN = 6


@app.command("history")
def history(
    count: Annotated[int, typer.Option("--last", metavar="СКОЛЬКО", min=1, max=200, help="сколько последних")] = 20,
) -> None:
    """Какие редакции были в силе: номер, когда, кто, какие файлы изменились."""
    from bot import history as past

    async def tell(settings: Settings) -> None:
        async with opened_database(settings) as (database, _):
            changes = await past.history(database, limit=count)
            async with database.read() as tx:
                files = await tx.editions.files()
        for change in changes:
            act = change.act
            mark = "в силе" if change.is_in_force else ""
            who = "" if act.actor == "scheduler" else f", {act.actor}"
            when = act.at.astimezone().strftime("%d.%m.%Y %H:%M:%S")
            say(f"№ {act.number:<4} {when}  {ACTS.get(act.act, act.act)}{who}  {mark}".rstrip())
            if change.files is None:
                say("       первая редакция")
            for name in (change.files or ())[:FILES_SHOWN]:
                say(f"       {name}")
            if change.files and len(change.files) > FILES_SHOWN:
                say(f"       и ещё файлов: {len(change.files) - FILES_SHOWN}")
        if not changes:
            say("Редакций ещё не было: бот не запускали.")
        if files is not None and files.state == "passed_over":
            say("Файлы в папке не в силе: после возврата их не меняли. Поправьте любой, и бот опубликует их.")
        if files is not None and files.state == "refused":
            say(f"Файлы в папке с ошибками, бот их не взял: {len(files.mistakes)}. Список: python -m bot check")

    with told():
        found = settings(quiet=True)
        with explained():
            work(tell(found))


@app.command("rollback")
def rollback(number: Annotated[int, typer.Argument(metavar="НОМЕР", help="из content history")]) -> None:
    """Вернуть в силу прежнюю редакцию. Файлы в папке не трогает: бот возьмёт их, когда вы их поправите."""
    from bot.clock import SystemClock
    from bot.history import NoEdition, roll_back
    from bot.texts.mistakes import BadContent
    from bot.texts.packed import Unreadable

    async def act(settings: Settings) -> None:
        async with opened_database(settings) as (database, _):
            who = getuser()
            await roll_back(database, SystemClock(), number, folder=settings.content_dir, needs=needs(), actor=who)

    with told():
        found = settings(quiet=True)
        try:
            with explained():
                work(act(found))
        except NoEdition:
            refuse(f"Редакции № {number} нет. Какие есть: python -m bot content history", 1)
        except Unreadable:
            refuse(f"Редакцию № {number} не прочитать: запись повреждена. Выберите другую.", 1)
        except CannotStart as error:
            if isinstance(error.__cause__, BadContent):
                refuse(f"{error}\nРедакция № {number} сделана для другой версии программы. Выберите другую.", 1)
            raise
        say(f"В силе редакция № {number}. Все процессы перейдут на неё за две секунды.")
        say("Файлы в папке остались какими были. Бот возьмёт их, когда вы их поправите.")
