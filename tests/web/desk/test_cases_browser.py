"""A citizen at the web chat and a specialist at the desk, each in a browser of their own."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page, expect

from bot.accounts.roles import Role
from bot.clock import SystemClock
from bot.web.console.desk import DeskParts
from tests.web.desk.test_browser import fits, picture
from tests.web.desk.worker import PASSWORD, hire
from tests.web.site import Site
from tests.web.test_browser import PHONE, begin, bubbles, choices, press, say

pytestmark = pytest.mark.browser

Open = Callable[..., Awaitable[Page]]


@pytest.fixture
async def site(make_site: Callable[..., Awaitable[Site]]) -> Site:
    return await make_site(clock=SystemClock(), desk=DeskParts())


async def log_in(open_page: Open, site: Site, name: str, device: dict[str, Any]) -> Page:
    person = await hire(site.database, site.clock, Role.SPECIALIST, name=name, login="olga")
    page = await open_page(f"{site.url}/desk/cases", **device)
    await page.get_by_label("Логин").fill(person.login)
    await page.get_by_label("Пароль").fill(PASSWORD)
    await page.get_by_role("button", name="Войти").click()
    await expect(page.get_by_role("heading", name="Обращения")).to_be_visible()
    return page


async def test_a_citizen_calls_and_a_person_answers(site: Site, open_page: Open, device: dict[str, Any]) -> None:
    citizen = await open_page(site.url, **PHONE)
    await begin(citizen)
    desk = await log_in(open_page, site, "Ольга Ветрова", device)
    await expect(desk.locator("main")).to_contain_text("Здесь пусто")
    await say(citizen, "Позвать специалиста")
    await expect(choices(citizen).first).to_be_visible()
    await press(citizen, "Да, передать")
    await say(citizen, "Нет паспорта, как устроиться на работу?")
    await expect(bubbles(citizen).last).to_contain_text("Передал")

    await expect(desk.locator("tbody tr")).to_have_count(1, timeout=15_000)  # without a reload
    await picture(desk, "cases-queue")
    await fits(desk)
    await desk.locator("tbody a").first.click()
    await expect(desk.locator(".said.citizen")).to_contain_text("Нет паспорта")
    await desk.get_by_role("button", name="Взять себе").click()
    await expect(desk.get_by_role("status").first).to_contain_text("Обращение ваше")
    await desk.get_by_label("Ваши слова придут человеку в тот же чат").fill("Здравствуйте! Паспорт выдаст МВД.")
    await desk.get_by_role("button", name="Отправить").click()
    await expect(desk.locator(".said.staff")).to_contain_text("Паспорт выдаст МВД")
    await expect(citizen.locator("main")).to_contain_text("Паспорт выдаст МВД", timeout=15_000)
    await picture(desk, "cases-case")
    await fits(desk)

    await say(citizen, "Спасибо, понял")
    await expect(desk.locator(".said.citizen")).to_have_count(2, timeout=15_000)
    await desk.get_by_role("link", name="Закрыть", exact=True).click()
    await desk.get_by_role("button", name="Закрыть обращение").click()
    await expect(desk.locator("main")).to_contain_text("Закрыто")
    await expect(choices(citizen).filter(has_text=re.compile("^Да"))).to_be_visible(timeout=15_000)
    await picture(citizen, "cases-citizen")
    await press(citizen, await choices(citizen).first.inner_text())
    await expect(desk.locator(".mark.good")).to_contain_text("вопрос решён", timeout=15_000)
