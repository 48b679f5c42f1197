"""«Скрыть переписку» all the way: from the button to the screens of Telegram, VK and MAX, and back by «меню»."""

import pytest

from storage.database import Database
from tests.dialogs.transcripts import TO_PLAN
from tests.platforms.driver import PLATFORMS, citizen

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize("name", sorted(PLATFORMS))
async def test_nothing_of_the_talk_stays_on_the_screen(name: str, database: Database) -> None:
    async with citizen(name, "polling", database) as ivan:
        await ivan.play(f"""
            {TO_PLAN}
            > 1
            < plan.item ...
            > Ещё
            < more.list ...
            > [cover]
            < cover.offer [hide] [word] [menu]
            > [hide]
            < cover.links
        """)

        (left,) = ivan.screen
        assert "Полезные ссылки" in left.text
        await ivan.play("""
            > мой план
            < cover.links
            > меню
            < menu.main ...
        """)


@pytest.mark.parametrize("name", sorted(PLATFORMS))
async def test_a_platform_that_is_busy_erases_a_moment_later(name: str, database: Database) -> None:
    async with citizen(name, "polling", database) as ivan:
        await ivan.play(f"""
            {TO_PLAN}
            > Ещё
            < more.list ...
            > [cover]
            < cover.offer ...
        """)
        ivan.emulator.faults.plan({"telegram": "429:1", "vk": "error:9", "max": "429"}[name])

        await ivan.press("hide")

        (left,) = ivan.screen
        assert "Полезные ссылки" in left.text
