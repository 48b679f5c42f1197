"""Обращения: the queue and one case, as staff see them."""

from datetime import timedelta

from bot.accounts.roles import Role
from bot.clock import FixedClock
from bot.desk import seats
from bot.desk.actor import Actor
from bot.desk.shifts import Person
from storage.case_lists import Eyes, Filter
from tests.storage.rows import table
from tests.web.desk.conftest import Come, Hire, on_both
from tests.web.desk.reception import a_citizen, at, booked
from tests.web.desk.requests import colleague, request
from tests.web.site import Site

EVIL = '<script>alert(1)</script> =HYPERLINK(1) "><img src=x onerror=alert(1)>'


async def test_an_empty_queue_says_so(come: Come) -> None:
    worker = await come(Role.SPECIALIST)

    assert (await worker.get("/cases")).status_code == 200
    assert "Здесь пусто" in worker.text


@on_both
async def test_urgent_and_overdue_ones_stand_first(site: Site, clock: FixedClock, come: Come) -> None:
    await request(site, chat="first", topic="jobs")
    late = await request(site, chat="late", topic="law", due_at=clock.now() - timedelta(hours=1))
    urgent = await request(site, chat="urgent", topic="crisis", is_urgent=True)
    async with site.database.write() as tx:
        await tx.cases.escalate(late.id, now=clock.now())
    worker = await come(Role.SPECIALIST)
    await worker.get("/cases")

    places = [worker.text.index(name) for name in ("срочно", "просрочено", "Работа, вакансии")]
    rows = worker.text.index("<tbody>")
    assert [worker.text.index(one, rows) for one in (urgent.id, late.id, "casefirst")] == sorted(
        worker.text.index(one, rows) for one in (urgent.id, late.id, "casefirst")
    )
    assert places
    assert "3 обращения" in worker.text


@on_both
async def test_filters_keep_what_was_asked_for(site: Site, come: Come, hired: Hire) -> None:
    person = await hired(Role.SPECIALIST)
    mine, other = await request(site, chat="a", topic="jobs"), await request(site, chat="b", topic="law")
    desk, _ = await colleague(site)
    assert (await desk.take(Actor.of(person), mine.id)).is_done
    worker = await come(person=person)

    for query, shown in {
        "view=mine": {mine.id},
        "view=free": {other.id},
        "topic=law": {other.id},
        "view=mine&topic=law": set(),
        "view=overdue": set(),
        "view=closed": set(),
        "view=made-up": {mine.id, other.id},
    }.items():
        await worker.get(f"/cases?{query}")
        assert {one for one in (mine.id, other.id) if f"/cases/{one}" in worker.text} == shown, query


@on_both
async def test_long_queues_come_in_pages(site: Site, come: Come) -> None:
    for number in range(26):
        await request(site, chat=f"c{number:02}")
    worker = await come(Role.SPECIALIST)

    await worker.get("/cases")
    assert "1 из 2" in worker.text
    assert (await worker.get("/cases/%00")).status_code == 404
    await worker.get("/cases?page=2&office=%00")
    assert "casec25" in worker.text
    assert "casec00" not in worker.text


@on_both
async def test_taken_answered_and_closed(site: Site, come: Come) -> None:
    case = await request(site)
    worker = await come(Role.SPECIALIST)

    await worker.get(f"/cases/{case.id}")
    assert "Нет паспорта, как быть?" in worker.text
    answer = await worker.post(f"/cases/{case.id}/take")
    assert answer.headers["location"] == f"/desk/cases/{case.id}?said=case_take"
    await worker.get(f"/cases/{case.id}?said=case_take")
    assert "Обращение ваше" in worker.text

    await worker.post(f"/cases/{case.id}/answer", words="Паспорт выдаст МВД, мы поможем.", once="1")
    await worker.get(f"/cases/{case.id}")
    assert "Паспорт выдаст МВД" in worker.text
    assert "Ждём человека" in worker.text
    await worker.get(f"/cases/{case.id}/close")
    assert "Бот спросит человека, решён ли вопрос" in worker.text
    await worker.post(f"/cases/{case.id}/close")
    await worker.get(f"/cases/{case.id}")
    assert "Закрыто" in worker.text
    assert "Открыть снова" in worker.text


@on_both
async def test_one_form_sent_twice_is_one_answer(site: Site, come: Come) -> None:
    case = await request(site)
    worker = await come(Role.SPECIALIST)
    await worker.get(f"/cases/{case.id}")

    for _ in range(2):
        answer = await worker.post(f"/cases/{case.id}/answer", words="Приходите завтра.", once="form-1")
        assert answer.status_code == 303

    assert await table(site.database, "SELECT COUNT(*) FROM case_words WHERE author = 'staff'") == [(1,)]


@on_both
async def test_who_was_slower_keeps_the_words_and_learns_who_answers(site: Site, come: Come) -> None:
    case = await request(site)
    worker = await come(Role.SPECIALIST)
    await worker.get(f"/cases/{case.id}")
    desk, other = await colleague(site)
    assert (await desk.take(other, case.id)).is_done

    answer = await worker.post(f"/cases/{case.id}/answer", words="Мои долгие слова", once="2")

    assert answer.status_code == 409
    assert "уже взял другой специалист" in worker.text
    assert "Отвечает Пётр Ильин" in worker.text
    assert await table(site.database, "SELECT COUNT(*) FROM case_words WHERE author = 'staff'") == [(0,)]


@on_both
async def test_words_that_came_meanwhile_are_read_first(site: Site, come: Come) -> None:
    case = await request(site)
    worker = await come(Role.SPECIALIST)
    await worker.post(f"/cases/{case.id}/take")
    await worker.get(f"/cases/{case.id}")
    async with site.database.write() as tx:
        await tx.cases.add_words(case.id, "Уже не надо, нашёл!", now=site.clock.now())

    answer = await worker.post(f"/cases/{case.id}/answer", words="Приходите", once="3", version="1")

    assert answer.status_code == 409
    assert "Пока вы писали" in worker.text
    assert "Уже не надо, нашёл!" in worker.text
    assert ">Приходите</textarea>" in worker.text


async def test_a_ready_answer_is_put_behind_what_is_typed(site: Site, come: Come) -> None:
    case = await request(site)
    worker = await come(Role.SPECIALIST)
    await worker.get(f"/cases/{case.id}")

    await worker.post(f"/cases/{case.id}/canned", canned="hello", words="Добрый день.", once="4")

    assert "Добрый день.\n\nЗдравствуйте!" in worker.text
    assert 'value="4"' in worker.text


async def test_an_empty_answer_is_asked_for(site: Site, come: Come) -> None:
    case = await request(site)
    worker = await come(Role.SPECIALIST)
    await worker.get(f"/cases/{case.id}")

    assert (await worker.post(f"/cases/{case.id}/answer", words="  ", once="5")).status_code == 409
    assert "Сначала напишите текст" in worker.text


async def test_a_note_stays_among_staff(site: Site, come: Come) -> None:
    case = await request(site)
    worker = await come(Role.SPECIALIST)
    await worker.get(f"/cases/{case.id}")
    await worker.post(f"/cases/{case.id}/note", note="Звонил, занято")

    await worker.get(f"/cases/{case.id}")
    assert "Звонил, занято" in worker.text
    assert await table(site.database, "SELECT COUNT(*) FROM inbox WHERE kind = 'staff'") == [(0,)]


async def test_a_complaint_is_for_leads(site: Site, come: Come) -> None:
    case = await request(site, topic="complaint", role="lead")
    specialist, lead = await come(Role.SPECIALIST), await come(Role.LEAD)

    assert (await specialist.get(f"/cases/{case.id}")).status_code == 404
    await specialist.get("/cases")
    assert case.id not in specialist.text
    assert (await lead.get(f"/cases/{case.id}")).status_code == 200


async def test_what_a_citizen_typed_is_only_text(site: Site, come: Come) -> None:
    case = await request(site, words=EVIL)
    worker = await come(Role.SPECIALIST)
    await worker.get(f"/cases/{case.id}")

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in worker.page
    assert "<script>alert" not in worker.page
    assert "<img" not in worker.page


async def test_every_reading_stands_in_the_journal_but_not_every_refresh(site: Site, come: Come) -> None:
    case = await request(site)
    worker = await come(Role.SPECIALIST)
    await worker.get(f"/cases/{case.id}")
    await worker.get(f"/cases/{case.id}", **{"X-Live": "1"})

    rows = await table(site.database, f"SELECT act FROM audit WHERE subject = 'case:{case.id}'")
    assert rows == [("case_read",)]


async def test_what_waits_is_counted_beside_the_name(site: Site, come: Come, hired: Hire) -> None:
    person = await hired(Role.SPECIALIST)
    taken, _ = await request(site, chat="a"), await request(site, chat="b")
    desk, other = await colleague(site)
    assert (await desk.take(other, taken.id)).is_done

    async with site.database.read() as tx:
        assert await tx.case_lists.waiting_for(Eyes(person.id)) == 1
        assert await tx.case_lists.waiting_for(Eyes(other.id)) == 2
        assert await tx.case_lists.count(Eyes(other.id), Filter("free")) == 1


@on_both
async def test_given_to_others(site: Site, come: Come) -> None:
    case = await request(site)
    worker = await come(Role.SPECIALIST)
    await worker.get(f"/cases/{case.id}/transfer")
    assert "Юрист" in worker.text

    answer = await worker.post(f"/cases/{case.id}/transfer", role="lawyer")
    assert answer.status_code == 303
    await worker.get(f"/cases/{case.id}")
    assert "ждёт: Юрист" in worker.text
    assert (await worker.post(f"/cases/{case.id}/transfer", role="nobody")).headers["location"].endswith("/transfer")
    answer = await worker.post(f"/cases/{case.id}/transfer", role="lead")
    assert answer.headers["location"] == "/desk/cases?said=case_transferred"


async def test_a_case_shows_the_next_visit_of_who_agreed(site: Site, come: Come) -> None:
    ivan = await a_citizen(site, "ivan", office="barnaul")
    booking = await booked(site, at(site, "10:00"), Person(ivan))
    agreed = await request(site, chat="ivan")
    worker = await come(Role.SPECIALIST)
    await worker.get(f"/cases/{agreed.id}")

    assert "Ближайший приём" in worker.text
    assert f'href="/desk/citizens/{ivan}"' in worker.text
    assert f"/visits/booking/{booking.id}" in worker.text
    assert "26 ноября" in worker.text
    assert "Специалист по подбору работы, записан" in worker.text
    async with site.database.write() as tx:
        await seats.cancel(tx, site.content, booking.id, actor="staff:x", now=site.clock.now())
    await worker.get(f"/cases/{agreed.id}")
    assert "Ближайший приём" not in worker.text


async def test_a_case_without_consent_shows_no_visit(site: Site, come: Come) -> None:
    ivan = await a_citizen(site, "ivan", office="barnaul")
    await booked(site, at(site, "10:00"), Person(ivan))
    passed = await request(site, chat="ivan")
    async with site.database.write() as tx:
        await tx.citizens.withdraw(ivan, now=site.clock.now())
    worker = await come(Role.SPECIALIST)
    await worker.get(f"/cases/{passed.id}")

    assert "Ближайший приём" not in worker.text
    assert f"/citizens/{ivan}" not in worker.text


async def test_a_cry_for_help_is_named_so(site: Site, come: Come) -> None:
    urgent = await request(site, topic="crisis", is_urgent=True)
    worker = await come(Role.SPECIALIST)
    for path in ("/cases", f"/cases/{urgent.id}"):
        await worker.get(path)
        assert "Человеку нужна помощь сейчас" in worker.text
