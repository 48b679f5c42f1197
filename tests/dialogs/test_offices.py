"""Several offices: asked once, never mixed."""

import dataclasses
from datetime import UTC, datetime

import pytest

from bot.channels.port import Limits
from bot.engine.taken import Surface
from bot.flows import FLOWS
from bot.parts import needs
from bot.quiet import Quiet
from bot.settings import CONTENT
from bot.texts.files import read_folder
from bot.texts.load import load
from bot.texts.schema import Content
from storage.database import Database
from tests.dialogs.offices import KALININSKY, LENINSKY, SAMPLES, several_offices
from tests.talk import Talk


@pytest.fixture(scope="module")
def content() -> Content:
    return several_offices()


@pytest.fixture
def talk(database: Database, content: Content) -> Talk:
    return Talk(database, FLOWS, content)


CHOOSES = """
    > /start
    < start.hello
    < office.ask [o:barnaul] [o:chel_central] [o:chel_kalininsky] [o:chel_leninsky] [o:chel_metallurg]
    > [o:chel_kalininsky]
    < office.chosen
    < situation.choose ...
"""
TO_PLAN = f"""
    {CHOOSES}
    > [released]
    < situation.more ...
    > [enough]
    < situation.ready ...
    > [plan]
    < consent.ask ...
    > [yes]
    < consent.agreed
    < profile.intro
    < profile.one ...
    > [later]
    < plan.list ...
"""


async def test_the_office_is_asked_once_and_kept_with_the_plan(talk: Talk) -> None:
    await talk.play(f"""
        {TO_PLAN}
        > /start
        < start.again
        < menu.main ...
    """)

    assert (await talk.citizen()).office == "chel_kalininsky"


async def test_without_consent_the_office_lives_as_long_as_the_talk(talk: Talk) -> None:
    await talk.play(CHOOSES)

    assert (await talk.citizen()).office == ""

    await talk.play("""
        > /start
        < start.hello
        < situation.choose ...
    """)


async def test_contacts_never_mix(talk: Talk) -> None:
    await talk.play(f"""
        {CHOOSES}
        > меню
        < menu.main ...
        > [more]
        < more.list ...
        > [info]
        < info.list ...
        > [released]
        < info.page ...
    """)

    assert KALININSKY in talk.shown[-1].text
    assert LENINSKY not in talk.shown[-1].text


async def test_who_has_not_chosen_yet_is_sent_to_nobody_s_address(talk: Talk) -> None:
    await talk.play("""
        > /start
        < start.hello
        < office.ask ...
        > /help
        < help.text ...
    """)
    texts = " ".join(shown.text for shown in talk.shown)

    assert KALININSKY not in texts
    assert LENINSKY not in texts
    assert talk.content.default_office.short_name not in talk.shown[0].text


async def test_another_office_can_be_chosen_later(talk: Talk) -> None:
    await talk.play(f"""
        {TO_PLAN}
        > меню
        < menu.main ...
        > [more]
        < more.list ...
        > [office]
        < office.ask ...
        > [o:chel_leninsky]
        < office.chosen
        < menu.main ...
    """)

    assert (await talk.citizen()).office == "chel_leninsky"


async def test_a_leaflet_of_one_office_does_not_ask(talk: Talk) -> None:
    await talk.play("""
        > /start leninsky
        < start.hello
        < situation.choose ...
    """)

    assert "Ленинский" in talk.shown[0].text


async def test_an_office_that_is_gone_is_asked_anew(talk: Talk, content: Content) -> None:
    await talk.play(TO_PLAN)
    left = {id_: one for id_, one in content.offices.items() if id_ != "chel_kalininsky"}
    talk.content = dataclasses.replace(content, offices=left)

    await talk.play("""
        > /plan
        < office.ask [o:barnaul] [o:chel_central] [o:chel_leninsky] [o:chel_metallurg]
        > [o:chel_leninsky]
        < office.chosen
        < plan.list ...
    """)


async def test_deleting_everything_deletes_the_office(talk: Talk) -> None:
    await talk.play(f"""
        {TO_PLAN}
        > /data
        < my_data.kept ...
        > [delete]
        < my_data.confirm ...
        > [yes]
        < my_data.erased
        < menu.main ...
    """)

    assert (await talk.citizen()).office == ""


async def test_an_informing_channel_asks_too_and_keeps_nothing(database: Database, content: Content) -> None:
    informing = {"telegram": Surface(Limits(edits=False), "information")}
    talk = Talk(database, FLOWS, content, channel="telegram", surfaces=informing)  # type: ignore[arg-type]
    await talk.play("""
        > /start
        < start.hello_information
        < office.ask ...
        > [o:chel_leninsky]
        < office.chosen
        < info.list ...
        > [released]
        < info.page ...
    """)

    assert LENINSKY in talk.shown[-1].text
    assert (await talk.citizen()).office == ""


async def test_quiet_hours_are_those_of_the_citizen_s_office(content: Content) -> None:
    """09:30 in Barnaul is 07:30 in Chelyabinsk."""
    moment = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)

    assert Quiet.of(content, "barnaul").until(moment) is None
    assert Quiet.of(content, "chel_leninsky").until(moment) == datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    assert not Quiet.is_everywhere(content, moment)


@pytest.mark.parametrize("centre", ["barnaul", "chelyabinsk"])
def test_sample_offices_stand_beside_the_shipped_one(centre: str) -> None:
    sample = load({**read_folder(CONTENT), **read_folder(SAMPLES.parent / centre)}, needs())

    assert len(sample.offices) > 1
    assert sample.default_office.id == "barnaul"
    assert all(one.needs_verification for one in sample.offices.values())
