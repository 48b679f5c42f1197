"""Booking a visit: every talk in the database alone; what the screens say, and what follows from them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.booking.link import PATH
from bot.desk import day as days
from bot.messages import Kind
from bot.transcript import buttons
from tests.dialogs.booking_scenes import (
    ADVISOR,
    BOOKS,
    MATCHER,
    POINT,
    TO_DAYS,
    TUESDAY,
    Meet,
    booked,
    bookings,
    does,
    local,
    offered,
    pays,
    rounds,
    shift_closed,
    small,
    ticked,
    waiting,
)  # fmt: skip
from tests.dialogs.booking_talks import TALKS, TO_ADDRESS, TO_PLAN
from tests.storage.rows import table
from tests.talk import FixedClock, Talk

Another = Callable[..., Talk]
INSIDE = TO_PLAN.replace("[alimony]", "[pre_release]").replace("profile.one", "profile.date")
TELLING = ("приста", "алимент", "освобо", "работ", "центр", "занятост", "суд", "профинтерн", "консультант", "подбор")


@pytest.fixture
def meet(another: Another) -> Meet:
    names = iter(("ivan", "olga", "petr"))

    async def make(**options: Any) -> Talk:
        return another(next(names), channel="telegram", **options)

    return make


@pytest.mark.parametrize("name", sorted(TALKS))
async def test_the_talk_runs(talk: Talk, name: str) -> None:
    await talk.play(TALKS[name])


# what is said


async def test_each_specialist_is_told_of_before_the_choice(talk: Talk) -> None:
    await talk.play(TO_PLAN)

    (answer,) = await talk.say("/book")

    for role in talk.content.roles.values():
        assert role.name in answer.text
        assert role.does in answer.text


async def test_whose_building_it_is_stands_before_the_confirmation(talk: Talk) -> None:
    await talk.play(TO_ADDRESS)
    point, shown = talk.content.points[POINT], talk.shown[-1]

    assert point.address in shown.text
    assert point.is_bailiffs in shown.text
    assert {"central", "call"} <= set(buttons(shown))
    assert not [row for row in await bookings(talk) if not row.is_held]


async def test_what_the_booked_hold_in_hand(meet: Meet) -> None:
    talk = await booked(meet)
    (row,) = await bookings(talk)
    point, done = talk.content.points["small"], talk.shown[-1]

    assert f"{row.code}" in done.text
    assert "завтра, 24 ноября, 10:00" in done.text
    assert all(one in done.text for one in (point.address, *point.bring))
    assert row.starts_at == local(2026, 11, 24, 10)


async def test_the_calendar_file_has_a_link_where_there_is_an_address_to_fetch_it_from(another: Another) -> None:
    for channel, site, start in (("web", "", PATH), ("vk", "", None), ("vk", "https://bot.example", "https://bot.ex")):
        talk = another(f"{channel}{len(site)}", channel=channel)
        talk.content = small(talk.content, places=3)
        talk.runner._site = site
        await talk.play(TO_PLAN)
        await does(talk, *BOOKS)
        urls = [button.url for row in talk.shown[-1].rows for button in row if button.url]
        assert [url[: len(start)] for url in urls] == [start] if start else urls == []


async def test_no_screen_has_more_than_eight_choices(talk: Talk) -> None:
    await talk.play(TO_PLAN)
    for line in (*TO_DAYS, "[d:2026-11-24]", "[_next:1]"):
        await does(talk, line)
        assert len([one for one in buttons(talk.shown[-1]) if not one.startswith("_")]) <= 8
    assert "_prev:0" in buttons(talk.shown[-1])


# rules


async def test_a_place_is_kept_for_five_minutes_and_longer_only_while_nobody_wants_it(meet: Meet) -> None:
    clock = FixedClock()
    anna, boris = await pays(meet, clock), await pays(meet, clock)
    await does(anna, *BOOKS[:-1])

    assert await does(boris, *TO_DAYS, "[d:2026-11-24]") == ["slots.full"]
    clock.move(minutes=6)
    assert await does(boris, *BOOKS[:-1]) == ["seat.confirm"]
    assert await does(anna, "[yes]") == ["slots.taken"]
    assert await does(boris, "[yes]") == ["seat.done"]


async def test_whoever_was_slower_is_shown_what_is_near_on_the_same_screen(meet: Meet) -> None:
    clock = FixedClock()
    anna, boris = await pays(meet, clock, horizon_days=15), await pays(meet, clock, horizon_days=15)
    await does(boris, *TO_DAYS, "[d:2026-11-24]")
    await does(anna, *BOOKS)

    await boris.play("""
        > [t:2611240300]
        < slots.taken [t:2612010300] [t:2612080300] [wait] [day]
        > [t:2612010300]
        < seat.address ...
    """)


async def test_a_confirmation_pressed_twice_is_one_booking(meet: Meet) -> None:
    talk = await pays(meet, FixedClock())
    await does(talk, *BOOKS[:-1])
    yes = talk.data("yes")
    await talk.store(Kind.PRESS, data=yes, message="shown")
    await talk.store(Kind.PRESS, data=yes, message="shown")

    await talk.work()

    assert [row.state for row in await bookings(talk)] == ["booked"]


async def test_there_is_one_booking_for_each_specialist(meet: Meet) -> None:
    talk = await booked(meet)
    await talk.play("""
        > /book
        < booked.visit ...
        > [book]
        < booking.role [r:job_matcher]
        > [r:job_matcher]
        < slots.day ...
        > в четверг в 10
        < seat.address ...
        > [ok]
        < seat.confirm ...
        > [yes]
        < seat.done ...
        > /book
        < booked.list ...
    """)
    assert {row.role for row in await bookings(talk)} == {ADVISOR, MATCHER}
    assert "book" not in buttons(talk.shown[-1])


async def test_the_way_back_keeps_the_place_that_was_chosen(meet: Meet) -> None:
    talk = await pays(meet, FixedClock())
    await does(talk, *BOOKS[:4])

    await talk.play("""
        > назад
        < slots.time [t:2611240300] [day]
        > 1
        < seat.address ...
    """)


async def test_another_time_gives_the_kept_place_back_at_once(meet: Meet) -> None:
    clock = FixedClock()
    anna, boris = await pays(meet, clock), await pays(meet, clock)
    await does(anna, *BOOKS[:4], "[central]")

    assert await does(boris, *BOOKS) == ["seat.done"]


async def test_a_move_frees_the_old_place_and_keeps_the_code(meet: Meet) -> None:
    talk = await booked(meet)
    (before,) = await bookings(talk)

    assert await does(talk, "/book", "[move]", "[d:2026-12-01]", "1") == ["booked.moved"]

    (after,) = await bookings(talk)
    assert (after.id, after.code, after.sequence) == (before.id, before.code, before.sequence + 1)
    assert after.starts_at - before.starts_at == timedelta(days=7)
    assert await does(await pays(meet, talk.clock), *BOOKS) == ["seat.done"]


async def test_a_cancelled_visit_is_not_reminded_of(meet: Meet) -> None:
    talk = await booked(meet)
    await does(talk, "/book", "[cancel]")
    talk.clock.move(days=1)

    assert await ticked(talk) == []
    assert await bookings(talk) == []


async def test_an_old_button_never_acts_on_a_newer_booking(meet: Meet) -> None:
    talk = await booked(meet)
    await does(talk, "/book")
    old = talk.data("cancel")
    await does(talk, "[cancel]", "[again]", "[d:2026-11-24]", "1", "[ok]", "[yes]")
    talk.clock.move(minutes=1)

    answers = await talk.send(Kind.PRESS, data=old)

    assert [message.key for message in answers] == ["booked.gone"]
    assert [row.state for row in await bookings(talk)] == ["booked"]


async def test_who_wants_no_reminders_is_told_to_write_the_time_down(meet: Meet) -> None:
    talk = await pays(meet, FixedClock())
    await does(talk, "/stop", *BOOKS)

    assert talk.shown[-1].text.count("«стоп»") == 1
    talk.clock.move(hours=6)
    assert await ticked(talk) == []


async def test_who_is_not_served_by_booking_is_led_to_a_person(talk: Talk) -> None:
    point = replace(talk.content.points[POINT], situations=("alimony",))
    talk.content = replace(talk.content, points={POINT: point})
    await talk.play("""
        > /book
        < booking.who ...
        > [s:released]
        < booking.request [handover] [central] [menu]
        > [central]
        < booking.central [handover] [call] [menu]
        > [call]
        < handover.may_pass [yes] [no]
    """)


async def test_who_cannot_come_yet_learns_the_first_day_after_the_release(talk: Talk) -> None:
    await talk.play(INSIDE)
    await talk.play("""
        > /book
        < booking.not_yet [date] [plan] [handover]
        > [date]
        < profile.date ...
        > 28 ноября
        < profile.noted
        < answers.list ...
        > /book
        < booking.not_yet_dated [date] [plan] [handover]
    """)
    assert "вт 1 декабря" in talk.shown[-1].text


async def test_a_day_far_ahead_is_no_day_of_the_schedule_yet(talk: Talk) -> None:
    talk.content = small(talk.content, closed={TUESDAY + timedelta(days=number): "ремонт" for number in range(200)})
    await talk.play(INSIDE)
    await does(talk, "/book", "[date]", "28 ноября")

    assert await does(talk, "/book") == ["booking.not_yet_open"]


async def test_without_a_point_there_is_an_honest_page(talk: Talk) -> None:
    talk.content = replace(talk.content, points={})

    assert await does(talk, "/book") == ["booking.info"]


async def test_where_there_are_several_points_the_place_is_asked(talk: Talk) -> None:
    first = talk.content.points[POINT]
    second = replace(first, id="second", address="улица Вторая, 2", is_bailiffs="", landmark="у моста")
    talk.content = replace(talk.content, points={POINT: first, "second": second})
    await talk.play(TO_PLAN)
    await talk.play("""
        > /book
        < booking.role ...
        > [r:career_advisor]
        < booking.place [p:barnaul_alimony] [p:second]
        > [p:second]
        < slots.day ...
        > завтра в 10
        < seat.address ...
    """)
    assert "улица Вторая, 2" in talk.shown[-1].text
    assert "у моста" in talk.shown[-1].text


async def test_a_schedule_without_days_offers_to_tell_or_to_call(talk: Talk) -> None:
    talk.content = small(talk.content, closed={TUESDAY + timedelta(days=number): "ремонт" for number in range(30)})
    await talk.play(TO_PLAN)
    await talk.play("""
        > /book
        < booking.role ...
        > [r:career_advisor]
        < slots.none [wait] [call] [central]
        > [wait]
        < slots.wait [yes] [no]
        > [yes]
        < queue.joined ...
        > /book
        < queue.wait ...
        > [leave]
        < queue.left [book] [menu]
    """)


# reminders


async def test_the_day_before_and_two_hours_before_neutral_words_come(meet: Meet) -> None:
    talk = await booked(meet)
    talk.clock.move(hours=6)  # Monday 18:00
    (day,) = await talk.tick()
    assert day.key == "booked.day"
    assert day.text.startswith("Напоминаем о записи: завтра, 24 ноября, в 10:00")
    talk.clock.move(hours=15)  # the end of the quiet hours
    (soon,) = await talk.tick()
    assert soon.key == "booked.soon"

    for reminder in (day, soon):
        said = f"{reminder.text} {[button.label for row in reminder.rows for button in row]}".lower()
        assert not [word for word in TELLING if word in said.replace("специалист", "")]


@pytest.mark.parametrize(
    ("choice", "answer", "state"),
    [
        ("confirm", "booked.confirmed", ["confirmed"]),
        ("move", "slots.day", ["reminded"]),
        ("cancel", "booked.cancelled", []),
        ("late", "booked.late", ["reminded"]),
    ],
)
async def test_every_button_of_a_reminder_acts_also_from_an_old_message(
    meet: Meet, choice: str, answer: str, state: list[str]
) -> None:
    talk = await booked(meet)
    talk.clock.move(hours=6)
    await talk.tick()
    talk.clock.move(hours=15)
    await talk.tick()
    data = talk.data(choice)
    await does(talk, "/menu", "/ask", "/plan")

    answers = await talk.send(Kind.PRESS, data=data)

    assert [message.key for message in answers] == [answer]
    assert [row.state for row in await bookings(talk)] == state


async def test_staff_see_who_is_late_and_who_will_come(meet: Meet) -> None:
    talk = await booked(meet)
    talk.clock.set(local(2026, 11, 24, 9, 30))
    await does(talk, "/book", "[late]")

    (row,) = await bookings(talk)
    assert row.is_late
    events = await table(talk.database, "SELECT state, actor, reason FROM booking_events ORDER BY number")
    assert events == [("booked", "citizen", ""), ("booked", "citizen", "late")]


async def test_a_clock_that_was_late_reminds_once(meet: Meet) -> None:
    talk = await booked(meet)
    talk.clock.move(hours=21)  # nobody looked since yesterday noon

    assert await ticked(talk) == ["booked.soon"]


@pytest.mark.parametrize(
    ("choice", "leads_to", "known", "said"),
    [
        ("portal", "prepared.ready", "portal", "portal"),
        ("paper", "prepared.ready", "paper", "paper"),
        ("promised", "prepared.promised", None, "promised"),
        ("help", "prepared.help", "none", "help"),
    ],
)
async def test_before_the_matcher_the_resume_is_asked_about(
    meet: Meet, choice: str, leads_to: str, known: str | None, said: str
) -> None:
    talk = await booked(meet, to=MATCHER)
    talk.clock.set(local(2026, 11, 25, 18))
    assert await ticked(talk) == ["booked.day", "prepared.asked"]

    assert await does(talk, f"[{choice}]") == [leads_to]

    id_ = (await talk.citizen()).id
    async with talk.database.read() as tx:
        answers = {row.question: row.value for row in (await tx.profile.load([id_])).get(id_, [])}
        (seat,) = await days.day(tx, talk.content, "small", MATCHER, date(2026, 11, 26))
    assert answers.get("resume") == known
    assert (seat.booking.resume, seat.wants_help) == (said, said == "help")
    assert seat.resume == {"help": "none"}.get(said, said)


async def test_who_has_told_of_a_resume_is_not_asked_again(meet: Meet) -> None:
    talk = await booked(meet, to=MATCHER)
    await does(talk, "мои ответы", "[_next:1]", "[q:resume]", "[a:resume=paper]")
    talk.clock.set(local(2026, 11, 25, 18))

    assert await ticked(talk) == ["booked.day"]


async def test_who_promised_a_resume_is_asked_once_more_before_the_visit_they_moved_to(meet: Meet) -> None:
    talk = await booked(meet, to=MATCHER)
    talk.clock.set(local(2026, 11, 25, 18))
    await talk.tick()
    assert await does(talk, "[promised]", "[v]", "[move]", "3 декабря в 10") == ["booked.moved"]
    talk.clock.set(local(2026, 12, 2, 18))

    assert await ticked(talk) == ["booked.day", "prepared.again"]
    await does(talk, "[paper]")
    talk.clock.set(local(2026, 12, 3, 9))
    assert await ticked(talk) == ["booked.soon"]


async def test_who_booked_too_late_for_the_day_before_is_asked_on_the_day(meet: Meet) -> None:
    talk = await pays(meet, FixedClock())
    talk.clock.set(local(2026, 11, 25, 19))
    assert (await does(talk, "/book", "[r:job_matcher]", "завтра в 14", "[ok]", "[yes]"))[-1] == "seat.done"
    talk.clock.set(local(2026, 11, 26, 12))

    assert await ticked(talk) == ["booked.soon", "prepared.asked"]


async def test_who_booked_so_late_that_no_reminder_comes_is_told_so(meet: Meet) -> None:
    talk = await pays(meet, FixedClock())
    talk.clock.set(local(2026, 11, 25, 20))
    await does(talk, "/book", "[r:job_matcher]", "завтра в 9", "[ok]", "[yes]")

    assert "напоминать не буду" in talk.shown[-1].text
    talk.clock.set(local(2026, 11, 26, 8, 59))
    assert await ticked(talk) == []


async def test_an_old_answer_about_the_resume_is_thanked_for_and_changes_no_visit(meet: Meet) -> None:
    talk = await booked(meet, to=MATCHER)
    talk.clock.set(local(2026, 11, 25, 18))
    await talk.tick()
    old = talk.data("paper")
    await does(talk, "/book", "[cancel]")

    (message,) = await talk.send(Kind.PRESS, data=old)

    assert message.key == "prepared.ready"
    assert next(iter(buttons(message))) == "menu"
    rows = await table(talk.database, "SELECT state, resume FROM bookings")
    assert rows == [("cancelled_citizen", "")]


async def test_help_with_a_resume_opens_the_step_of_the_plan(meet: Meet) -> None:
    talk = await booked(meet, to=MATCHER)
    talk.clock.set(local(2026, 11, 25, 18))
    await talk.tick()

    assert await does(talk, "[help]", "[item]") == ["plan.item"]


# words that fit no time


@pytest.mark.parametrize(
    ("words", "said", "hours"),
    [
        ("в четверг утром", "в четверг, 26 ноября", {"9", "10", "11"}),
        ("послезавтра", "в среду, 25 ноября", None),
        ("в четверг в 10", "в четверг, 26 ноября, 10:00", {"10"}),
        ("завтра в 23", "завтра, 24 ноября, 23:00", None),
    ],
)
async def test_a_day_without_reception_is_called_so_and_the_wished_hours_are_kept(
    talk: Talk, words: str, said: str, hours: set[str] | None
) -> None:
    await talk.play(TO_PLAN)
    await does(talk, *TO_DAYS)

    (message,) = await talk.say(words)

    assert message.key == "slots.off"
    assert f"{said}." in message.text
    labels = [button.label for row in message.rows for button in row if button.label[-3:-2] == ":"]
    assert labels
    assert hours is None or {label.split()[-1].partition(":")[0] for label in labels} <= hours


async def test_the_example_of_a_day_is_one_on_which_the_specialist_receives(talk: Talk) -> None:
    await talk.play(TO_PLAN)

    await does(talk, *TO_DAYS)

    assert "«во вторник утром»" in talk.shown[-1].text
    (answer, _) = await talk.say("абракадабра")
    assert "«во вторник утром»" in answer.text


# the waiting list


async def test_a_freed_place_is_offered_and_taken_by_one_tap(meet: Meet) -> None:
    _, boris = await offered(meet)
    assert "24 ноября, 10:00" in boris.shown[-1].text

    assert await does(boris, "[take]") == ["seat.done"]

    assert [row.state for row in await bookings(boris)] == ["booked"]


async def test_an_offer_that_ran_out_says_so_and_the_line_goes_on(meet: Meet) -> None:
    _, boris = await offered(meet)
    take = boris.data("take")
    boris.clock.move(minutes=61)
    await rounds(boris)

    assert await ticked(boris) == ["queue.over"]
    assert [one.key for one in await boris.send(Kind.PRESS, data=take)] == ["queue.missed"]
    assert await bookings(boris) == []


async def test_who_missed_an_offer_waits_again_by_one_tap(meet: Meet) -> None:
    _, boris = await offered(meet)
    boris.clock.move(minutes=61)
    await rounds(boris)
    await boris.tick()

    assert await does(boris, "[again]") == ["queue.joined"]
    assert await ticked(boris) == ["queue.offer"]  # the place is still free


async def test_who_waits_and_books_another_time_waits_no_more(meet: Meet) -> None:
    anna, boris = await waiting(meet)
    await does(boris, "/book", "[_back]", "/menu")
    waits = await table(boris.database, "SELECT state FROM waiting")
    assert waits == [("waiting",)]
    await does(boris, "/book")
    await does(boris, "[leave]", "[book]", "[r:career_advisor]", "[d:2026-12-01]", "1", "[ok]", "[yes]")

    await does(anna, "/book", "[cancel]")
    assert await ticked(boris) == []


async def test_a_closed_shift_brings_another_place_and_an_apology(meet: Meet) -> None:
    talk = await booked(meet)
    await shift_closed(talk)

    (lost,) = await talk.tick()
    assert lost.key == "queue.lost_kept"
    assert "24 ноября, 10:00" in lost.text
    assert "1 декабря, 10:00" in lost.text
    assert await does(talk, "[take]") == ["seat.done"]
    assert [row.starts_at for row in await bookings(talk)] == [local(2026, 12, 1, 10)]


async def test_a_closed_shift_without_another_place_leaves_the_citizen_in_line(meet: Meet) -> None:
    talk = await booked(meet)
    point = replace(talk.content.points["small"], closed={TUESDAY + timedelta(days=7): "праздник"})
    talk.content = replace(talk.content, points={"small": point})
    await shift_closed(talk)

    assert await ticked(talk) == ["queue.lost"]
    assert await does(talk, "[other]") == ["slots.none"]


@pytest.mark.parametrize("words", ["Моя запись", "перенести запись", "опаздываю!", "не смогу прийти"])
async def test_ones_own_words_lead_to_the_booking(meet: Meet, words: str) -> None:
    talk = await booked(meet)

    assert await does(talk, "/menu", words) == ["booked.visit"]


async def test_without_a_booking_the_same_words_lead_to_one(talk: Talk) -> None:
    await talk.play(TO_PLAN)

    assert await does(talk, "моя запись") == ["booking.role"]
