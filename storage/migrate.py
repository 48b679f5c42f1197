"""
Bring the schema to the version of this code.

Versions are files versions/NNNN_what_changes.py with revision "NNNN", one after another, so the newest is known from
the names: alembic and SQLAlchemy (0.5 s, 40 MB) are imported only when there is something to do.
"""

import asyncio
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Final

from storage.errors import Incompatible
from storage.sqlitefile import create, is_sqlite, path_of, translated

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS: Final = Path(__file__).parent / "migrations"
VERSIONS: Final = MIGRATIONS / "versions"
RESTORING: Final = "before_restore"  # PostgreSQL schema that holds the old tables until a restore is complete
_WAIT_S: Final = 300  # for another process that migrates; a long one rewrites a large table


def known(versions: Path = VERSIONS) -> list[str]:
    """Revisions of this code, oldest first."""
    return sorted(file.name.partition("_")[0] for file in versions.glob("[0-9]*_*.py"))


async def version(url: str, *, is_restoring: bool = False) -> str | None:
    """
    The stored revision, None for an empty database or one that does not exist yet (SQLite).

    Raises Unavailable, and Incompatible for a PostgreSQL database in the middle of a restore, unless it is the restore
    that asks (is_restoring).
    """
    if is_sqlite(url):
        return await asyncio.to_thread(_sqlite_version, path_of(url))
    from storage.postgreslink import connect, translated

    connection = await connect(url, "schema")
    try:
        with translated():
            if not is_restoring and await connection.fetchval("SELECT to_regnamespace($1) IS NOT NULL", RESTORING):
                raise Incompatible("a restore was interrupted: run it again")
            if not await connection.fetchval("SELECT to_regclass('alembic_version') IS NOT NULL"):
                return None
            found: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
            return found
    finally:
        await connection.close()


def _sqlite_version(path: Path) -> str | None:
    if not path.exists():
        return None
    with translated():
        connection = sqlite3.connect(path, timeout=_WAIT_S)
        try:
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone() is None:
                return None
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            return None if row is None else str(row[0])
        finally:
            connection.close()


async def ensure(url: str, *, forward: bool, versions: Path = VERSIONS, is_restoring: bool = False) -> None:
    """
    The schema is that of this code when this returns; an older one is brought forward, or refused without `forward`.

    Raises Incompatible, Unavailable.
    """
    stored, revisions = await version(url, is_restoring=is_restoring), known(versions)
    newest = revisions[-1] if revisions else None
    if stored == newest:
        return
    if stored is not None and stored not in revisions:
        raise Incompatible(f"the database is of version {stored}, this program knows up to {newest}: update it")
    if not forward:
        raise Incompatible(f"the database is of version {stored or 'none'}, this program needs {newest}: run migrate")
    await upgrade(url, versions)


async def migrate(url: str, versions: Path = VERSIONS) -> None:
    """Bring the schema forward. Safe to run anywhere, any time, several at once. Raises Incompatible, Unavailable."""
    await ensure(url, forward=True, versions=versions)


async def upgrade(url: str, versions: Path = VERSIONS) -> None:
    """Run alembic whatever the stored version. One transaction: a kill inside changes nothing."""
    if is_sqlite(url):
        await asyncio.to_thread(_upgrade_sqlite, path_of(url), versions)
    else:
        await asyncio.to_thread(lambda: asyncio.run(_upgrade_postgres(url, versions)))


def _config(versions: Path) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("version_locations", str(versions).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    return config


def _upgrade_sqlite(path: Path, versions: Path) -> None:
    from alembic import command
    from sqlalchemy import Connection, NullPool, create_engine, event
    from sqlalchemy.exc import DBAPIError

    create(path)

    def opened() -> sqlite3.Connection:
        return sqlite3.connect(path, isolation_level=None, timeout=_WAIT_S)

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    engine = create_engine("sqlite://", creator=opened, poolclass=NullPool)
    event.listen(engine, "begin", begin)
    config = _config(versions)
    try:
        with translated():
            try:
                with engine.connect() as connection:
                    config.attributes["connection"] = connection
                    command.upgrade(config, "head")
            except DBAPIError as error:
                raise (error.orig or error) from error
    finally:
        engine.dispose()


async def _upgrade_postgres(url: str, versions: Path) -> None:
    from alembic import command
    from sqlalchemy import Connection, NullPool
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.ext.asyncio import create_async_engine

    from storage.postgreslink import connect, translated

    config = _config(versions)

    def upgrade_on(connection: Connection) -> None:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")

    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: connect(url, "migrate", timeout_s=None), poolclass=NullPool
    )
    try:
        with translated():
            try:
                async with engine.connect() as connection:
                    await connection.run_sync(upgrade_on)
            except DBAPIError as error:  # around SQLAlchemy's, around asyncpg's
                raise (getattr(error.orig, "__cause__", None) or error) from error
    finally:
        await engine.dispose()
