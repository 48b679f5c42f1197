"""Sites and browsers. Without Chromium the browser tests are reported as not run; with CI=true that is a failure."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest
from playwright.async_api import Browser, async_playwright

from storage.database import Database
from tests.web.site import Site
from tests.web.visitor import Visitor

CHROMIUM = next(
    (
        path
        for name in (os.environ.get("BOT_TEST_CHROMIUM"), "chromium", "chromium-browser", "google-chrome")
        if name and (path := shutil.which(name))
    ),
    "",
)
NOT_RUN = "не запущены: нет Chromium (apt-get install chromium, или BOT_TEST_CHROMIUM=путь)"
ARGUMENTS = (
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
_passed_over: list[str] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM or os.environ.get("CI") == "true":
        return
    for item in items:
        if item.get_closest_marker("browser"):
            _passed_over.append(item.nodeid)
            item.add_marker(pytest.mark.skip(reason=NOT_RUN))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if _passed_over:
        terminalreporter.write_line(f"проверки в браузере ({len(_passed_over)}) {NOT_RUN}", yellow=True)


@pytest.fixture
async def make_site(database: Database) -> AsyncIterator[Callable[..., Awaitable[Site]]]:
    """`await make_site(**parts)`: a running site over the test's database."""
    async with AsyncExitStack() as stack:

        async def make(**parts: Any) -> Site:
            return await stack.enter_async_context(Site(database, **parts))

        yield make


@pytest.fixture
async def site(make_site: Callable[..., Awaitable[Site]]) -> Site:
    return await make_site()


@pytest.fixture
async def make_visitor() -> AsyncIterator[Callable[..., Visitor]]:
    visitors: list[Visitor] = []

    def make(url: str, **options: Any) -> Visitor:
        visitors.append(Visitor(url, **options))
        return visitors[-1]

    yield make
    for visitor in visitors:
        await visitor.close()


@pytest.fixture
async def visitor(site: Site, make_visitor: Callable[..., Visitor]) -> Visitor:
    """A browser with an identity on the site."""
    made = make_visitor(site.url)
    await made.session()
    return made


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if not CHROMIUM:
        pytest.fail(f"проверки в браузере {NOT_RUN}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        await browser.close()
