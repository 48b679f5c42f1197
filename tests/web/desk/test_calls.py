"""Whom to call today, how, what came of it: the pages of calls."""

import re
from datetime import timedelta

from bot.accounts.roles import Role
from storage.call_records import CallResult, Reason
from storage.calls import EVERYBODY
from tests.storage.rows import table
from tests.web.desk.callees import PHONE, asks_for_a_call, in_chat, to_call
from tests.web.desk.conftest import Come
from tests.web.desk.worker import Worker
from tests.web.site import Site

HIDDEN = re.compile(r'name="(once|seen|wrong)" value="([^"]*)"')
A_DAY = timedelta(days=1)


def hidden(worker: Worker) -> dict[str, str]:
    return dict(HIDDEN.findall(worker.page))


async def result(worker: Worker, citizen: str, code: str, **more: str) -> int:
    """Open the citizen, press the result."""
    await worker.get(f"/calls/{citizen}")
    answer = await worker.post(f"/calls/{citizen}", **{**hidden(worker), "result": code, **more})
    return answer.status_code


async def called(site: Site, citizen: str) -> list[str]:
    async with site.database.read() as tx:
        return [str(one.result) for one in await tx.calls.attempts(citizen) if not one.is_undone]


async def is_waiting(site: Site, citizen: str) -> bool:
    async with site.database.read() as tx:
        return bool(await tx.calls.open_of(EVERYBODY, [citizen]))


async def test_an_empty_list_says_so(come: Come) -> None:
    worker = await come(Role.SPECIALIST)
    await worker.get("/calls")

    assert "Звонить никому не нужно" in worker.text


async def test_the_list_tells_whom_to_call_and_why_without_a_phone(site: Site, come: Come) -> None:
    late = await to_call(site, "barnaul", due_at=site.clock.now() - A_DAY, reason=Reason.RESUME, phone=PHONE)
    now, later = await to_call(site, "barnaul"), await to_call(site, "barnaul", due_at=site.clock.now() + 2 * A_DAY)
    worker = await come(Role.SPECIALIST, offices=["barnaul"])

    await worker.get("/calls")

    assert "2 человека" in worker.text
    assert worker.text.index(late[:6].upper()) < worker.text.index(now[:6].upper())
    assert worker.text.count("просрочено") == 1
    assert "Обещал резюме" in worker.text
    assert site.content.situations["alimony"].label in worker.text
    assert "913" not in worker.page
    assert later[:6].upper() not in worker.text
    await worker.get("/calls?view=ahead")
    assert later[:6].upper() in worker.text
    await worker.get("/calls?reason=resume")
    assert now[:6].upper() not in worker.text
    assert late[:6].upper() in worker.text


async def test_the_phone_is_shown_on_opening_and_the_reading_is_noted(site: Site, come: Come) -> None:
    citizen = await to_call(site, "barnaul", phone=PHONE)
    worker = await come(Role.SPECIALIST)

    await worker.get(f"/calls/{citizen}")

    assert 'href="tel:+79135550102"' in worker.page
    assert PHONE in worker.text
    assert await table(site.database, f"SELECT act FROM audit WHERE subject = 'citizen:{citizen}'") == [("call_read",)]


async def test_what_the_citizen_wrote_for_the_call_is_read_and_its_number_dialled(site: Site, come: Come) -> None:
    citizen, _ = await asks_for_a_call(site, "Звоните 8(913)555-01-02 после шести")
    worker = await come(Role.SPECIALIST)

    await worker.get(f"/calls/{citizen}")

    assert "после шести" in worker.text
    assert 'href="tel:+79135550102"' in worker.page


async def test_reached_closes_the_call_and_answers_the_request(site: Site, come: Come) -> None:
    citizen, case = await asks_for_a_call(site, "8 913 555-01-02")
    worker = await come(Role.SPECIALIST)

    assert await result(worker, citizen, "reached") == 303

    await worker.get("/calls")
    assert "дозвонились" in worker.text
    assert not await is_waiting(site, citizen)
    async with site.database.read() as tx:
        answered = await tx.cases.get(case)
        acts = [one.act for one in await tx.cases.history(case)]
    assert answered is not None
    assert (answered.state, answered.due_at) == ("waiting_citizen", None)
    assert "call_reached" in acts


async def test_no_answer_comes_again_after_a_pause_and_is_given_up_after_the_last_try(site: Site, come: Come) -> None:
    citizen = await to_call(site, "barnaul", phone=PHONE)
    rules = site.content.rules.calls

    for number in range(rules.tries):
        assert await is_waiting(site, citizen), number
        worker = await come(Role.SPECIALIST)
        assert await result(worker, citizen, "no_answer") == 303
        async with site.database.read() as tx:
            due = [row.due_at for row in await tx.calls.open_of(EVERYBODY, [citizen])]
        morning = (
            "2026-11-24T02:00:00+00:00" if number == 0 else "2026-11-25T02:00:00+00:00"
        )  # nobody is called at night
        assert [moment.isoformat() for moment in due] == ([morning] if number + 1 < rules.tries else [])
        site.clock.move(hours=21)  # type: ignore[attr-defined]

    assert await called(site, citizen) == ["no_answer"] * rules.tries
    assert await table(site.database, "SELECT kind, state FROM reminders") == [("call_missed", 0)]


async def test_busy_comes_again_soon(site: Site, come: Come) -> None:
    citizen = await to_call(site, "barnaul")
    worker = await come(Role.SPECIALIST)

    await result(worker, citizen, "busy")

    async with site.database.read() as tx:
        (row,) = await tx.calls.open_of(EVERYBODY, [citizen])
    assert row.due_at - site.clock.now() == timedelta(minutes=site.content.rules.calls.busy_minutes)


async def test_the_last_result_can_be_taken_back_for_some_minutes(site: Site, come: Come) -> None:
    citizen = await to_call(site, "barnaul", phone=PHONE)
    worker = await come(Role.SPECIALIST)
    for code in ("not_to_call", "wrong_number", "reached"):
        await result(worker, citizen, code)
        assert not await is_waiting(site, citizen), code
        await worker.get("/calls")

        assert (await worker.post("/calls/undo")).status_code == 303

        assert await is_waiting(site, citizen), code
    async with site.database.read() as tx:
        assert await tx.calls.mark(citizen) == (None, ())
    assert {state for (state,) in await table(site.database, "SELECT state FROM reminders")} == {3}
    assert await called(site, citizen) == []

    await result(worker, citizen, "reached")
    site.clock.move(minutes=11)  # type: ignore[attr-defined]
    await worker.get("/calls")
    assert "Отменить" not in worker.text
    assert (await worker.post("/calls/undo")).status_code == 409
    assert "Отменить уже нельзя" in worker.text


async def test_who_asks_not_to_be_called_is_never_called_again(site: Site, come: Come) -> None:
    citizen = await to_call(site, "barnaul")
    worker = await come(Role.SPECIALIST)

    await result(worker, citizen, "not_to_call")

    async with site.database.read() as tx:
        off_at, _ = await tx.calls.mark(citizen)
    assert off_at == site.clock.now()
    assert not await is_waiting(site, citizen)


async def test_a_wrong_number_is_not_offered_again_while_another_one_is(site: Site, come: Come) -> None:
    citizen = await to_call(site, "barnaul", phone=PHONE)
    worker = await come(Role.SPECIALIST)
    await result(worker, citizen, "wrong_number")
    await worker.get(f"/calls/{citizen}")

    assert "tel:" not in worker.page
    assert "Звонить уже не нужно" in worker.text
    assert await table(site.database, "SELECT kind FROM reminders") == [("call_missed",)]


async def test_call_again_at_a_time_of_ones_own(site: Site, come: Come) -> None:
    citizen = await to_call(site, "barnaul")
    worker = await come(Role.SPECIALIST)

    assert await result(worker, citizen, "later", again_at="2020-01-01T10:00") == 409
    assert "Выберите, когда перезвонить" in worker.text
    assert await result(worker, citizen, "later", again_at="нескоро") == 409
    assert await result(worker, citizen, "later", again_at="2026-11-24T15:30", again="hour") == 303
    async with site.database.read() as tx:
        (row,) = await tx.calls.open_of(EVERYBODY, [citizen])
    assert row.due_at.isoformat() == "2026-11-24T08:30:00+00:00"
    assert await result(worker, citizen, "later", again="tomorrow") == 303
    async with site.database.read() as tx:
        (row,) = await tx.calls.open_of(EVERYBODY, [citizen])
    assert (row.due_at.isoformat(), row.tries) == ("2026-11-24T03:00:00+00:00", 0)


async def test_of_two_who_call_one_person_the_second_is_told(site: Site, come: Come) -> None:
    citizen = await to_call(site, "barnaul")
    first, second = await come(Role.SPECIALIST), await come(Role.JOB_MATCHER)
    await second.get(f"/calls/{citizen}")
    form = hidden(second)
    await result(first, citizen, "busy")

    answer = await second.post(f"/calls/{citizen}", **{**form, "result": "no_answer"})

    assert answer.status_code == 409
    assert "уже позвонил другой сотрудник" in second.text
    assert await called(site, citizen) == ["busy"]


async def test_a_result_sent_twice_counts_once(site: Site, come: Come) -> None:
    citizen = await to_call(site, "barnaul")
    worker = await come(Role.SPECIALIST)
    await worker.get(f"/calls/{citizen}")
    form, csrf = hidden(worker), worker.csrf

    for _ in range(2):
        answer = await worker.post(f"/calls/{citizen}", **{**form, "result": "no_answer", "csrf": csrf})
        assert answer.status_code == 303
    assert await called(site, citizen) == ["no_answer"]


async def test_booking_leads_to_the_time_of_this_citizen(site: Site, come: Come) -> None:
    citizen = await to_call(site, "barnaul")
    worker = await come(Role.SPECIALIST)
    await worker.get(f"/calls/{citizen}")
    answer = await worker.post(
        f"/calls/{citizen}", **{**hidden(worker), "result": "booked:barnaul_alimony:job_matcher"}
    )

    wanted = f"/desk/visits/next/barnaul_alimony?role=job_matcher&citizen={citizen}"
    assert answer.headers["location"] == wanted
    assert await called(site, citizen) == [CallResult.BOOKED]


async def test_without_a_phone_one_writes_in_the_chat(site: Site, come: Come) -> None:
    citizen = await to_call(site, "barnaul")
    await in_chat(site, citizen)
    worker = await come(Role.SPECIALIST)
    await worker.get(f"/calls/{citizen}")
    assert "Телефона нет. Можно написать в чат" in " ".join(worker.text.split())

    answer = await worker.post(f"/calls/{citizen}/chat")
    again = await worker.post(f"/calls/{citizen}/chat")

    assert answer.headers["location"] == again.headers["location"]
    await worker.get(answer.headers["location"].removeprefix("/desk"))
    sent = await worker.post(
        f"{answer.headers['location'].removeprefix('/desk')}/answer", words="Когда вам удобно прийти?", once="words"
    )
    assert sent.status_code == 303
    (told,) = await table(site.database, f"SELECT kind FROM inbox WHERE citizen_id = '{citizen}' AND kind = 'staff'")
    assert told == ("staff",)


async def test_passing_on_leads_to_whom(site: Site, come: Come) -> None:
    citizen = await to_call(site, "barnaul")
    await in_chat(site, citizen)
    worker = await come(Role.SPECIALIST)
    await worker.get(f"/calls/{citizen}")
    answer = await worker.post(f"/calls/{citizen}", **{**hidden(worker), "result": "passed"})

    assert re.fullmatch(r"/desk/cases/\w+/transfer", answer.headers["location"])
    assert (await worker.get(answer.headers["location"].removeprefix("/desk"))).status_code == 200


async def test_somebody_who_is_not_to_be_called_has_no_page(site: Site, come: Come) -> None:
    worker = await come(Role.SPECIALIST, offices=["barnaul"])

    assert (await worker.get("/calls/nobody")).status_code == 404
    assert (await worker.get(f"/calls/{await to_call(site, 'rubtsovsk')}")).status_code == 404
    citizen = await to_call(site, "barnaul")
    assert await result(worker, citizen, "made up") == 404


async def test_the_navigation_counts_who_waits_by_now(site: Site, come: Come) -> None:
    await to_call(site, "barnaul")
    await to_call(site, "barnaul", due_at=site.clock.now() + timedelta(hours=2))
    worker = await come(Role.SPECIALIST, offices=["barnaul"])
    await worker.get("")

    assert re.search(r'Звонки\s*<span class="count">1</span>', worker.page)
