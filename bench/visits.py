"""
Appointments: two hundred at once for the last seat, and a thousand reminders due within one minute.

The race is the citizen's whole way, hold and confirm, each in a transaction of its own, on a file with
`synchronous=FULL` and on the server. The reminders go the whole road, rows, lanes, turns, outbox,
platform; others write meanwhile.
"""

import asyncio
import shutil
import statistics
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from bench import people, postgres, product
from bench.platform import FIRST_CHAT, Platform
from bench.product import CONTENT, SECRET
from bench.report import Row, Verdict, most, percentile, row
from bot.booking.book import Book
from bot.booking.slots import slots
from bot.flows import FLOWS
from bot.texts.files import read_folder
from bot.texts.load import load
from bot.texts.schema import Content
from storage.booking_records import Slot
from storage.database import Database, open_database
from storage.moments import to_ms

CROWD = 200
ROUND_MS = 300
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
POINT, ROLE = "barnaul_alimony", "career_advisor"
POINTS, SEATS = 20, 50  # as many seats as a schedule may have at one time
FIRST_VISITOR = 60_000_000
LIVE_S = 0.5
LIVE_CHATS = 40
MINUTE = 60.0
AHEAD_S = 10.0  # between planning and the first reminder


def measure(folder: Path, stack: ExitStack, *, rounds: int, reminders: int) -> list[Row]:
    """Rows of the race on each database there is, and of the reminders."""
    urls = {"SQLite": f"sqlite:///{folder / 'race.db'}"}
    if postgres.version():
        urls["PostgreSQL"] = stack.enter_context(postgres.database("race"))
    rows = [asyncio.run(_race(url, name, rounds)) for name, url in urls.items()]
    return rows + _reminded(folder, reminders)


async def _race(url: str, name: str, rounds: int) -> Row:
    content = load(read_folder(CONTENT), FLOWS.needs())
    database = await open_database(url, [SECRET])
    took: list[float] = []
    alone = 0
    try:
        offered = slots(content, POINT, ROLE, now=NOW)
        for number in range(rounds):
            slot = offered[number % len(offered)]
            await _give_back(database, content, slot)
            begun = time.perf_counter()
            won = await asyncio.gather(
                *(_ask(database, content, slot, f"citizen {number}-{one}") for one in range(CROWD))
            )
            took.append(time.perf_counter() - begun)
            alone += sum(won) == 1
    finally:
        await database.close()
    middle, worst = (value * 1000 for value in (statistics.median(took), max(took)))
    told = f"{alone} of {rounds} with one winner, {middle:.0f} ms a round (most {worst:.0f})"
    verdict: Verdict = "missed" if alone < rounds else "goal" if middle <= ROUND_MS else "must"
    return Row(f"last seat, {CROWD} at once, {name}", "one winner in all", f"in all, ≤ {ROUND_MS} ms", told, verdict)


async def _ask(database: Database, content: Content, slot: Slot, citizen: str) -> bool:
    async with database.write() as tx:
        held = await Book(tx, content, NOW).hold(f"{slot.id} {citizen}", slot, citizen)
    if held is None:
        return False
    async with database.write() as tx:
        return await Book(tx, content, NOW).confirm(held.id, citizen) is not None


async def _give_back(database: Database, content: Content, slot: Slot) -> None:
    """The slot may have had its round before."""
    async with database.write() as tx:
        for one in await tx.bookings.day(POINT, ROLE, after=slot.starts_at, before=slot.ends_at):
            await Book(tx, content, NOW).cancel(one.id, citizen_id=None, actor="bench")


def _reminded(folder: Path, count: int) -> list[Row]:
    """From the minute in which all are due to the last one on a screen, while others write."""
    content = _many_seats(folder)
    with ExitStack() as stack:
        own = folder / "reminded"
        own.mkdir()
        platform = stack.enter_context(Platform(own, limits=True, label="reminded"))
        url = f"sqlite:///{own / 'bot.db'}"
        bot = product.start(stack, own, "bot", database=url, content=content, platform=platform)
        since = platform.times()
        due = asyncio.run(_plan(url, content, count))
        for number in range(int((MINUTE + AHEAD_S) / LIVE_S)):
            platform.do("type", chat=FIRST_CHAT + 1 + number % LIVE_CHATS, text="/menu")
            bot.processes[0].check()
            time.sleep(LIVE_S)
        replied = _arrived(platform, due)
        waits = platform.waits(since)
    late = [max(0.0, at - due[chat]) for chat, at in replied.items()]
    missing = count - len(late)
    what = f"{count} reminders due in one minute"
    wait_s, late_s = percentile(waits, 0.95), percentile(late, 0.99)
    return [
        row(f"{what}: not sent", most(0, "0"), most(0, "0"), missing, str(missing)),
        row("lateness, p99", most(60, "≤ 60 s"), most(5, "≤ 5 s"), late_s, f"{late_s:.1f} s (most {max(late):.1f})"),
        row("live reply meanwhile, p95", most(1.5, "≤ 1.5 s"), most(0.5, "0.5 s"), wait_s, f"{wait_s:.2f} s"),
    ]


def _arrived(platform: Platform, due: dict[str, float]) -> dict[str, float]:
    """When each got the reminder, on this machine's steady clock; waits for those that are late."""
    end = time.monotonic() + MINUTE
    while True:
        replied = platform.state(brief=False)["replied_at"]
        found = {chat: replied[chat][0] for chat in due if replied.get(chat)}
        if len(found) == len(due) or time.monotonic() > end:
            return found
        time.sleep(1.0)


def _many_seats(folder: Path) -> Path:
    """The shipped content with points that receive a thousand at one time, every day."""
    target = product.content_copy(folder, per_second=29, chat_per_second=1)
    source = (CONTENT / "points" / f"{POINT}.yaml").read_text(encoding="utf-8")
    whole = source.replace("places: 1 ", f"places: {SEATS} ").replace("  вт:\n", "  пн-вс:\n")
    whole = whole[: whole.index("  чт:")] + whole[whole.index("# Дни, когда приёма нет") :]
    for number in range(POINTS):
        (target / "points" / f"bench_{number}.yaml").write_text(whole, encoding="utf-8")
    shutil.rmtree(target / "talks")
    (target / "calendar.yaml").unlink()
    return target


async def _plan(url: str, folder: Path, count: int) -> dict[str, float]:
    """Book all, each reminder due somewhere in the minute to come; chat → when, on this machine's steady clock."""
    content = load(read_folder(folder), FLOWS.needs())
    database = await open_database(url, [SECRET])
    try:
        now = datetime.now(UTC)
        chats = [str(FIRST_VISITOR + number) for number in range(count)]
        known = await people.settle(database, chats, now, is_active=True)
        finds = {database.cipher.find("address", "telegram", chat): chat for chat in chats}
        booked = []
        async with database.write() as tx:
            for (citizen_id, _), slot in zip(known, _seats(content, now, count), strict=True):
                await tx.citizens.agree(citizen_id, version=content.consent.version, now=now)
                booked.append(
                    await Book(tx, content, now).book_for(uuid4().hex, slot, actor="bench", citizen_id=citizen_id)
                )
        begins, steady = datetime.now(UTC) + timedelta(seconds=AHEAD_S), time.monotonic() + AHEAD_S
        due: dict[str, float] = {}
        async with database.write() as tx:
            for number, ((_, find), one) in enumerate(zip(known, booked, strict=True)):
                assert one is not None, "no seat"
                after_s = MINUTE * number / count
                moment = to_ms(begins + timedelta(seconds=after_s))
                await tx.handle.connection.execute(_DUE, (moment, f"booking:{one.id}:1:booking_day"))
                due[finds[find]] = steady + after_s
    finally:
        await database.close()
    return due


_DUE = "UPDATE reminders SET due_at = ? WHERE id = ?"


def _seats(content: Content, now: datetime, count: int) -> Sequence[Slot]:
    """Seats of the day after tomorrow: reminders the day before are still to come then."""
    found = []
    for number in range(POINTS):
        (slot, *_) = slots(content, f"bench_{number}", ROLE, now=now, after=now + timedelta(days=3))
        found += [slot] * SEATS
    return found[:count]
