"""A day at the point from the command line, typed as staff would type it; every refusal in Russian."""

import csv
import io
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from tests.ops.child import Done, command
from tests.talk import CONTENT

PHONE = "8 913 555-01-02"


def noon() -> str:
    """A zone where it is about noon now: a day of the point is going on whenever this is run."""
    east = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{-east:+d}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped content; both specialists receive today and tomorrow, matcher from eight to four."""
    content = Path(shutil.copytree(CONTENT, tmp_path / "content"))
    zone = noon()
    office = content / "offices" / "barnaul.yaml"
    office.write_text(office.read_text().replace("Asia/Barnaul", zone))
    days = [datetime.now(ZoneInfo(zone)).date() + timedelta(days=ahead) for ahead in (0, 1)]
    lines = "".join(f"  {day}:\n    job_matcher: 8:00-16:00\n" for day in days)
    point = content / "points" / "barnaul_alimony.yaml"
    point.write_text(re.sub(r"^exceptions:.*\Z", f"exceptions:\n{lines}", point.read_text(), flags=re.S | re.M))
    return tmp_path


@pytest.fixture
def bot(folder: Path) -> "Bot":
    return Bot(folder)


class Bot:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def run(self, *arguments: str) -> Done:
        return await command(self.folder, *arguments, BOT_CONTENT_DIR=str(self.folder / "content"))

    async def says(self, *arguments: str) -> str:
        done = await self.run(*arguments)
        assert done.code == 0, done.err
        assert done.err == ""
        return done.out

    async def refuses(self, *arguments: str) -> str:
        done = await self.run(*arguments)
        assert done.code == 1, done.out + done.err
        assert "Traceback" not in done.err
        return done.err.strip()


def code_in(said: str) -> str:
    found = re.search(r"код (\d{4})", said)
    assert found, said
    return found[1]


async def test_a_day_at_the_point(bot: Bot) -> None:
    """Somebody comes by himself, is received, listed for the department; somebody else does not come."""
    first = code_in(await bot.says("visits", "walk-in", "--name", "=1+1", "--phone", PHONE, "--from", "bailiff"))
    booked = await bot.says("visits", "book", "10:00", "--day", "завтра", "--name", "Сосед Коля")
    shown = await bot.says("visits", "day")
    assert re.search(rf"{first}  =1\+1 +записан +пристав; резюме: нет; заявление: нет", shown)
    assert "Записано: 1." in shown

    said = await bot.says(
        "visits", "record", first, "--result", "консультация", "--result", "resume_paper", "--copied", "паспорт"
    )
    assert "Записано: Консультация, Резюме на бумаге, Придёт через неделю." in said
    assert "Дальше: Прийти через неделю." in said
    assert await bot.refuses("visits", "no-show", code_in(booked), "--day", "завтра") == "Приём ещё не начался."

    seen = await bot.says("point", "list")
    assert "1. " in seen
    assert "Принято: 1." in seen
    seal = re.search(r"Печать: (\w{6})", seen)
    assert seal
    given = await bot.says("point", "list", "--confirm", seal[1], "--to", "список.xlsx")
    assert "удалите файл" in given
    (sheet,) = load_workbook(bot.folder / "список.xlsx").worksheets
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["№", "Имя, как назвался", "Время", "Кто направил", "Что сделано", "Что дальше"]
    assert rows[1][1] == "'=1+1"
    await bot.says("point", "list", "--confirm", seal[1].lower(), "--to", "список.csv")
    text = (bot.folder / "список.csv").read_text("utf-8-sig")
    assert list(csv.reader(io.StringIO(text), delimiter=";")) == rows
    assert "913" not in text

    assert "изменился" in await bot.refuses("point", "list", "--confirm", "ABCDEF", "--to", "a.csv")
    assert not (bot.folder / "a.csv").exists()
    counted = await bot.says("visits", "reasons")
    assert re.search(r"1  Консультация", counted)
    assert "Забыл" not in counted
    assert "Новых: 0." in await bot.says("visits", "lead")


async def test_a_shift_is_closed_only_with_a_second_word(bot: Bot) -> None:
    code = code_in(await bot.says("visits", "book", "10:00", "--day", "завтра", "--name", "Коля", "--phone", PHONE))

    would = await bot.says("point", "close", "завтра")
    assert code in would
    assert "Пока ничего не изменилось" in would
    closed = await bot.says("point", "close", "завтра", "--reason", "болезнь", "--yes")
    assert "ПОЗВОНИТЕ 79135550102" in closed
    assert "держим место" in closed
    assert await bot.refuses("point", "close", "завтра", "--yes") == "Этот приём уже закрыт."
    assert "закрыт" in await bot.refuses("visits", "book", "11:00", "--day", "завтра", "--name", "Оля")
    assert "снова открыт" in await bot.says("point", "reopen", "завтра")
    assert await bot.refuses("point", "reopen", "завтра") == "Этот приём не закрыт."
    assert "код" in await bot.says("visits", "book", "11:00", "--day", "завтра", "--name", "Оля")
    assert "отменена" in await bot.refuses("visits", "record", code, "--day", "завтра", "--result", "consulted")


async def test_a_new_schedule_is_tried_before_it_is_published(bot: Bot) -> None:
    await bot.says("visits", "book", "10:00", "--day", "завтра", "--name", "Коля")
    assert "Коснётся людей: 0." in await bot.says("point", "broken")
    point = bot.folder / "content" / "points" / "barnaul_alimony.yaml"
    point.write_text(point.read_text().replace("8:00-16:00", "12:00-16:00"))

    told = await bot.says("point", "broken")

    assert "Коля" in told
    assert "Коснётся людей: 1." in told
    shutil.rmtree(bot.folder / "content" / "talks")  # they are of another time zone
    checked = await bot.says("check")
    assert re.search(r"barnaul_alimony\.yaml:\d+: на [\d.]+ есть записи на время, когда приёма нет: 1: ", checked), (
        checked
    )
    point.write_text(point.read_text().replace("12:00-16:00", "16:00-12:00"))
    assert "python -m bot check" in await bot.refuses("point", "broken")


async def test_other_help_is_offered_and_marked(bot: Bot) -> None:
    code = code_in(await bot.says("visits", "walk-in", "--name", "Коля"))

    offered = await bot.says("referrals", "offer", code, "--to", "психолог")
    number = re.search(r"Номер (\S+?)\.\n", offered)
    assert number
    assert "спросите сами" in offered
    assert "Такое направление" in await bot.refuses("referrals", "offer", code, "--to", "psychologist")
    assert "согласился" in await bot.says("referrals", "mark", number[1], "agreed")
    listed = await bot.says("referrals", "list")
    assert f"{number[1]}  Психолог" in listed
    assert "Коля" in listed
    await bot.says("referrals", "mark", number[1], "passed")
    assert "завершено, помогло" in await bot.says("referrals", "mark", number[1], "done", "--helped")
    assert "нельзя" in await bot.refuses("referrals", "mark", number[1], "agreed")
    assert "Всего: 1." in await bot.says("referrals", "list", "--state", "done")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["visits", "day", "--day", "никогда"], "Не понял день «никогда»"),
        (["visits", "day", "--point", "moon"], "Пункта «moon» нет. Есть: barnaul_alimony."),
        (["visits", "day", "--role", "judge"], "Специалиста «judge» нет. Есть: advisor"),
        (["visits", "book", "3:17", "--day", "завтра", "--name", "Коля"], "В 3:17 приём не начинается. Есть: 08:00"),
        (["visits", "book", "10:00", "--day", "завтра"], "Нужно имя"),
        (["visits", "book", "10:00", "--day", "завтра", "--name", "К", "--phone", "нет"], "Не понял телефон"),
        (["visits", "book", "10:00", "--day", "завтра", "--citizen", "nobody"], "Такого человека или записи нет."),
        (
            ["visits", "book", "10:00", "--day", "завтра", "--name", "К", "--from", "сам"],
            "Нет такого: кто направил «сам»",
        ),
        (["visits", "book", "10:00", "--day", "вчера", "--name", "К", "--role", "matcher"], "приёма нет"),
        (["visits", "record", "0000", "--result", "consulted"], "Записи с кодом 0000"),
        (["visits", "record", "0000", "--result", "обед"], "Нет такого: итог «обед». Можно:\n  consulted"),
        (["visits", "to-matcher", "0000", "--to-day", "завтра"], "Напишите и день, и время"),
        (["point", "list", "--to", "a.csv"], "нужны оба"),
        (["point", "list", "--to", "a.doc", "--confirm", "ABCDEF"], ".xlsx или .csv"),
        (["referrals", "mark", "nobody", "done"], "Такого человека или записи нет."),
        (["referrals", "list", "--state", "lost"], "Нет такого: состояние «lost»"),
    ],
)
async def test_every_mistake_is_told_with_what_to_do(bot: Bot, arguments: list[str], words: str) -> None:
    assert words in await bot.refuses(*arguments)
