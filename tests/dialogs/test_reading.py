"""Further pages, the first ten days, and what a relative takes along: read by anybody, kept of nobody."""

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

import pytest

from bot.messages import Kind
from bot.texts.situation import FurtherPage
from storage.database import Database
from tests.dialogs.transcripts import FIRST_DAYS, FOR_A_RELATIVE, READ_ON, TO_PLAN, TO_READING
from tests.talk import Talk

TO_DAYS = f"""
    {TO_READING}
    > [pre_release]
    < info.page...
    > [days]
    < days.date ...
"""


async def test_further_pages_are_read_one_after_another(talk: Talk) -> None:
    await talk.play(READ_ON)

    pages = talk.content.pages_of("pre_release")
    shown = [message.text for message in talk.shown if message.key == "info.reading"]
    assert [text.partition("\n")[0] for text in shown] == [pages[0].label, pages[1].label, pages[0].label]


async def test_many_pages_are_a_list_in_pages(talk: Talk) -> None:
    more = {f"page{number}": FurtherPage(f"page{number}", f"Страница {number}", 50, "Текст.", (), "мы", "high")
            for number in range(12)}  # fmt: skip
    talk.content = replace(talk.content, pages=MappingProxyType({**talk.content.pages, **more}))

    await talk.play(f"""
        {TO_READING}
        > [pre_release]
        < info.page...
        > [pages]
        < info.pages ...
        > [_next:1]
        < info.pages ...
        > 2
        < info.reading ...
    """)


async def test_a_page_that_vanished_leads_to_the_list(talk: Talk) -> None:
    await talk.play(f"""
        {TO_READING}
        > [pre_release]
        < info.page...
        > [pages]
        < info.pages ...
    """)
    talk.content = replace(talk.content, pages=MappingProxyType({}))

    assert [message.key for message in await talk.say("1")] == ["info.list"]


async def test_the_first_days_are_counted_from_a_typed_date(talk: Talk) -> None:
    await talk.play(FIRST_DAYS)

    dated = next(message for message in talk.shown if message.key == "days.dated")
    assert "День 1 — 12 декабря 2026 года." in dated.text
    assert "сб 12 декабря" in dated.text
    first, later = talk.content.situations["pre_release"].days[:2]
    assert dated.text.index(first.title) < dated.text.index(later.title)
    plain = next(message for message in talk.shown if message.key == "days.plain")
    assert "День 1" in plain.text
    assert "декабря" not in plain.text
    assert "{" not in dated.text + plain.text


@pytest.mark.parametrize("said", ["01.01.2020", "01.01.2050", "послезавтра или позже", "31.02"])
async def test_a_date_that_cannot_be_meant_is_asked_again_with_an_example(talk: Talk, said: str) -> None:
    await talk.play(TO_DAYS)

    (answer,) = await talk.say(said)

    assert answer.key == "days.wrong"
    assert "23.12.2026" in answer.text
    assert "23 октября 2026 года" in answer.text


async def test_the_date_lives_in_the_session_only_even_with_consent(talk: Talk) -> None:
    await talk.play(TO_PLAN)
    await talk.play("""
        > меню
        < menu.main ...
        > [more]
        < more.list ...
        > [info]
        < info.list ...
        > [pre_release]
        < info.page...
        > [days]
        < days.date ...
    """)
    citizen = await talk.citizen()
    before = await _kept(talk.database, citizen.id)

    await talk.play("""
        > когда-нибудь
        < days.wrong ...
        > 12.12.2026
        < days.dated ...
    """)
    assert await _kept(talk.database, citizen.id) == before

    await talk.play("""
        > меню
        < menu.main ...
    """)
    async with talk.database.read() as tx:
        session = (await tx.sessions.load([citizen.id]))[citizen.id]
    assert b"2026-12-12" not in session.data
    assert await _kept(talk.database, citizen.id) != before


async def test_no_date_is_asked_where_the_channel_only_informs(another: Callable[..., Talk]) -> None:
    await another("ivan", channel="telegram", policy="information").play("""
        > /start
        < start.hello_information
        < info.list ...
        > [pre_release]
        < info.page...
        > [days]
        < days.plain [share:pre_release]
        > 12.12.2026
        < fallback.unknown ...
    """)


async def test_an_old_screen_asks_no_date_after_the_policy_changed(talk: Talk, another: Callable[..., Talk]) -> None:
    await talk.play(TO_DAYS)
    informed = another("ivan", policy="information")
    informed._numbers = talk._numbers

    await informed.play("""
        > 12.12.2026
        < days.plain [share:pre_release]
    """)


async def test_a_relative_reads_and_forwards_and_nobody_is_noted(talk: Talk) -> None:
    await talk.play(FOR_A_RELATIVE)

    citizen = await talk.citizen()
    assert citizen.consent_at is None
    assert citizen.situations == ()


async def test_the_link_to_print_is_given_where_there_is_a_site(talk: Talk) -> None:
    to_share = f"""
        {TO_READING}
        > [relatives]
        < relatives.choose ...
        > [released]
    """
    await talk.play(f"{to_share}\n < relatives.share ...")
    assert "/print" not in talk.shown[-1].text

    talk.runner._site = "https://bot.example"
    await talk.play("""
        > назад
        < relatives.choose ...
        > [released]
        < relatives.share_link ...
    """)
    assert "https://bot.example/print/released" in talk.shown[-1].text


async def test_a_situation_that_vanished_leads_on(talk: Talk) -> None:
    await talk.play(f"""
        {TO_DAYS}
        > [plain]
        < days.plain ...
    """)
    share, date = talk.data("share"), talk.data("date")
    fewer = {id_: one for id_, one in talk.content.situations.items() if id_ != "pre_release"}
    talk.content = replace(talk.content, situations=MappingProxyType(fewer))

    assert [message.key for message in await talk.send(Kind.PRESS, data=share)] == ["relatives.choose"]
    assert [message.key for message in await talk.send(Kind.PRESS, data=date)] == ["info.list"]


async def _kept(database: Database, citizen_id: str) -> int:
    async with database.read() as tx:
        return (await tx.citizens.holdings(citizen_id)).kept_messages
