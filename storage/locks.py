"""
Who may do what alone: the installation held by running processes, duties only one process has.

A lock lives as long as its process does: flock on a file beside a SQLite database, a session advisory lock on a
connection of its own in PostgreSQL (storage/advisory.py). Nothing has to be cleaned up after a kill.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from storage.errors import Held, Unavailable

_RETAKE_S = 1.0


class Lock(Protocol):
    lost: asyncio.Event
    """Set when the lock went without `release`: its connection died. Cleared by the next `take`."""

    async def take(self, *, shared: bool) -> bool:
        """Try once; false when somebody is in the way. Raises Unavailable."""

    async def release(self) -> None:
        """Give it back. Nothing happens when it is not held."""


class FileLock:
    """flock on a file that stays: removing it would let two processes lock two files of one name."""

    def __init__(self, path: Path) -> None:
        self.lost = asyncio.Event()
        self._path = path
        self._descriptor: int | None = None

    async def take(self, *, shared: bool) -> bool:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise Unavailable(f"lock file: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError as error:
            os.close(descriptor)
            if isinstance(error, BlockingIOError):
                return False
            raise Unavailable(f"lock file: {error.strerror}") from error
        self._descriptor = descriptor
        return True

    async def release(self) -> None:
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            os.close(descriptor)


@dataclass(frozen=True, slots=True)
class Hold:
    """
    A held name. `lost`: an exclusive hold broke, or a shared one broke and an exclusive one came first: stop writing.

    A shared hold whose connection dies is retaken by itself while nobody excludes it.
    """

    lost: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def hold(lock: Lock, *, shared: bool, check: Callable[[], Awaitable[None]] | None = None) -> AsyncIterator[Hold]:
    """
    Hold the lock inside the block. Raises Held at once when somebody is in the way; Unavailable.

    check: run once held, to raise when what the lock guards has changed before that.
    """
    if not await lock.take(shared=shared):
        raise Held("in use by another process")
    held = Hold()
    keeper = asyncio.create_task(_keep(lock, held, is_retaken=shared))
    try:
        if check is not None:
            await check()
        yield held
    finally:
        keeper.cancel()
        with suppress(asyncio.CancelledError):
            await keeper
        await lock.release()


async def _keep(lock: Lock, held: Hold, *, is_retaken: bool) -> None:
    while True:
        await lock.lost.wait()
        if not is_retaken:
            break
        try:
            if not await lock.take(shared=True):
                break
        except Unavailable:
            await asyncio.sleep(_RETAKE_S)
    held.lost.set()


class Election:
    """A candidate for one duty. Not for use by two tasks at once."""

    def __init__(self, lock: Lock, held: "set[Election]") -> None:
        """held: the duties of one open database; this one is in it while it has its lock."""
        self._lock = lock
        self._held = held
        self._is_held = False

    @property
    def is_held(self) -> bool:
        return self._is_held and not self._lock.lost.is_set()

    @property
    def lost(self) -> asyncio.Event:
        """Set when the duty was lost (the connection died): stop at once, then try `acquire` again."""
        return self._lock.lost

    async def acquire(self) -> bool:
        """Try once to get the duty; true also when this object has it already. Raises Unavailable."""
        if not self.is_held:
            self._is_held = await self._lock.take(shared=False)
            if self._is_held:
                self._held.add(self)
        return self._is_held

    async def release(self) -> None:
        """Give the duty to whoever asks next. Nothing happens when it is not held."""
        self._is_held = False
        self._held.discard(self)
        await self._lock.release()
