"""A connection to PostgreSQL: its settings, its making, what its errors mean."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg

from storage.errors import StorageError, Unavailable

CONNECT_S = 10.0
COMMAND_S = 60.0  # longer than any statement of ours: only a dead network takes so long
SETTINGS = {
    "jit": "off",  # a millisecond of compiling for a statement of a tenth of it
    "lock_timeout": "5s",  # as SQLite's busy timeout
    "idle_in_transaction_session_timeout": "60s",  # a process that hangs must not hold rows
    "tcp_keepalives_idle": "10",  # with the next two: a lock of a vanished machine is free after 25 s
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
# https://www.postgresql.org/docs/current/errcodes-appendix.html: connection, transaction rollback (deadlock),
# insufficient resources (disk full, too many connections), operator intervention (shutdown, cancel), system error,
# lock not available.
_PASSING = ("08", "40", "53", "57", "58", "55P03")
_READ_ONLY = "25006"  # a standby after a switch-over
BROKEN = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)


@contextmanager
def translated(*, is_writing: bool = True) -> Iterator[None]:
    """
    The driver's errors that time may heal become Unavailable; others pass as they are.

    A read-only server is one of them for a writer; in a reading transaction it is our own mistake.
    """
    try:
        yield
    except asyncpg.PostgresError as error:
        state = error.sqlstate or ""
        if state.startswith(_PASSING) or (is_writing and state == _READ_ONLY):
            raise Unavailable(f"PostgreSQL: {error.args[0]}") from error
        raise
    except (OSError, asyncpg.InternalClientError) as error:  # a TimeoutError, too; cut off between two messages
        raise Unavailable(f"PostgreSQL: {str(error) or type(error).__name__}") from error
    except asyncpg.InterfaceError as error:
        # asyncpg has one class for "is closed" and for misuse, and quotes values in those that are ValueErrors
        if not isinstance(error, ValueError) and ("clos" in str(error) or "released" in str(error)):
            raise Unavailable(f"PostgreSQL: {error}") from error
        raise


async def connect(url: str, purpose: str, *, timeout_s: float | None = COMMAND_S) -> Any:
    """
    A connection outside the pool. purpose: shown in pg_stat_activity. timeout_s: of each statement; None waits.

    Raises Unavailable, and StorageError where the server refuses for good: no such database, wrong password.
    """
    settings = {**SETTINGS, "application_name": f"czn-bot {purpose}"}
    if timeout_s is None:
        del settings["lock_timeout"], settings["idle_in_transaction_session_timeout"]
    try:
        with translated():
            return await asyncpg.connect(url, timeout=CONNECT_S, command_timeout=timeout_s, server_settings=settings)
    except asyncpg.PostgresError as error:
        raise StorageError(f"PostgreSQL refuses the connection: {error}") from error
