"""`python -m bot visits …`: a day of the point, seats, visits, lists, for staff without the console."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated
from uuid import uuid4

import typer

from bot.booking.slots import day_slots
from bot.commands.desk import (
    CODE,
    DAY,
    POINT,
    ROLE,
    Office,
    Wrong,
    asked,
    booking_of,
    code_of,
    day_of,
    noted,
    place_of,
    point_of,
    refused,
    role_of,
    run,
    slot_at,
    slot_now,
    today_at,
    when,
    word_of,
)
from bot.commands.shell import say
from bot.desk import day as days
from bot.desk import repeats, shifts, visits
from bot.desk.rules import MATCHER, Report
from bot.desk.shifts import Person, Seated
from bot.reports import surveys as survey_report
from bot.texts import render
from bot.texts.booking import Point
from bot.texts.schema import Content
from storage.visits import Application, Next, Paper, Result, Resume

app = typer.Typer(help="Приём в консультационном пункте: кто записан, что сделано, списки.", no_args_is_help=True)

NAME = Annotated[str, typer.Option("--name", metavar="ИМЯ", help="имя, как назвался человек")]
PHONE = Annotated[str, typer.Option("--phone", metavar="ТЕЛЕФОН", help="по желанию; хранится зашифрованным")]
CITIZEN = Annotated[str, typer.Option("--citizen", metavar="НОМЕР", help="человек из бота, номер из обращения")]
SENDER = Annotated[
    str, typer.Option("--from", metavar="КТО", help="кто направил: bailiff, advisor, matcher, centre, self")
]

STATES = {
    "booked": "записан",
    "reminded": "записан",
    "confirmed": "придёт",
    "served": "принят",
    "no_show": "не пришёл",
}
REASONS = {  # kind of a reason → its heading, the screen whose buttons are its words
    "no_show": ("Почему не пришли", "visits.missed"),
    "refused": ("Почему отказались от другой помощи", "visits.why_not"),
    "no_help": ("Почему отказались от помощи на приёме", "reasons.why_no_help"),
    "no_job": ("Почему нет работы после второго приглашения", "reasons.why_no_job"),
}
FREE_SHOWN = 12


@app.command("day")
def show_day(day: DAY = "сегодня", point: POINT = "", role: ROLE = "") -> None:
    """Кто записан на день: время, код, имя, кто направил, резюме и заявление."""

    async def act(office: Office) -> None:
        content = office.content
        place, on = place_of(office, point, day)
        who = role_of(content, place, role, on)
        async with office.database.write() as tx:
            seats = await days.day(tx, content, place.id, who, on)
            await noted(tx, office, "day_read", f"{place.id} {who} {on}")
        say(f"{on:%d.%m.%Y}, {content.roles[who].name}, {place.name}")
        for seat in seats:
            say(_line(content, seat))
        say(f"Записано: {len(seats)}.")

    with asked():
        run(act)


@app.command("next")
def show_next(point: POINT = "") -> None:
    """Список к ближайшему приёму специалиста по подбору: кто придёт и у кого есть резюме."""

    async def act(office: Office) -> None:
        content, place = office.content, point_of(office.content, point)
        today = today_at(content, place, office.now)
        ahead = (today + timedelta(days=number) for number in range(place.horizon_days + 1))
        on = next((one for one in ahead if _receives(office, place, one)), None)
        if on is None:
            raise Wrong(f"Приёма по подбору работы нет ещё {place.horizon_days} дней: проверьте points/{place.id}.yaml")
        async with office.database.write() as tx:
            seats = await days.day(tx, content, place.id, MATCHER, on)
            await noted(tx, office, "day_read", f"{place.id} {MATCHER} {on}")
        say(f"{on:%d.%m.%Y}, {content.roles[MATCHER].name}, {place.name}")
        for seat in seats:
            say(_line(content, seat))
        ready = sum(seat.resume in (Resume.PORTAL, Resume.PAPER) for seat in seats)
        promised = sum(seat.resume is Resume.PROMISED for seat in seats)
        say(f"Записано: {len(seats)}. Резюме есть: {ready}, обещали: {promised}, нет: {len(seats) - ready - promised}.")

    with asked():
        run(act)


def _line(content: Content, seat: days.Seat) -> str:
    booking, words = seat.booking, content.visits
    name = booking.name or ("из бота" if booking.citizen_id else "без имени")
    marks = [
        words.senders.get(booking.referred_by, booking.referred_by),
        f"резюме: {words.resume.get(seat.resume, seat.resume)}",
        "просит помочь с резюме" if seat.wants_help else "",
        f"заявление: {words.application.get(seat.application, seat.application)}",
        f"приглашали раз: {seat.repeats}" if seat.repeats else "",
        "опаздывает" if booking.is_late else "",
    ]
    told = "; ".join(mark for mark in marks if mark)
    return f"{booking.wall[11:]}  {booking.code}  {name:<24}  {STATES[booking.state]:<10}  {told}"


def _receives(office: Office, point: Point, on: date) -> bool:
    slots = day_slots(office.content, point.id, MATCHER, on)
    return bool(slots) and slots[-1].ends_at > office.now


@app.command("free")
def show_free(day: DAY = "сегодня", point: POINT = "", role: ROLE = "") -> None:
    """Свободное время: с этого дня, двенадцать ближайших."""

    async def act(office: Office) -> None:
        place, on = place_of(office, point, day)
        who = role_of(office.content, place, role or "matcher", on)
        after = days.midnight(office.content, place.id, on)
        async with office.database.read() as tx:
            found = await days.free(tx, office.content, place.id, who, now=office.now, after=after)
        for slot in found[:FREE_SHOWN]:
            say(f"{slot.day[8:]}.{slot.day[5:7]}.{slot.day[:4]} {slot.wall[11:]}")
        say(f"Свободно: {len(found)}." if found else "Свободного времени нет.")

    with asked():
        run(act)


@app.command("book")
def book(
    time: Annotated[str, typer.Argument(metavar="ВРЕМЯ", help="например 10:00")],
    day: DAY = "сегодня",
    name: NAME = "",
    phone: PHONE = "",
    citizen: CITIZEN = "",
    sender: SENDER = "",
    point: POINT = "",
    role: ROLE = "",
) -> None:
    """Записать человека: из бота или без мессенджера, по имени."""

    async def act(office: Office) -> None:
        place, on = place_of(office, point, day)
        slot = slot_at(office.content, place, role_of(office.content, place, role, on), on, time)
        person = Person(citizen or None, name, phone)
        by = word_of(office.content.visits.senders, sender, "кто направил")
        async with office.database.write() as tx:
            seated = await shifts.book(
                tx, office.content, slot, person, actor=office.actor, once=uuid4().hex, now=office.now, referred_by=by
            )
        _seated(seated)

    with asked():
        run(act)


@app.command("walk-in")
def walk_in(
    name: NAME = "", phone: PHONE = "", citizen: CITIZEN = "", sender: SENDER = "", point: POINT = "", role: ROLE = ""
) -> None:
    """Пришёл без записи: посадить на это время. Кто направил — в --from."""

    async def act(office: Office) -> None:
        place, on = place_of(office, point, "сегодня")
        slot = slot_now(office.content, place, role_of(office.content, place, role, on), office.now)
        person = Person(citizen or None, name, phone)
        by = word_of(office.content.visits.senders, sender, "кто направил")
        async with office.database.write() as tx:
            seated = await shifts.walk_in(
                tx, office.content, slot, person, actor=office.actor, once=uuid4().hex, now=office.now, referred_by=by
            )
        _seated(seated)

    with asked():
        run(act)


def _seated(seated: Seated) -> None:
    if seated.code == "has_one" and seated.booking is not None:
        other = seated.booking
        raise Wrong(f"Человек уже записан к этому специалисту: {when(other)}, код {other.code}.")
    refused(seated.code)
    assert seated.booking is not None
    say(f"Записан: {when(seated.booking)}, код {seated.booking.code}.")


@app.command("to-matcher")
def to_matcher(
    code: CODE,
    day: DAY = "сегодня",
    to_day: Annotated[str, typer.Option("--to-day", metavar="ДЕНЬ", help="не ближайший, а этот день")] = "",
    to_time: Annotated[str, typer.Option("--to-time", metavar="ВРЕМЯ", help="вместе с --to-day")] = "",
    point: POINT = "",
) -> None:
    """Карьерный консультант записывает человека к специалисту по подбору, на ближайшее свободное время."""

    async def act(office: Office) -> None:
        content = office.content
        place, on = place_of(office, point, day)
        if bool(to_day) != bool(to_time):
            raise Wrong("Напишите и день, и время: --to-day 26.11 --to-time 10:00. Или ни того, ни другого.")
        slot = None
        if to_day:
            slot = slot_at(content, place, MATCHER, day_of(to_day, today_at(content, place, office.now)), to_time)
        async with office.database.write() as tx:
            booking = await booking_of(tx, content, place, on, code)
            seated = await shifts.to_matcher(tx, content, booking.id, actor=office.actor, now=office.now, slot=slot)
        _seated(seated)

    with asked():
        run(act)


@app.command("record")
def record(
    code: CODE,
    result: Annotated[list[str], typer.Option("--result", metavar="ИТОГ", help="код или слова; можно несколько раз")],
    day: DAY = "сегодня",
    resume: Annotated[str, typer.Option("--resume", metavar="КАКОЕ", help="none, promised, portal, paper")] = "",
    application: Annotated[
        str,
        typer.Option(
            "--application", metavar="КАКОЕ", help="none, draft, submitted, needs_documents, accepted, rejected"
        ),
    ] = "",
    no_job: Annotated[bool, typer.Option("--no-job", help="работа не нужна")] = False,
    next_step: Annotated[
        str,
        typer.Option("--next", metavar="КУДА", help="none, advisor, matcher, repeat, centre; иначе решат правила"),
    ] = "",
    copied: Annotated[
        list[str] | None, typer.Option("--copied", metavar="БУМАГА", help="что скопировали; можно несколько раз")
    ] = None,
    book_next: Annotated[bool, typer.Option("--book-next", help="сразу записать на следующий приём")] = False,
    point: POINT = "",
) -> None:
    """Записать, что сделано на приёме. Человек в боте увидит, что ему оказали и что ещё доступно."""

    async def act(office: Office) -> None:
        content, words = office.content, office.content.visits
        place, on = place_of(office, point, day)
        report = Report(
            results=tuple(code_of(Result, words.results, one, "итог") for one in result),
            resume=code_of(Resume, words.resume, resume, "резюме") if resume else None,
            application=code_of(Application, words.application, application, "заявление") if application else None,
            needs_job=not no_job,
            next_step=code_of(Next, words.next, next_step, "что дальше") if next_step else None,
            papers=tuple(code_of(Paper, words.papers, one, "бумага") for one in copied or ()),
        )
        async with office.database.write() as tx:
            booking = await booking_of(tx, content, place, on, code)
            done = await visits.record(
                tx, content, booking.id, report, actor=office.actor, now=office.now, books_next=book_next
            )
        _recorded(content, done)

    with asked():
        run(act)


def _recorded(content: Content, done: visits.Recorded) -> None:
    refused(done.code)
    assert done.visit is not None
    words = content.visits
    results = ", ".join(words.results.get(code, code) for code in done.visit.results)
    say(f"Записано: {results}.")
    say(f"Дальше: {words.next.get(done.visit.next_step, done.visit.next_step)}.")
    if done.booked is not None and done.booked.booking is not None:
        say(f"Следующий приём: {when(done.booked.booking)}, код {done.booked.booking.code}.")
    elif done.booked is not None:
        say("Записать на следующий приём не вышло: свободного времени нет.")
    for one in done.referrals:
        say(f"Предложено: {words.referrals[one.kind].label}. Номер направления {one.id}.")
    for one in done.to_ask:
        say(f"Спросите, чем кончилось: {words.referrals[one.kind].label}, номер {one.id}.")
    if done.tells_lead:
        say(f"Это приглашение уже {done.visit.repeats}-е: начальник отдела увидит его в рабочем чате и в кабинете.")


@app.command("no-show")
def no_show(code: CODE, day: DAY = "сегодня", point: POINT = "") -> None:
    """Человек не пришёл. В боте его мягко спросят почему и предложат другое время."""

    async def act(office: Office) -> None:
        place, on = place_of(office, point, day)
        async with office.database.write() as tx:
            booking = await booking_of(tx, office.content, place, on, code)
            done = await visits.no_show(tx, office.content, booking.id, actor=office.actor, now=office.now)
        refused(done.code)
        say(f"Отмечено: не пришёл, {when(booking)}.")

    with asked():
        run(act)


@app.command("lead")
def lead() -> None:
    """Кого приглашали три раза и больше без результата. Показывает каждого один раз: для начальника отдела."""

    async def act(office: Office) -> None:
        async with office.database.write() as tx:
            found = await repeats.unseen(tx, office.content, office.content.points)
            ids = {row.id for _, row in found}
            await repeats.seen(tx, office.content, office.content.points, ids, actor=office.actor, now=office.now)
        for visit, row in found:
            name = row.name or ("из бота" if row.citizen_id else "без имени")
            say(f"{when(row)}, код {row.code}, {name}, приглашали раз: {visit.repeats}")
        say(f"Новых: {len(found)}.")

    with asked():
        run(act)


@app.command("reasons")
def reasons(
    last: Annotated[int, typer.Option("--days", metavar="ДНЕЙ", min=1, max=3660, help="за сколько дней")] = 90,
    point: POINT = "",
) -> None:
    """Почему не пришли, нет работы, отказались: сколько раз что ответили, и в опросах. Кто ответил, не хранится."""

    async def act(office: Office) -> None:
        until = datetime.now(UTC).date() + timedelta(days=1)
        place = point_of(office.content, point).id if point else ""
        async with office.database.read() as tx:
            counted = await tx.reasons.count(since=until - timedelta(days=last), until=until, point=place)
            results = await tx.visits.count(since=office.now - timedelta(days=last))
            asked = await survey_report.results(tx, office.content, since=until - timedelta(days=last), until=until)
        for kind, (title, key) in REASONS.items():
            say(title)
            lines = [(number, reason) for one, reason, number in counted if one == kind]
            for number, reason in lines:
                say(f"{number:>6}  {render.button(office.content, key, reason)}")
            say(f"{sum(number for number, _ in lines):>6}  всего")
        for line in survey_report.lines(office.content, [one for one in asked if one.survey.measure == "reasons"]):
            say(line)
        say("Что сделано на приёмах")
        for result, number in results:
            say(f"{number:>6}  {office.content.visits.results.get(result, result)}")

    with asked():
        run(act)
