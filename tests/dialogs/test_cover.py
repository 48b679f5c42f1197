"""«Скрыть переписку»: the bot's messages leave the screen, a neutral one meets everybody but the citizen."""

from collections.abc import Sequence

import pytest

from bot.channels.port import Limits
from bot.channels.web import LIMITS
from bot.engine.taken import Surface
from bot.flows import FLOWS
from bot.messages import ERASE_KEY, ERASES_ALL, Kind, Outgoing
from storage.database import Database
from tests.dialogs.transcripts import TO_PLAN
from tests.talk import Talk, real_content

OFFERED = """
    > Ещё
    < more.list ...
    > [cover]
"""
WORD = f"""
    {OFFERED}
    < cover.offer [hide] [word] [menu]
    > [word]
    < cover.word [menu]
    > ок
    < cover.word_bad [menu]
    > Синий трактор!
    < cover.ready [hide] [menu]
"""


@pytest.fixture
def phone(database: Database) -> Talk:
    """Telegram, whose messages can be deleted for 48 hours."""
    surfaces = {"telegram": Surface(Limits(bottom_keyboard=True, erases_hours=48))}
    return Talk(database, FLOWS, real_content(FLOWS), channel="telegram", surfaces=surfaces)


def keys(messages: Sequence[Outgoing]) -> list[str]:
    return [message.key for message in messages]


async def test_hidden_until_menu_is_said_when_no_word_was_chosen(phone: Talk) -> None:
    await phone.play(f"""
        {TO_PLAN}
        {OFFERED}
        < cover.offer [hide] [word] [menu]
    """)

    answers = await phone.press("hide")

    assert keys(answers) == [ERASE_KEY, "cover.links"]
    assert answers[1].rows == ()
    await phone.play("""
        > мой план
        < cover.links
        > что мне делать дальше?
        < cover.links
        > /data
        < cover.links
        > /start
        < cover.links
        > Меню!
        < menu.main ...
        > мой план
        < plan.list ...
    """)


async def test_everything_the_bot_said_within_48_hours_is_erased_once(phone: Talk) -> None:
    await phone.say("/start")
    old = len(phone.shown)
    phone.clock.move(hours=49)
    await phone.play(f"""
        {OFFERED}
        < cover.offer [hide] [menu]
    """)
    sent = await _sent(phone)

    (erasing, _) = await phone.press("hide")

    assert len(erasing.erases) == len(phone.shown) - 2 - old
    assert set(erasing.erases) == set(sent[old:])
    assert erasing.text == "·"


async def _sent(talk: Talk) -> list[str]:
    sql = "SELECT sent_id FROM outbox WHERE sent_id <> '' ORDER BY id"
    async with talk.database.read() as tx:
        if tx.handle.dialect == "postgres":
            return [row[0] for row in await tx.handle.connection.fetch(sql)]
        return [row[0] for row in await tx.handle.connection.execute_fetchall(sql)]


async def test_only_the_own_word_brings_the_menu_back(phone: Talk) -> None:
    await phone.play(f"""
        {TO_PLAN}
        {WORD}
    """)
    await phone.press("hide")

    await phone.play("""
        > меню
        < cover.links
        > /menu
        < cover.links
        > синий
        < cover.links
        > СИНИЙ ТРАКТОР
        < menu.main ...
    """)
    await phone.play(f"""
        {OFFERED}
        < cover.offer_word [hide] [word] [menu]
    """)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_word_stands_nowhere(phone: Talk, database: Database) -> None:
    await phone.play(f"""
        {TO_PLAN}
        {WORD}
    """)
    await phone.press("hide")
    await phone.say("синий трактор")

    citizen = await phone.citizen()
    async with database.read() as tx:
        extract = await tx.extracts.of(citizen.id)
        find = await tx.citizens.word(citizen.id)
    assert extract.has_word
    assert find is not None
    assert len(find) == 64
    for kept in extract.messages:
        assert "трактор" not in kept.body.decode().lower()
    async with database.write() as tx:
        await tx.citizens.erase(citizen.id, now=phone.clock.now())
        assert await tx.citizens.word(citizen.id) is None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_old_buttons_photos_and_links_meet_the_neutral_screen_too(phone: Talk) -> None:
    await phone.play(f"""
        {TO_PLAN}
        > 1
        < plan.item ...
    """)
    done = phone.data("done")
    await phone.play(f"""
        {OFFERED}
        < cover.offer ...
    """)
    await phone.press("hide")

    for kind, fields in ((Kind.PRESS, {"data": done}), (Kind.PHOTO, {}), (Kind.START, {"source": "leaflet"})):
        assert keys(await phone.send(kind, **fields)) == ["cover.links"]
    async with phone.database.read() as tx:
        assert not await tx.plan.load([(await phone.citizen()).id])


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_stop_is_heard_behind_the_cover(phone: Talk) -> None:
    await phone.play(f"""
        {TO_PLAN}
        {OFFERED}
        < cover.offer ...
    """)
    await phone.press("hide")

    await phone.play("""
        > стоп
        < cover.links
    """)
    assert (await phone.citizen()).stopped_at is not None


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_the_neutral_screen_says_nothing_about_the_citizen(phone: Talk) -> None:
    await phone.play(f"""
        {TO_PLAN}
        {OFFERED}
        < cover.offer ...
    """)

    shown = (await phone.press("hide"))[-1]

    for word in ("ситуац", "освобо", "алимент", "план", "занятост", "специалист", "слово", "меню", "скрыт"):
        assert word not in shown.text.lower()


async def test_the_page_is_emptied_and_its_feed_too(database: Database) -> None:
    page = Talk(database, FLOWS, real_content(FLOWS), channel="web", surfaces={"web": Surface(LIMITS)})
    await page.play(f"""
        {TO_PLAN}
        {OFFERED}
        < cover.offer ...
    """)

    answers = await page.press("hide")

    assert [(one.key, one.erases) for one in answers] == [(ERASE_KEY, ERASES_ALL), ("cover.links", ())]
    async with database.read() as tx:
        fed = await tx.outbox.feed("ivan", after=0, now=page.clock.now())
        held = await tx.citizens.holdings((await page.citizen()).id)
    assert [one.key for one in fed][-1] == "cover.links"
    assert {one.key for one in fed} <= {ERASE_KEY, "cover.links"}
    assert held.kept_messages > 5, "hidden is not deleted"
    shown = [label for row in answers[1].rows for label in [button.label for button in row]]
    assert shown == [page.content.texts["common.menu"].text]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_channel_that_only_informs_hides_too_but_keeps_no_word(database: Database) -> None:
    surfaces = {"telegram": Surface(Limits(bottom_keyboard=True, erases_hours=48), "information")}
    talk = Talk(database, FLOWS, real_content(FLOWS), channel="telegram", surfaces=surfaces)
    await talk.say("/start")
    await talk.play(f"""
        {OFFERED}
        < cover.offer [hide] [menu]
    """)

    assert keys(await talk.press("hide")) == [ERASE_KEY, "cover.links"]
    assert keys(await talk.say("меню")) == ["menu.main"]
