"""The list for the department: confirmed as it was seen, and never more than the minimum."""

import csv
import io
from dataclasses import astuple, fields, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot.desk import daylist
from bot.desk.day import Seat
from bot.desk.daylist import UNTOLD, Line, made
from bot.desk.shifts import Person
from bot.flows import FLOWS
from storage.booking_records import BookingRow
from storage.database import Database
from storage.visits import Application, Next, Paper, Result, Resume, VisitRow
from tests.reception.desk import MATCHER, NOW, PETROVA, POINT, THURSDAY, Desk, consulted
from tests.talk import real_content

CONTENT = real_content(FLOWS)
PHONE, CITIZEN, BOOKING, CODE = "79135550000", "c1t1zen", "b00k1ng", "4711"


async def look(desk: Desk) -> daylist.DayList:
    async with desk.database.read() as tx:
        return await daylist.look(tx, desk.content, POINT, MATCHER, THURSDAY)


async def confirm(desk: Desk, seal: str) -> daylist.DayList | None:
    async with desk.database.write() as tx:
        return await daylist.confirm(
            tx, desk.content, POINT, MATCHER, THURSDAY, seal=seal, actor=PETROVA, now=desk.clock.now()
        )


async def full(desk: Desk) -> None:
    """Three people came, one did not, one is still waited for."""
    talk = await desk.citizen()
    people = [
        (Person(name="=cmd|' /C calc'!A0", phone=PHONE), "10:00", consulted(Result.RESUME_PAPER)),
        (talk, "10:30", consulted(Result.REFERRED_PSYCHOLOGIST, needs_job=False)),
        (Person(name="Оля"), "11:00", None),
        (Person(name="Петя"), "11:30", consulted(application=Application.ACCEPTED)),
        (Person(name="Вася"), "14:00", ...),
    ]
    rows = [(await desk.booked(who, THURSDAY, clock, sender="bailiff"), report) for who, clock, report in people]
    desk.clock.set(rows[-1][0].starts_at)
    for row, report in rows[:-1]:
        await (desk.no_show(row) if report is None else desk.record(row, report))


async def test_the_list_names_who_was_received_and_nothing_else(desk: Desk) -> None:
    await full(desk)

    found = await look(desk)

    first = "Консультация, Резюме на бумаге, Придёт через неделю"
    assert [astuple(line) for line in found.lines] == [
        ("1", "=cmd|' /C calc'!A0", "10:00", "пристав", first, "Прийти через неделю"),
        ("2", "без имени", "10:30", "пристав", "Консультация", "Ничего"),
        ("3", "Петя", "11:30", "пристав", "Консультация, Передан в центр занятости", "В центр занятости"),
    ]
    assert found.unrecorded == 1
    assert "day_list_given" not in {act for _, act in await desk.audit()}


async def test_a_list_is_given_out_only_as_it_was_seen(desk: Desk) -> None:
    await full(desk)
    seen = await look(desk)
    assert await confirm(desk, "000000") is None
    (late,) = [seat.booking for seat in await desk.day() if seat.booking.name == "Вася"]
    await desk.record(late, consulted(needs_job=False))

    assert await confirm(desk, seen.seal) is None
    newer = await look(desk)
    given = await confirm(desk, f" {newer.seal.lower()} ")

    assert given == newer
    assert [act for _, act in await desk.audit()].count("day_list_given") == 1


async def test_the_files_hold_the_list_and_compute_nothing(desk: Desk) -> None:
    await full(desk)
    found = await look(desk)

    text = daylist.to_csv(desk.content, found).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=";")
    assert head == ["№", "Имя, как назвался", "Время", "Кто направил", "Что сделано", "Что дальше"]
    assert rows[0][:3] == ["1", "'=cmd|' /C calc'!A0", "10:00"]
    assert [row[1] for row in rows[1:]] == ["без имени", "Петя"]

    (sheet,) = load_workbook(io.BytesIO(daylist.to_xlsx(desk.content, found))).worksheets
    assert sheet.title == "26.11.2026"
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells == [head, *rows]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}
    for secret in (PHONE, "сихолог", "Оля"):
        assert secret not in text


async def test_an_unknown_point_is_an_error(database: Database) -> None:
    async with database.read() as tx:
        with pytest.raises(KeyError):
            await daylist.look(tx, CONTENT, "nowhere", MATCHER, THURSDAY)


# whatever is recorded

BOOKED = BookingRow(
    BOOKING, CODE, CITIZEN, POINT, MATCHER, "slot", 1, NOW, NOW + timedelta(minutes=30), "2026-11-26T10:00",
    "served", 1, 0, False, "staff:petrova", NOW, phone=PHONE,
)  # fmt: skip
VISIT = VisitRow(BOOKING, CITIZEN, POINT, MATCHER, NOW, "staff:petrova", NOW, phone_find="f1nd")

SEATS = st.builds(
    lambda name, sender, results, step, resume, application, papers, repeats, is_recorded: Seat(
        replace(BOOKED, name=name),
        replace(
            VISIT,
            results=tuple(results),
            next_step=step,
            resume=resume,
            application=application,
            papers=tuple(papers),
            referred_by=sender,
            repeats=repeats,
        )
        if is_recorded
        else None,
        resume,
        application,
        repeats,
    ),
    st.sampled_from(["", "Иван", "=1+1", "О'Нил"]),
    st.sampled_from(["", *CONTENT.visits.senders]),
    st.lists(st.sampled_from(Result), min_size=1, max_size=8, unique=True),
    st.sampled_from(Next),
    st.sampled_from(Resume),
    st.sampled_from(Application),
    st.lists(st.sampled_from(Paper), max_size=3, unique=True),
    st.integers(0, 9),
    st.booleans(),
)


def test_a_line_has_six_fields() -> None:
    assert [field.name for field in fields(Line)] == ["number", "name", "time", "sender", "results", "next_step"]


@given(st.lists(SEATS, max_size=6))
@settings(max_examples=300, deadline=None)
def test_the_list_never_holds_more_than_the_minimum(seats: list[Seat]) -> None:
    words = CONTENT.visits
    received = [seat for seat in seats if seat.visit and Result.NO_SHOW not in seat.visit.results]

    found = made(CONTENT, POINT, MATCHER, THURSDAY, seats)

    assert len(found.lines) == len(received)
    for seat, line in zip(received, found.lines, strict=True):
        assert seat.visit is not None
        told = {words.results[code] for code in seat.visit.results if code not in UNTOLD} or {words.day_list.received}
        assert line.name == (seat.booking.name or words.day_list.unnamed)
        assert line.time == "12:00"
        assert line.sender == (words.senders[seat.visit.referred_by] if seat.visit.referred_by else "")
        assert set(line.results.split(", ")) == {part for label in told for part in label.split(", ")}
        assert line.next_step == words.next[seat.visit.next_step]
    shown = daylist.to_csv(CONTENT, found).decode()
    for secret in (PHONE, CITIZEN, BOOKING, CODE, "f1nd", "petrova", *(words.results[code] for code in UNTOLD)):
        assert secret not in shown
