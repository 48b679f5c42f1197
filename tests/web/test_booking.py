"""A visit booked on the page: the whole of it with fingers, and the calendar file behind its button."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest
from icalendar import Calendar
from playwright.async_api import Browser, Page, expect

from bot.booking.book import Book
from bot.booking.link import PATH, pass_for
from bot.booking.slots import day_slots
from storage.booking_records import BookingRow
from tests.storage.rows import meet
from tests.talk import FixedClock
from tests.web.site import Site
from tests.web.test_browser import DESKTOP, PHONE, begin, bubbles, last_words, press, say

Sites = Callable[..., Awaitable[Site]]
POINT, ADVISOR, TUESDAY = "barnaul_alimony", "career_advisor", date(2026, 11, 24)
TELLING = ("приста", "алимент", "освобо", "работ", "центр", "занятост", "консультант")


@pytest.fixture
async def site(make_site: Sites) -> Site:
    return await make_site(clock=FixedClock())


@pytest.fixture
async def office(make_site: Sites) -> Site:
    """A site whose bot is silent: bookings are made by hand."""
    return await make_site(clock=FixedClock(), takes_turns=False)


async def booked(site: Site) -> BookingRow:
    """Somebody's visit on Tuesday at ten."""
    citizen = await meet(site.database, "ivan")
    slot = next(one for one in day_slots(site.content, POINT, ADVISOR, TUESDAY) if one.wall.endswith("10:00"))
    async with site.database.write() as tx:
        book = Book(tx, site.content, site.clock.now())
        kept = await book.hold("one", slot, citizen)
        row = await book.confirm(kept.id, citizen) if kept else None
    assert row is not None
    return row


def link(site: Site, row: BookingRow) -> str:
    return f"{site.url}{PATH}/{pass_for(partial(site.database.cipher.mac, 'turn'), row.id)}"


async def fetched(url: str) -> httpx.Response:
    async with httpx.AsyncClient() as phone:
        return await phone.get(url)


# the file


async def test_the_link_gives_a_calendar_file_with_neutral_words(office: Site) -> None:
    row = await booked(office)

    answer = await fetched(link(office, row))

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; method=PUBLISH; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="vstrecha.ics"'
    assert answer.headers["cache-control"] == "no-store"
    (event,) = Calendar.from_ical(answer.text).events
    assert event.start == datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    assert (event["summary"], event["location"]) == ("Встреча в 10:00", office.content.points[POINT].address)
    assert row.code in event["description"]
    said = f"{event['summary']} {event['description']} {answer.headers['content-disposition']}".lower()
    assert not [word for word in TELLING if word in said]
    assert row.citizen_id is not None
    assert row.citizen_id not in answer.text + link(office, row)


async def test_a_moved_visit_replaces_the_entry_and_a_cancelled_one_takes_it_away(office: Site) -> None:
    row = await booked(office)
    url = link(office, row)
    (first,) = Calendar.from_ical((await fetched(url)).text).events
    later = next(iter(day_slots(office.content, POINT, ADVISOR, TUESDAY + timedelta(days=7))))
    async with office.database.write() as tx:
        await Book(tx, office.content, office.clock.now()).move(row.id, later, citizen_id=row.citizen_id)
    (moved,) = Calendar.from_ical((await fetched(url)).text).events
    async with office.database.write() as tx:
        await Book(tx, office.content, office.clock.now()).cancel(row.id, citizen_id=row.citizen_id)
    gone = Calendar.from_ical((await fetched(url)).text)
    (cancelled,) = gone.events

    assert first["uid"] == moved["uid"] == cancelled["uid"]
    assert first["sequence"] < moved["sequence"] < cancelled["sequence"]
    assert moved.start == later.starts_at
    assert (gone["method"], cancelled["status"]) == ("CANCEL", "CANCELLED")


async def test_a_link_that_nobody_made_opens_nothing(office: Site) -> None:
    row = await booked(office)
    given = link(office, row).rpartition("/")[2]
    for wrong in (
        given[:-1] + ("A" if given[-1] != "A" else "B"),
        row.id,
        f"other.{given.partition('.')[2]}",
        "%00",
        "я",
    ):
        answer = await fetched(f"{office.url}{PATH}/{wrong}")
        assert answer.status_code == 404, wrong
        assert "calendar" not in answer.headers["content-type"]


async def test_the_link_stops_a_week_after_the_visit(office: Site) -> None:
    row = await booked(office)
    assert isinstance(office.clock, FixedClock)
    office.clock.set(row.ends_at + timedelta(days=6))
    assert (await fetched(link(office, row))).status_code == 200
    office.clock.set(row.ends_at + timedelta(days=8))

    answer = await fetched(link(office, row))

    assert answer.status_code == 404
    assert answer.text.startswith("Этой записи больше нет")


async def test_a_place_that_is_only_kept_has_no_file(office: Site) -> None:
    citizen = await meet(office.database, "ivan")
    slot = day_slots(office.content, POINT, ADVISOR, TUESDAY)[0]
    async with office.database.write() as tx:
        row = await Book(tx, office.content, office.clock.now()).hold("one", slot, citizen)
    assert row is not None

    assert (await fetched(link(office, row))).status_code == 404


# the page


@pytest.fixture(params=["phone", "desktop"])
def device(request: pytest.FixtureRequest) -> dict[str, Any]:
    return PHONE if request.param == "phone" else DESKTOP


@pytest.fixture
async def page(browser: Browser, site: Site, device: dict[str, Any]) -> AsyncIterator[Page]:
    context = await browser.new_context(**device)
    page = await context.new_page()
    await page.goto(site.url)
    yield page
    await context.close()


async def is_in_view(page: Page) -> bool:
    """Nothing is wider than the screen."""
    wide = (
        "document.documentElement.scrollWidth > innerWidth || document.querySelector('main').scrollWidth > innerWidth"
    )
    return not await page.evaluate(wide)


@pytest.mark.browser
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_whole_booking_with_fingers_and_words(page: Page, site: Site) -> None:
    await begin(page)
    await say(page, "/book")
    await expect(bubbles(page).last).to_contain_text("Помогу записаться")
    await press(page, "Плачу алименты")
    await press(page, "Да, согласен(на)")
    await expect(bubbles(page).last).to_contain_text("К кому вас записать?")
    await press(page, "Карьерный консультант")
    await say(page, "во вторник утром")
    await expect(bubbles(page).last).to_contain_text("Свободное время")
    await press(page, "10:00")
    assert site.content.points[POINT].is_bailiffs in await last_words(page)
    assert await is_in_view(page)
    await press(page, "Подходит")
    await press(page, "Да, записать")

    words = await last_words(page)

    assert re.search(r"Код записи: \d{4}", words)
    assert await is_in_view(page)
    async with page.expect_download() as caught:
        await page.get_by_role("link", name="В календарь").last.click()
    file = await caught.value
    assert file.suggested_filename == "vstrecha.ics"
    (event,) = Calendar.from_ical((await file.path()).read_bytes()).events
    assert event.start == datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    await press(page, "Моя запись")
    await press(page, "Не смогу прийти")
    assert "Запись отменена" in await last_words(page)
