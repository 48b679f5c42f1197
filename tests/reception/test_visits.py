"""A visit from both sides of the desk: what staff record, what follows by the rules, what the citizen hears."""

from datetime import date, timedelta

import msgspec

from bot.desk import repeats, shifts, visits
from bot.desk.shifts import Person
from bot.messages import Kind
from bot.transcript import buttons
from storage.booking_records import BookingRow
from storage.referrals import Outcome, ReferralRow, State, To
from storage.visits import Application, Next, Paper, Result, Resume
from tests.reception.desk import ADVISOR, MATCHER, PETROVA, POINT, THURSDAY, Desk, consulted, keys
from tests.storage.rows import table
from tests.talk import Talk

NEXT_THURSDAY = date(2026, 12, 3)


async def test_who_was_received_hears_what_was_done_and_what_else_there_is(desk: Desk) -> None:
    talk = await desk.citizen()
    booking = await desk.received(talk, THURSDAY, "10:00")

    done = await desk.record(booking, consulted(Result.JOBS_OFFERED, Result.INFORMAL_DETAILS, needs_job=False))

    assert done.code == "done"
    assert done.visit is not None
    assert done.visit.results == (Result.CONSULTED, Result.JOBS_OFFERED, Result.INFORMAL_DETAILS)
    (message,) = await talk.work()
    assert message.key == "visits.closed"
    for words in ("консультация о работе", "подбор вакансий", "Ещё доступно", "Помощь с резюме"):
        assert words in message.text
    assert "Подбор работы" not in message.text, "it was given just now"
    assert "официальн" not in message.text
    assert "еоформленн" not in message.text, "what tells of work without papers is never repeated"
    (seat,) = await desk.day()
    assert seat.booking.state == "served"
    assert (PETROVA, "visit_recorded") in await desk.audit()


async def test_a_resume_without_an_application_invites_again_in_a_week(desk: Desk) -> None:
    talk = await desk.citizen()
    booking = await desk.received(talk, THURSDAY, "10:00")

    done = await desk.record(booking, consulted(Result.RESUME_PAPER))

    assert done.visit is not None
    assert (done.visit.next_step, done.visit.repeats) == (Next.REPEAT, 1)
    assert Result.REPEAT_IN_WEEK in done.visit.results
    (message,) = await talk.work()
    assert "в четверг, 3 декабря" in message.text
    await talk.play(f"""
        > [next:{booking.id}]
        < slots.time [day] [t:2612030200] ...
        > [t:2612030200]
        < seat.address ...
    """)


async def test_when_the_proposed_day_is_gone_the_button_leads_to_the_one_after(desk: Desk) -> None:
    talk = await desk.citizen()
    booking = await desk.received(talk, THURSDAY, "10:00")
    await desk.record(booking, consulted(Result.RESUME_PAPER))
    await talk.work()
    async with desk.database.write() as tx:
        for day in (NEXT_THURSDAY, NEXT_THURSDAY + timedelta(days=7)):
            await shifts.close(tx, desk.content, POINT, MATCHER, day, actor=PETROVA, reason="", now=desk.clock.now())

    (screen,) = await talk.press("next")

    assert screen.key == "slots.time"
    assert "17 декабря" in screen.text


async def test_what_is_booked_already_is_shown_instead_of_offered(desk: Desk) -> None:
    talk = await desk.citizen()
    booking = await desk.received(talk, THURSDAY, "10:00")
    await desk.record(booking, consulted(Result.RESUME_PAPER))
    await talk.work()
    next_visit = talk.data("next")
    await desk.booked(talk, NEXT_THURSDAY, "09:00", once="the next visit")
    await talk.work()

    (screen,) = await talk.send(Kind.PRESS, data=next_visit)

    assert screen.key == "booked.visit"


async def test_the_next_step_to_the_advisor_leads_to_the_advisors_days(desk: Desk) -> None:
    talk = await desk.citizen()
    booking = await desk.received(talk, THURSDAY, "10:00")
    await desk.record(booking, consulted(next_step=Next.ADVISOR))
    await talk.work()

    (screen,) = await talk.press("next")

    assert screen.key == "slots.day"
    assert "[d:2026-12-01]" in " ".join(f"[{one}]" for one in buttons(screen))


async def test_a_week_from_a_visit_before_a_holiday_is_the_next_open_thursday(desk: Desk) -> None:
    talk = await desk.citizen()
    desk.clock.set(desk.at(date(2026, 12, 22), "09:00", ADVISOR).starts_at)
    booking = await desk.received(talk, date(2026, 12, 24), "10:00")

    await desk.record(booking, consulted(Result.RESUME_PORTAL))

    (message,) = await talk.work()
    assert "31 декабря" not in message.text
    assert "14 января" in message.text, message.text


async def test_the_next_visit_is_booked_at_the_desk_in_the_same_breath(desk: Desk) -> None:
    talk = await desk.citizen()
    booking = await desk.received(talk, THURSDAY, "10:00")

    done = await desk.record(booking, consulted(Result.RESUME_PAPER), books_next=True)

    assert done.booked is not None
    assert done.booked.booking is not None
    assert done.booked.booking.wall == "2026-12-03T10:00"
    messages = await talk.work()
    assert keys(messages) == ["visits.closed"]
    assert "Вы записаны на следующий приём: в четверг, 3 декабря в 10:00" in messages[0].text


async def test_who_has_applied_is_handed_over_with_the_list_of_copies(desk: Desk) -> None:
    talk = await desk.citizen()
    booking = await desk.received(talk, THURSDAY, "10:00")

    done = await desk.record(
        booking,
        consulted(
            Result.APPLICATION_HELPED,
            resume=Resume.PORTAL,
            application=Application.SUBMITTED,
            papers=(Paper.PASSPORT, Paper.SNILS),
        ),
    )

    assert done.visit is not None
    assert done.visit.next_step is Next.CENTRE
    assert Result.HANDED_OVER in done.visit.results
    (message,) = await talk.work()
    assert "Дальше вас ведёт специалист центра занятости" in message.text
    assert "паспорт, СНИЛС" in message.text


async def test_the_third_invitation_is_for_the_lead_once(desk: Desk) -> None:
    talk = await desk.citizen()
    for number in range(3):
        day = THURSDAY + timedelta(days=7 * number)
        booking = await desk.received(talk, day, "10:00")
        done = await desk.record(booking, consulted(Result.RESUME_PAPER))
        assert done.visit is not None
        assert (done.visit.repeats, done.tells_lead) == (number + 1, number == 2)
        desk.clock.set(booking.ends_at)
    async with desk.database.write() as tx:
        ((visit, told),) = await repeats.unseen(tx, desk.content, [POINT])
        assert (told.id, visit.repeats) == (booking.id, 3)
        assert await repeats.unseen(tx, desk.content, ["elsewhere"]) == []
        lead = {"actor": "staff:lead", "now": desk.clock.now()}
        assert await repeats.seen(tx, desk.content, ["elsewhere"], [told.id], **lead) == 0
        assert await repeats.seen(tx, desk.content, [POINT], ["another"], **lead) == 0
        assert await repeats.seen(tx, desk.content, [POINT], [told.id], **lead) == 1
        assert await repeats.unseen(tx, desk.content, [POINT]) == []


async def invited(desk: Desk, talk: Talk, times: int) -> BookingRow:
    """The last of so many visits that each end with an invitation."""
    for number in range(times):
        booking = await desk.received(talk, THURSDAY + timedelta(days=7 * number), "10:00")
        await desk.record(booking, consulted(Result.RESUME_PAPER))
        if number < times - 1:
            desk.clock.set(booking.ends_at)
    return booking


async def test_the_third_invitation_is_told_in_the_chats_of_leads_without_a_name(desk: Desk) -> None:
    now = desk.clock.now()
    async with desk.database.write() as tx:
        for chat, office, role in (
            ("-1", "", "lead"), ("-2", "barnaul", "lead"), ("-3", "elsewhere", "lead"), ("-4", "", "job_matcher"),
        ):  # fmt: skip
            lane, find = await tx.inbox.lane("telegram", chat, now=now)
            await tx.staff_chats.open(lane, "telegram", find, office, role, now=now)
        await tx.staff_chats.open("put out", "telegram", "nowhere", "", "lead", now=now)
        leads = {chat.id for chat in await tx.staff_chats.all() if chat.role == "lead" and chat.office != "elsewhere"}

    booking = await invited(desk, await desk.citizen(), 3)
    await desk.record(booking, consulted(Result.RESUME_PAPER, Result.JOBS_OFFERED))

    async with desk.database.write() as tx:
        leased = await tx.outbox.lease("telegram", now=desk.clock.now(), limit=50)
    told = [part for part in leased if part.key == "desk.repeats"]
    assert {part.citizen_id for part in told} == leads - {"put out"}
    assert len(told) == 2
    text = msgspec.json.decode(told[0].body)["text"]
    for words in ("3-й раз", "10 декабря", "10:00", booking.code):
        assert words in text


async def test_a_second_invitation_asks_kindly_why_there_is_no_job(desk: Desk) -> None:
    talk = await desk.citizen()
    await invited(desk, talk, 1)
    assert keys(await talk.work()) == ["visits.closed"]
    desk.clock.move(days=6)
    booking = await desk.received(talk, THURSDAY + timedelta(days=7), "10:00")
    await desk.record(booking, consulted(Result.JOBS_OFFERED))
    assert keys(await talk.work()) == ["visits.closed", "reasons.why_no_job"]
    asked = talk.data("skills")

    assert keys(await talk.press("refused")) == ["reasons.thanks_no_job"]
    assert keys(await talk.send(Kind.PRESS, data=asked)) == ["reasons.thanks_no_job"]

    assert await reasons(desk) == [("no_job", "skills", 1)]


async def test_who_refused_help_is_asked_why_without_blame(desk: Desk) -> None:
    talk = await desk.citizen()
    booking = await desk.received(talk, THURSDAY, "10:00")
    await desk.record(booking, consulted(Result.REFUSED_HELP))
    assert keys(await talk.work()) == ["visits.closed", "reasons.why_no_help"]

    await talk.play("""
        > [no_trust]
        < reasons.thanks_no_help [booking] [handover] [menu]
        > [menu]
        < menu.main ...
    """)

    assert await reasons(desk) == [("no_help", "no_trust", 1)]


async def test_a_person_without_a_messenger_is_known_by_the_phone(desk: Desk) -> None:
    person = Person(name="Сосед Коля", phone="8 913 000-00-00")
    for number in range(2):
        booking = await desk.received(person, THURSDAY + timedelta(days=7 * number), "10:00")
        done = await desk.record(booking, consulted(Result.RESUME_PAPER))
        desk.clock.set(booking.ends_at)
    assert done.visit is not None
    assert done.visit.repeats == 2
    rows = str(await table(desk.database, "SELECT * FROM visits")) + str(
        await table(desk.database, "SELECT * FROM bookings")
    )
    assert "Коля" not in rows
    assert "9130000000" not in rows


async def test_a_record_is_corrected_and_told_once_more(desk: Desk) -> None:
    talk = await desk.citizen()
    booking = await desk.received(talk, THURSDAY, "10:00")
    await desk.record(booking, consulted(Result.RESUME_PAPER))
    await desk.record(booking, consulted(Result.JOBS_OFFERED, needs_job=False))

    (message,) = await talk.work()  # the first record was corrected before anybody heard of it

    assert "подбор вакансий" in message.text
    assert "резюме на бумаге" not in message.text
    await desk.record(booking, consulted(needs_job=False))
    assert keys(await talk.work()) == ["visits.closed"]
    (seat,) = await desk.day()
    assert seat.visit is not None
    assert (seat.visit.version, seat.visit.repeats) == (3, 0)


async def test_what_cannot_be_recorded_is_refused_and_nothing_is_kept(desk: Desk) -> None:
    talk = await desk.citizen()
    booking = await desk.booked(talk, THURSDAY, "10:00")

    assert (await desk.record(booking, consulted())).code == "too_early"
    assert (await desk.no_show(booking)).code == "too_early"
    desk.clock.set(booking.starts_at - timedelta(minutes=1))
    assert (await desk.no_show(booking)).code == "too_early"
    desk.clock.set(booking.starts_at)
    assert (await desk.record(booking, consulted(Result.NO_SHOW))).code == "nothing"
    async with desk.database.write() as tx:
        unknown = await visits.record(tx, desk.content, "nobody", consulted(), actor=PETROVA, now=desk.clock.now())
        assert unknown.code == "unknown"
    assert await table(desk.database, "SELECT * FROM visits") == []
    assert "visit_recorded" not in {act for _, act in await desk.audit()}


async def test_who_did_not_come_is_asked_why_and_may_book_again(desk: Desk) -> None:
    talk = await desk.citizen()
    booking = await desk.received(talk, THURSDAY, "10:00")

    assert (await desk.no_show(booking)).code == "done"

    (seat,) = await desk.day()
    assert seat.booking.state == "no_show"
    (message,) = await talk.work()
    assert message.key == "visits.missed"
    await talk.play("""
        > [afraid]
        < visits.again_afraid [booking] [handover] [menu]
        > [handover]
        < handover.words ...
    """)
    async with desk.database.read() as tx:
        day = desk.clock.now().date()
        assert await tx.reasons.count(since=day, until=day) == [("no_show", "afraid", 1)]


async def test_a_second_answer_and_an_old_button_count_once(desk: Desk) -> None:
    talk = await desk.citizen()
    booking = await desk.received(talk, THURSDAY, "10:00")
    await desk.no_show(booking)
    await talk.work()
    forgot, ill = talk.data("forgot"), talk.data("ill")
    for data in (forgot, forgot, ill):
        assert keys(await talk.send(Kind.PRESS, data=data)) == ["visits.again"]

    async with desk.database.read() as tx:
        day = desk.clock.now().date()
        assert await tx.reasons.count(since=day, until=day) == [("no_show", "ill", 1)]


async def test_a_no_show_may_turn_out_to_have_come(desk: Desk) -> None:
    talk = await desk.citizen()
    booking = await desk.received(talk, THURSDAY, "10:00")
    await desk.no_show(booking)
    await desk.record(booking, consulted(needs_job=False))

    assert keys(await talk.work()) == ["visits.closed"]
    (seat,) = await desk.day()
    assert seat.booking.state == "served"


# other help


async def test_other_help_is_offered_without_naming_it(desk: Desk) -> None:
    talk = await desk.citizen()
    booking = await desk.received(talk, THURSDAY, "10:00")

    done = await desk.record(booking, consulted(Result.REFERRED_PSYCHOLOGIST, needs_job=False))

    assert [one.kind for one in done.referrals] == [To.PSYCHOLOGIST]
    closed, offered = await talk.work()
    assert (closed.key, offered.key) == ("visits.closed", "visits.offered")
    assert "сихолог" not in closed.text.partition("Ещё доступно")[0] + offered.text
    (screen,) = await talk.press("look")
    assert screen.key == "visits.offer"
    assert "Разговор с психологом" in screen.text


async def offered(desk: Desk) -> tuple[Talk, BookingRow, str]:
    """A citizen who looks at an offer, the visit it was made at, its id."""
    talk = await desk.citizen()
    booking = await desk.received(talk, THURSDAY, "10:00")
    made = await desk.refer(booking)
    assert made.referral is not None
    await talk.work()
    assert keys(await talk.press("look")) == ["visits.offer"]
    return talk, booking, made.referral.id


async def kept(desk: Desk, id_: str) -> ReferralRow:
    async with desk.database.read() as tx:
        row = await tx.referrals.get(id_)
    assert row is not None
    return row


async def reasons(desk: Desk) -> list[tuple[str, str, int]]:
    day = desk.clock.now().date()
    async with desk.database.read() as tx:
        return await tx.reasons.count(since=day - timedelta(days=60), until=day + timedelta(days=60))


async def test_the_citizen_agrees(desk: Desk) -> None:
    talk, _, id_ = await offered(desk)
    await talk.play("""
        > [agree]
        < visits.agreed [handover] [menu]
        > [menu]
        < menu.main ...
    """)
    assert (await kept(desk, id_)).state is State.AGREED


async def test_the_citizen_refuses_and_may_say_why(desk: Desk) -> None:
    talk, _, id_ = await offered(desk)
    await talk.play("""
        > [refuse]
        < visits.why_not ...
        > [shy]
        < visits.refused [handover] [menu]
    """)
    assert (await kept(desk, id_)).state is State.REFUSED
    assert await reasons(desk) == [("refused", "shy", 1)]


async def test_nobody_has_to_say_why(desk: Desk) -> None:
    talk, _, id_ = await offered(desk)
    await talk.play("""
        > [refuse]
        < visits.why_not ...
        > [skip]
        < visits.refused ...
    """)
    assert (await kept(desk, id_)).state is State.REFUSED
    assert await reasons(desk) == []


async def test_of_one_kind_one_offer_is_open(desk: Desk) -> None:
    _, booking, id_ = await offered(desk)

    again = await desk.refer(booking)

    assert (again.code, again.referral and again.referral.id) == ("alive", id_)


async def passed(desk: Desk) -> tuple[Talk, str]:
    talk, _, id_ = await offered(desk)
    await talk.press("agree")
    assert (await desk.answer(id_, State.PASSED)).code == "done"
    return talk, id_


async def test_what_came_of_it_is_asked_by_day_some_days_later(desk: Desk) -> None:
    talk, id_ = await passed(desk)
    assert await talk.tick() == []
    desk.clock.move(days=desk.content.visits.ask_after_days, hours=3)

    (message,) = await talk.tick()

    assert message.key == "visits.went"
    assert "сихолог" not in message.text
    await talk.play("""
        > [not_helped]
        < visits.told_not_helped [handover] [menu]
    """)
    row = await kept(desk, id_)
    assert (row.state, row.outcome, row.asked) == (State.DONE, Outcome.NOT_HELPED, 1)


async def test_who_has_not_gone_yet_is_asked_once_more_and_then_left_alone(desk: Desk) -> None:
    talk, id_ = await passed(desk)
    days = desk.content.visits.ask_after_days + 1
    for _ in range(2):
        desk.clock.move(days=days)
        assert keys(await talk.tick()) == ["visits.went"]
        assert keys(await talk.press("not_yet")) == ["visits.told_not_yet"]
    desk.clock.move(days=days)
    assert await talk.tick() == []
    assert (await kept(desk, id_)).state is State.PASSED


async def test_who_does_not_want_to_go_any_more_is_asked_why(desk: Desk) -> None:
    talk, id_ = await passed(desk)
    desk.clock.move(days=desk.content.visits.ask_after_days, hours=3)
    await talk.tick()
    await talk.play("""
        > [wont]
        < visits.why_not ...
        > [no_trust]
        < visits.refused ...
    """)
    assert (await kept(desk, id_)).state is State.REFUSED
    assert await reasons(desk) == [("refused", "no_trust", 1)]


async def test_the_next_visit_asks_before_the_clock_does(desk: Desk) -> None:
    talk, id_ = await passed(desk)
    booking = await desk.received(talk, NEXT_THURSDAY, "10:00")

    done = await desk.record(booking, consulted(needs_job=False))

    assert [one.id for one in done.to_ask] == [id_]
    assert keys(await talk.work()) == ["visits.closed", "visits.went"]
    desk.clock.move(days=30)
    assert "visits.went" not in keys(await talk.tick())


async def test_a_result_that_staff_know_is_not_asked(desk: Desk) -> None:
    talk, id_ = await passed(desk)

    assert (await desk.answer(id_, State.DONE)).code == "done"

    desk.clock.move(days=30)
    assert await talk.tick() == []
    assert (await desk.answer(id_, State.AGREED)).code == "no_way"
    assert (await desk.answer("nobody", State.DONE)).code == "unknown"
    acts = [act for actor, act in await desk.audit() if actor == PETROVA]
    assert acts[-3:] == ["referral_offered", "referral_passed", "referral_done"]


async def test_who_is_gone_is_told_nothing(desk: Desk) -> None:
    """Staff record a visit while the citizen deletes everything."""
    talk = await desk.citizen()
    booking = await desk.received(talk, THURSDAY, "10:00")
    await desk.record(booking, consulted(Result.REFERRED_MEDIATOR))
    citizen = await talk.citizen()
    async with desk.database.write() as tx:
        await tx.citizens.erase(citizen.id, now=desk.clock.now())

    assert [key for key in keys(await talk.work()) if key.startswith("visits")] == []


async def test_old_buttons_of_things_that_are_gone_lead_somewhere(desk: Desk) -> None:
    talk, _, _ = await offered(desk)
    agree, refuse = talk.data("agree"), talk.data("refuse")
    async with desk.database.write() as tx:
        await tx.retention.visits(before=desk.clock.now() + timedelta(days=1), limit=10)

    for data in (agree, refuse):
        assert keys(await talk.send(Kind.PRESS, data=data)) == ["menu.main"]
