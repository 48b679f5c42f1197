"""
A copy of everything in one file, and the way back.

`backup` runs beside a working installation. `restore` runs alone: it makes the restored database whole, `after`
included, where nobody uses it, and only then puts it in place. A kill at any point leaves the old data, or the new.

SQLite: a copy through SQLite's own backup, swapped in by rename (storage/sqlitecopy.py).
PostgreSQL: pg_dump and pg_restore; the old tables wait in another schema, whose presence says "unfinished" to
whoever opens the database, until the last step drops it (storage/postgrescopy.py).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Final

from storage.database import Database, attach
from storage.errors import StorageError
from storage.locks import FileLock, Hold, hold
from storage.migrate import VERSIONS, ensure, version
from storage.sqlitefile import is_sqlite, lock_file, path_of, url_of

INSTALLATION: Final = "installation"
Work = Callable[[Database], Awaitable[None]]


def _hold(url: str, *, shared: bool) -> AbstractAsyncContextManager[Hold]:
    """As Database.hold, without a database that opens."""
    if is_sqlite(url):
        return hold(FileLock(lock_file(path_of(url), INSTALLATION)), shared=shared)
    from storage.advisory import AdvisoryLock

    return hold(AdvisoryLock(url, INSTALLATION), shared=shared)


async def backup(url: str, file: Path) -> None:
    """
    Copy the database into the file, as it was at one moment of the call; writers go on meanwhile.

    The file (0600) appears whole and checked, or not at all; one of that name is replaced. Secrets are not in it.
    Raises Held (a restore is running), Unavailable (disk full, database gone), StorageError (no database, pg_dump
    is missing or refuses).
    """
    async with _hold(url, shared=True):
        if is_sqlite(url):
            from storage.sqlitecopy import save

            await asyncio.to_thread(save, path_of(url), file)
        else:
            from storage.postgrescopy import dump

            await dump(url, file)


async def restore(
    url: str, file: Path, secrets: Sequence[str], *, after: Work, before: Work | None = None, versions: Path = VERSIONS
) -> bool:
    """
    Put the data of a backup in the place of what is there. Nobody else may hold the installation.

    before: runs on the old data, to note what the backup cannot know (erasures).
    after: runs on the restored data, brought forward to this schema, before anybody can see it.
    Returns whether `before` ran: false on a new machine or when the old data cannot be read.
    Raises Held at once; Incompatible (backup of a newer program), Unreadable (no secret opens it), StorageError (not a
    backup, damaged), Unavailable, and what `after` raises; the old data is then still in place.
    """
    async with _hold(url, shared=False) as held:
        if is_sqlite(url):
            return await _restore_sqlite(url, file, secrets, after, before, versions)
        return await _restore_postgres(url, file, secrets, after, before, versions, held)


async def _look_back(url: str, secrets: Sequence[str], before: Work | None, versions: Path) -> bool:
    if before is None:
        return False
    try:
        if await version(url) is None:
            return False
        await ensure(url, forward=True, versions=versions)
        old = await attach(url, secrets)
    except Exception:  # whatever is wrong with it is why it is being replaced
        return False
    try:
        await before(old)
    finally:
        await old.close()
    return True


async def _finish(url: str, secrets: Sequence[str], after: Work, versions: Path) -> None:
    await ensure(url, forward=True, versions=versions, is_restoring=True)
    restored = await attach(url, secrets)
    try:
        await after(restored)
    finally:
        await restored.close()


async def _restore_sqlite(
    url: str, file: Path, secrets: Sequence[str], after: Work, before: Work | None, versions: Path
) -> bool:
    from storage.sqlitecopy import load, remove, swap

    path = path_of(url)
    part = path.with_name(f"{path.name}.restoring")
    try:
        await asyncio.to_thread(load, file, part)
        has_looked = await _look_back(url, secrets, before, versions)
        await _finish(url_of(part), secrets, after, versions)
        await asyncio.to_thread(swap, part, path)
    finally:
        remove(part)
    return has_looked


async def _restore_postgres(
    url: str, file: Path, secrets: Sequence[str], after: Work, before: Work | None, versions: Path, held: Hold
) -> bool:
    from storage.postgrescopy import bring_back, check, drop_aside, load, set_aside

    await check(file)
    await bring_back(url)  # what an interrupted restore left
    has_looked = await _look_back(url, secrets, before, versions)
    await set_aside(url)
    try:
        await load(url, file)
        await _finish(url, secrets, after, versions)
        if held.lost.is_set():
            raise StorageError("the exclusive hold was lost during the restore")
    except BaseException:
        await bring_back(url)
        raise
    await drop_aside(url)
    return has_looked
