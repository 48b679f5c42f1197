"""The reception and the base of citizens by finger."""

import csv
import io
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from bot.accounts.roles import Role
from bot.clock import FixedClock
from bot.desk.shifts import Person
from tests.web.desk.reception import ADVISOR, POINT, TUESDAY, a_citizen, at, booked
from tests.web.desk.test_browser import fits, picture
from tests.web.desk.worker import PASSWORD, code_at, hire
from tests.web.site import Site

pytestmark = pytest.mark.browser

Open = Callable[..., Awaitable[Page]]
EVIL = "=cmd()<script>alert(1)</script>"


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig")


async def test_booked_received_and_listed(
    site: Site, clock: FixedClock, open_page: Open, device: dict[str, Any]
) -> None:
    clock.set(at(site, "10:00", TUESDAY, ADVISOR).starts_at + timedelta(minutes=5))
    await booked(site, at(site, "11:00", TUESDAY, ADVISOR), Person(name="Сосед Коля", phone="9130000000"))
    await hire(site.database, clock, Role.CAREER_ADVISOR, login="olga")
    page = await open_page(f"{site.url}/desk/visits", **device)
    await page.get_by_label("Логин").fill("olga")
    await page.get_by_label("Пароль").fill(PASSWORD)
    await page.get_by_role("button", name="Войти").click()
    await expect(page.get_by_role("heading", name="Приём")).to_be_visible()
    await picture(page, "visits-week")
    await fits(page)

    await page.get_by_role("link", name="Вторник, 24.11").click()
    await picture(page, "visits-day")
    await fits(page)
    await page.get_by_role("link", name="Записать человека").click()
    await page.get_by_label("Время").select_option(label="10:00, свободно")
    await page.get_by_label("Имя").fill(EVIL)
    await page.get_by_label("Кто направил").select_option(label="пристав")
    await page.get_by_label("Пришёл без записи").check()
    await picture(page, "visits-new")
    await fits(page)
    await page.get_by_role("button", name="Записать").click()
    await expect(page.get_by_role("status").first).to_contain_text("принят без записи")
    await expect(page.locator("main")).to_contain_text(EVIL)

    taps = 0
    for tap in (
        page.get_by_role("link", name=EVIL),
        page.get_by_label("Консультация"),
        page.get_by_label("Резюме сделает сам"),
        page.get_by_role("button", name="Сохранить итог"),
    ):
        if not taps:
            await tap.click()
            await picture(page, "visits-form")
            await fits(page)
        else:
            await tap.click()
        taps += 1
    await expect(page.get_by_role("status").first).to_contain_text("Итог записан")
    assert taps <= 5
    await picture(page, "visits-recorded")

    await page.get_by_role("link", name="Назад к дню").click()
    await page.get_by_role("link", name="Закрыть приём").click()
    await expect(page.locator("main")).to_contain_text("Записи снимутся у всех: 1")
    await picture(page, "visits-close")
    await fits(page)
    await page.get_by_role("link", name="Не закрывать").click()
    await page.get_by_role("link", name="Список для отделения").click()
    await picture(page, "visits-list")
    await fits(page)
    async with page.expect_download() as given:
        await page.get_by_role("button", name="Скачать CSV").click()
    rows = list(csv.reader(io.StringIO(text_of(await (await given.value).path())), delimiter=";"))
    assert [row[1] for row in rows[1:]] == [f"'{EVIL}"]


async def test_moved_and_cancelled(site: Site, clock: FixedClock, open_page: Open, device: dict[str, Any]) -> None:
    booking = await booked(site, at(site, "11:00", TUESDAY, ADVISOR), Person(name="Сосед Коля"))
    await hire(site.database, clock, Role.SPECIALIST, login="olga")
    page = await open_page(f"{site.url}/desk/visits/booking/{booking.id}", **device)
    await page.get_by_label("Логин").fill("olga")
    await page.get_by_label("Пароль").fill(PASSWORD)
    await page.get_by_role("button", name="Войти").click()
    await expect(page.get_by_role("heading", name="Сосед Коля")).to_be_visible()
    await page.get_by_role("link", name="Перенести").click()
    await picture(page, "booking-move")
    await fits(page)
    await page.get_by_label("Новое время").select_option(label="завтра в 9:00")
    await page.get_by_role("button", name="Перенести").click()
    await expect(page.get_by_role("status").first).to_contain_text("Перенесли")
    await page.get_by_role("link", name="Сосед Коля").click()
    await page.get_by_role("link", name="Отменить запись").click()
    await picture(page, "booking-cancel")
    await fits(page)
    await page.get_by_role("button", name="Отменить запись").click()
    await expect(page.get_by_role("status").first).to_contain_text("место свободно")
    await expect(page.locator("tbody")).not_to_contain_text("Сосед Коля")
    assert page.url.startswith(f"{site.url}/desk/visits/day/{POINT}/{ADVISOR}/{TUESDAY}")
    await page.get_by_role("link", name="Закрыть приём").click()
    await page.get_by_role("button", name="Закрыть приём").click()
    await expect(page.locator("main")).to_contain_text("Приём закрыт")
    await picture(page, "visits-shut")
    await fits(page)
    await page.get_by_role("button", name="Открыть приём снова").click()
    await expect(page.get_by_role("status").first).to_contain_text("Приём снова открыт")
    await expect(page.get_by_role("link", name="Записать человека")).to_be_visible()


async def test_the_base_and_a_card(site: Site, clock: FixedClock, open_page: Open, device: dict[str, Any]) -> None:
    ivan = await a_citizen(site, "ivan", situations=["alimony", "released"])
    await booked(site, at(site, "11:00", TUESDAY, ADVISOR), Person(ivan, EVIL))
    await a_citizen(site, "olga")
    await hire(site.database, clock, Role.LEAD, login="olga", has_code=True)
    page = await open_page(f"{site.url}/desk/citizens", **device)
    await page.get_by_label("Логин").fill("olga")
    await page.get_by_label("Пароль").fill(PASSWORD)
    await page.get_by_role("button", name="Войти").click()
    await page.get_by_label("Шесть цифр из приложения").fill(code_at(clock.now()))
    await page.get_by_role("button", name="Войти").click()
    await expect(page.locator("tbody tr")).to_have_count(2)
    await picture(page, "citizens")
    await fits(page)
    await page.get_by_label("Состояние").select_option(label="Записан на приём")
    await page.get_by_role("button", name="Показать").click()
    await expect(page.locator("tbody tr")).to_have_count(1)
    await page.locator("tbody a").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(EVIL)
    await page.get_by_role("button", name="Убрать").first.click()
    await expect(page.get_by_role("status").first).to_contain_text("План изменён")
    await picture(page, "citizen")
    await fits(page)
    await page.get_by_role("link", name="Удалить данные человека").click()
    await picture(page, "citizen-delete")
    await fits(page)
    await page.get_by_role("button", name="Удалить навсегда").click()
    await expect(page.locator("tbody tr")).to_have_count(1)
