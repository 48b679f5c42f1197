"""The file of a SQLite database: its url, its making, what its errors mean."""

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.errors import Unavailable

BUSY_TIMEOUT_MS = 5000
_RETRY_S = 0.02

# Primary result codes after which the same call may succeed later: https://sqlite.org/rescode.html
_PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}


def is_sqlite(url: str) -> bool:
    return url.startswith("sqlite:")


def path_of(url: str) -> Path:
    """
    The file that `sqlite:///relative` or `sqlite:////absolute` names.

    Raises ValueError for another form; in-memory databases are refused, for each connection would see its own.
    """
    head, slashes, path = url.partition("///")
    if head != "sqlite:" or not slashes or not path or ":memory:" in path or "?" in path:
        raise ValueError("a SQLite url is sqlite:///path/to/file.db")
    return Path(path)


def url_of(path: Path) -> str:
    return f"sqlite:///{path}"


def lock_file(path: Path, name: str) -> Path:
    """The file beside the database that processes lock for `name`. It stays."""
    return path.with_name(f"{path.name}.{name}.lock")


@contextmanager
def translated(*, is_writing: bool = True) -> Iterator[None]:
    """
    The driver's errors that time may heal become Unavailable; others pass as they are.

    A read-only database is one of them for a writer; in a reading transaction it is our own mistake.
    """
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code in _PASSING or (is_writing and code == sqlite3.SQLITE_READONLY):
            raise Unavailable(f"SQLite: {error}") from error
        raise


def create(path: Path) -> None:
    """
    Make the file (0600, its -wal and -shm follow) and its folder where missing, and set WAL mode, which stays.

    SQLite answers "locked" at once, without its busy timeout, to several processes setting it together: asked again.
    Blocks up to BUSY_TIMEOUT_MS. Raises Unavailable.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise Unavailable(f"database file: {error.strerror}") from error
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            with translated():
                connection = sqlite3.connect(path, timeout=0)
                try:
                    connection.execute("PRAGMA journal_mode=WAL")
                finally:
                    connection.close()
            return
        except Unavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(_RETRY_S)
