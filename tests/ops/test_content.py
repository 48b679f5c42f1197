"""Content as an admin has it: the commands, a preview, several processes."""

import shutil
import time
from pathlib import Path

import pytest

from tests.ops.child import Running, command, until
from tests.ops.page import Page
from tests.ops.test_editions import FIRST, MENU, reword
from tests.talk import CONTENT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


@pytest.fixture
def unrehearsed(folder: Path) -> Path:
    """Without the talks beside the content: playing them all takes longer than what is proved here."""
    for file in (folder / "talks").iterdir():
        file.unlink()
    return folder


async def test_an_edit_reaches_every_process_and_a_rollback_too(
    tmp_path: Path, folder: Path, empty_postgres_url: str
) -> None:
    """One process publishes, another one answers citizens; an operator goes back from the command line."""
    given = {
        "BOT_DATABASE_URL": empty_postgres_url,
        "BOT_SECRET_KEY": "a-secret-of-the-tests-long-enough",
        "BOT_CONTENT_DIR": str(folder),
    }
    async with (
        Running(tmp_path, "run", name="first", **given) as first,
        Running(tmp_path, "run", "--role", "web", name="web", **given) as web,
        Page(web.url) as page,
    ):
        assert (await page.say("меню")).text.startswith(FIRST)
        reword(folder, "Что вам нужно?")
        began = time.monotonic()
        await until(lambda: "edition_adopted" in web.log, "the other process has it")
        print(f"edit to the other process: {time.monotonic() - began:.2f} s")
        assert (await page.say("меню")).text.startswith("Что вам нужно?")

        done = await command(tmp_path, "content", "rollback", "1", **given)
        assert done.code == 0, done.err
        await until(lambda: web.log.count("edition_adopted") == 2, "the page went back")
        await until(lambda: "edition_adopted" in first.log, "who answers went back")

        assert (await page.say("меню")).text.startswith(FIRST)
        assert first.log.count("edition_published") == 2, "the files that did not change are left alone"
        told = (await command(tmp_path, "content", "history", **given)).out.splitlines()
        assert told[0].startswith("№ 1")
        assert told[0].endswith("в силе")
        assert "возвращена" in told[0]
        assert told[1].strip() == "texts/menu.yaml"
        assert told[2].startswith("№ 2")
        assert "опубликована" in told[2]
        assert told[-1].startswith("Файлы в папке не в силе")


async def test_what_cannot_be_brought_back_is_told_in_russian(tmp_path: Path) -> None:
    assert (await command(tmp_path, "content", "history")).out.strip() == "Редакций ещё не было: бот не запускали."
    done = await command(tmp_path, "content", "rollback", "7")

    assert done.code == 1
    assert done.err.strip() == "Редакции № 7 нет. Какие есть: python -m bot content history"


async def test_a_preview_shows_an_edit_and_tells_of_a_bad_one(tmp_path: Path, folder: Path) -> None:
    async with Running(tmp_path, "preview", BOT_CONTENT_DIR=str(folder)) as bot, Page(bot.url) as page:
        assert (await page.say("меню")).text.startswith(FIRST)
        reword(folder, "Что вам нужно?")
        began = time.monotonic()
        bot.out += await bot.line(lambda line: "Новые слова в чате." in line)
        print(f"edit to the chat: {time.monotonic() - began:.2f} s")
        assert (await page.say("меню")).text.startswith("Что вам нужно?")
        reword_again = (folder / MENU).read_text(encoding="utf-8").replace("Что вам нужно?", "Что? {nichego}")
        (folder / MENU).write_text(reword_again, encoding="utf-8")

        bot.out += await bot.line(lambda line: "menu.yaml:" in line)
        bot.out += await bot.line(lambda line: "Ошибок" in line)

        assert "content/texts/menu.yaml:4: в «main.text» нет подстановки {nichego}" in bot.out
        assert bot.out.rstrip().endswith("Ошибок: 1. В чате прежние слова.")
        assert (await page.say("меню")).text.startswith("Что вам нужно?")
        assert await bot.stop() == 0


async def test_a_talk_is_saved_and_fits_at_once(tmp_path: Path, unrehearsed: Path) -> None:
    file = unrehearsed / "talks" / "new.md"
    typed = "/start\n(фото)\n[нет такой]\n[Плачу алименты]\n(прошёл 1 день)\n(прашёл 1 день)\nназад\n"
    for _ in range(2):
        done = await command(tmp_path, "talk", "--save", str(file), typed=typed, BOT_CONTENT_DIR=str(unrehearsed))
        assert done.code == 0, done.err
    assert "кнопки [нет такой] нет. Есть: " in done.out
    assert "возможно, (прошёл 1 день)" in done.out
    assert "Здравствуйте!" in done.out

    text = file.read_text(encoding="utf-8")
    assert text.count("# Разговор ") == 2
    assert "    > (фото)\n    < " in text
    assert "нет такой" not in text
    checked = await command(tmp_path, "check", str(unrehearsed))
    assert checked.code == 0, checked.out


async def test_check_plays_the_talks_and_tells_what_they_do_not_reach(tmp_path: Path, unrehearsed: Path) -> None:
    (unrehearsed / "talks" / "menu.md").write_text("# Меню\n> меню\n< Добрый день …\n", encoding="utf-8")

    bad = await command(tmp_path, "check", "content", "--coverage")
    accepted = await command(tmp_path, "check", "content", "--accept")

    assert bad.code == 1
    assert "не пройдено: content/texts/plan.yaml:3: list" in bad.out
    assert "Разговоров: 1. Экраны: пройдено 1 из " in bad.out
    assert "content/talks/menu.md:3: «Меню»: ждали «Добрый день …», сказано «Чем помочь?" in bad.out
    assert bad.out.splitlines()[-1].startswith("Ошибок: 1.")
    assert accepted.code == 0
    assert "переписан: content/talks/menu.md" in accepted.out
    assert "< Чем помочь?" in (unrehearsed / "talks" / "menu.md").read_text(encoding="utf-8")


async def test_check_draws_a_situation(tmp_path: Path, unrehearsed: Path) -> None:
    done = await command(tmp_path, "check", str(unrehearsed), "--graph", "plan.svg", "--situation", "released")
    wrong = await command(tmp_path, "check", str(unrehearsed), "--graph", "plan.svg", "--situation", "relesed")

    assert done.code == 0, done.out
    assert (tmp_path / "plan.svg").read_text(encoding="utf-8").startswith("<svg ")
    assert (wrong.code, wrong.err.strip()) == (1, "Ситуации «relesed» нет: возможно, released")
