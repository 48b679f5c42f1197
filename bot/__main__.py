"""
The command line: `python -m bot …`, also installed as `czn-bot …`.

Exit codes: 0 done, 1 it could not be done (the reason is on stderr), 2 the settings are wrong.
"""

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from getpass import getuser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.app import Role
from bot.app import run as run_app
from bot.commands import cases, point, referrals, staff, surveys, visits
from bot.commands.shell import log as _log
from bot.commands.shell import refuse as _refuse
from bot.commands.shell import say as _say
from bot.commands.shell import settings as _settings
from bot.commands.shell import told as _told
from bot.commands.shell import work as _work
from bot.parts import CannotStart, Parts, explained, needs, opened, opened_database, secrets
from bot.settings import Settings, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bot.texts.load import Look
    from bot.texts.schema import Content, Mistake

app = typer.Typer(
    help="Чат-бот центра занятости: Telegram, VK, MAX и веб-чат.",
    add_completion=False,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)

app.add_typer(cases.app, name="cases")
staff.app.command("link")(cases.link_member)
app.add_typer(staff.app, name="staff")
app.add_typer(visits.app, name="visits")
app.add_typer(surveys.report, name="report")
app.add_typer(surveys.survey, name="survey")
app.add_typer(point.app, name="point")
app.add_typer(referrals.app, name="referrals")

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
        settings = _demo_settings("warning")

        def say(line: str) -> None:
            _say(f"{line}\nОткройте этот адрес в браузере. Остановить: Ctrl-C. Данные: {settings.data_dir}")

        sys.exit(_work(run_app(settings, Role.ALL, say, samples=_say)))


@app.command()
def preview() -> None:
    """Писать тексты и сразу видеть их в веб-чате: правка файла действует через секунду, об ошибках скажет терминал."""
    with _told():
        settings = _demo_settings("critical")
        addresses: list[str] = []

        def say(line: str) -> None:
            addresses.append(line)
            _say(f"{line}\nОткройте этот адрес в браузере и правьте файлы в {_shown(settings.content_dir)}.")
            _say("Новые слова видны со следующего ответа бота. Остановить: Ctrl-C.")

        def told(mistakes: "Sequence[Mistake]", is_live: bool) -> None:
            if not mistakes and not addresses:
                return  # the start itself is no news
            for mistake in mistakes:
                _say(str(mistake))
            time = datetime.now().astimezone().strftime("%H:%M:%S")
            count = f"Ошибок: {len(mistakes)}. " if mistakes else ""
            _say(f"{time}  {count}{'Новые слова в чате.' if is_live else 'В чате прежние слова.'}")

        sys.exit(_work(run_app(settings, Role.ALL, say, told=told)))


def _demo_settings(log_level: str) -> Settings:
    """What is set, else a place of its own for the data."""
    settings = read()
    changes: dict[str, Any] = {}
    if not settings.model_fields_set & {"data_dir", "database_url"}:
        changes["data_dir"] = Path("data/demo")
    if "log_level" not in settings.model_fields_set:
        changes["log_level"] = log_level
    settings = settings.model_copy(update=changes)
    _log(settings)
    return settings


@app.command()
def talk(
    identity: Annotated[str, typer.Option("--as", metavar="ИМЯ", help="кто говорит; каждый продолжает своё")] = "я",
    transcript: Annotated[bool, typer.Option("--transcript", help="ключи вместо слов, как в тестах")] = False,
    save: Annotated[
        Path | None,
        typer.Option("--save", metavar="ФАЙЛ.md", help="новый человек; записать разговор для bot/content/talks"),
    ] = None,
) -> None:
    """Поговорить с ботом в терминале или из файла: слова или [кнопка], по одной в строке."""
    with _told():
        settings = _settings(quiet=True)
        if save is not None:
            _save_talk(settings, save)
            return
        _work(_talk(settings, identity, transcript))


def _save_talk(settings: Settings, file: Path) -> None:
    """A talk that the check can play again: with the files as they stand, on the rehearsal's clock."""
    from bot.flows import FLOWS
    from bot.rehearsal.recorder import record
    from bot.rehearsal.recorder import save as write
    from bot.rehearsal.stage import Met, Stage
    from bot.texts.load import load, read_folder
    from storage.scratch import ScratchDatabase, template

    if file.suffix != ".md":
        _refuse(f"Имя файла должно оканчиваться на .md: {file}", 1)
    with explained():
        content = load(read_folder(settings.content_dir), needs(), _shown(settings.content_dir))
    empty = template()

    async def work() -> list[str]:
        stage = Stage(ScratchDatabase(empty), FLOWS, content, Met())
        return await record(stage, content, _lines(), _say)

    rows = _work(work())
    if not rows:
        _refuse("Записывать нечего: ничего не сказано.", 1)
    try:
        write(rows, file, datetime.now().astimezone())
    except OSError as error:
        _refuse(f"Файл {file} не записать ({error.strerror}). Проверьте папку и права.", 1)
    _say(f"Записано в {file}. Проверить: python -m bot check")


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
    from bot.texts.load import read_folder
    from bot.texts.schemas import write
    from bot.texts.verdict import judge

    with _told():
        path = folder or read().content_dir
        _log(read().model_copy(update={"log_level": "critical"}))  # a turn that fails is told as a mistake of its talk
        today = datetime.now(UTC).date()
        verdict = judge(path, needs(), _shown(path), today, facts=facts, measures=report)
        tell = _say if not is_json else _nothing
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
        if not verdict.mistakes and verdict.seen is not None and path.resolve() == read().content_dir.resolve():
            verdict = replace(verdict, remarks=(*verdict.remarks, *_clashes(verdict.seen, tell)))
        if questions and not is_json and verdict.seen is not None and verdict.seen.content is not None:
            _questions_reviewed(verdict.seen.content)
        _say(verdict.as_json() if is_json else str(verdict))
        if schemas and not verdict.mistakes:
            try:
                _say(f"Записано файлов: {write(path, read_folder(path), needs())}.")
            except OSError as error:
                _refuse(f"Схемы не записать ({error.strerror}). Проверьте права на папку {_shown(path)}.", 1)
        sys.exit(1 if verdict.mistakes else 0)


def _clashes(seen: "Look", say: Callable[[str], None]) -> "list[Mistake]":
    """Bookings of this installation that the files have no time for; nothing where no database can be read."""
    from bot.booking.rounds import broken
    from bot.clock import SystemClock
    from bot.desk.clashes import clashes
    from storage.sqlitefile import path_of

    settings = read()
    if seen.content is None or (settings.is_sqlite and not path_of(settings.database).exists()):
        return []

    async def look() -> "list[Mistake]":
        async with opened_database(settings, migrate=False) as (database, _):
            assert seen.content is not None
            return clashes(seen, await broken(database, seen.content, SystemClock().now()))

    try:
        return _work(look())
    except Exception as error:  # an older database, or one that is away: words are checked all the same
        say(f"Записи на приём не проверены: база не открылась ({type(error).__name__}).")
        return []


def _questions_reviewed(content: "Content") -> None:
    from bot.asked import review_lines, reviewed

    for line in review_lines(content, reviewed(content)):
        _say(line)
    _say("")


def _nothing(_: str) -> None:
    """For who wants the output for programs only."""


def _reviewed(
    path: Path,
    files: "Mapping[str, bytes]",
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
        review = Review(FLOWS, path, _shown(path), files, content, say)
        if accept:
            review.accept()
        review.tell(coverage=coverage)
        if graph is not None:
            review.draw(graph, situation)
    except NoSituation as error:
        _refuse(str(error), 1)
    except OSError as error:
        _refuse(f"Файл {error.filename} не записать ({error.strerror}). Проверьте папку и права.", 1)
    return review.mistakes


questions = typer.Typer(help="Вопросы людей: на какие нет ответа.", no_args_is_help=True)
app.add_typer(questions, name="questions")


@questions.callback()
def _questions() -> None:
    """A command group, though it has one command yet."""


@questions.command("unanswered")
def questions_unanswered(
    days: Annotated[int, typer.Option("--days", metavar="ДНЕЙ", min=1, max=90, help="за сколько дней")] = 7,
) -> None:
    """На что бот не нашёл ответа, чаще всего сверху. Имён и номеров в словах нет, чьи они — неизвестно."""
    from bot.asked import unanswered
    from bot.clock import SystemClock

    async def work(settings: Settings) -> None:
        async with opened_database(settings) as (database, _):
            rows = await unanswered(database, SystemClock(), since=timedelta(days=days))
        for row in rows:
            _say(f"{row.times:>5}  {row.words}")
        _say(f"Всего за дней {days}: {sum(row.times for row in rows)}. Добавьте слова в also или новый вопрос.")

    with _told():
        settings = _settings(quiet=True)
        with explained():
            _work(work(settings))


content = typer.Typer(help="Редакции текстов: что и когда менялось, как вернуть прежнее.", no_args_is_help=True)
app.add_typer(content, name="content")
ACTS = {"published": "опубликована", "rolled_back": "возвращена"}
FILES_SHOWN = 6


@content.command("history")
def content_history(
    count: Annotated[int, typer.Option("--last", metavar="СКОЛЬКО", min=1, max=200, help="сколько последних")] = 20,
) -> None:
    """Какие редакции были в силе: номер, когда, кто, какие файлы изменились."""
    from bot.history import history

    async def work(settings: Settings) -> None:
        async with opened_database(settings) as (database, _):
            changes = await history(database, limit=count)
            async with database.read() as tx:
                files = await tx.editions.files()
        for change in changes:
            act = change.act
            mark = "в силе" if change.is_in_force else ""
            who = "" if act.actor == "scheduler" else f", {act.actor}"
            when = act.at.astimezone().strftime("%d.%m.%Y %H:%M:%S")
            _say(f"№ {act.number:<4} {when}  {ACTS.get(act.act, act.act)}{who}  {mark}".rstrip())
            if change.files is None:
                _say("       первая редакция")
            for name in (change.files or ())[:FILES_SHOWN]:
                _say(f"       {name}")
            if change.files and len(change.files) > FILES_SHOWN:
                _say(f"       и ещё файлов: {len(change.files) - FILES_SHOWN}")
        if not changes:
            _say("Редакций ещё не было: бот не запускали.")
        if files is not None and files.state == "passed_over":
            _say("Файлы в папке не в силе: после возврата их не меняли. Поправьте любой, и бот опубликует их.")
        if files is not None and files.state == "refused":
            _say(f"Файлы в папке с ошибками, бот их не взял: {len(files.mistakes)}. Список: python -m bot check")

    with _told():
        settings = _settings(quiet=True)
        with explained():
            _work(work(settings))


@content.command("rollback")
def content_rollback(number: Annotated[int, typer.Argument(metavar="НОМЕР", help="из content history")]) -> None:
    """Вернуть в силу прежнюю редакцию. Файлы в папке не трогает: бот возьмёт их, когда вы их поправите."""
    from bot.clock import SystemClock
    from bot.history import NoEdition, roll_back
    from bot.texts.packed import Unreadable
    from bot.texts.schema import BadContent

    async def work(settings: Settings) -> None:
        async with opened_database(settings) as (database, _):
            who = getuser()
            await roll_back(database, SystemClock(), number, folder=settings.content_dir, needs=needs(), actor=who)

    with _told():
        settings = _settings(quiet=True)
        try:
            with explained():
                _work(work(settings))
        except NoEdition:
            _refuse(f"Редакции № {number} нет. Какие есть: python -m bot content history", 1)
        except Unreadable:
            _refuse(f"Редакцию № {number} не прочитать: запись повреждена. Выберите другую.", 1)
        except CannotStart as error:
            if isinstance(error.__cause__, BadContent):
                _refuse(f"{error}\nРедакция № {number} сделана для другой версии программы. Выберите другую.", 1)
            raise
        _say(f"В силе редакция № {number}. Все процессы перейдут на неё за две секунды.")
        _say("Файлы в папке остались какими были. Бот возьмёт их, когда вы их поправите.")


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
    from bot.chores.upkeep import restore as bring_back
    from bot.clock import SystemClock

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
    from bot.chores.upkeep import Purge

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
    "bookings": "кто был записан на приём",
    "visits": "итоги приёмов и направления",
    "moves": "коды для перехода в другой чат",
    "survey_words": "слова в опросах",
    "surveys": "отметки о приглашениях на опросы",
    "reminders": "прошедшие напоминания",
    "desk": "старые входы в кабинет",
    "unanswered": "вопросы без ответа",
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


@app.command()
def answers(days: Annotated[int, typer.Option("--days", metavar="ДНЕЙ", min=1, help="за сколько дней")] = 30) -> None:
    """Какие ответы читали, помогли ли они. Сверху те, что не помогли чаще."""

    async def work(settings: Settings) -> None:
        since = (datetime.now(UTC) - timedelta(days=days - 1)).date()
        async with opened_database(settings) as (database, _), database.read() as tx:
            judged = await tx.verdicts.by_question(since=since)
        labels = _labels(settings.content_dir)
        _say("показан  помог  не помог  вопрос")
        for one in judged:
            label = labels.get(one.question, "такого вопроса больше нет")
            _say(f"{one.shown:>7}  {one.helped:>5}  {one.not_helped:>8}  {one.question}  {label}")
        _say(f"Всего с {since:%d.%m.%Y} показано: {sum(one.shown for one in judged)}.")

    with _told():
        settings = _settings(quiet=True)
        with explained():
            _work(work(settings))


def _labels(folder: Path) -> dict[str, str]:
    """Labels of the questions as the files have them now; none while the files have mistakes."""
    from bot.texts.load import load, read_folder
    from bot.texts.schema import BadContent

    with suppress(BadContent):
        return {question.id: question.label for question in load(read_folder(folder), needs()).questions.values()}
    return {}


def main() -> None:
    """Entry point of `czn-bot`."""
    app()


if __name__ == "__main__":
    main()
