"""The console in a real browser, by finger and by key: the way in, every page, the way out."""

import os
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from playwright.async_api import Page, expect

from bot.accounts.people import Draft, People
from bot.accounts.roles import Role
from bot.clock import FixedClock
from bot.texts.files import read_folder
from bot.texts.packed import pack
from storage.database import Database
from tests.talk import CONTENT
from tests.web.desk.conftest import Hire
from tests.web.desk.mishaps import dead_letter, parked_update
from tests.web.desk.worker import PASSWORD, code_at
from tests.web.site import Site

pytestmark = pytest.mark.browser

Open = Callable[..., Awaitable[Page]]
SMALL = """[...document.querySelectorAll("button, .button, summary, select, input")]
    .filter(one => one.checkVisibility() && !["hidden", "radio", "checkbox"].includes(one.type))
    .map(one => [one.textContent.trim().slice(0, 30), one.getBoundingClientRect().height])
    .filter(([, height]) => height < 43.5)"""
PICTURES = os.environ.get("BOT_TEST_PICTURES", "")  # a folder, for somebody who wants to look at the pages


async def picture(page: Page, name: str) -> None:
    if PICTURES:
        width = page.viewport_size["width"] if page.viewport_size else 0
        await page.screenshot(path=Path(PICTURES) / f"{name}-{width}.png", full_page=True)


async def fits(page: Page) -> None:
    """Nothing stands out sideways, every control is large enough for a finger."""
    wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url}: {wide} px too wide"
    small = await page.evaluate(SMALL)
    assert small == [], f"{page.url}: {small}"


async def log_in(page: Page, login: str, clock: FixedClock) -> None:
    await page.get_by_label("Логин").fill(login)
    await page.get_by_label("Пароль").fill(PASSWORD)
    await page.get_by_role("button", name="Войти").click()
    await page.get_by_label("Шесть цифр из приложения").fill(code_at(clock.now()))
    await page.get_by_role("button", name="Войти").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Здравствуйте")


async def to(page: Page, name: str) -> None:
    """By the navigation, whatever the width."""
    menu = page.locator("details.narrow > summary")
    if await menu.is_visible():
        await menu.click()
    await (
        page.get_by_role("navigation").get_by_role("link", name=re.compile(f"^{name}")).locator("visible=true").click()
    )
    await expect(page.get_by_role("heading", level=1)).to_contain_text(name)


async def publish(database: Database, clock: FixedClock) -> None:
    files = read_folder(CONTENT)
    async with database.write() as tx:
        await tx.editions.accept(fingerprint="first", files=pack(files), now=clock.now())
        changed = {**files, "rules.yaml": files["rules.yaml"] + b"\n"}
        await tx.editions.accept(fingerprint="second", files=pack(changed), now=clock.now())


async def test_from_the_invitation_to_the_way_out(
    site: Site, clock: FixedClock, open_page: Open, device: dict[str, Any]
) -> None:
    draft = Draft("olga", "Ольга Ветрова", Role.ADMIN, every_office=True)
    _, invitation = await People(site.database, clock, None).add(draft)
    page = await open_page(f"{site.url}/desk/invite?code={invitation}", **device)
    await picture(page, "invite")
    await fits(page)
    await page.get_by_label("Пароль", exact=True).fill(PASSWORD)
    await page.get_by_label("Пароль ещё раз").fill(PASSWORD)
    await page.get_by_role("button", name="Сохранить и войти").click()

    await expect(page.get_by_role("heading", level=1)).to_have_text("Вход с кодом")
    await expect(page.locator(".qr svg")).to_be_visible()
    await page.get_by_text("Нет камеры?").click()
    secret = re.sub(r"\s", "", await page.locator(".secret").inner_text())
    await picture(page, "phone")
    await fits(page)
    await page.get_by_label("Шесть цифр").fill("000000")
    await page.get_by_role("button", name="Готово").click()
    await expect(page.get_by_role("alert")).to_contain_text("Код не подошёл")
    await page.get_by_label("Шесть цифр").fill(pyotp.TOTP(secret).at(clock.now()))
    await page.get_by_role("button", name="Готово").click()
    await expect(page.locator(".codes code")).to_have_count(10)
    recovery = await page.locator(".codes code").first.inner_text()
    await picture(page, "recovery")
    await page.get_by_role("link", name="Записал, дальше").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Здравствуйте, Ольга Ветрова")
    await page.get_by_role("button", name="Выйти").click()
    await expect(page.get_by_role("status")).to_contain_text("Вы вышли")

    await page.goto(f"{site.url}/desk/journal")
    assert urlsplit(page.url).path == "/desk/login"
    assert parse_qs(urlsplit(page.url).query)["next"] == ["/desk/journal"]
    await picture(page, "login")
    await page.get_by_label("Логин").fill("OLGA")
    await page.get_by_label("Пароль").fill(PASSWORD)
    await page.keyboard.press("Enter")
    await picture(page, "code")
    await page.get_by_label("Шесть цифр из приложения").fill(recovery)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Журнал")
    assert await page.locator("table tbody tr").count() > 5


async def test_every_page_can_be_read_and_used(
    site: Site, clock: FixedClock, hired: Hire, open_page: Open, device: dict[str, Any]
) -> None:
    boss = await hired(Role.ADMIN, login="olga", has_code=True)
    await hired(
        Role.JOB_MATCHER, name="Константин Константинопольский-Задунайский", offices=["barnaul"], is_ready=False
    )
    await publish(site.database, clock)
    await dead_letter(site.database, clock, "barnaul")
    await dead_letter(site.database, clock, reason="uncertain")
    await parked_update(site.database, clock)
    async with site.database.write() as tx:
        await tx.troubles.add({"feed_failed": 2}, now=clock.now())
        mistakes = [("texts/menu.yaml", 4, "нет «main»", "добавьте строку")]
        await tx.editions.judge_files("x", "refused", mistakes=mistakes, now=clock.now())
    page = await open_page(f"{site.url}/desk", **device)
    await log_in(page, "olga", clock)
    await picture(page, "home")
    await fits(page)

    for name in ("Не доставлено", "Содержание", "Сотрудники", "Журнал"):
        await to(page, name)
        if name == "Содержание":
            await expect(page.locator("#doubts details").first).to_be_visible()
        await picture(
            page, {"Не доставлено": "letters", "Содержание": "content", "Сотрудники": "staff"}.get(name, "journal")
        )
        await fits(page)
    paths = (
        "/me", "/me/phone", "/staff/new", f"/staff/{boss.id}", f"/staff/{boss.id}/reset", "/content/history",
        "/staff/chats", "/content/rollback/1", "/troubles", "/journal/seals", "/letters/send",
    )  # fmt: skip
    for path in paths:
        answer = await page.goto(f"{site.url}/desk{path}")
        assert answer is not None
        assert answer.status == 200, path
        await picture(page, path.strip("/").replace("/", "-").replace(boss.id, "one"))
        await fits(page)


async def test_a_page_that_is_open_hears_of_what_is_new(
    site: Site, clock: FixedClock, hired: Hire, open_page: Open
) -> None:
    await hired(Role.LEAD, login="olga", has_code=True)
    page = await open_page(f"{site.url}/desk")
    await page.clock.install()
    await log_in(page, "olga", clock)
    await to(page, "Не доставлено")
    await expect(page.locator("#live")).to_contain_text("Всё дошло")

    await dead_letter(site.database, clock)
    await page.clock.run_for(16_000)

    await expect(page.locator("#live table tbody tr")).to_have_count(1)
    await page.get_by_role("button", name="Отправить ещё раз").click()
    await expect(page.locator("main > .note")).to_contain_text("Отправляем ещё раз")
    await expect(page.locator("#live")).to_contain_text("Всё дошло")


async def test_large_and_dark_are_kept(site: Site, clock: FixedClock, hired: Hire, open_page: Open) -> None:
    await hired(Role.LEAD, login="olga", has_code=True)
    page = await open_page(f"{site.url}/desk", viewport={"width": 360, "height": 640})
    await log_in(page, "olga", clock)
    await page.goto(f"{site.url}/desk/me")
    await page.get_by_label("Цвета").select_option("dark")
    await page.get_by_label("Крупный шрифт").check()
    await page.get_by_role("button", name="Сохранить вид").click()

    await expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    await page.goto(f"{site.url}/desk/letters")
    await expect(page.locator("html")).to_have_attribute("data-type", "large")
    assert await page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 24, 30)"
    assert await page.evaluate("getComputedStyle(document.body).fontSize") == "20px"
    await picture(page, "letters-dark-large")
    await fits(page)


async def test_without_scripts_everything_still_works(
    site: Site, clock: FixedClock, hired: Hire, open_page: Open
) -> None:
    await hired(Role.ADMIN, login="olga", has_code=True)
    await publish(site.database, clock)
    page = await open_page(f"{site.url}/desk", java_script_enabled=False)
    await log_in(page, "olga", clock)
    await to(page, "Содержание")
    await page.get_by_role("link", name="Что не подтверждено или просрочено").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Проверьте")
    assert await page.locator("details").count() > 2
    await page.goto(f"{site.url}/desk/content/history")
    await page.get_by_role("link", name="Вернуть № 1").click()
    await expect(page.get_by_role("main")).to_contain_text("Сейчас в силе № 2")
    await page.get_by_role("button", name="Вернуть № 1").click()
    await expect(page.get_by_role("status")).to_contain_text("Прежняя редакция снова в силе")


async def test_keys_alone_are_enough(site: Site, clock: FixedClock, hired: Hire, open_page: Open) -> None:
    await hired(Role.ADMIN, login="olga", has_code=True)
    page = await open_page(f"{site.url}/desk")
    await log_in(page, "olga", clock)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="К содержанию страницы")).to_be_focused()
    for _ in range(12):
        await page.keyboard.press("Tab")
        if "Сотрудники" in await page.evaluate("document.activeElement.textContent"):
            break
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Сотрудники")
