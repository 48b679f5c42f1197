"""`python -m bot point …`: a whole day of a point: its list for the department, a shift that does not take place."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.desk import DAY, POINT, ROLE, Office, Wrong, asked, noted, place_of, role_of, run, when
from bot.commands.shell import say, settings
from bot.desk import daylist, shifts
from bot.desk.daylist import DayList
from bot.parts import needs
from bot.texts.files import read_folder
from bot.texts.load import load
from bot.texts.mistakes import BadContent
from bot.texts.schema import Content
from storage.booking_records import BookingRow, Slot

app = typer.Typer(
    help="Пункт приёма: список дня для отделения, закрыть приём, что сломает новое расписание.", no_args_is_help=True
)
WRITERS = {".csv": daylist.to_csv, ".xlsx": daylist.to_xlsx}


@app.command("list")
def day_list(
    day: DAY = "сегодня",
    confirm: Annotated[str, typer.Option("--confirm", metavar="ПЕЧАТЬ", help="шесть знаков под списком")] = "",
    to: Annotated[Path | None, typer.Option("--to", metavar="ФАЙЛ", help="куда: .xlsx или .csv")] = None,
    point: POINT = "",
    role: ROLE = "",
) -> None:
    """Список принятых за день для отделения. Сначала посмотреть, потом подтвердить и записать в файл."""

    async def act(office: Office) -> None:
        place, on = place_of(office, point, day)
        who = role_of(office.content, place, role, on)
        if bool(confirm) != (to is not None):
            raise Wrong("Чтобы получить файл, нужны оба: --confirm ПЕЧАТЬ --to ФАЙЛ.xlsx")
        if to is not None and to.suffix.lower() not in WRITERS:
            raise Wrong("Имя файла должно оканчиваться на .xlsx или .csv.")
        async with office.database.write() as tx:
            if to is None:
                found = await daylist.look(tx, office.content, place.id, who, on)
                await noted(tx, office, "day_list_read", f"{place.id} {who} {on}")
                _show(found)
                return
            given = await daylist.confirm(
                tx, office.content, place.id, who, on, seal=confirm, actor=office.actor, now=office.now
            )
            if given is None:
                raise Wrong("Список с тех пор изменился или печать не та. Посмотрите его ещё раз: point list")
            _write(office.content, given, to)
        say(f"Список записан в {to}: {len(given.lines)}. После передачи удалите файл с этого компьютера.")

    with asked():
        run(act)


def _show(found: DayList) -> None:
    for line in found.lines:
        sender = f", направил {line.sender}" if line.sender else ""
        say(f"{line.number:>3}. {line.time}  {line.name}{sender}: {line.results}. Дальше: {line.next_step}")
    say(f"Принято: {len(found.lines)}. Печать: {found.seal}")
    if found.unrecorded:
        say(f"Ещё не записан итог: {found.unrecorded}. Они в список не попадут.")
    say(f"Всё верно? python -m bot point list --day {found.on:%d.%m.%Y} --confirm {found.seal} --to список.xlsx")


def _write(content: Content, found: DayList, file: Path) -> None:
    try:
        file.write_bytes(WRITERS[file.suffix.lower()](content, found))
    except OSError as error:
        raise Wrong(f"Файл {file} не записать ({error.strerror}). Проверьте папку и права.") from error


@app.command("close")
def close(
    day: Annotated[str, typer.Argument(metavar="ДЕНЬ", help="сегодня, завтра, 24.11 или 24.11.2026")],
    reason: Annotated[str, typer.Option("--reason", metavar="СЛОВА", help="для сотрудников, людям не покажем")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="закрыть; без этого только покажет, кого это коснётся")] = False,
    point: POINT = "",
    role: ROLE = "",
) -> None:
    """Приёма не будет: всем записанным сообщат и предложат следующее место, оно за ними подержится."""

    async def act(office: Office) -> None:
        place, on = place_of(office, point, day)
        who = role_of(office.content, place, role, on)
        async with office.database.write() as tx:
            if not yes:
                _touched(await shifts.would_close(tx, office.content, place.id, who, on))
                say("Пока ничего не изменилось. Закрыть: та же команда и --yes")
                return
            moved = await shifts.close(
                tx, office.content, place.id, who, on, actor=office.actor, reason=reason[:200], now=office.now
            )
        if moved is None:
            raise Wrong("Этот приём уже закрыт.")
        for one in moved:
            offered = f"держим место {_short(one.offered)}" if one.offered else "места пока нет"
            reached = "сообщим в чате" if one.is_told else f"ПОЗВОНИТЕ {one.booking.phone or 'телефона нет'}"
            say(f"{one.booking.wall[11:]}  {one.booking.name or 'из бота'}: {reached}, {offered}")
        say(f"Приём {on:%d.%m.%Y} закрыт. Записанных было: {len(moved)}.")

    with asked():
        run(act)


def _short(slot: Slot) -> str:
    return f"{slot.day[8:]}.{slot.day[5:7]} в {slot.wall[11:]}"


def _touched(rows: list[BookingRow]) -> None:
    for row in rows:
        say(f"{when(row)}  {row.code}  {row.name or 'из бота'}")
    say(f"Коснётся людей: {len(rows)}.")


@app.command("broken")
def broken() -> None:
    """Какие записи не влезут в расписание из папки content, пока его не опубликовали."""

    async def act(office: Office) -> None:
        try:
            content = load(read_folder(settings(quiet=True).content_dir), needs())
        except BadContent as error:
            raise Wrong(f"В папке content ошибки: {len(error.mistakes)}. Список: python -m bot check") from error
        async with office.database.write() as tx:
            rows = await shifts.broken(tx, content, now=office.now)
            await noted(tx, office, "schedule_tried", f"bookings {len(rows)}")
        _touched(list(rows))
        if rows:
            say("Когда расписание вступит в силу, этим людям сообщат сами и предложат другое время.")

    with asked():
        run(act)
