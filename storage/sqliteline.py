"""
The statements of one SQLite transaction on their way to the connection's thread.

A hop there and back costs more than a statement does (0.1 ms against 0.02, measured), so statements share hops: those
asked at once go together, and a write nobody waits for goes along with the next statement.
"""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import aiosqlite


@dataclass(slots=True)
class _Asked:
    """answer: None when nobody waits for it."""

    method: str
    sql: str
    values: Any
    answer: asyncio.Future[Any] | None = None


class Connection(aiosqlite.Connection):
    """aiosqlite's connection with one call more."""

    hops = 0  # made so far: what a message costs is counted by a test

    async def together(self, asked: Sequence[_Asked]) -> tuple[list[Any], Exception | None]:
        """Run the statements in one hop; gives the answers of those before the first that failed, and its error."""
        self.hops += 1
        answers: tuple[list[Any], Exception | None] = await self._execute(_run, self._conn, asked)  # type: ignore[no-untyped-call]
        return answers


def _run(connection: sqlite3.Connection, asked: Sequence[_Asked]) -> tuple[list[Any], Exception | None]:
    answers: list[Any] = []
    for one in asked:
        try:
            if one.method == "fetchall":
                answers.append(connection.execute(one.sql, one.values).fetchall())
            else:
                answers.append(getattr(connection, one.method)(one.sql, one.values))
        except Exception as error:
            return answers, error
    return answers, None


class Line:
    """
    One transaction on a connection; the calls of aiosqlite that the queries use.

    Nothing is begun before the first statement. After an error the later statements of the same hop fail with it; where
    one of them was a write nobody waited for, so does everything up to the end: it can only be rolled back.
    """

    def __init__(self, connection: Connection, begin: str) -> None:
        self._connection = connection
        self._begin = begin
        self._is_begun = self._is_over = False
        self._asked: list[_Asked] = []
        self._hop: asyncio.Task[None] | None = None
        self._error: Exception | None = None

    async def execute(self, sql: str, values: Any = ()) -> Any:
        return await self._ask("execute", sql, values)

    async def execute_fetchall(self, sql: str, values: Any = ()) -> Any:
        return await self._ask("fetchall", sql, values)

    async def executemany(self, sql: str, rows: Any) -> None:
        """Returns at once; what the database says against it is raised by the next statement or the commit."""
        self._put(_Asked("executemany", sql, rows))

    async def commit(self) -> None:
        if self._is_begun:
            await self._ask("execute", "COMMIT", ())
        self._is_over = True

    async def roll_back(self) -> None:
        """
        The thread takes hops in order, also those whose waiter was cancelled, so a ROLLBACK put behind them closes
        whatever they opened; where nothing is open it fails, which is as good.
        """
        self._is_over = True
        dropped, self._asked = self._asked, []
        for one in dropped:
            if one.answer is not None:
                one.answer.cancel()
        if self._is_begun:
            with suppress(sqlite3.Error, ValueError):  # ValueError: closed meanwhile, which rolled back
                await self._connection.execute_fetchall("ROLLBACK")

    def _put(self, one: _Asked) -> None:
        """Raises RuntimeError after the end: what is asked then, by a task left over, would be committed by itself."""
        if self._is_over:
            raise RuntimeError("the transaction is over")
        if not self._is_begun:
            self._is_begun = True
            self._asked.append(_Asked("execute", self._begin, ()))
        self._asked.append(one)

    async def _ask(self, method: str, sql: str, values: Any) -> Any:
        answer = asyncio.get_running_loop().create_future()
        self._put(_Asked(method, sql, values, answer))
        if self._hop is None:
            self._hop = asyncio.create_task(self._go())
        return await answer

    async def _go(self) -> None:
        """One hop after the other: whether the last one went well is known before the next goes."""
        try:
            while self._asked:
                known = 0
                while known < len(self._asked):  # until a round of the loop has asked nothing more
                    known = len(self._asked)
                    await asyncio.sleep(0)
                asked, self._asked = self._asked, []
                await self._hop_with(asked)
        finally:
            self._hop = None

    async def _hop_with(self, asked: Sequence[_Asked]) -> None:
        answers: list[Any] = []
        error = self._error
        if error is None and asked:
            try:
                answers, error = await self._connection.together(asked)
            except Exception as failed:
                error = failed
        for one, answer in zip(asked, answers, strict=False):
            if one.answer is not None and not one.answer.done():
                one.answer.set_result(answer)
        for one in asked[len(answers) :]:
            if one.answer is None:
                self._error = error
            elif not one.answer.done():
                one.answer.set_exception(error or RuntimeError("no answer"))
