"""Приём: the week, a day, seats, the visit form, a closed shift and the department's list, as staff see them."""

import csv
import io
import re
from datetime import timedelta

from openpyxl import load_workbook

from bot.accounts.roles import Role
from bot.clock import FixedClock
from bot.desk.rules import Report
from bot.desk.shifts import Person
from storage.referrals import State
from storage.visits import Next, Result
from tests.storage.rows import meet, table
from tests.web.desk.conftest import Come, on_both
from tests.web.desk.reception import ADVISOR, MATCHER, POINT, THURSDAY, TUESDAY, an_offer, at, booked, recorded
from tests.web.desk.worker import Worker
from tests.web.site import Site

EVIL = '=HYPERLINK(1)<script>alert(1)</script>"><img src=x>'
DAY = f"/visits/day/{POINT}/{MATCHER}/{THURSDAY}"
KOLYA = Person(name="Сосед Коля", phone="9130000000")


def slot_and_once(worker: Worker) -> dict[str, str]:
    """What the form gives: the time chosen in it, and its id."""
    slot = re.search(r'<option value="([^"]+)" selected', worker.page)
    once = re.search(r'name="once" value="([^"]+)"', worker.page)
    assert slot is not None
    assert once is not None
    return {"slot": slot[1], "once": once[1]}


async def acts(site: Site) -> list[str]:
    return [row[0] for row in await table(site.database, "SELECT act FROM audit ORDER BY id")]


@on_both
async def test_the_week_shows_shifts_and_how_full_they_are(site: Site, come: Come) -> None:
    await booked(site, at(site, "10:00"), KOLYA)
    worker = await come(Role.SPECIALIST)
    await worker.get("/visits")

    assert "Вторник, 24.11" in worker.text
    assert "Четверг, 26.11" in worker.text
    assert "1 из 13" in worker.text
    await worker.get("/visits?day=2026-12-01")
    assert "Четверг, 03.12" in worker.text
    assert (await worker.get("/visits?day=nonsense")).status_code == 200


async def test_who_has_another_office_sees_no_point(come: Come) -> None:
    worker = await come(Role.SPECIALIST, offices=["rubtsovsk"])
    await worker.get("/visits")

    assert "нет пунктов приёма" in worker.text
    assert (await worker.get(DAY)).status_code == 404


async def test_the_next_list_is_thursdays_with_resume_marks(site: Site, come: Come) -> None:
    await booked(site, at(site, "10:00"), KOLYA, sender="bailiff")
    worker = await come(Role.SPECIALIST)
    answer = await worker.get(f"/visits/next/{POINT}")

    assert answer.headers["location"] == f"/desk{DAY}"
    await worker.get(DAY)
    assert "Резюме есть: 0, обещали: 0, нет: 1" in worker.text
    assert "направил: пристав" in worker.text
    assert "day_read" in await acts(site)


@on_both
async def test_a_person_without_a_messenger_is_booked_once(site: Site, come: Come) -> None:
    worker = await come(Role.SPECIALIST)
    await worker.get(f"{DAY}/new?slot={at(site, '10:00').id}")
    form = {**slot_and_once(worker), "name": "Сосед Коля", "phone": "8 913 000-00-00", "sender": "bailiff"}

    for _ in range(2):  # the button is pressed twice
        answer = await worker.post(f"{DAY}/new", **form)
        assert answer.headers["location"] == f"/desk{DAY}?said=seat_booked"
    await worker.get(DAY)
    assert worker.text.count("Сосед Коля") == 1
    other = await worker.post(f"{DAY}/new", **{**form, "once": "another", "name": "Оля"})
    assert other.status_code == 409
    assert "уже заняли" in worker.text
    assert 'value="Оля"' in worker.text


async def test_what_is_typed_wrong_is_said_and_kept(site: Site, come: Come) -> None:
    worker = await come(Role.SPECIALIST)
    slot = at(site, "10:00").id

    await worker.post(f"{DAY}/new", slot=slot, name="Коля", phone="пять")
    assert "Не поняли телефон" in worker.text
    assert 'value="Коля"' in worker.text
    await worker.post(f"{DAY}/new", slot=slot, name="")
    assert "Впишите имя" in worker.text
    assert (
        await worker.post(f"{DAY}/new", slot=at(site, "10:00", TUESDAY, ADVISOR).id, name="Коля")
    ).status_code == 400
    assert await table(site.database, "SELECT id FROM bookings") == []


async def test_a_citizen_is_booked_by_number_and_not_of_another_office(site: Site, come: Come) -> None:
    ivan = await meet(site.database, "ivan", now=site.clock.now())
    worker = await come(Role.SPECIALIST, offices=["barnaul"])
    slot = at(site, "10:00").id
    await worker.get(f"{DAY}/new?slot={slot}&citizen={ivan}")
    answer = await worker.post(f"{DAY}/new", **slot_and_once(worker), citizen=ivan)

    assert answer.status_code == 303
    await worker.get(DAY)
    assert f"Гражданин {ivan[:6].upper()}" in worker.text
    await worker.post(f"{DAY}/new", slot=at(site, "11:00").id, citizen=ivan)
    assert "уже записан к этому специалисту" in worker.text
    olga = await meet(site.database, "olga", now=site.clock.now())
    async with site.database.write() as tx:
        await tx.citizens.place(olga, "rubtsovsk")
    assert (await worker.post(f"{DAY}/new", slot=at(site, "11:00").id, citizen=olga)).status_code == 404


@on_both
async def test_who_comes_without_a_booking_sits_on_the_reserve(site: Site, clock: FixedClock, come: Come) -> None:
    slot = at(site, "10:00")
    await booked(site, slot, KOLYA)
    clock.set(slot.starts_at)
    worker = await come(Role.SPECIALIST)
    await worker.get(f"{DAY}/new?slot={slot.id}")
    assert "Пришёл без записи" in worker.text
    answer = await worker.post(f"{DAY}/new", **slot_and_once(worker), name="Оля", walk_in="1", sender="bailiff")

    assert answer.headers["location"].endswith("said=seat_walk_in")
    await worker.get(DAY)
    assert "Оля" in worker.text
    assert "walk_in" in await acts(site)


@on_both
async def test_a_visit_is_recorded_and_corrected(site: Site, clock: FixedClock, come: Come) -> None:
    booking = await booked(site, at(site, "10:00"), KOLYA)
    worker = await come(Role.SPECIALIST)
    path = f"/visits/booking/{booking.id}"
    await worker.get(path)
    assert "Итог можно записать в день приёма" in worker.text
    clock.set(booking.starts_at + timedelta(minutes=20))
    worker = await come(Role.SPECIALIST)
    await worker.get(path)

    assert (await worker.post(f"{path}/record")).status_code == 409
    assert "Отметьте хотя бы один итог" in worker.text
    answer = await worker.post(f"{path}/record", result=["consulted", "resume_portal"], books_next="1", next="")
    assert answer.headers["location"] == f"/desk{path}?said=visit_recorded_booked"
    await worker.get(path)
    assert "Консультация, Резюме на портале" in worker.text
    await worker.post(f"{path}/record", result=["consulted", "made up"], next="centre", application="draft")
    async with site.database.read() as tx:
        visit = await tx.visits.get(booking.id)
    assert visit is not None
    assert (visit.results, visit.next_step) == ((Result.CONSULTED, Result.HANDED_OVER), Next.CENTRE)
    assert visit.recorded_by.startswith("staff:")


async def test_who_did_not_come(site: Site, clock: FixedClock, come: Come) -> None:
    booking = await booked(site, at(site, "10:00"), KOLYA)
    path = f"/visits/booking/{booking.id}"
    worker = await come(Role.SPECIALIST)
    assert (await worker.post(f"{path}/missed")).status_code == 409
    clock.set(booking.starts_at + timedelta(minutes=20))
    worker = await come(Role.SPECIALIST)

    assert (await worker.post(f"{path}/missed")).headers["location"] == f"/desk{DAY}?said=visit_missed"
    await worker.get(DAY)
    assert "не пришёл" in worker.text


@on_both
async def test_moved_late_and_cancelled(site: Site, come: Come) -> None:
    booking = await booked(site, at(site, "10:00"), KOLYA)
    await booked(site, at(site, "11:00"), Person(name="Оля"))
    path = f"/visits/booking/{booking.id}"
    worker = await come(Role.SPECIALIST)

    await worker.get(f"{path}/move")
    assert at(site, "11:30").id in worker.text
    assert at(site, "11:00").id not in worker.text
    assert (await worker.post(f"{path}/move", slot=at(site, "11:00").id)).status_code == 409
    assert (await worker.post(f"{path}/move", slot="made.up.1")).status_code == 400
    assert (await worker.post(f"{path}/move", slot=at(site, "11:30").id)).status_code == 303
    assert (await worker.post(f"{path}/late")).status_code == 303
    await worker.get(DAY)
    assert "опаздывает" in worker.text
    await worker.get(f"{path}/cancel")
    assert "Мессенджера у человека нет" in worker.text
    assert (await worker.post(f"{path}/cancel")).status_code == 303
    assert (await worker.post(f"{path}/cancel")).status_code == 409
    assert "уже не действует" in worker.text
    await worker.get(DAY)
    assert "Сосед Коля" not in worker.text
    assert [act for act in await acts(site) if act.startswith("booking_") and act != "booking_read"] == [
        "booking_moved",
        "booking_late",
        "booking_cancelled",
    ]


@on_both
async def test_other_help_is_answered_at_the_desk(site: Site, come: Come) -> None:
    booking = await booked(site, at(site, "10:00"), KOLYA)
    offer = await an_offer(site, booking)
    foreign = await an_offer(site, await booked(site, at(site, "11:00"), Person(name="Оля")))
    path = f"/visits/booking/{booking.id}"
    worker = await come(Role.SPECIALIST)

    assert (await worker.post(f"{path}/referral", referral=offer.id, state="agreed")).status_code == 303
    assert (await worker.post(f"{path}/referral", referral=offer.id, state="offered")).status_code == 409
    assert (await worker.post(f"{path}/referral", referral=foreign.id, state="agreed")).status_code == 409
    async with site.database.read() as tx:
        kept = await tx.referrals.get(offer.id)
    assert kept is not None
    assert kept.state is State.AGREED


@on_both
async def test_closing_says_first_what_it_means_for_whom(site: Site, come: Come) -> None:
    await booked(site, at(site, "10:00"), KOLYA)
    ivan = await meet(site.database, "ivan", now=site.clock.now())
    await booked(site, at(site, "11:00"), Person(ivan))
    worker = await come(Role.SPECIALIST)
    await worker.get(f"{DAY}/close")

    assert "Записи снимутся у всех: 2. Бот напишет: 1" in worker.text
    assert "позвонить: +79130000000" in worker.text
    await worker.post(f"{DAY}/close", reason="болезнь")
    assert "Приём 26.11.2026 закрыт" in worker.text
    assert "позвоните" in worker.text
    assert (await worker.post(f"{DAY}/close")).headers["location"].endswith("said=shift_was_closed")
    await worker.get(DAY)
    assert "Приём закрыт: болезнь" in worker.text
    assert "Свободно" not in worker.text
    assert (await worker.post(f"{DAY}/reopen")).headers["location"].endswith("said=shift_reopened")
    assert (await worker.post(f"{DAY}/reopen")).headers["location"].endswith("said=shift_not_closed")
    await worker.get(DAY)
    assert "Приём закрыт" not in worker.text
    assert "Свободно" in worker.text


async def test_who_was_invited_three_times_waits_for_the_lead(site: Site, come: Come, clock: FixedClock) -> None:
    for number in range(3):
        slot = at(site, "10:00", THURSDAY + timedelta(days=7 * number))
        clock.set(slot.starts_at)
        booking = await booked(site, slot, KOLYA)
        await recorded(site, booking, Report((Result.RESUME_PAPER,)))
    specialist, lead = await come(Role.SPECIALIST), await come(Role.LEAD)
    far = await come(Role.LEAD, offices=["rubtsovsk"])
    for other in (specialist, far):
        await other.get("")
        assert "Приглашали много раз" not in other.text
    await lead.get("")
    assert "Приглашали много раз, а заявления нет: 1." in lead.text
    await lead.get("/visits/lead")
    assert "Сосед Коля" in lead.text
    assert (await far.post("/visits/lead", booking=booking.id)).status_code == 303
    await far.get("/visits/lead")
    assert "Новых нет" in far.text

    await lead.post("/visits/lead", booking=booking.id)

    await lead.get("/visits/lead")
    assert "Новых нет" in lead.text
    assert [one for one in await acts(site) if one.startswith("repeats")] == ["repeats_read", "repeats_seen"]


async def received(site: Site, clock: FixedClock, *people: Person) -> None:
    """They came on Thursday, one after another, and it is written down."""
    for person, time in zip(people, ("09:00", "09:30"), strict=False):
        slot = at(site, time)
        clock.set(slot.starts_at)
        booking = await booked(site, slot, person, sender="bailiff")
        await recorded(site, booking, Report((Result.CONSULTED, Result.REFERRED_PSYCHOLOGIST)))


@on_both
async def test_the_list_is_looked_at_confirmed_and_given_as_a_file(site: Site, clock: FixedClock, come: Come) -> None:
    await received(site, clock, Person(name=EVIL), KOLYA)
    worker = await come(Role.SPECIALIST)
    await worker.get(f"{DAY}/list")
    seal = re.search(r'name="seal" value="([^"]+)"', worker.page)
    assert seal is not None
    assert "<script>alert" not in worker.page
    assert EVIL in worker.text
    assert "психолог" not in worker.text.lower()

    answer = await worker.client.post(f"/desk{DAY}/list", data={"csrf": worker.csrf, "seal": seal[1], "file": "csv"})
    assert answer.headers["content-disposition"] == 'attachment; filename="day-2026-11-26.csv"'
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    assert [row[1] for row in rows[1:]] == [f"'{EVIL}", "Сосед Коля"]
    answer = await worker.client.post(f"/desk{DAY}/list", data={"csrf": worker.csrf, "seal": seal[1], "file": "xlsx"})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    assert [(cell.value, cell.data_type) for cell in sheet["B"]][1:] == [(f"'{EVIL}", "s"), ("Сосед Коля", "s")]
    assert (await acts(site)).count("day_list_given") == 2


async def test_a_list_that_has_changed_is_looked_at_again(site: Site, clock: FixedClock, come: Come) -> None:
    await received(site, clock, KOLYA)
    worker = await come(Role.SPECIALIST)

    assert (await worker.post(f"{DAY}/list", seal="AAAAAA", file="csv")).status_code == 409
    assert "Список изменился" in worker.text
    assert "day_list_given" not in await acts(site)


async def test_names_are_shown_as_they_were_typed(site: Site, come: Come) -> None:
    booking = await booked(site, at(site, "10:00"), Person(name=EVIL))
    worker = await come(Role.SPECIALIST)

    for path in (DAY, f"/visits/booking/{booking.id}", f"/visits/booking/{booking.id}/cancel", f"{DAY}/close"):
        await worker.get(path)
        assert EVIL in worker.text, path
        assert "<script>alert" not in worker.page, path
        assert "<img" not in worker.page, path


async def test_an_address_that_is_none_is_not_there(come: Come) -> None:
    worker = await come(Role.ADMIN)

    for path in (
        f"/visits/day/{POINT}/{MATCHER}/2026-13-01",
        f"/visits/day/{POINT}/{MATCHER}/0001-01-01",
        f"/visits/day/{POINT}/plumber/2026-11-26",
        f"/visits/day/moon/{MATCHER}/2026-11-26",
        "/visits/booking/nobody",
    ):
        assert (await worker.get(path)).status_code == 404, path
