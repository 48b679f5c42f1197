"""Printable pages: whole, escaped, kept of nobody, and readable on paper and on a small phone."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from urllib.parse import urljoin

import pytest
from playwright.async_api import Browser

from bot.texts.situation import FurtherPage, Situation
from storage.database import Database
from tests.talk import FixedClock
from tests.web.site import Site
from tests.web.visitor import Visitor

Sites = Callable[..., Awaitable[Site]]
Visitors = Callable[..., Visitor]
DAYS = "/print/pre_release/days"
KEPT = """
    SELECT (SELECT count(*) FROM citizens), (SELECT count(*) FROM addresses), (SELECT count(*) FROM inbox),
      (SELECT count(*) FROM sessions)
"""


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Reading touches no database."""
    return sqlite_url


@pytest.fixture
async def site(make_site: Sites) -> Site:
    return await make_site(clock=FixedClock(), since=lambda: datetime(2026, 11, 20, 3, tzinfo=UTC))


@pytest.fixture
async def reader(site: Site, make_visitor: Visitors) -> Visitor:
    return make_visitor(site.url)


async def page(reader: Visitor, path: str, status: int = 200, **query: str) -> str:
    answer = await reader.client.get(path, params=query)
    assert answer.status_code == status, answer.text[:200]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


def changed(site: Site, situation: Situation) -> None:
    """Another edition, with this situation in it."""
    situations = MappingProxyType({**site.content.situations, situation.id: situation})
    site.content = replace(site.content, situations=situations, fingerprint=f"{site.content.fingerprint}x")


async def test_the_list_names_every_situation_and_where_first_days_are(site: Site, reader: Visitor) -> None:
    html = await page(reader, "/print")

    for situation in site.content.situations.values():
        assert situation.label in html
        assert (f'"/print/{situation.id}/days"' in html) == bool(situation.days)


async def test_a_page_has_five_blocks_steps_to_tick_pages_contacts_and_its_date(site: Site, reader: Visitor) -> None:
    situation = site.content.situations["released"]

    html = await page(reader, "/print/released")

    assert situation.page.name in html
    assert html.count('<section class="block">') == 4  # the name is the fifth: the heading
    assert html.count('<article class="step">') == html.count('class="box"') == len(situation.plan)
    for step in situation.plan:
        assert step.title in html
    for further in site.content.pages_of("released"):
        assert further.label in html
    assert site.content.default_office.name in html
    assert "20 ноября 2026 года" in html
    assert "{" not in html


async def test_the_first_days_stand_without_dates_until_one_is_given(site: Site, reader: Visitor) -> None:
    html = await page(reader, DAYS)

    for part in site.content.situations["pre_release"].days:
        assert part.title in html
    assert "декабря" not in html.partition("<footer>")[0]
    assert "{" not in html


@pytest.mark.parametrize("typed", ["2026-12-11", "11.12.2026", "11 декабря", " 11.12.26 "])
async def test_the_first_days_have_dates_counted_from_the_release(reader: Visitor, typed: str) -> None:
    html = await page(reader, DAYS, **{"from": typed})

    assert "11 декабря 2026 года" in html
    assert "пт 11 декабря" in html
    assert 'value="2026-12-11"' in html
    assert 'role="alert"' not in html


@pytest.mark.parametrize(
    "typed", ["31.02.2026", "2026-02-31", "скоро", "1999-01-01", "2099-01-01", "2026-12-11T00:00", "0", "9" * 5000]
)
async def test_a_wrong_date_gets_a_clear_answer_and_the_days_without_dates(reader: Visitor, typed: str) -> None:
    html = await page(reader, DAYS, 400, **{"from": typed})

    assert "Не получилось прочитать дату" in html
    assert "с 23 октября 2026 года" in html
    assert 'aria-invalid="true"' in html
    assert html.count('<article class="step">') >= 4


async def test_an_empty_date_is_no_mistake(reader: Visitor) -> None:
    assert 'role="alert"' not in await page(reader, f"{DAYS}?from=")


async def test_whatever_is_typed_or_written_is_shown_as_it_is(site: Site, reader: Visitor) -> None:
    evil = "<script>alert(1)</script>\" onload='x' &amp;"
    released = site.content.situations["released"]
    step = replace(released.plan[0], title=evil, why=evil, how=(evil,), take=(evil,), where=evil, who=evil)
    days = replace(site.content.situations["pre_release"].days[0], title=evil, do=(evil,))
    changed(
        site,
        replace(
            released,
            label=evil,
            plan=(step,),
            days=(days,),
            page=replace(released.page, name=evil, audience=evil, about=evil, services=evil, where_to_go=evil),
        ),
    )
    evil_page = FurtherPage("evil", evil, 1, evil, (), evil, "high")
    site.content = replace(site.content, pages=MappingProxyType({"evil": evil_page}))

    for path, typed in (("", {}), ("/released", {}), ("/released/days", {}), ("/released/days", {"from": evil})):
        html = (await reader.client.get(f"/print{path}", params=typed)).text
        assert "<script>alert" not in html
        assert "onload='x'" not in html
        assert "&lt;script&gt;alert(1)" in html


@pytest.mark.parametrize("path", ["/print/nobody", "/print/nobody/days", "/print/%3Cb%3E", "/print/other/days"])
async def test_an_unknown_page_says_so_and_leads_back(reader: Visitor, path: str) -> None:
    html = await page(reader, path, 404)

    assert "Такой страницы нет" in html
    assert 'href="/print"' in html
    assert "<b>" not in html


async def test_every_link_leads_somewhere_and_nothing_comes_from_elsewhere(site: Site, reader: Visitor) -> None:
    seen, left = set[str](), ["/print"]
    while left:
        path = left.pop()
        answer = await reader.client.get(path)
        assert answer.status_code == 200, path
        seen.add(path)
        if not answer.headers["content-type"].startswith("text/html"):
            continue
        html = answer.text
        assert not re.search(r"https?://|<style|style=|\son\w+=", html), path
        for link in re.findall(r'(?:href|src|action)="([^"]*)"', html):
            target = urljoin(path, link).partition("#")[0]
            if link.startswith("#"):
                assert f'id="{link[1:]}"' in html, link
            if target not in seen and target not in left:
                left.append(target)

    assert {f"/print/{one}" for one in site.content.situations} < seen
    assert DAYS in seen


async def test_nobody_becomes_known_by_reading(site: Site, reader: Visitor, database: Database) -> None:
    for path in ("/print", "/print/released", f"{DAYS}?from=2026-12-11"):
        answer = await reader.client.get(path)
        assert "set-cookie" not in answer.headers

    async with database.read() as tx:
        (kept,) = await tx.handle.connection.execute_fetchall(KEPT)
    assert tuple(kept) == (0, 0, 0, 0)


async def test_a_date_reaches_no_log(reader: Visitor, capfd: pytest.CaptureFixture[str]) -> None:
    await page(reader, DAYS, **{"from": "2026-12-11"})
    await page(reader, DAYS, 400, **{"from": "1926-12-11"})

    told = "".join(capfd.readouterr())
    assert "26-12-11" not in told


async def test_a_page_that_fails_is_told_without_its_date(
    site: Site, reader: Visitor, capfd: pytest.CaptureFixture[str]
) -> None:
    site.content = replace(site.content, texts=MappingProxyType({}))

    answer = await reader.client.get(DAYS, params={"from": "2026-12-11"})

    assert answer.status_code == 500
    assert "26-12-11" not in answer.text + "".join(capfd.readouterr())


@pytest.mark.parametrize("path", ["/print", "/print/released", DAYS, f"{DAYS}?from=2026-12-11", "/print/nobody"])
async def test_headers_are_safe_and_no_engine_lists_the_pages(reader: Visitor, path: str) -> None:
    answer = await reader.client.get(path)

    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["form-action"] == policy["style-src"] == policy["script-src"] == "'self'"
    assert answer.headers["x-robots-tag"] == "noindex"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert '<meta name="robots" content="noindex">' in answer.text


async def test_a_page_is_kept_until_the_edition_changes_one_with_a_date_never(site: Site, reader: Visitor) -> None:
    first = await reader.client.get("/print/released")
    tag = first.headers["etag"]
    again = await reader.client.get("/print/released", headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["content-security-policy"]

    released = site.content.situations["released"]
    changed(site, replace(released, page=replace(released.page, name="По-новому")))
    newer = await reader.client.get("/print/released", headers={"If-None-Match": tag})

    assert newer.status_code == 200
    assert "По-новому" in newer.text
    dated = await reader.client.get(DAYS, params={"from": "2026-12-11"})
    assert dated.headers["cache-control"] == "no-store"
    assert "etag" not in dated.headers


async def test_a_figure_out_of_date_is_marked_the_next_day(make_site: Sites, make_visitor: Visitors) -> None:
    clock = FixedClock()
    site = await make_site(clock=clock)
    reader = make_visitor(site.url)
    before = await page(reader, "/print/released")
    clock.set(datetime(2031, 1, 1, tzinfo=UTC))

    after = await page(reader, "/print/released")

    assert after.count("Уточните это у специалиста.") > before.count("Уточните это у специалиста.")


async def test_contacts_of_another_office_never_mix_with_the_first(site: Site, reader: Visitor) -> None:
    own = site.content.default_office
    other = replace(
        own, id="second", name="Второй центр", short_name="Второй", address="ул. Вторая, 2", phone="8 (000) 000-00-00",
        needs_verification=False, is_default=False,
    )  # fmt: skip
    site.content = replace(
        site.content,
        offices=MappingProxyType({own.id: own, "second": other}),
        fingerprint=f"{site.content.fingerprint}o",
    )

    html = await page(reader, "/print/released", office="second")

    assert "ул. Вторая, 2" in html
    assert own.name not in html
    assert f'href="?office={own.id}"' in html
    assert 'href="/print?office=second"' in html
    assert "Вторая" not in await page(reader, "/print/released")
    assert "Вторая" not in await page(reader, "/print/released", office="nowhere")


@pytest.mark.parametrize(("policy", "status"), [("full", 200), ("information", 200), ("off", 404)])
async def test_pages_stand_where_the_web_chat_does(
    make_site: Sites, make_visitor: Visitors, policy: Any, status: int
) -> None:
    site = await make_site(policy=policy)

    answer = await make_visitor(site.url).client.get("/print")

    assert answer.status_code == status


@pytest.mark.browser
async def test_a_small_phone_shows_whole_lines_and_big_targets(site: Site, browser: Browser) -> None:
    view = await browser.new_page(viewport={"width": 360, "height": 640})
    for path in ("/print", "/print/released", DAYS, f"{DAYS}?from=1999-01-01", "/print/nobody"):
        await view.goto(site.url + path)
        width = await view.evaluate("document.documentElement.scrollWidth")
        assert width <= 360, path
        low = await view.evaluate(
            "[...document.querySelectorAll('main a, nav a, button, label.with, input[type=date]')]"
            ".filter(e => e.offsetHeight && e.offsetHeight < 43).map(e => e.outerHTML)"
        )
        assert low == [], path
    await view.goto(site.url + DAYS)
    await view.fill("#from", "2026-12-11")
    await view.click("button[type=submit]")
    assert "11 декабря 2026 года" in await view.inner_text("main")
    await view.close()


@pytest.mark.browser
async def test_paper_shows_what_matters_and_nothing_else(site: Site, browser: Browser) -> None:
    view = await browser.new_page()
    await view.goto(f"{site.url}/print/released")
    await view.emulate_media(media="print")

    assert not await view.is_visible("nav")
    assert await view.is_visible(".box")
    sizes = await view.evaluate(
        "[...document.querySelectorAll('main *, footer *')].filter(e => e.innerText && e.offsetHeight)"
        ".map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 16  # 12 pt
    torn = await view.evaluate("[...document.querySelectorAll('li')].map(e => getComputedStyle(e).breakInside)")
    assert set(torn) == {"avoid"}
    await view.close()


@pytest.mark.browser
async def test_paper_has_few_sheets_unless_more_is_picked(site: Site, browser: Browser) -> None:
    context = await browser.new_context(java_script_enabled=False)
    view = await context.new_page()

    async def sheets() -> int:
        return len(re.findall(rb"/Type\s*/Page\b", await view.pdf(prefer_css_page_size=True)))

    for name, situation in site.content.situations.items():
        await view.goto(f"{site.url}/print/{name}")
        assert await sheets() <= 3, name
        if situation.plan:
            await view.check("#with-whole")
            assert await sheets() <= 12, name
            await view.check("#with-pages")
            assert await sheets() <= 24, name
    await context.close()


@pytest.mark.browser
async def test_a_step_that_is_picked_is_printed_whole_the_others_as_a_line(site: Site, browser: Browser) -> None:
    first, second = site.content.situations["released"].plan[:2]
    context = await browser.new_context(java_script_enabled=False)
    view = await context.new_page()
    await view.goto(f"{site.url}/print/released")
    assert await view.locator(".step .more").first.is_visible(), "on the screen all can be read"
    await view.check(f"#pick-{second.id}")
    await view.emulate_media(media="print")

    steps = view.locator(".step")
    assert await steps.count() == len(site.content.situations["released"].plan)
    assert (await steps.nth(0).inner_text()).strip() == f"1. {first.title}"
    assert second.how[0].split("{")[0] in await steps.nth(1).inner_text()
    await context.close()


@pytest.mark.browser
async def test_a_part_that_is_not_wanted_is_left_off_the_sheet(site: Site, browser: Browser) -> None:
    context = await browser.new_context(java_script_enabled=False)
    view = await context.new_page()
    await view.goto(f"{site.url}/print/released")
    assert await view.is_visible("#pages"), "it stays on the page, to be read"
    await view.uncheck("#with-blocks")
    await view.emulate_media(media="print")

    assert not await view.is_visible("#blocks")
    assert not await view.is_visible("#pages"), "only on wish"
    assert await view.is_visible("#steps")
    assert await view.is_visible(".contacts")
    await context.close()


@pytest.mark.browser
async def test_without_a_script_the_page_says_how_to_print(site: Site, browser: Browser) -> None:
    context = await browser.new_context(java_script_enabled=False)
    view = await context.new_page()
    await view.goto(f"{site.url}/print/released")

    assert not await view.is_visible("#print")
    assert "Чтобы напечатать" in await view.inner_text("nav")
    await context.close()
