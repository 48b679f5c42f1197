"""R11: wall clocks jump, differ between processes, and are put forward and back in spring and autumn."""

import dataclasses
import time as moments
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.flows import FLOWS
from storage.database import open_database
from tests.faults.accounts import is_settled
from tests.faults.books import SECRETS, count, execute, select
from tests.faults.crowd import Citizen
from tests.faults.platforms import emulator_of, sends, settings_of
from tests.faults.product import Product, quiet_hour
from tests.faults.script import WALK, Script, edition, rehearse
from tests.faults.waiting import until
from tests.talk import FixedClock, Talk

LATER = (*WALK[:6], "1", "3", "1")  # the first step, later, tomorrow
COMES_S = 40.0
HOURS = 3600

Make = Callable[..., Product]


def test_the_quiet_hour_of_these_tests_is_accepted_and_far_away_at_every_hour() -> None:
    rules = edition().rules
    for now in range(24):
        hour = quiet_hour(now, rules)

        assert hour not in (rules.booking.remind_day_before_hour, rules.nudge and rules.nudge.hour)
        assert 9 <= (hour - now) % 24 <= 15


async def test_a_clock_that_jumps_doubles_no_reminder_and_misses_none(
    sqlite_url: str, quick: Make, tmp_path: Path
) -> None:
    """Two hours back after a reminder was given out, then right again; the next one shows that the clock is heard."""
    script = await rehearse("telegram", LATER)
    wrong_by = tmp_path / "clock"
    wrong_by.write_text("0")
    async with emulator_of("telegram") as telegram:
        bot = quick(sqlite_url, settings_of("telegram", telegram))
        bot.start(FAULT_CLOCK=str(wrong_by))
        for citizen in (people := _people(script, 4)):
            while not citizen.is_done:
                citizen.type(telegram)
                await bot.until(lambda citizen=citizen: citizen.is_answered(telegram), COMES_S, "an answer")  # type: ignore[misc]
        await bot.until(lambda: is_settled(sqlite_url, "telegram"), COMES_S, "an empty outbox")
        ids = [row[0] for row in await select(sqlite_url, "SELECT id FROM reminders WHERE state = 0 ORDER BY id")]
        assert len(ids) == len(people)
        before = sends(telegram)
        for number, jump_h in enumerate((0, -2, 0, 2)):
            wrong_by.write_text(str(jump_h * HOURS))
            due = int((moments.time() + jump_h * HOURS - 1) * 1000)
            await execute(sqlite_url, f"UPDATE reminders SET due_at = {due} WHERE id = '{ids[number]}'")
            await bot.until(
                lambda number=number: sends(telegram) == before + number + 1,
                COMES_S,
                f"reminder {number}",  # type: ignore[misc]
            )
        await bot.until(lambda: is_settled(sqlite_url, "telegram"), COMES_S, "an empty outbox")
        assert await bot.stop() == 0
        assert sends(telegram) == before + len(ids)
        assert await count(sqlite_url, "SELECT count(*) FROM outbox WHERE subject IS NOT NULL AND state = 2") == len(
            ids
        )


@pytest.mark.parametrize("skew_s", [-90, 90])
async def test_clocks_of_two_processes_may_differ(postgres_url: str, quick: Make, tmp_path: Path, skew_s: int) -> None:
    """The sender's clock is wrong by a minute and a half against that of the worker: nobody waits for it."""
    wrong_by = tmp_path / "clock"
    wrong_by.write_text(str(skew_s))
    script = await rehearse("telegram", WALK)
    async with emulator_of("telegram") as telegram:
        settings = settings_of("telegram", telegram)
        fleet = [quick(postgres_url, settings, role=role, name=role) for role in ("scheduler", "worker", "sender")]
        for bot in fleet:
            bot.start(**({"FAULT_CLOCK": str(wrong_by)} if bot.role == "sender" else {}))
        (citizen,) = _people(script, 1)
        while not citizen.is_done:
            citizen.type(telegram)
            await until(lambda: citizen.is_answered(telegram), COMES_S, lambda: "\n".join(bot.tail() for bot in fleet))
        assert citizen.seen(telegram)[0] == script.screen


@pytest.mark.parametrize(
    ("zone", "before"),
    [
        ("Europe/Berlin", date(2027, 3, 27)),  # 02:00 -> 03:00 in the night
        ("America/New_York", date(2026, 10, 31)),  # 02:00 -> 01:00
        ("Australia/Lord_Howe", date(2026, 10, 3)),  # half an hour
        ("Asia/Barnaul", date(2026, 11, 23)),  # none
    ],
)
async def test_tomorrow_at_ten_is_ten_on_the_wall(empty_sqlite_url: str, zone: str, before: date) -> None:
    """The night between has an hour more or less: "tomorrow" comes at ten of the office's own clock, and once."""
    office = dataclasses.replace(edition().default_office, timezone=zone)
    content = dataclasses.replace(edition(), default_office=office, offices={office.id: office})
    clock = FixedClock(datetime.combine(before, time(12), ZoneInfo(zone)).astimezone(UTC))
    database = await open_database(empty_sqlite_url, SECRETS)
    try:
        talk = Talk(database, FLOWS, content, clock=clock)
        for text in LATER:
            await talk.say(text)
        ((due_ms,),) = await select(empty_sqlite_url, "SELECT due_at FROM reminders")
        due = datetime.fromtimestamp(due_ms / 1000, UTC)
        local = due.astimezone(ZoneInfo(zone))
        assert (local.date() - before).days == 1
        assert (local.hour, local.minute) == (10, 0)
        reminded = []
        clock.move(hours=12)
        for _ in range(24 * 4):  # the quarters of a day
            clock.move(minutes=15)
            if await talk.tick():
                reminded.append(clock.now())
        assert len(reminded) == 1
        assert 0 <= (reminded[0] - due).total_seconds() < 15 * 60
    finally:
        await database.close()


def _people(script: Script, number: int) -> list[Citizen]:
    return [Citizen(str(5000 + n), script) for n in range(number)]
