"""
What every command works with: the open database, the content in force, the channels that are on.

    settings --> secret --> database (migrated, held) --> edition --> channels
Whatever stands in the way is told as CannotStart, in words an operator can act on.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass

import structlog

from bot import keyfile
from bot.clock import Clock, SystemClock
from bot.desk.acts import Desk
from bot.desk.room import StaffRoom
from bot.editions import Editions, Rehearse, Told
from bot.engine.runner import Runner
from bot.engine.taken import Surface
from bot.flows import FLOWS
from bot.inbox import Inbox
from bot.lineup import Messenger, messengers, surfaces
from bot.settings import Settings
from bot.texts.mistakes import BadContent
from bot.texts.schema import Need
from storage.database import Database, open_database
from storage.errors import Held, Incompatible, StorageError, Unavailable, Unreadable
from storage.locks import Hold

log = structlog.get_logger()

INSTALLATION = "installation"
PATIENCE_S = 30.0  # for a database that starts together with us
PAUSE_S = 1.0


class CannotStart(Exception):
    """Why not, and how to mend it, in Russian; without secrets."""


@dataclass(frozen=True, slots=True)
class Parts:
    """held: the installation; `held.lost` means that it must not be written to any more."""

    settings: Settings
    database: Database
    clock: Clock
    held: Hold
    editions: Editions
    messengers: Mapping[str, Messenger]
    surfaces: Mapping[str, Surface]
    inbox: Inbox
    runner: Runner
    desk: Desk


def needs() -> dict[str, Need]:
    """What the program asks of the content: texts of the flows, words of the web page."""
    from bot.desk.words import NEEDS as DESK
    from bot.web.words import NEEDS

    return {**FLOWS.needs(), **NEEDS, **DESK}


def secrets(settings: Settings) -> tuple[str, ...]:
    """Secrets that seal the data, the first one seals anew. Without BOT_SECRET_KEY the file beside the data."""
    given = settings.secret_key.get_secret_value()
    if given:
        return tuple(part.strip() for part in given.split(",") if part.strip())
    try:
        return (keyfile.take(settings.data_dir),)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "файл пуст"
        raise CannotStart(
            f"Не прочитать и не создать файл секрета {settings.data_dir / keyfile.NAME} ({reason}).\n"
            "Проверьте BOT_DATA_DIR и права на папку или верните файл из резервной копии."
        ) from error


@contextmanager
def explained() -> Iterator[None]:
    """Turns what storage and content refuse into CannotStart."""
    try:
        yield
    except BadContent as error:
        lines = "\n".join(str(mistake) for mistake in error.mistakes)
        raise CannotStart(f"{lines}\nВ текстах бота есть ошибки: {len(error.mistakes)}. Исправьте их.") from error
    except Unreadable as error:
        raise CannotStart(
            "Секрет не подходит к базе: данные зашифрованы другим.\n"
            "Верните прежний BOT_SECRET_KEY или файл secret.key из резервной копии в BOT_DATA_DIR."
        ) from error
    except Incompatible as error:
        raise CannotStart(
            f"База не подходит к этой версии программы ({error}).\n"
            "Обновите программу или выполните: python -m bot migrate. Если прервано восстановление, повторите restore."
        ) from error
    except Held as error:
        raise CannotStart(
            "База занята: бот работает или идёт восстановление из копии.\nОстановите все процессы бота и повторите."
        ) from error
    except Unavailable as error:
        raise CannotStart(
            f"База данных не отвечает ({error}).\nПроверьте BOT_DATABASE_URL, место на диске и что сервер запущен."
        ) from error
    except sqlite3.DatabaseError as error:
        raise CannotStart(
            "Файл базы повреждён или это не база.\nСохраните его копию и верните данные: python -m bot restore ФАЙЛ"
        ) from error
    except StorageError as error:
        raise CannotStart(f"База данных отказала: {error}.\nПроверьте BOT_DATABASE_URL и права.") from error


@asynccontextmanager
async def opened_database(
    settings: Settings, *, migrate: bool = True, patience_s: float = 0.0
) -> AsyncIterator[tuple[Database, Hold]]:
    """The database, the installation held shared. patience_s: how long one that is gone is waited for."""
    async with AsyncExitStack() as stack:
        with explained():
            database = await _open(settings, migrate=migrate, patience_s=patience_s)
            stack.push_async_callback(database.close)
            held = await stack.enter_async_context(database.hold(INSTALLATION, shared=True))
        yield database, held


async def _open(settings: Settings, *, migrate: bool, patience_s: float) -> Database:
    keys = secrets(settings)
    deadline = time.monotonic() + patience_s
    while True:
        try:
            return await open_database(settings.database, keys, migrate=migrate)
        except Unavailable:
            if time.monotonic() + PAUSE_S > deadline:
                raise
            log.warning("database_awaited")
            await asyncio.sleep(PAUSE_S)


def _editions(settings: Settings, database: Database, clock: Clock, *, publishes: bool, told: Told | None) -> Editions:
    """told: somebody watches the folder while writing, so words go live before the talks are played."""
    rehearse: Rehearse | None = None
    if publishes:
        from bot.rehearsal.apart import Apart

        rehearse = Apart(needs(), str(settings.content_dir), settings.database if settings.is_sqlite else "")
    return Editions(
        database, clock, settings.content_dir, needs(), rehearse=rehearse, goes_first=told is not None, told=told
    )


@asynccontextmanager
async def opened(
    settings: Settings, *, publishes: bool, patience_s: float = 0.0, told: Told | None = None
) -> AsyncIterator[Parts]:
    """
    Everything but the roles. publishes: this process puts changed content files in force at its start.

    told: hears what is wrong with the files after each change (for a preview).
    """
    clock = SystemClock()
    async with opened_database(settings, patience_s=patience_s) as (database, held):
        editions = _editions(settings, database, clock, publishes=publishes, told=told)
        with explained():
            await editions.start(publishes=publishes)
        try:
            on = messengers(settings, editions.content())
        except ValueError as error:  # an adapter says in Russian what it can't work with
            raise CannotStart(str(error)) from error
        shown = surfaces(settings, on)
        site = settings.public_url if settings.is_on("web") else ""
        informing = frozenset(name for name, surface in shown.items() if surface.policy == "information")
        desk = Desk(database, clock, editions.content, informing)
        runner = Runner(database, FLOWS, editions.content, shown, clock, site=site, room=StaffRoom(desk))
        try:
            intake = Inbox(database, clock, runner)
            yield Parts(settings, database, clock, held, editions, on, shown, intake, runner, desk)
        finally:
            for messenger in on.values():
                await messenger.channel.close()
