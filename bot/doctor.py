"""
`doctor`: is everything in order, and what to do about what is not. Reads only; works beside a running bot.

Each part of the house has its own examination; one that fails itself is a finding, not an end.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot import keyfile
from bot.booking.calendar import knows_moves
from bot.booking.rounds import broken
from bot.channels.port import Finding
from bot.clock import Clock
from bot.lineup import Messenger, messengers
from bot.parts import CannotStart, needs, opened_database
from bot.settings import ENV_FILE, Settings
from bot.texts.doubts import doubts
from bot.texts.files import read_folder
from bot.texts.load import Look, look
from bot.texts.mistakes import BadContent, Mistake
from bot.texts.schema import Content
from storage.database import Database, Transaction
from storage.errors import StorageError
from storage.health import Health
from storage.sqlitefile import path_of

SPACE_LEAST, SPACE_LITTLE = 200_000_000, 2_000_000_000  # bytes: a fault, a hint
CLOCK_MOST = timedelta(seconds=60)  # reminders may be a minute late, not more
CHANNEL_S = 40.0
DATE_S = 10.0
DOUBTS_SHOWN = 10
MOVES_MONTH = 11  # days off of the next year are decreed by then


async def examine(settings: Settings, clock: Clock) -> AsyncIterator[Finding]:
    """Findings as they are found: files, database, content, clock, channels."""
    for finding in _files(settings):
        yield finding
    for finding in await _stored(settings, clock):
        yield finding
    content, found = _content(settings)
    for finding in found:
        yield finding
    if content is None:
        return
    for finding in _zone(content, clock):
        yield finding
    for finding in await _schedule(settings, content, clock):
        yield finding
    async for finding in _channels(settings, content, clock):
        yield finding


async def _stored(settings: Settings, clock: Clock) -> list[Finding]:
    if settings.is_sqlite and not path_of(settings.database).exists():
        return [Finding(False, "базы ещё нет: она появится при первом запуске")]
    try:
        async with opened_database(settings, migrate=False) as (database, _):
            return [*await _database(settings, database), *await _server_clock(database, clock)]
    except CannotStart as error:
        what, _, remedy = str(error).partition("\n")
        return [Finding(True, what, remedy)]


def line(finding: Finding) -> str:
    """A finding as the operator reads it."""
    mark = "ОШИБКА" if finding.is_fault else "ок    "
    if not finding.is_fault and finding.remedy:
        mark = "совет "
    return f"{mark}  {finding.what}" + (f"\n        что делать: {finding.remedy}" if finding.remedy else "")


def _files(settings: Settings) -> list[Finding]:
    found = []
    file = settings.data_dir / keyfile.NAME
    if not settings.secret_key.get_secret_value() and not file.exists():
        found.append(
            Finding(
                False,
                f"секрета ещё нет ({file})",
                "он появится при первом запуске; сохраните его копию отдельно от базы",
            )
        )
    open_files = [kept for kept in (file, ENV_FILE) if kept.exists() and keyfile.is_open_to_others(kept)]
    return found + [
        Finding(True, f"файл {kept} могут читать другие", f"выполните: chmod 600 {kept}") for kept in open_files
    ]


async def _database(settings: Settings, database: Database) -> list[Finding]:
    found = [Finding(False, f"база {'SQLite' if settings.is_sqlite else 'PostgreSQL'} отвечает, секрет подходит")]
    try:
        async with database.read() as tx:
            found += await _rows(tx)
    except StorageError as error:
        found.append(
            Finding(True, f"база отказала при чтении ({error})", "проверьте диск и сервер базы, затем журнал бота")
        )
    if settings.is_sqlite:
        found += _space(path_of(settings.database))
    elif shutil.which("pg_dump") is None:
        found.append(Finding(False, "нет программы pg_dump", "поставьте клиент PostgreSQL: без него нет backup"))
    return found


async def _rows(tx: Transaction) -> list[Finding]:
    found = []
    old = await Health(tx.handle).under_old_secrets()
    if old:
        found.append(
            Finding(
                False,
                f"записей под прежним секретом: {sum(old.values())}",
                "выполните purge; только после него убирайте прежний секрет из BOT_SECRET_KEY",
            )
        )
    broken = await tx.audit.broken_at()
    if broken is not None:
        found.append(
            Finding(
                True,
                f"журнал действий изменён в обход программы, первая запись {broken}",
                "выясните, кто имел доступ к базе; сравните с резервной копией",
            )
        )
    parked = await tx.inbox.count_parked()
    if parked:
        found.append(Finding(False, f"отложено сообщений, которые не удалось обработать: {parked}", "смотрите журнал"))
    dead = await tx.outbox.count_dead()
    if dead:
        found.append(Finding(False, f"не удалось доставить сообщений: {dead}", "смотрите журнал"))
    waiting, oldest = await tx.inbox.waiting()
    if oldest is not None and datetime.now(UTC) - oldest > timedelta(minutes=5):
        found.append(
            Finding(
                True,
                f"сообщений ждёт обработки: {waiting}, самое старое с {oldest:%d.%m.%Y %H:%M} UTC",
                "запустите бота; если он запущен, смотрите журнал процесса worker",
            )
        )
    return found


def _space(file: Path) -> list[Finding]:
    free = shutil.disk_usage(file.parent).free
    megabytes = free // 1_000_000
    if free < SPACE_LEAST:
        return [Finding(True, f"на диске с базой осталось {megabytes} МБ", "освободите место: бот скоро остановится")]
    if free < max(SPACE_LITTLE, file.stat().st_size):
        return [Finding(False, f"на диске с базой осталось {megabytes} МБ", "освободите место заранее")]
    return []


def _content(settings: Settings) -> tuple[Content | None, list[Finding]]:
    folder = settings.content_dir
    seen: Look | None = None
    mistakes: Sequence[Mistake]
    try:
        seen = look(read_folder(folder), needs(), str(folder))
        mistakes = seen.mistakes
    except BadContent as error:
        mistakes = error.mistakes
    if seen is None or seen.content is None or mistakes:
        remedy = "исправьте; пока бот работает на последних верных текстах. Весь список: check"
        told = [Finding(True, f"тексты: {mistake}", "") for mistake in mistakes[:DOUBTS_SHOWN]]
        return None, [*told, Finding(True, f"ошибок в текстах: {len(mistakes)}", remedy)]
    content = seen.content
    found = [Finding(False, f"тексты без ошибок: ситуаций {len(content.situations)}, ответов {len(content.questions)}")]
    open_doubts = doubts(seen, datetime.now(UTC).date())
    if open_doubts:
        shown = "; ".join(f"{one.file}:{one.line}: {one.what}" for one in open_doubts[:DOUBTS_SHOWN])
        remedy = f"проверьте и впишите: {shown}. Весь список: check"
        found.append(Finding(False, f"не подтверждено сведений: {len(open_doubts)}, люди видят оговорку", remedy))
    return content, found


def _zone(content: Content, clock: Clock) -> list[Finding]:
    name = content.default_office.timezone
    try:
        zone = ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return [Finding(True, f"нет часового пояса {name}", "проверьте timezone в offices; обновите пакет tzdata")]
    return [Finding(False, f"часовой пояс {name}, сейчас там {clock.now().astimezone(zone):%d.%m.%Y %H:%M}")]


async def _schedule(settings: Settings, content: Content, clock: Clock) -> list[Finding]:
    """What the schedule as written in the files would do to people who are booked, and what the calendar lacks."""
    found = []
    now = clock.now()
    if content.points and now.month >= MOVES_MONTH and not knows_moves(now.year + 1):
        what = f"перенос выходных на {now.year + 1} год встроенный календарь не знает"
        found.append(Finding(False, what, "обновите программу или впишите дни в calendar.yaml"))
    if settings.is_sqlite and not path_of(settings.database).exists():
        return found
    try:
        async with opened_database(settings, migrate=False) as (database, _):
            lost = [row for row in await broken(database, content, now) if not row.is_held]
    except (CannotStart, StorageError):
        return found  # told already
    if lost:
        slots = "; ".join(f"{row.point}, {row.wall.replace('T', ' ')}" for row in lost[:DOUBTS_SHOWN])
        what = f"записей на приём, для которых в расписании нет места: {len(lost)} ({slots})"
        remedy = "поправьте часы в points; если так и надо, бот сам предупредит людей и предложит другое время"
        found.append(Finding(False, what, remedy))
    return found


def _skew(whose: str, theirs: datetime, ours: datetime) -> list[Finding]:
    if abs(theirs - ours) <= CLOCK_MOST:
        return [Finding(False, f"часы сходятся с часами {whose}")]
    seconds = int((ours - theirs).total_seconds())
    word = "спешат" if seconds > 0 else "отстают"
    remedy = "включите сверку времени: timedatectl set-ntp true; иначе напоминания придут не вовремя"
    return [Finding(True, f"наши часы {word} от часов {whose} на {abs(seconds)} с", remedy)]


async def _server_clock(database: Database, clock: Clock) -> list[Finding]:
    try:
        async with database.read() as tx:
            theirs = await Health(tx.handle).now()
    except StorageError:
        return []  # told already
    return _skew("сервера базы", theirs, clock.now()) if theirs is not None else []


async def _channels(settings: Settings, content: Content, clock: Clock) -> AsyncIterator[Finding]:
    try:
        on = messengers(settings, content)
    except ValueError as error:
        yield Finding(True, str(error), "проверьте настройки этого мессенджера")
        return
    if not on:
        yield Finding(False, "мессенджеры выключены: токенов нет, работает веб-чат")
    for name, messenger in on.items():
        for finding in await _channel(name, messenger):
            yield finding
    roots = {"telegram": settings.telegram_api_url, "vk": settings.vk_api_url, "max": settings.max_api_url}
    for name in on:
        theirs = await _date(roots[name])
        if theirs is not None:
            for finding in _skew(f"сервера {name}", theirs, clock.now()):
                yield finding
            return  # one clock outside is enough


async def _channel(name: str, messenger: Messenger) -> Sequence[Finding]:
    try:
        async with asyncio.timeout(CHANNEL_S):
            return await messenger.channel.doctor()
    except TimeoutError:
        return [Finding(True, f"{name}: ответа нет {CHANNEL_S:.0f} с", "проверьте сеть и прокси")]
    except Exception as error:
        return [Finding(True, f"{name}: проверка сорвалась ({type(error).__name__})", "сообщите разработчикам")]
    finally:
        await messenger.channel.close()


async def _date(root: str) -> datetime | None:
    """The server's time by its HTTP answer, to a second; None when it can't be had."""
    import httpx

    try:
        async with httpx.AsyncClient(timeout=DATE_S) as client:
            answer = await client.head(root)
        return parsedate_to_datetime(answer.headers["date"]).astimezone(UTC)
    except (httpx.HTTPError, KeyError, ValueError):
        return None
