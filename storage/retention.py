"""Forgetting: what has outlived its term goes, a few rows at a time so that the writer is never held long."""

from datetime import datetime
from typing import Any

from storage.errors import Unreadable
from storage.handle import Handle
from storage.moments import to_ms

SEALED = {
    # table: (sealed column, key columns, the row part of the associated data)
    "inbox": ("payload", ("id",), "event"),
    "addresses": ("chat", ("channel", "find"), "find"),
    "sessions": ("data", ("citizen_id",), "citizen_id"),
    "outbox": ("body", ("id",), "turn || ':' || part"),
    "cases": ("context", ("id",), "id"),
    "answers": ("value", ("citizen_id", "question"), "citizen_id || ':' || question"),
    "bookings": ("person", ("id",), "id"),
    "unanswered": ("words", ("find",), "find"),
    "case_words": ("words", ("case_id", "number"), "case_id || ':' || number"),
    "staff": ("body", ("id",), "id"),
    "staff_secrets": ("body", ("staff_id",), "staff_id"),
    "survey_answers": ("words", ("sheet", "survey", "question"), "sheet || ':' || survey || '.' || question"),
}


# Erasures that name no address but a citizen: everything about them, or what their consent had allowed.
BY_ID, CONSENT = "citizen", "consent"


class Retention:
    """Each method forgets up to `limit` rows older than `before` and returns how many it found."""

    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def sessions(self, *, before: datetime, limit: int) -> int:
        """Sessions and chat ids of citizens without consent."""
        queries, connection = self._on.queries, self._on.connection
        rows = [
            {"citizen_id": row[0]}
            async for row in queries.purge_sessions(connection, before=to_ms(before), limit=limit)
        ]
        if rows:
            await queries.purge_chats(connection, rows)
            for row in rows:
                await queries.outbox_forget_sent(connection, citizen_id=row["citizen_id"])
        return len(rows)

    async def words_without_consent(self, *, before: datetime, limit: int) -> int:
        return await self._run("purge_unkept_outbox", before, limit)

    async def words(self, *, before: datetime, limit: int) -> int:
        """Texts of citizens with consent, both directions."""
        return await self._run("purge_kept_inbox", before, limit) + await self._run("purge_kept_outbox", before, limit)

    async def dedupe(self, *, before: datetime, limit: int) -> int:
        """Rows that only guard against repeated deliveries."""
        inbox = await self._run("purge_inbox_rows", before, limit)
        return inbox + await self._run("purge_outbox_rows", before, limit)

    async def cases(self, *, before: datetime, limit: int) -> int:
        """Words and contexts of closed ones, what staff chats knew of them, chats kept for their answers only."""
        names = ("purge_case_words", "purge_case_context", "purge_case_chats", "purge_case_posts", "purge_alarms")
        return sum([await self._run(name, before, limit) for name in names])

    async def unanswered(self, *, before: datetime, limit: int) -> int:
        """Questions that nobody has asked since then."""
        return await self._run("purge_unanswered", before, limit)

    async def reminders(self, *, before: datetime, limit: int) -> int:
        return await self._run("purge_reminders", before, limit)

    async def bookings(self, *, before: datetime, limit: int) -> int:
        """Whose visits before that were, and wishes that have been over since then."""
        visits = await self._run("purge_bookings", before, limit)
        return visits + await self._run("purge_waiting", before, limit)

    async def moves(self, *, before: datetime, limit: int) -> int:
        """Codes whose time has been over since `before`, and tries older than that."""
        codes = await self._run("purge_move_codes", before, limit)
        return codes + await self._run("purge_move_tries", before, limit)

    async def visits(self, *, before: datetime, limit: int) -> int:
        """Visits held, and referrals last changed, before that."""
        queries, connection = self._on.queries, self._on.connection
        gone = [row[0] async for row in queries.purge_visits(connection, before=to_ms(before), limit=limit)]
        for id_ in gone:
            await queries.purge_visit_results(connection, booking_id=id_)
        return len(gone) + await self._run("purge_referrals", before, limit)

    async def calls(self, *, before: datetime, limit: int) -> int:
        """Calls that are over, and attempts, older than that."""
        calls = await self._run("purge_calls", before, limit)
        return calls + await self._run("purge_call_attempts", before, limit)

    async def desk(self, *, before: datetime, limit: int) -> int:
        """What guards the console's door: counted tries, sessions and invitations that are over."""
        tries = await self._run("purge_tries", before, limit)
        sessions = await self._run("purge_staff_sessions", before, limit)
        return tries + sessions + await self._run("purge_staff_invitations", before, limit)

    async def survey_words(self, *, before: datetime, limit: int) -> int:
        """Words of surveys; the answers themselves are nobody's and stay."""
        rows = self._on.queries.purge_survey_words(self._on.connection, before=before.date().isoformat(), limit=limit)
        return len([row async for row in rows])

    async def survey_invitations(self, *, before: datetime, limit: int) -> int:
        return await self._run("purge_survey_invitations", before, limit)

    async def _run(self, name: str, before: datetime, limit: int) -> int:
        query = getattr(self._on.queries, name)
        return len([row async for row in query(self._on.connection, before=to_ms(before), limit=limit)])

    async def reseal(
        self, table: str, *, after: tuple[Any, ...] | None, limit: int
    ) -> tuple[int, tuple[Any, ...] | None]:
        """
        Seal rows of the table again under the first secret, walking by key from `after` (None: from the start).

        Returns (rows resealed, key to go on from, None at the end). Unreadable rows are left alone.
        """
        column, keys, place = SEALED[table]
        rows = await self._sealed_rows(table, column, keys, place, after, limit)
        changed = 0
        for *key, row_place, sealed in rows:
            if self._on.cipher.is_current(bytes(sealed)):
                continue
            try:
                plain = self._on.cipher.open(bytes(sealed), table, column, str(row_place))
            except Unreadable:
                continue
            fresh = self._on.cipher.seal(plain, table, column, str(row_place))
            await self._put_sealed(table, column, keys, key, fresh)
            changed += 1
        return changed, tuple(rows[-1][: len(keys)]) if len(rows) == limit else None

    async def _sealed_rows(
        self,
        table: str,
        column: str,
        keys: tuple[str, ...],
        place: str,
        after: tuple[Any, ...] | None,
        limit: int,
    ) -> list[tuple[Any, ...]]:
        # names come from SEALED above, values are bound
        columns = ", ".join(keys)
        marks = [self._mark(number + 1) for number in range(len(keys))]
        where = f"AND ({columns}) > ({', '.join(marks)})" if after else ""
        sql = (
            f"SELECT {columns}, {place}, {column} FROM {table} "  # noqa: S608
            f"WHERE {column} IS NOT NULL {where} ORDER BY {columns} LIMIT {int(limit)}"
        )
        if self._on.dialect == "postgres":
            return [tuple(row) for row in await self._on.connection.fetch(sql, *(after or ()))]
        return [tuple(row) for row in await self._on.connection.execute_fetchall(sql, after or ())]

    async def _put_sealed(self, table: str, column: str, keys: tuple[str, ...], key: list[Any], sealed: bytes) -> None:
        where = " AND ".join(f"{name} = {self._mark(number + 2)}" for number, name in enumerate(keys))
        sql = f"UPDATE {table} SET {column} = {self._mark(1)} WHERE {where}"  # noqa: S608
        if self._on.dialect == "postgres":
            await self._on.connection.execute(sql, sealed, *key)
        else:
            await self._on.connection.execute_fetchall(sql, (sealed, *key))

    def _mark(self, number: int) -> str:
        return f"${number}" if self._on.dialect == "postgres" else f"?{number}"


class Erasures:
    """Who asked to be forgotten: addresses, or citizens by id, for a backup restored later."""

    def __init__(self, handle: Handle) -> None:
        self._on = handle

    async def since(self, after: int, *, limit: int = 1000) -> list[tuple[int, str, str, int]]:
        """(id, channel, address hash, milliseconds) of erasures after that id; or BY_ID, CONSENT and a citizen's id."""
        rows = self._on.queries.erasures_since(self._on.connection, after=after, limit=limit)
        return [(row[0], row[1], row[2], row[3]) async for row in rows]

    async def citizen_of(self, channel: str, find: str) -> str | None:
        """Whose address this is, if it is known here. channel BY_ID, CONSENT: find is the citizen's id."""
        if channel in (BY_ID, CONSENT):
            known = await self._on.queries.citizens_known(self._on.connection, id=find)
            return str(known) if known is not None else None
        row = await self._on.queries.erasure_citizen(self._on.connection, channel=channel, find=find)
        return str(row[0]) if row is not None else None
