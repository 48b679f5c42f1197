"""Bots for tests of the engine: small flows with a mood, a database that counts or refuses, and many citizens."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.channels.port import Limits
from bot.engine.effects import Effect
from bot.engine.flow import Flow, Flows, Handler
from bot.engine.runner import Runner
from bot.engine.taken import Surface
from bot.engine.turn import Turn
from bot.flows import FLOWS
from bot.inbox import arrival
from bot.messages import Address, Incoming, Kind
from storage.database import Database, Transaction
from storage.handle import Handle
from storage.repositories import Repositories
from tests.talk import FixedClock, real_content

SURFACES = {"web": Surface(Limits(edits=False))}


def with_step(flow: str, step: str, handler: Handler) -> Flows:
    """The real flows, one step of them asked otherwise."""

    def copied(original: Flow) -> Flow:
        copy = Flow(
            original.name,
            start=original.start,
            says=original.says,
            personal=original.personal,
            holds=original.holds,
        )
        copy.asking, copy.hearing, copy.due = dict(original.asking), dict(original.hearing), dict(original.due)
        copy.acts = dict(original.acts)
        if original.name == flow:
            copy.asking[step] = handler
        return copy

    return Flows([copied(original) for original in FLOWS.by_name.values()])


def raising(error: type[Exception] = RuntimeError) -> Flows:
    """«Помощь» has a bug."""

    async def raise_(turn: Turn) -> Sequence[Effect]:
        raise error("a bug")

    return with_step("help", "text", raise_)


def runner(database: Database, flows: Flows = FLOWS, *, clock: FixedClock | None = None, batch: int = 64) -> Runner:
    return Runner(database, flows, lambda: real_content(FLOWS), SURFACES, clock or FixedClock(), batch=batch)


def typed(chat: str, number: int, text: str) -> Incoming:
    return Incoming(f"{chat}:{number}", Address("web", chat), Kind.TEXT, number, text=text)


async def arrive(database: Database, incomings: Iterable[Incoming], now: datetime) -> None:
    async with database.write() as tx:
        await tx.inbox.store([arrival(one) for one in incomings], now=now)


async def drain(runner: Runner) -> int:
    """Until nothing waits; gives how many batches had work."""
    batches = 0
    while await runner.run_once():
        batches += 1
    return batches


async def select(database: Database, sql: str) -> list[tuple[Any, ...]]:
    async with database.read() as tx:
        connection = tx.handle.connection
        if tx.handle.dialect == "postgres":
            return [tuple(row) for row in await connection.fetch(sql)]
        return [tuple(row) for row in await connection.execute_fetchall(sql)]


async def said(database: Database) -> dict[str, list[str]]:
    """Text keys of what each citizen was told, in the order planned, by address hash."""
    find = dict(await select(database, "SELECT find, citizen_id FROM addresses"))
    by_citizen: dict[str, list[str]] = {}
    for citizen_id, key in await select(database, "SELECT citizen_id, key FROM outbox ORDER BY id"):
        by_citizen.setdefault(citizen_id, []).append(key)
    return {place: by_citizen.get(citizen_id, []) for place, citizen_id in find.items()}


def place(database: Database, chat: str) -> str:
    """The address hash under which `said` lists the citizen."""
    return database.cipher.find("address", "web", chat)


Meanwhile = Callable[[Repositories], Awaitable[None]]


class Watched:
    """
    The database, with a look at every statement of its write transactions.

    statements: calls of named queries. before: called with each query's name; what it raises, the query raises.
    meanwhile: what somebody else does just before the first call of that query, inside the same transaction.
    """

    def __init__(
        self,
        database: Database,
        before: Callable[[str], None] | None = None,
        meanwhile: Mapping[str, Meanwhile] | None = None,
    ) -> None:
        self._database = database
        self.before = before or (lambda name: None)
        self.meanwhile = dict(meanwhile or {})
        self.statements: list[str] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        return self._write()

    @asynccontextmanager
    async def _write(self) -> AsyncIterator[Transaction]:
        async with self._database.write() as tx:
            inner = Transaction(replace(tx.handle, queries=_Queries(tx.handle, self)))
            yield inner
            tx.topics |= inner.topics


class _Queries:
    def __init__(self, handle: Handle, watched: Watched) -> None:
        self._handle = handle
        self._watched = watched

    def __getattr__(self, name: str) -> Any:
        query, watched = getattr(self._handle.queries, name), self._watched

        def call(*values: Any, **named: Any) -> Any:
            watched.statements.append(name)
            watched.before(name)
            somebody = watched.meanwhile.pop(name, None)
            return self._after(somebody, query, values, named) if somebody else query(*values, **named)

        return call

    async def _after(self, somebody: Meanwhile, query: Any, values: Any, named: Any) -> Any:
        await somebody(Repositories(self._handle))
        return await query(*values, **named)
