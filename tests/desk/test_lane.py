"""What staff did reaches the citizen by the road of all messages."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.channels.port import Limits
from bot.desk import lane
from bot.desk.lane import Act
from bot.engine.effects import Effect, Notice, Say
from bot.engine.flow import Flow, Flows
from bot.engine.taken import Surface
from bot.engine.turn import Turn
from bot.flows import FLOWS
from bot.messages import Kind
from storage.database import Database
from tests.talk import Talk, real_content

HEARD: list[tuple[str, str, str, str]] = []


def flows() -> Flows:
    """The real ones; help tells of what staff did."""
    help_ = FLOWS["help"]
    copy = Flow("help", start="text", says=help_.says)
    copy.asking, copy.hearing = help_.asking, help_.hearing

    @copy.staff("helped")
    async def helped(turn: Turn) -> Sequence[Effect]:
        HEARD.append((turn.heard, turn.about, turn.source, turn.text))
        return [Notice("help.text", [], at="help.text", subject=None)] if turn.about == "notice" else [Say("help.text")]

    return Flows([flow if name != "help" else copy for name, flow in FLOWS.by_name.items()])


@pytest.fixture
def talk(database: Database) -> Talk:
    HEARD.clear()
    return Talk(database, flows(), real_content(FLOWS))


async def tell(talk: Talk, act: Act, *, once: str = "one") -> None:
    citizen = await talk.citizen_id()
    assert citizen is not None
    async with talk.database.write() as tx:
        await lane.take(tx, citizen, "")
        await lane.tell(tx, citizen, act, once=once, now=talk.clock.now())


async def test_an_act_is_a_turn_of_its_citizen_who_stays_where_they_were(talk: Talk) -> None:
    await talk.play("""
        > /start
        < start.hello
        < situation.choose ...
    """)
    await tell(talk, Act("helped", "row", "job_matcher", "Приходите в четверг"))

    assert [message.key for message in await talk.work()] == ["help.text"]
    assert HEARD == [("helped", "row", "job_matcher", "Приходите в четверг")]
    await talk.play("""
        > 1
        < situation.more ...
    """)


async def test_an_act_told_twice_is_one(talk: Talk) -> None:
    await talk.say("/start")
    await tell(talk, Act("helped", "notice"))
    await tell(talk, Act("helped", "notice"))
    await tell(talk, Act("helped", "row"), once="another")

    assert [message.key for message in await talk.work()] == ["help.text", "help.text"]
    assert [about for _, about, _, _ in HEARD] == ["notice", "row"]


async def test_an_act_of_no_known_kind_and_one_in_an_informing_channel_say_nothing(talk: Talk) -> None:
    await talk.say("/start")
    await tell(talk, Act("forgotten"))
    assert await talk.work() == []

    informing = Talk(talk.database, flows(), talk.content, surfaces={"web": Surface(Limits(), "information")})
    await tell(informing, Act("helped"), once="another")
    assert await informing.work() == []
    assert HEARD == []


async def test_a_turn_waits_while_staff_have_the_lane(talk: Talk) -> None:
    """On PostgreSQL the lane is a row that a turn passes over; on SQLite there is one writer."""
    await talk.say("/start")
    citizen = await talk.citizen_id()
    assert citizen is not None
    await talk.store(Kind.TEXT, text="/help")
    async with talk.database.write() as tx:
        await lane.take(tx, citizen)
        turn = asyncio.create_task(talk.runner.run_once())
        if talk.database.dialect == "postgres":
            assert await turn == 0
        else:
            assert not turn.done()
    taken = await turn
    assert taken + await talk.runner.run_once() == 1


def test_two_flows_do_not_tell_of_one_act() -> None:
    real = FLOWS["help"]
    first, second = (Flow(name, start="text", says=real.says) for name in ("first", "second"))
    for flow in (first, second):
        flow.asking = real.asking
        flow.staff("helped")(real.asking["text"])

    with pytest.raises(ValueError, match="helped"):
        Flows([first, second])
