"""The worked example of bot/content/README.md, followed to the letter: a fourth situation without a programmer."""

import asyncio
import re
import shutil
from pathlib import Path

import pytest

from bot.flows import FLOWS
from bot.parts import needs
from bot.texts.files import read_folder
from bot.texts.load import load
from bot.texts.schema import Content
from storage.scratch import ScratchDatabase, template
from tests.ops.child import command
from tests.talk import CONTENT, Talk

README = (CONTENT / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(?:yaml|md)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(в конец файла|[Фф]айл)\s+`([^`]+)`")


def follow(folder: Path) -> list[str]:
    """Do what the example says, block by block; gives the files it named."""
    named = []
    example = README.partition("## Пример целиком")[2].partition("\n## ")[0]
    end = 0
    for block in BLOCK.finditer(example):
        how, name = FILE.findall(example[end : block.start()])[-1]
        end = block.end()
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        if how == "в конец файла":
            file.write_text(file.read_text(encoding="utf-8") + block[1], encoding="utf-8")
        else:
            assert not file.exists(), f"{name} is there already"
            file.write_text(block[1], encoding="utf-8")
        named.append(name)
    return named


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


@pytest.fixture
def content(folder: Path) -> Content:
    follow(folder)
    return load(read_folder(folder), needs())


async def test_the_example_passes_the_check(tmp_path: Path, folder: Path) -> None:
    assert follow(folder) == [
        "situations/youth/situation.yaml",
        "profile.yaml",
        "situations/youth/page.yaml",
        "situations/youth/plan.yaml",
        "situations/youth/plan.yaml",
        "questions/youth.yaml",
        "offices/sample.yaml",
        "sources.yaml",
        "talks/youth.md",
    ]

    done = await command(tmp_path, "check", "content")

    assert done.code == 0, done.out
    assert done.out.splitlines()[-1].startswith("Ошибок нет.")


async def test_a_citizen_walks_through_the_new_situation(content: Content) -> None:
    database = ScratchDatabase(await asyncio.to_thread(template))
    talk = Talk(database, FLOWS, content)
    steps = [step.id for step in content.situations["youth"].plan]
    assert steps == ["papers", "youth_wish", "youth_resume", "youth_meeting"]
    await talk.play("""
        > /start
        < start.hello
        < office.ask [o:barnaul] [o:sample]
        > второй офис
        < office.chosen
        < situation.choose ...
        > ищу первую работу
        < situation.more ...
        > [enough]
        < situation.ready [plan] [page]
        > [page]
        < info.page [plan] [steps:youth] ...
        > [_back]
        < situation.ready ...
        > [plan]
        < consent.ask ...
        > [yes]
        < consent.agreed
        < profile.intro
        < profile.one [a:experience=had] [a:experience=none] ...
        > есть
        < profile.ready
        < plan.list [item:papers] [item:youth_resume] [item:youth_meeting] ...
        > Написать первое резюме
        < plan.item ...
        > [done]
        < plan.changed_done [next:youth_meeting] ...
        > /ask
        < questions.topics ...
        > первая работа
        < questions.list [q:youth-experience]
        > 1
        < questions.answer ...
    """)
    assert "Да, такие вакансии есть." in talk.shown[-1].text
    await database.close()


async def test_the_leaflet_leads_to_its_page_and_the_office_is_there(content: Content) -> None:
    database = ScratchDatabase(await asyncio.to_thread(template))
    talk = Talk(database, FLOWS, content)
    await talk.play("""
        > /start school
        < start.hello
        < office.ask ...
        > 1
        < office.chosen
        < info.page [plan] ...
    """)
    assert talk.shown[-1].text.startswith("Первая работа")
    assert "sample" in content.offices
    await database.close()


def test_every_line_of_the_talks_table_is_understood() -> None:
    from bot.texts.scenes import line_of

    talks = README.partition("## Разговоры, которые должны получаться")[2]
    table = talks.partition("| строка | что значит |")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| `(.+?)` \|", table, re.MULTILINE)
    remarks = README.partition("Другие ремарки:")[2].partition("\n\n")[0]
    more = re.findall(r"`(.+?)`", remarks)
    assert (len(rows), len(more)) == (6, 17)
    for row in (*rows[1:], *more):
        line_of(row)
