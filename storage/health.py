"""What `doctor` asks the database about itself. Reads only."""

from datetime import datetime

from storage.handle import Handle
from storage.moments import from_ms
from storage.retention import SEALED

HEAD_BYTES = 5  # version and key id of a sealed value, see storage/cipher.py


class Health:
    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def under_old_secrets(self) -> dict[str, int]:
        """Rows of each table that are not sealed under the first secret; tables without any are left out."""
        head = self._on.cipher.seal(b"")[:HEAD_BYTES]
        found = {}
        for table, (column, _, _) in SEALED.items():
            # names come from SEALED, the value is bound
            sql = f"SELECT count(*) FROM {table} WHERE {column} IS NOT NULL AND substr({column}, 1, {HEAD_BYTES}) <> "  # noqa: S608
            if self._on.dialect == "postgres":
                count = await self._on.connection.fetchval(f"{sql} $1", head)
            else:
                [[count]] = await self._on.connection.execute_fetchall(f"{sql} ?1", (head,))
            if count:
                found[table] = int(count)
        return found

    async def now(self) -> datetime | None:
        """The server's clock; None where the database has none of its own."""
        if self._on.dialect != "postgres":
            return None
        sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint"
        milliseconds: int = await self._on.connection.fetchval(sql)
        return from_ms(milliseconds)

    async def server(self) -> int | None:
        """The server's major version; None where there is none."""
        if self._on.dialect != "postgres":
            return None
        number: str = await self._on.connection.fetchval("SHOW server_version_num")
        return int(number) // 10_000
