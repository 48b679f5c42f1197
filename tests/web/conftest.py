"""Sites and browsers. Without Chromium the browser tests are reported as not run; with CI=true that is a failure."""

import os
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
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
    # what playwright adds when it starts one itself: a mouse, and pages behind others that are awake
    "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
    "--hide-scrollbars", "--mute-audio", "--force-color-profile=srgb", "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows", "--disable-renderer-backgrounding", "--disable-back-forward-cache",
)  # fmt: skip
START_S = 60.0  # beside other work
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


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where one Chromium of this process listens: its start costs more than most tests in it."""
    if not CHROMIUM:
        pytest.fail(f"проверки в браузере {NOT_RUN}")
    home = tmp_path_factory.mktemp("chromium")
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [CHROMIUM, *ARGUMENTS, "--remote-debugging-port=0", f"--user-data-dir={home}", "about:blank"], stderr=log
        )
    try:
        address = home / "DevToolsActivePort"  # written when it listens: the port, then the path
        deadline = time.monotonic() + START_S
        while not address.exists() or "\n" not in address.read_text():
            assert process.poll() is None, (home / "log").read_text(errors="replace")
            assert time.monotonic() < deadline, "Chromium does not listen"
            time.sleep(0.02)
        yield f"http://127.0.0.1:{address.read_text().splitlines()[0]}"
    finally:
        process.kill()
        process.wait()


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """What one test opens in it is closed afterwards; nothing is shared: each opens a context of its own."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.connect_over_cdp(chromium)
        yield browser
        for context in browser.contexts[1:]:  # the first is Chromium's own
            await context.close()
        await browser.close()
