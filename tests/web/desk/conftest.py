"""A site with its console, on a clock that stands still, and people who work there."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.accounts.roles import Role
from bot.clock import FixedClock
from bot.web.console.desk import DeskParts
from storage.staff import StaffRow
from tests.web.desk.worker import Worker, hire
from tests.web.site import Site
from tests.web.test_browser import device, open_page

__all__ = ["device", "open_page"]

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # noon of a Monday in Barnaul
Come = Callable[..., Awaitable[Worker]]
Hire = Callable[..., Awaitable[StaffRow]]
on_both = pytest.mark.parametrize("database_url", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """SQLite; a test whose page is made of statements of its own asks for `on_both`."""
    url: str = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url")
    return url


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
async def site(make_site: Callable[..., Awaitable[Site]], clock: FixedClock) -> Site:
    return await make_site(clock=clock, takes_turns=False, desk=DeskParts())


@pytest.fixture
def hired(site: Site, clock: FixedClock) -> Hire:
    """`await hired(role, offices=…)`: an account that may log in."""

    async def make(role: Role | str = Role.ADMIN, **about: Any) -> StaffRow:
        return await hire(site.database, clock, role, **about)

    return make


@pytest.fixture
async def make_worker(site: Site) -> AsyncIterator[Callable[..., Worker]]:
    """`make_worker()`: a browser nobody is logged in with."""
    workers: list[Worker] = []

    def make(**options: Any) -> Worker:
        workers.append(Worker(site.url, **options))
        return workers[-1]

    yield make
    for worker in workers:
        await worker.close()


@pytest.fixture
def come(site: Site, clock: FixedClock, hired: Hire, make_worker: Callable[..., Worker]) -> Come:
    """`await come(role, offices=…)`: somebody who is inside."""

    async def make(role: Role | str = Role.ADMIN, *, person: StaffRow | None = None, **about: Any) -> Worker:
        worker = make_worker()
        await worker.appear(site.database, clock, person or await hired(role, **about))
        return worker

    return make
