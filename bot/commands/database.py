"""The database: brought forward, copied, brought back, rid of what has served its time."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.shell import say, settings, told, work
from bot.parts import explained, opened, secrets
from bot.settings import Settings

FILE = Annotated[Path, typer.Argument(metavar="ФАЙЛ", help="файл резервной копии")]
PURGED = {
    "sessions": "разговоры без согласия",
    "words_without_consent": "тексты без согласия",
    "words": "тексты, чей срок вышел",
    "dedupe": "отметки о полученных сообщениях",
    "cases": "слова закрытых обращений",
    "bookings": "кто был записан на приём",
    "visits": "итоги приёмов и направления",
    "moves": "коды для перехода в другой чат",
    "survey_words": "слова в опросах",
    "surveys": "отметки о приглашениях на опросы",
    "reminders": "прошедшие напоминания",
    "desk": "старые входы в кабинет",
    "unanswered": "вопросы без ответа",
}


def migrate() -> None:
    """Привести базу к этой версии программы. При запуске это делается само."""
    from storage.migrate import migrate as bring_forward
    from storage.migrate import version

    with told():
        found = settings(quiet=True)
        with explained():
            work(bring_forward(found.database))
            say(f"База в порядке, версия {work(version(found.database))}.")


def backup(file: FILE) -> None:
    """Сделать резервную копию, не останавливая бота."""
    from storage.backup import backup as save

    with told():
        found = settings(quiet=True)
        with explained():
            work(save(found.database, file))
        say(f"Копия готова: {file}, {file.stat().st_size / 1e6:.1f} МБ.")
        if not found.secret_key.get_secret_value():
            say(f"Без секрета её не прочитать. Храните {found.data_dir / 'secret.key'} отдельно от копии.")


def restore(file: FILE) -> None:
    """Вернуть базу из резервной копии. Бот должен быть остановлен."""
    from bot.chores.upkeep import restore as bring_back
    from bot.clock import SystemClock

    with told():
        found = settings(quiet=True)
        with explained():
            done = work(bring_back(found.database, file, secrets(found), found.data_dir, SystemClock()))
        say(f"База восстановлена из {file}. Номер отсчёта сообщений: {done.epoch}.")
        say(f"Снова удалены данные тех, кто просил об этом после копии: {done.erased}.")
        if not done.has_looked:
            say("Прежняя база не открылась: просьбы об удалении взяты только из файла erasures.log.")


def purge() -> None:
    """Удалить то, чему вышел срок, и перешифровать записи новым секретом."""
    from bot.chores.upkeep import Purge

    async def tell(settings: Settings) -> None:
        async with opened(settings, publishes=False) as parts:
            done = await Purge(parts.database, parts.clock, parts.editions.content().rules.retention).run(reseals=True)
        for name, count in done.forgotten.items():
            say(f"удалено, {PURGED[name]}: {count}")
        for name, count in done.resealed.items():
            say(f"перешифровано, {name}: {count}")
        say(f"Готово. Самая долгая операция: {done.longest_s * 1000:.0f} мс.")

    with told():
        found = settings(quiet=True)
        with explained():
            work(tell(found))
