"""Entries on both databases, on a clock that stands still, with passwords that cost nothing."""

from datetime import UTC, datetime

import pytest
from argon2 import PasswordHasher

from bot.accounts.entry import Entry
from bot.accounts.password import Passwords
from bot.clock import FixedClock
from storage.database import Database

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
PASSWORD = "кот на окне смотрит вниз"


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def entry(database: Database, clock: FixedClock, passwords: Passwords) -> Entry:
    return Entry(database, clock, passwords)
