"""
Copies of a SQLite file. All of it blocks: for threads.

The copy is read inside one read transaction, so in WAL mode writers are not held up and cannot make it start again.
It is a file without -wal and -shm, complete by itself.
"""

import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from storage.errors import Held, StorageError, Unavailable
from storage.sqlitefile import translated
from storage.wholefile import make, part_of, put

_PAGES = 1024  # 4 MiB a step; the interpreter is not held during a step


def save(path: Path, file: Path) -> None:
    """Copy the database at `path` into `file`: whole, checked, 0600, or not at all."""
    if not path.exists():
        raise StorageError("there is no database to back up")
    part = part_of(file)
    try:
        _copy(path, part)
        put(part, file)
    except OSError as error:
        raise Unavailable(f"backup file: {error.strerror}") from error
    finally:
        remove(part)


def load(file: Path, part: Path) -> None:
    """Copy a backup into the new file `part`, checked. Raises StorageError when it is none or damaged."""
    if not file.is_file():
        raise StorageError("there is no such backup file")
    remove(part)
    try:
        _copy(file, part)
    except OSError as error:
        raise Unavailable(f"database file: {error.strerror}") from error
    except sqlite3.DatabaseError as error:
        raise StorageError(f"the backup file cannot be read: {error}") from error


def _copy(source: Path, target: Path) -> None:
    make(target)
    with (
        translated(),
        closing(sqlite3.connect(source, isolation_level=None)) as reading,
        closing(sqlite3.connect(target, isolation_level=None)) as writing,
    ):
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_master").fetchone()
        reading.backup(writing, pages=_PAGES)
        reading.execute("ROLLBACK")
        verdict = writing.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if verdict != "ok":
            raise StorageError(f"the copy is damaged: {verdict}")
        writing.execute("PRAGMA journal_mode=DELETE")


def swap(part: Path, path: Path) -> None:
    """
    Put `part`, which nobody has open, in the place of the database at `path`, if there is one.

    A -wal that outlived its database would be played into the new one, so the old one is emptied of it first. Raises
    Held when some other program has the old one open.
    """
    try:
        _settle(part)
        if path.exists():
            with suppress(sqlite3.DatabaseError):  # damaged: that may be why it is replaced
                _settle(path)
        for beside in _beside(path):
            beside.unlink(missing_ok=True)
        put(part, path)
    except OSError as error:
        raise Unavailable(f"database file: {error.strerror}") from error


def _settle(path: Path) -> None:
    """Bring the -wal into the file. The file is complete afterwards."""
    with translated(), closing(sqlite3.connect(path, isolation_level=None)) as connection:
        is_busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if is_busy:
        raise Held("another program has the database open")


def _beside(path: Path) -> list[Path]:
    return [path.with_name(path.name + end) for end in ("-wal", "-shm", "-journal")]


def remove(path: Path) -> None:
    """Remove an unfinished copy and what SQLite puts beside it."""
    for file in (path, *_beside(path)):
        file.unlink(missing_ok=True)
