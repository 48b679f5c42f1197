"""
Runs the product's command line in this process and kills it, as kill -9 does, at a point named by FAULT_POINT.

FAULT_MARK: file that gets the point's name right before. FAULT_CLOCK: file with seconds by which the clock is wrong.
FAULT_PATIENCE: keep the pause before a send of unknown outcome is repeated; else it is half a second, so that tests
need not wait (its real length is proved in tests/delivery). For the rest nothing is touched, only watched (`guard`).
"""

import functools
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from importlib import import_module
from inspect import iscoroutinefunction
from pathlib import Path
from typing import Any

from tests.faults.points import BY_NAME, Point

ONCE_MORE = timedelta(seconds=0.5)
GUARDED = 77


def place_of(target: str) -> tuple[Any, str]:
    """The module or class that holds the function, and its name there. Raises ImportError, AttributeError."""
    module, _, path = target.partition(":")
    *owners, name = path.split(".")
    owner = import_module(module)
    for part in owners:
        owner = getattr(owner, part)
    getattr(owner, name)
    return owner, name


def arm(point: Point, die: Callable[[], None]) -> None:
    """From now on `die` is called at the point."""
    owner, name = place_of(point.target)
    function = getattr(owner, name)
    is_method = isinstance(owner, type)
    calls = 0

    def is_it(arguments: tuple[Any, ...], result: Any) -> bool:
        nonlocal calls
        given = arguments[is_method:]
        if (point.counts == "result" and not result) or (point.counts == "argument" and not (given and given[0])):
            return False
        calls += 1
        return calls == point.nth

    @functools.wraps(function)
    async def wrapped_async(*arguments: Any, **named: Any) -> Any:
        if point.when == "before" and is_it(arguments, None):
            die()
        result = await function(*arguments, **named)
        if point.when == "after" and is_it(arguments, result):
            die()
        return result

    @functools.wraps(function)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        if point.when == "before" and is_it(arguments, None):
            die()
        result = function(*arguments, **named)
        if point.when == "after" and is_it(arguments, result):
            die()
        return result

    put = wrapped_async if iscoroutinefunction(function) else wrapped
    setattr(owner, name, put)
    for module in list(sys.modules.values()):  # who imported the name already
        if not is_method and getattr(module, name, None) is function:
            setattr(module, name, put)


def obey() -> None:
    """SIGUSR1 makes SQLite read-only for the open writer, as a disk remounted after an error is; SIGUSR2 mends it."""
    from storage.sqlite import SqliteDatabase

    opened: list[SqliteDatabase] = []
    initialise = SqliteDatabase.__init__

    def remember(self: SqliteDatabase, *arguments: Any) -> None:
        initialise(self, *arguments)
        opened.append(self)

    def switch(order: str) -> None:
        for database in opened:
            connection = database._writer
            connection._tx.put_nowait((None, functools.partial(connection._conn.execute, order)))

    SqliteDatabase.__init__ = remember  # type: ignore[method-assign]
    signal.signal(signal.SIGUSR1, lambda *_: switch("PRAGMA query_only=ON"))
    signal.signal(signal.SIGUSR2, lambda *_: switch("PRAGMA query_only=OFF"))


def skew(file: Path) -> None:
    """The wall clock is wrong by as many seconds as the file says at the moment."""
    from bot.clock import SystemClock

    right = SystemClock.now

    def wrong(self: SystemClock) -> datetime:
        return right(self) + timedelta(seconds=float(file.read_text()))

    SystemClock.now = wrong  # type: ignore[method-assign]


def guard() -> None:
    """No platform is asked or told anything inside a transaction: whoever does ends the process with exit code 77."""
    from bot.channels.max import Max
    from bot.channels.telegram import Telegram
    from bot.channels.vk import Vk
    from storage.postgres import PostgresDatabase
    from storage.sqlite import SqliteDatabase

    is_inside: ContextVar[bool] = ContextVar("is_inside", default=False)

    def watched(begin: Callable[[Any], Any]) -> Callable[[Any], Any]:
        @asynccontextmanager
        async def transaction(self: Any) -> AsyncIterator[Any]:
            async with begin(self) as tx:
                token = is_inside.set(True)
                try:
                    yield tx
                finally:
                    is_inside.reset(token)

        return transaction

    def outside(call: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(call)
        async def checked(*arguments: Any, **named: Any) -> Any:
            if is_inside.get():
                os.write(2, f"{call.__qualname__} inside a transaction\n".encode())
                os._exit(GUARDED)
            return await call(*arguments, **named)

        return checked

    for database in (SqliteDatabase, PostgresDatabase):
        for name in ("write", "read"):
            setattr(database, name, watched(getattr(database, name)))
    for channel in (Telegram, Vk, Max):
        for name in ("open", "send", "poll", "acknowledge", "prepare_polling", "prepare_webhook"):
            setattr(channel, name, outside(getattr(channel, name)))


def main() -> None:
    import bot.__main__
    import bot.delivery.fate

    if not os.environ.pop("FAULT_PATIENCE", ""):
        bot.delivery.fate.ONCE_MORE = ONCE_MORE
    obey()
    guard()
    if clock := os.environ.pop("FAULT_CLOCK", ""):
        skew(Path(clock))
    wanted, mark = os.environ.pop("FAULT_POINT", ""), os.environ.pop("FAULT_MARK", "")
    if wanted:

        def die() -> None:
            Path(mark).write_text(wanted)
            os.kill(os.getpid(), signal.SIGKILL)

        arm(BY_NAME[wanted], die)
    bot.__main__.main()


if __name__ == "__main__":
    main()
