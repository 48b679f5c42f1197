"""A morning of calls: two taps a call, the next one at hand, nothing reloads."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from bot.accounts.roles import Role
from bot.clock import FixedClock
from storage.call_records import Reason
from tests.web.desk.callees import PHONE, asks_for_a_call, in_chat, to_call
from tests.web.desk.test_browser import fits, picture
from tests.web.desk.worker import PASSWORD, hire
from tests.web.site import Site

pytestmark = pytest.mark.browser

Open = Callable[..., Awaitable[Page]]
EVIL = "Звоните 8 (913) 555-01-02 <script>alert(1)</script> после шести"


async def test_a_morning_of_calls(site: Site, clock: FixedClock, open_page: Open, device: dict[str, Any]) -> None:
    yesterday = clock.now() - timedelta(days=1)
    await hire(site.database, clock, Role.SPECIALIST, login="olga")
    page = await open_page(f"{site.url}/desk/calls", **device)
    await page.clock.install()
    await page.get_by_label("Логин").fill("olga")
    await page.get_by_label("Пароль").fill(PASSWORD)
    await page.get_by_role("button", name="Войти").click()
    await expect(page.locator(".empty")).to_contain_text("Звонить никому не нужно")
    await picture(page, "calls-empty")
    late = await to_call(site, "barnaul", reason=Reason.RESUME, due_at=yesterday, phone=PHONE)
    asks, _ = await asks_for_a_call(site, EVIL)
    silent = await to_call(site, "barnaul", reason=Reason.QUIET)
    await in_chat(site, silent)
    await page.clock.fast_forward(16_000)
    await expect(page.locator("tbody tr")).to_have_count(3)  # without a reload
    await picture(page, "calls-list")
    await fits(page)
    await page.evaluate("document.body.dataset.kept = 'yes'")

    await page.get_by_role("link", name=late[:6].upper()).click()
    await expect(page.get_by_role("link", name=PHONE)).to_have_attribute("href", "tel:+79135550102")
    await picture(page, "calls-one")
    await fits(page)
    await page.get_by_role("button", name="Не ответил").click()
    await expect(page.get_by_role("status").first).to_contain_text("не ответил")
    await expect(page.locator("tbody tr")).to_have_count(2)
    await picture(page, "calls-after")
    await fits(page)

    await page.get_by_role("link", name="Следующий").press("Enter")
    await expect(page.locator("main")).to_contain_text("после шести")
    await expect(page.locator("form", has=page.get_by_role("button", name="Дозвонились"))).to_have_attribute(
        "action", f"/desk/calls/{asks}"
    )
    clock.move(minutes=1)
    await picture(page, "calls-asked")
    await page.get_by_role("button", name="Дозвонились").press("Enter")
    await expect(page.get_by_role("status").first).to_contain_text("дозвонились")
    await page.get_by_role("button", name="Отменить").click()
    await expect(page.get_by_role("status").first).to_contain_text("Итог отменён")
    await expect(page.locator("tbody tr")).to_have_count(2)

    await page.get_by_role("link", name=silent[:6].upper()).click()
    await expect(page.locator("main")).to_contain_text("Можно написать в чат")
    await page.get_by_label("или в точное время").fill("2020-01-01T10:00")
    await page.get_by_role("button", name="Перезвонить тогда").click()
    await expect(page.get_by_role("alert")).to_contain_text("Выберите, когда перезвонить")
    await picture(page, "calls-chat")
    await fits(page)
    assert await page.evaluate("document.body.dataset.kept") == "yes", "the page was loaded anew"
    await page.get_by_role("button", name="Написать в чат").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("№")
