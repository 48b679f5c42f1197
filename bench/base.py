"""
How long staff wait for a page of the base: ten thousand citizens, the whole way from the request to the HTML, in one
process on SQLite, without a network.
"""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx

from bench.product import CONTENT, SECRET
from bench.report import Row, most, percentile, row
from bot.accounts.entry import fresh_token
from bot.accounts.roles import Role
from bot.clock import FixedClock
from bot.inbox import Inbox
from bot.parts import needs
from bot.texts.files import read_folder
from bot.texts.load import load
from bot.web.application import WebParts, make_application
from bot.web.console.desk import DeskParts
from storage.booking_records import Slot
from storage.database import Database, open_database
from storage.records import Arrival, SessionRow
from storage.staff import StaffRow
from storage.visits import Next, VisitRow

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
CITIZENS, AT_ONCE = 10_000, 500
WARM, ASKED = 5, 40
PAGES = ("", "?bond=quiet", "?situation=alimony&heard=long", "?next=repeat", "?page=200")


def measure(folder: Path) -> list[Row]:
    """One row: p95 in milliseconds over the base and its filters."""
    value = asyncio.run(_measured(folder))
    what = f"console, page of the base, {CITIZENS} citizens, p95"
    return [row(what, most(300, "≤ 300 ms"), most(150, "≤ 150 ms"), value, f"{value:.0f} ms")]


async def _measured(folder: Path) -> float:
    database, clock = await open_database(f"sqlite:///{folder / 'base.db'}", [SECRET]), FixedClock(NOW)
    try:
        await _filled(database)
        content = load(read_folder(CONTENT), needs())
        parts = WebParts(database, Inbox(database, clock), clock, lambda: content, desk=DeskParts())
        host = "http://127.0.0.1"
        transport = httpx.ASGITransport(app=make_application(parts))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url=host) as client:
            client.cookies.set("desk", await _inside(database), domain="127.0.0.1", path="/")
            for page in PAGES[:WARM]:
                await _took(client, page)
            return percentile([await _took(client, PAGES[n % len(PAGES)]) for n in range(ASKED)], 0.95) * 1000
    finally:
        await database.close()


async def _took(client: httpx.AsyncClient, query: str) -> float:
    begun = time.perf_counter()
    answer = await client.get(f"/desk/citizens{query}")
    took = time.perf_counter() - begun
    if answer.status_code != 200 or "<tbody>" not in answer.text:
        raise RuntimeError(f"no base at {query!r}: {answer.status_code}")
    return took


async def _inside(database: Database) -> str:
    """The cookie of a specialist."""
    id_, token = uuid4().hex, fresh_token()
    person = StaffRow(
        id=id_, login="bench", name="bench", role=Role.SPECIALIST, offices=(), every_office=True, is_on_duty=False,
        is_active=True, has_password=True, has_code=False, created_at=NOW,
    )  # fmt: skip
    async with database.write() as tx:
        await tx.staff.add(person)
        await tx.staff_sessions.open(token, id_, "inside", now=NOW)
    return token


async def _filled(database: Database) -> None:
    """Everybody agreed; heard over two months; every second had a visit, every fifth has one to come."""
    for first in range(0, CITIZENS, AT_ONCE):
        numbers = range(first, first + AT_ONCE)
        async with database.write() as tx:
            arrivals = [Arrival("web", f"hello {number}", f"chat {number}", "text", 0, b"{}") for number in numbers]
            met = await tx.inbox.admit(arrivals, now=NOW)
            for number in numbers:
                id_, heard_at = met["web", f"chat {number}"], NOW - timedelta(minutes=9 * number)
                await tx.citizens.agree(id_, version="1", now=heard_at)
                await tx.citizens.choose(id_, ["alimony" if number % 2 else "released"], now=heard_at)
                await tx.sessions.save([SessionRow(id_, "web", id_, "menu.main", b"{}", 1, heard_at)])
                if number % 2:
                    step = tuple(Next)[number // 2 % len(Next)]
                    visit = VisitRow(f"v{number}", id_, "desk", "job_matcher", heard_at, "bench", NOW, next_step=step)
                    await tx.visits.record(visit)
                if not number % 5:
                    begins_at = NOW + timedelta(minutes=30 * number)
                    ends_at = begins_at + timedelta(minutes=30)
                    slot = Slot(f"desk.m.{number}", "desk", "job_matcher", begins_at, ends_at, "2026-11-24T10:00")
                    about = {"code": "1234", "created_by": "bench", "citizen_id": id_, "now": NOW}
                    await tx.bookings.take(f"b{number}", slot, [1], state="booked", **about)  # type: ignore[arg-type]
