"""What commands of the desk share: the database with the content in force, and what staff mean by what they type."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from getpass import getuser
from typing import Annotated, TypeVar

import typer

from bot.booking.slots import day_slots, zone_of
from bot.clock import Clock, SystemClock
from bot.commands.shell import refuse, settings, told, work
from bot.desk import day
from bot.editions import Editions
from bot.parts import explained, needs, opened_database
from bot.settings import Settings
from bot.texts import render
from bot.texts.booking import Point
from bot.texts.dates import read_day
from bot.texts.schema import Content
from storage.booking_records import BookingRow, Slot
from storage.database import Database, Transaction

T = TypeVar("T")
Code = TypeVar("Code", bound=StrEnum)
POINT = Annotated[str, typer.Option("--point", metavar="ИМЯ", help="пункт, если их несколько")]
ROLE = Annotated[str, typer.Option("--role", metavar="КТО", help="advisor или matcher; если принимает один, не нужно")]
DAY = Annotated[str, typer.Option("--day", metavar="ДЕНЬ", help="сегодня, завтра, 24.11 или 24.11.2026")]
CODE = Annotated[str, typer.Argument(metavar="КОД", help="четыре цифры из списка дня")]
ROLES = {"advisor": "career_advisor", "matcher": "job_matcher"}


REFUSED = {
    "no_name": "Нужно имя: --name, до 60 знаков. Можно не настоящее.",
    "no_phone": "Не понял телефон. Напишите 10 цифр, например 913 000-00-00, или не пишите совсем.",
    "no_seat": "Мест на это время нет. Свободные: python -m bot visits free",
    "unknown": "Такого человека или записи нет.",
    "is_closed": "Приём в этот день закрыт.",
    "is_over": "Это время уже прошло.",
    "not_closed": "Этот приём не закрыт.",
    "cancelled": "Эта запись отменена. Запишите человека снова.",
    "too_early": "Приём ещё не начался.",
    "nothing": "Назовите хотя бы один итог: --result. Если человек не пришёл: python -m bot visits no-show КОД",
    "no_way": "Сейчас так отметить нельзя.",
    "alive": "Такое направление у человека уже есть.",
}


class Wrong(Exception):
    """What staff typed can't be done; words for them."""


@dataclass(frozen=True, slots=True)
class Office:
    """database, content in force, the clock; actor: who types, for the audit."""

    database: Database
    content: Content
    clock: Clock
    actor: str

    @property
    def now(self) -> datetime:
        return self.clock.now()


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Office]:
    """The edition in force; on an installation that never ran, the files."""
    clock = SystemClock()
    async with opened_database(settings) as (database, _):
        editions = Editions(database, clock, settings.content_dir, needs())
        with explained():
            await editions.start(publishes=False)
        yield Office(database, editions.content(), clock, f"console:{getuser()}")


def point_of(content: Content, typed: str) -> Point:
    """The point of this name; the only one for none. Raises Wrong."""
    if typed in content.points:
        return content.points[typed]
    if not typed and len(content.points) == 1:
        return next(iter(content.points.values()))
    if not content.points:
        raise Wrong("Пунктов приёма нет: добавьте файл в points/ по образцу из поставки.")
    told = f"Пункта «{typed}» нет. " if typed else "Пунктов несколько, назовите один: --point ИМЯ. "
    raise Wrong(f"{told}Есть: {', '.join(content.points)}.")


def day_of(typed: str, today: date) -> date:
    """A day as people type it, «завтра», «24.11». Raises Wrong."""
    if (found := read_day(typed, today)) is not None:
        return found
    raise Wrong(f"Не понял день «{typed}». Напишите так: сегодня, завтра, 24.11 или 24.11.2026.")


def role_of(content: Content, point: Point, typed: str, on: date) -> str:
    """The specialist named, or the only one who receives on that day. Raises Wrong."""
    receiving = [role for role in point.roles if day_slots(content, point.id, role, on)]
    role = ROLES.get(typed, typed)
    if role in content.roles:
        return role
    if not typed and len(receiving) == 1:
        return receiving[0]
    every = ", ".join(f"{short} ({content.roles[role].name})" for short, role in ROLES.items() if role in content.roles)
    if typed:
        raise Wrong(f"Специалиста «{typed}» нет. Есть: {every}.")
    when = f"{on:%d.%m.%Y}"
    told = "приёма нет" if not receiving else "принимают несколько специалистов"
    raise Wrong(f"{when} {told}. Назовите специалиста: --role. Есть: {every}.")


def slot_at(content: Content, point: Point, role: str, on: date, typed: str) -> Slot:
    """The slot that begins at this local time. Raises Wrong, with the times there are."""
    every = day_slots(content, point.id, role, on)
    wanted = typed.strip().replace(".", ":").zfill(5)
    if found := next((slot for slot in every if slot.wall.endswith(f"T{wanted}")), None):
        return found
    if not every:
        raise Wrong(f"{on:%d.%m.%Y} приёма нет: {content.roles[role].name}.")
    raise Wrong(f"В {typed} приём не начинается. Есть: {', '.join(slot.wall[11:] for slot in every)}.")


def slot_now(content: Content, point: Point, role: str, now: datetime) -> Slot:
    """The slot that goes on now, else the next one today. Raises Wrong."""
    today = today_at(content, point, now)
    found = next((slot for slot in day_slots(content, point.id, role, today) if slot.ends_at > now), None)
    if found is None:
        raise Wrong(f"Сегодня приёма больше нет: {content.roles[role].name}.")
    return found


def today_at(content: Content, point: Point, now: datetime) -> date:
    return render.local(now, zone_of(content, point)).date()


async def booking_of(tx: Transaction, content: Content, point: Point, on: date, code: str) -> BookingRow:
    """The booking of that day with this code. Raises Wrong."""
    rows = [row for role in content.roles for row in await day.bookings(tx, content, point.id, role, on)]
    found = [row for row in rows if row.code == code.strip() and not row.is_held]
    active = [row for row in found if row.state in day.SEATED] or found
    if len(active) == 1:
        return active[0]
    if not found:
        raise Wrong(f"Записи с кодом {code} на {on:%d.%m.%Y} нет. Список: python -m bot visits day --day {on:%d.%m.%Y}")
    told = ", ".join(f"{row.wall[11:]} {row.name or 'без имени'}" for row in active)
    raise Wrong(f"Код {code} в этот день у нескольких человек: {told}. Уточните день или запишите через пульт.")


def code_of(kind: type[Code], words: Mapping[str, str], typed: str, what: str) -> Code:
    """A code or its words in the content, in any case. Raises Wrong, with all there are."""
    said = typed.strip().lower()
    for one in kind:
        if said in (one.value, words.get(one.value, "").lower()):
            return one
    every = "\n".join(f"  {one.value:<26}{words.get(one.value, '')}".rstrip() for one in kind)
    raise Wrong(f"Нет такого: {what} «{typed}». Можно:\n{every}")


def word_of(words: Collection[str], typed: str, what: str) -> str:
    if typed and typed not in words:
        raise Wrong(f"Нет такого: {what} «{typed}». Можно: {', '.join(words)}.")
    return typed


def place_of(office: Office, point: str, day: str) -> tuple[Point, date]:
    """The point, and the day there. Raises Wrong."""
    found = point_of(office.content, point)
    return found, day_of(day, today_at(office.content, found, office.now))


def when(booking: BookingRow) -> str:
    """«26.11.2026 в 10:00»."""
    year, month, day = booking.wall[:10].split("-")
    return f"{day}.{month}.{year} в {booking.wall[11:]}"


def refused(code: str) -> None:
    """Raises Wrong with the words of a code that means no."""
    if code in REFUSED:
        raise Wrong(REFUSED[code])


async def noted(tx: Transaction, office: Office, act: str, subject: str) -> None:
    """Who has read what."""
    await tx.audit.add(actor=office.actor, act=act, subject=subject, now=office.now)


@contextmanager
def asked() -> Iterator[None]:
    """What was typed wrong is told, and nothing is done."""
    with told():
        try:
            yield
        except Wrong as error:
            refuse(str(error), 1)


def run(act: Callable[[Office], Awaitable[T]]) -> T:
    """The act with everything opened."""

    async def inside() -> T:
        async with opened(settings(quiet=True)) as office:
            return await act(office)

    return work(inside())
