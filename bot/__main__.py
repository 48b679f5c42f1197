"""
The command line: `python -m bot …`, also installed as `czn-bot …`.

Exit codes: 0 done, 1 it could not be done (the reason is on stderr), 2 the settings are wrong.
"""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from bot import journal
from bot.app import Role
from bot.app import run as run_app
from bot.parts import CannotStart, Parts, explained, needs, opened, opened_database, secrets
from bot.settings import BadSettings, Settings, read

Result = TypeVar("Result")

app = typer.Typer(
    help="Чат-бот центра занятости: Telegram, VK, MAX и веб-чат.",
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)

OTHERS_TRIES, OTHERS_S = 40, 0.05

FILE = Annotated[Path, typer.Argument(metavar="ФАЙЛ", help="файл резервной копии")]


@app.command()
def run(role: Annotated[Role, typer.Option(help="какую часть работы взять на себя")] = Role.ALL) -> None:
    """Запустить бота: всё, что настроено. Остановка: Ctrl-C."""
    with _told():
        settings = _settings()
        sys.exit(_work(run_app(settings, role, _say)))


@app.command()
def demo() -> None:
    """Показать бота: веб-чат без токенов и настроек, данные в data/demo."""
    with _told():
        settings = read()
        changes: dict[str, Any] = {}
        if not settings.model_fields_set & {"data_dir", "database_url"}:
            changes["data_dir"] = Path("data/demo")
        if "log_level" not in settings.model_fields_set:
            changes["log_level"] = "warning"
        settings = settings.model_copy(update=changes)
        _log(settings)

        def say(line: str) -> None:
            _say(f"{line}\nОткройте этот адрес в браузере. Остановить: Ctrl-C. Данные: {settings.data_dir}")

        sys.exit(_work(run_app(settings, Role.ALL, say)))


@app.command()
def talk(
    identity: Annotated[str, typer.Option("--as", metavar="ИМЯ", help="кто говорит; каждый продолжает своё")] = "я",
    transcript: Annotated[bool, typer.Option("--transcript", help="ключи вместо слов, как в тестах")] = False,
) -> None:
    """Поговорить с ботом в терминале или из файла: слова или [кнопка], по одной в строке."""
    with _told():
        settings = _settings(quiet=True)
        _work(_talk(settings, identity, transcript))


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
        await converse(terminal, _lines(), say=_say, transcript=line, buttons=transcript.buttons)


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


@app.command()
def check(
    folder: Annotated[Path | None, typer.Argument(metavar="ПАПКА", help="по умолчанию BOT_CONTENT_DIR")] = None,
) -> None:
    """Проверить тексты бота. Ошибки: файл, строка, что не так, как исправить."""
    from bot.texts.check import doubts, report
    from bot.texts.load import load, read_folder
    from bot.texts.schema import BadContent

    with _told():
        path = folder or read().content_dir
        try:
            content = load(read_folder(path), needs(), _shown(path))
        except BadContent as error:
            _say(report(error.mistakes))
            sys.exit(1)
        for doubt in doubts(content, datetime.now(UTC).date()):
            _say(f"не подтверждено: {doubt}")
        _say(report([]))


def _shown(path: Path) -> str:
    """The folder as an admin knows it."""
    with suppress(ValueError):
        return str(path.resolve().relative_to(Path.cwd()))
    return str(path)


@app.command()
def migrate() -> None:
    """Привести базу к этой версии программы. При запуске это делается само."""
    from storage.migrate import migrate as bring_forward
    from storage.migrate import version

    with _told():
        settings = _settings(quiet=True)
        with explained():
            _work(bring_forward(settings.database))
            _say(f"База в порядке, версия {_work(version(settings.database))}.")


@app.command()
def backup(file: FILE) -> None:
    """Сделать резервную копию, не останавливая бота."""
    from storage.backup import backup as save

    with _told():
        settings = _settings(quiet=True)
        with explained():
            _work(save(settings.database, file))
        _say(f"Копия готова: {file}, {file.stat().st_size / 1e6:.1f} МБ.")
        if not settings.secret_key.get_secret_value():
            _say(f"Без секрета её не прочитать. Храните {settings.data_dir / 'secret.key'} отдельно от копии.")


@app.command()
def restore(file: FILE) -> None:
    """Вернуть базу из резервной копии. Бот должен быть остановлен."""
    from bot.clock import SystemClock
    from bot.upkeep import restore as bring_back

    with _told():
        settings = _settings(quiet=True)
        with explained():
            done = _work(bring_back(settings.database, file, secrets(settings), settings.data_dir, SystemClock()))
        _say(f"База восстановлена из {file}. Номер отсчёта сообщений: {done.epoch}.")
        _say(f"Снова удалены данные тех, кто просил об этом после копии: {done.erased}.")
        if not done.has_looked:
            _say("Прежняя база не открылась: просьбы об удалении взяты только из файла erasures.log.")


@app.command()
def purge() -> None:
    """Удалить то, чему вышел срок, и перешифровать записи новым секретом."""
    from bot.upkeep import Purge

    async def work(settings: Settings) -> None:
        async with opened(settings, publishes=False) as parts:
            done = await Purge(parts.database, parts.clock, parts.editions.content().rules.retention).run(reseals=True)
        for name, count in done.forgotten.items():
            _say(f"удалено, {PURGED[name]}: {count}")
        for name, count in done.resealed.items():
            _say(f"перешифровано, {name}: {count}")
        _say(f"Готово. Самая долгая операция: {done.longest_s * 1000:.0f} мс.")

    with _told():
        settings = _settings(quiet=True)
        with explained():
            _work(work(settings))


PURGED = {
    "sessions": "разговоры без согласия",
    "words_without_consent": "тексты без согласия",
    "words": "тексты, чей срок вышел",
    "dedupe": "отметки о полученных сообщениях",
    "cases": "слова закрытых обращений",
    "reminders": "прошедшие напоминания",
}


@app.command()
def doctor() -> None:
    """Проверить базу, тексты, часы и каждый мессенджер; к каждой ошибке сказать, что делать."""
    from bot.clock import SystemClock
    from bot.doctor import examine, line

    async def work(settings: Settings) -> int:
        faults = 0
        async for finding in examine(settings, SystemClock()):
            faults += finding.is_fault
            _say(line(finding))
        _say(f"Ошибок: {faults}." if faults else "Всё в порядке.")
        return 1 if faults else 0

    with _told():
        settings = _settings(quiet=True)
        sys.exit(_work(work(settings)))


@app.command()
def starts(days: Annotated[int, typer.Option("--days", metavar="ДНЕЙ", min=1, help="за сколько дней")] = 30) -> None:
    """Сколько раз начинали разговор, по меткам ссылок."""

    async def work(settings: Settings) -> None:
        since = (datetime.now(UTC) - timedelta(days=days - 1)).date()
        async with opened_database(settings) as (database, _), database.read() as tx:
            counted = await tx.starts.by_tag(since=since)
        for tag, channel, count in counted:
            _say(f"{count:>7}  {channel:<9} {tag or 'без метки'}")
        _say(f"Всего с {since:%d.%m.%Y}: {sum(count for _, _, count in counted)}.")

    with _told():
        settings = _settings(quiet=True)
        with explained():
            _work(work(settings))


def _settings(*, quiet: bool = False) -> Settings:
    """Settings read and the log set up; quiet: a command for a person, who wants its answer only."""
    settings = read()
    if quiet and "log_level" not in settings.model_fields_set:
        settings = settings.model_copy(update={"log_level": "warning"})
    _log(settings)
    return settings


def _log(settings: Settings) -> None:
    is_json = settings.log_format == "json" or (settings.log_format is None and not sys.stderr.isatty())
    journal.set_up(level=settings.log_level, is_json=is_json, secrets=settings.secrets())


def _work(work: Coroutine[Any, Any, Result]) -> Result:
    with asyncio.Runner(loop_factory=_loop()) as runner:
        return runner.run(work)


def _loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where it is installed: Linux and macOS."""
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


@contextmanager
def _told() -> Iterator[None]:
    """What stands in the way is told in Russian; everything else goes to the log without its words."""
    try:
        yield
    except BadSettings as error:
        _refuse(f"{error}\nОшибок в настройках: {len(error.mistakes)}. Пример: deploy/env.example", 2)
    except CannotStart as error:
        _refuse(str(error), 1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def _refuse(words: str, code: int) -> NoReturn:
    print(words, file=sys.stderr)
    sys.exit(code)


def _say(line: str) -> None:
    print(line, flush=True)


def main() -> None:
    """Entry point of `czn-bot`."""
    app()


if __name__ == "__main__":
    main()
