"""A citizen goes on in another messenger: the history comes along, the old chat forgets, a wrong code tells nothing."""

import asyncio
import re
from collections.abc import Callable

import pytest

from bot.channels.port import Limits
from bot.channels.web import LIMITS
from bot.engine import code as codes
from bot.engine.code import PREFIX
from bot.engine.taken import Surface
from bot.messages import ERASE_KEY, ERASES_ALL, Kind, Outgoing
from bot.texts import render
from storage.database import Database
from tests.dialogs.transcripts import TO_PLAN
from tests.talk import Talk

SURFACES: dict[str, Surface] = {
    "web": Surface(LIMITS),
    "vk": Surface(Limits(bottom_keyboard=True)),
    "telegram": Surface(Limits(bottom_keyboard=True)),
}
ASKED = """
    > /data
    < my_data.kept ...
    > [move]
    < move.choose ...
    > [get]
    < move.code [new] [menu]
"""


@pytest.fixture
def old(talk: Talk) -> Talk:
    """The chat that will be left: VK."""
    return meet(talk, "ivan", "vk")


@pytest.fixture
def new(talk: Talk) -> Talk:
    return meet(talk, "ivan at the centre", "telegram")


@pytest.fixture
def olga(talk: Talk) -> Talk:
    return meet(talk, "olga", "web")


def meet(talk: Talk, chat: str, channel: str) -> Talk:
    from bot.flows import FLOWS

    return Talk(
        talk.database, FLOWS, talk.content, chat=chat, channel=channel, surfaces=dict(SURFACES), clock=talk.clock
    )


def keys(messages: list[Outgoing]) -> list[str]:
    return [message.key for message in messages]


def code_of(message: Outgoing) -> str:
    found = re.search(r"\b\w{3}-\w{3}-\w{4}\b", message.text)
    assert found, message.text
    assert codes.read(found[0])
    return found[0]


async def asked(old: Talk) -> str:
    """A plan with one item done, and a code."""
    await old.play(f"""
        {TO_PLAN}
        > 1
        < plan.item ...
        > [done]
        < plan.changed_done ...
        {ASKED}
    """)
    return code_of(old.shown[-1])


async def count(database: Database, sql: str) -> int:
    async with database.read() as tx:
        if tx.handle.dialect == "postgres":
            return int(await tx.handle.connection.fetchval(sql))
        ((found,),) = await tx.handle.connection.execute_fetchall(sql)
        return int(found)


async def test_a_typed_code_brings_the_plan_and_the_old_chat_says_goodbye(old: Talk, new: Talk) -> None:
    code = await asked(old)
    history = await old.citizen()

    await new.play(f"""
        > {code}
        < start.hello
        < move.moved [plan] [menu]
        > [plan]
        < plan.list ...
    """)

    assert "1 из" in new.shown[-1].text
    assert (await new.citizen()).id == history.id
    assert keys(await old.heard()) == ["move.goodbye"]
    await old.play("""
        > /plan
        < situation.choose ...
    """)
    assert (await old.citizen()).id != history.id


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: code.lower(),
        lambda code: code.replace("-", " "),
        lambda code: code.replace("-", "").translate(str.maketrans("ACEHKMPTX", "АСЕНКМРТХ")),
        lambda code: f" {code.replace('0', 'O').replace('8', 'В').replace('3', 'з')}. ",
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_code_is_understood_however_it_is_typed_and_wherever(
    old: Talk, new: Talk, typed: Callable[[str], str]
) -> None:
    code = await asked(old)

    await new.play(f"""
        > /start
        < start.hello
        < situation.choose ...
        > {typed(code)}
        < move.moved [plan] [menu]
    """)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_link_brings_the_history_and_its_code_is_counted_nowhere(old: Talk, new: Talk) -> None:
    code = await asked(old)

    answers = await new.send(Kind.START, source=f"{PREFIX}{code.replace('-', '')}")

    assert keys(answers) == ["start.hello", "move.moved"]
    async with new.database.read() as tx:
        tags = {tag for tag, _, _ in await tx.starts.by_tag(since=new.clock.now().date())}
    assert tags == {"direct", "move"}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_link_with_words_after_it_brings_the_history_too(old: Talk, new: Talk) -> None:
    """VK hands the tag over with whatever is written first."""
    code = await asked(old)
    await new.say("/start")

    answers = await new.send(Kind.TEXT, text="Начать", source=f"{PREFIX}{code}")

    assert keys(answers) == ["start.hello", "move.moved"]


async def test_a_used_code_and_one_too_old_say_the_same_as_a_wrong_one(old: Talk, new: Talk, olga: Talk) -> None:
    code = await asked(old)
    await new.play(f"""
        > {code}
        < start.hello
        < move.moved ...
        {ASKED}
    """)
    second = code_of(new.shown[-1])
    new.clock.move(minutes=15)

    told = []
    for said in (code, second, "2222-AA2-222", "привет"):
        await olga.play("""
            > /menu
            < menu.main ...
            > [more]
            < more.list ...
            > [move]
            < move.choose ...
            > [have]
            < move.enter [menu]
        """)
        told.append((await olga.say(said))[-1])

    assert {(one.key, one.text) for one in told} == {("move.wrong", told[0].text)}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_after_five_tries_the_right_code_fits_no_more(old: Talk, new: Talk) -> None:
    code = await asked(old)
    for number in range(5):
        assert keys(await new.say(f"222{number}AA2222"))[-1] == "move.wrong"

    assert keys(await new.say(code))[-1] == "move.wrong"
    assert keys(await old.heard()) == []


async def test_two_histories_become_one_after_a_question(old: Talk, new: Talk) -> None:
    code = await asked(old)
    await new.play(f"""
        > /start
        < start.hello
        < situation.choose ...
        > [alimony]
        < situation.more ...
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
        > 2
        < plan.item ...
        > [done]
        < plan.changed_done ...
        > {code}
        < move.confirm [yes] [no]
        > [yes]
        < move.moved [plan] [menu]
        > /plan
        < plan.list ...
    """)

    assert "2 из" in new.shown[-1].text
    assert sorted((await new.citizen()).situations) == ["alimony", "released"]


async def test_back_leads_on_where_the_old_talk_had_been(old: Talk, new: Talk) -> None:
    code = await asked(old)

    await new.play(f"""
        > {code}
        < start.hello
        < move.moved ...
        > назад
        < my_data.kept ...
    """)


async def test_words_that_waited_in_the_old_chat_are_answered_in_the_new_one_once(old: Talk, new: Talk) -> None:
    code = await asked(old)
    await new.store(Kind.TEXT, text=code)
    await old.store(Kind.TEXT, text="/help")
    assert await new.runner.run_once() == 2  # both lanes are taken at once: the move is put aside and comes second

    answers = await new.work()

    assert keys(answers) == ["help.text", "start.hello", "move.moved"]
    assert keys(await old.heard()) == ["move.goodbye"]
    assert await count(new.database, "SELECT count(*) FROM outbox WHERE key = 'help.text' AND state = 5") == 1
    helped = await count(new.database, "SELECT count(*) FROM outbox WHERE key = 'help.text' AND state <> 5")
    assert helped == 1, "planned for the old chat, said in the new one"


async def test_of_two_chats_that_say_one_code_at_once_one_gets_the_history(old: Talk, new: Talk, olga: Talk) -> None:
    """Two workers, each with a batch of its own where the database allows that."""
    code = await asked(old)
    history = (await old.citizen()).id
    for chat in (new, olga):
        await chat.store(Kind.TEXT, text=code)

    while any(await asyncio.gather(new.runner.run_once(), olga.runner.run_once())):
        pass

    told = sorted(keys(await new.heard())[-1:] + keys(await olga.heard())[-1:])
    assert told == ["move.moved", "move.wrong"]
    assert [(await chat.citizen()).id for chat in (new, olga)].count(history) == 1
    assert keys(await old.heard()) == ["move.goodbye"]
    assert await count(new.database, "SELECT count(*) FROM inbox WHERE state <> 1 OR attempts > 0") == 0


async def test_a_second_word_behind_the_first_is_answered_in_the_new_chat(old: Talk, new: Talk) -> None:
    code = await asked(old)
    await old.store(Kind.TEXT, text="/menu")
    done = old.data("new")
    await old.store(Kind.PRESS, data=done, message="7")
    await old.store(Kind.TEXT, text="/help")
    await new.store(Kind.TEXT, text=code)

    said = keys(await new.work())

    assert [key for key in said if key not in ("start.hello", "move.moved")][-1:] == ["help.text"]
    assert keys(await old.heard()) == ["move.goodbye"]
    assert await count(new.database, "SELECT count(*) FROM inbox WHERE state <> 1") == 0


async def test_a_reminder_comes_to_the_new_chat(old: Talk, new: Talk) -> None:
    await old.play(f"""
        {TO_PLAN}
        > 1
        < plan.item ...
        > [later]
        < plan.later ...
        > [tomorrow]
        < plan.changed_later ...
        {ASKED}
    """)
    await new.say(code_of(old.shown[-1]))
    await old.heard()
    new.clock.move(days=1)

    assert keys(await new.tick()) == ["plan.reminder"]
    assert keys(await old.heard()) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_page_that_is_left_is_emptied(talk: Talk, new: Talk) -> None:
    page = meet(talk, "page", "web")
    code = await asked(page)
    await new.say(code)

    assert [(one.key, one.erases) for one in await page.heard()] == [(ERASE_KEY, ERASES_ALL), ("move.goodbye", ())]
    async with new.database.read() as tx:
        fed = await tx.outbox.feed("page", after=0, now=new.clock.now())
    assert {one.key for one in fed} <= {ERASE_KEY, "move.goodbye"}


async def test_nobody_keeps_the_code(old: Talk, new: Talk) -> None:
    code = await asked(old)
    await new.say(code)
    async with new.database.read() as tx:
        kept = await tx.extracts.of((await new.citizen()).id)

    plain = code.replace("-", "")
    for one in kept.messages:
        assert code.encode() not in one.body
        assert plain.encode() not in one.body
    assert any(b"start.hello" in one.body or b"plan.list" in one.body for one in kept.messages)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_request_without_consent_moves_too(old: Talk, new: Talk) -> None:
    await old.play("""
        > /start
        < start.hello
        < situation.choose ...
        > человек
        < handover.may_pass ...
        > да
        < handover.words ...
        > Хочу работать
        < handover.sent ...
        > /data
        < my_data.nothing [file] [move] [delete] [menu]
        > [move]
        < move.choose ...
        > [get]
        < move.code ...
    """)

    await new.play(f"""
        > {code_of(old.shown[-1])}
        < start.hello
        < move.moved ...
        > /human
        < handover.already ...
    """)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_out_of_a_channel_that_only_informs_but_never_into_it(old: Talk, new: Talk) -> None:
    code = await asked(old)
    informs = Surface(Limits(bottom_keyboard=True), "information")
    for talk in (old, new):
        talk.surfaces |= {"vk": informs, "telegram": informs}  # type: ignore[operator]
    assert keys(await new.say(code)) == ["start.hello_information", "elsewhere.info"]
    assert keys(await new.say(code)) == ["elsewhere.info"]
    await old.play("""
        > /data
        < my_data.kept [move] [delete] [menu]
        > [move]
        < move.choose [get]
        > [get]
        < move.code [new] [menu]
    """)
    again = code_of(old.shown[-1])
    await new.play("""
        > Ещё
        < more.list ...
        > [move]
        < elsewhere.info ...
    """)
    for talk in (old, new):
        talk.surfaces |= SURFACES  # type: ignore[operator]

    assert keys(await new.say(again)) == ["move.moved"]


async def test_the_goodbye_says_nothing_about_anybody(old: Talk, new: Talk) -> None:
    code = await asked(old)
    await new.say(code)

    (goodbye,) = await old.heard()

    assert goodbye.text == render.say(new.content, "move.goodbye", {}).strip()
    assert goodbye.rows == ()
    for situation in new.content.situations.values():
        assert situation.label.lower() not in goodbye.text.lower()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_links_of_other_places_carry_the_code_where_the_platform_hands_it_over(old: Talk) -> None:
    import dataclasses

    from bot.texts.rules import OtherChannel

    others = (
        OtherChannel("MAX", "https://max.ru/centre"),
        OtherChannel("ВКонтакте", "https://vk.me/centre"),
        OtherChannel("Сайт", "https://centre.example"),
    )
    old.content = dataclasses.replace(old.content, rules=dataclasses.replace(old.content.rules, other_channels=others))
    code = (await asked(old)).replace("-", "")

    text = old.shown[-1].text

    assert f"https://max.ru/centre?start=move-{code}" in text
    assert f"https://vk.me/centre?ref=move-{code}" in text
    assert text.rstrip().endswith("https://centre.example")  # no code in an address of ours
