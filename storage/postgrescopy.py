"""
Copies of a PostgreSQL database by its own tools, which must be on the PATH and not older than the server.

The password goes in the environment of the tool, never in its arguments, which every user of the machine can read.
"""

import asyncio
import os
import re
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from storage.errors import StorageError, Unavailable
from storage.migrate import RESTORING
from storage.postgreslink import connect, translated
from storage.wholefile import make, part_of, put

# Everything of ours in one schema but what belongs to an extension; owned sequences go with their tables.
_THINGS = """
    SELECT CASE c.relkind
               WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END,
           quote_ident(c.relname)
    FROM pg_class c
    WHERE c.relnamespace = to_regnamespace($1) AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid
                      AND (d.deptype = 'e' OR c.relkind = 'S' AND d.deptype IN ('a', 'i')))
    UNION ALL
    SELECT 'ROUTINE', quote_ident(p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')'
    FROM pg_proc p
    WHERE p.pronamespace = to_regnamespace($1)
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid
                      AND d.deptype = 'e')
"""


def _target(url: str) -> tuple[str, dict[str, str]]:
    """The url without its password, and the environment that carries it."""
    parts = urlsplit(url)
    query = parse_qsl(parts.query, keep_blank_values=True)
    password = unquote(parts.password or "") or dict(query).get("password", "")
    account, at, place = parts.netloc.rpartition("@")
    kept = urlencode([(name, value) for name, value in query if name != "password"])
    bare = f"{parts.scheme}://{account.partition(':')[0]}{at}{place}{parts.path}{'?' if kept else ''}{kept}"
    return bare, {**os.environ, **({"PGPASSWORD": password} if password else {})}


async def _tool(*arguments: str, env: dict[str, str] | None = None) -> None:
    try:
        process = await asyncio.create_subprocess_exec(*arguments, env=env, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE)
    except FileNotFoundError as error:
        raise StorageError(f"{arguments[0]} is not installed: it comes with the PostgreSQL client") from error
    try:
        _, said = await process.communicate()
    except BaseException:
        process.kill()
        await process.wait()
        raise
    if process.returncode:
        raise StorageError(f"{arguments[0]}: {said.decode(errors='replace').strip()}")


async def dump_version() -> int | None:
    """The major version of the pg_dump that copies would be made with; None without one, or when it says nothing."""
    try:
        process = await asyncio.create_subprocess_exec(
            "pg_dump", "--version", stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL
        )
    except OSError:
        return None
    said, _ = await process.communicate()
    found = re.search(rb"\) (\d+)", said)  # pg_dump (PostgreSQL) 15.20
    return int(found[1]) if found else None


async def dump(url: str, file: Path) -> None:
    """pg_dump into the file, in PostgreSQL's own format: whole, 0600, or not at all."""
    part = part_of(file)
    place, env = _target(url)
    try:
        make(part)
        # What is sealed does not shrink: the least effort at it.
        options = (
            "--format=custom",
            "--compress=1",
            "--no-owner",
            "--no-privileges",
            "--no-password",
            f"--exclude-schema={RESTORING}",
        )
        await _tool("pg_dump", *options, f"--file={part}", f"--dbname={place}", env=env)
        await check(part)
        await asyncio.to_thread(put, part, file)
    except OSError as error:
        raise Unavailable(f"backup file: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


async def check(file: Path) -> None:
    """Raises StorageError for a file that is not a backup, or cut short before its end of contents."""
    await _tool("pg_restore", "--list", str(file))


async def load(url: str, file: Path) -> None:
    """pg_restore into a database where nothing of ours is left: one transaction, all or nothing."""
    place, env = _target(url)
    options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-password")
    await _tool("pg_restore", *options, f"--dbname={place}", str(file), env=env)


@asynccontextmanager
async def _work(url: str) -> AsyncIterator[Any]:
    connection = await connect(url, "restore", timeout_s=None)
    try:
        with translated():
            async with connection.transaction():
                yield connection
    finally:
        await connection.close()


async def set_aside(url: str) -> None:
    """Move everything into the schema RESTORING, which also says that a restore is under way. One transaction."""
    async with _work(url) as connection:
        schema = await connection.fetchval("SELECT current_schema()")
        await connection.execute(f"CREATE SCHEMA {RESTORING}")
        for kind, name in await connection.fetch(_THINGS, schema):
            await connection.execute(f'ALTER {kind} "{schema}".{name} SET SCHEMA {RESTORING}')


async def bring_back(url: str) -> None:
    """Undo a restore: drop what it made, move the old back. One transaction; nothing to do is done, too."""
    async with _work(url) as connection:
        schema = await connection.fetchval("SELECT current_schema()")
        if not await connection.fetchval("SELECT to_regnamespace($1) IS NOT NULL", RESTORING):
            return
        for kind, name in await connection.fetch(_THINGS, schema):
            await connection.execute(f'DROP {kind} IF EXISTS "{schema}".{name} CASCADE')
        for kind, name in await connection.fetch(_THINGS, RESTORING):
            await connection.execute(f'ALTER {kind} {RESTORING}.{name} SET SCHEMA "{schema}"')
        await connection.execute(f"DROP SCHEMA {RESTORING}")


async def drop_aside(url: str) -> None:
    """Drop the old: the restore is done."""
    async with _work(url) as connection:
        await connection.execute(f"DROP SCHEMA {RESTORING} CASCADE")
