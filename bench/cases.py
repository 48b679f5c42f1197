"""
How long staff wait for a page of the console while ten thousand people have asked for a person: the queue with its
filters, one case with its talk, the base; as bench/base.py measures.
"""

import asyncio
from datetime import timedelta
from pathlib import Path

from bench.base import CITIZENS, NOW, console, filled, p95_ms
from bench.product import SECRET
from bench.report import Row, most, row
from storage.case_records import Deadlines
from storage.database import Database, open_database
from storage.records import CaseRow

AT_ONCE, TALK = 500, 6
TOPICS = ("question", "jobs", "law", "support")
VIEWS = ("", "?view=free", "?view=overdue", "?view=closed", "?topic=law", "?page=100")
OFFICE, OWNER = "barnaul", "somebody"


def measure(folder: Path) -> list[Row]:
    """One row: p95 in milliseconds over all these pages."""
    value = asyncio.run(_measured(folder))
    what = f"console page, {CITIZENS} cases, p95"
    return [row(what, most(300, "≤ 300 ms"), most(150, "≤ 150 ms"), value, f"{value:.0f} ms")]


async def _measured(folder: Path) -> float:
    database = await open_database(f"sqlite:///{folder / 'cases.db'}", [SECRET])
    try:
        await filled(database)
        some = await _asked_for(database)
        async with console(database) as client:
            pages = [f"/cases{one}" for one in (*VIEWS, *(f"/{id_}" for id_ in some))]
            return await p95_ms(client, [*pages, "/citizens"])
    finally:
        await database.close()


async def _asked_for(database: Database) -> list[str]:
    """Of ten: three closed, three taken, one overdue, one urgent; each talked about. Gives some of them."""
    async with database.read() as tx:
        rows = await tx.handle.connection.execute_fetchall("SELECT citizen_id FROM addresses ORDER BY find")
    citizens = [citizen for (citizen,) in rows]
    for first in range(0, len(citizens), AT_ONCE):
        async with database.write() as tx:
            for number, citizen in enumerate(citizens[first : first + AT_ONCE], first):
                at, id_ = NOW - timedelta(minutes=number), f"{number:016x}"
                words = tuple(f"Слова {number}.{line}: нужна работа рядом с домом" for line in range(TALK))
                case = CaseRow(
                    id_, citizen, "web", TOPICS[number % 4], "new", False, at, words, office=OFFICE,
                    due_at=at + timedelta(hours=8), is_urgent=number % 10 == 9,
                )  # fmt: skip
                await tx.cases.open(case)
                if number % 10 < 6:
                    await tx.cases.take(id_, OWNER, Deadlines(at + timedelta(hours=8), None), now=at)
                if number % 10 < 3:
                    await tx.cases.close(id_, OWNER, is_lead=False, version=0, now=at)
                if number % 10 == 8:
                    await tx.cases.escalate(id_, now=NOW)
    return [f"{number:016x}" for number in (0, 4, 8, 9)]
