"""Calls of staff as the citizen meets them, with what staff do in between."""

from datetime import timedelta

import pytest

from bot.calls.planning import Planning
from bot.chores.calling import Calling
from bot.desk import calls
from bot.desk.actor import Actor
from bot.flows.words.extract import extract_text
from storage.call_records import CallResult, Reason
from storage.calls import EVERYBODY
from tests.dialogs.booking_talks import TO_ADDRESS
from tests.dialogs.transcripts import TO_PLAN
from tests.talk import Talk

PETROVA = Actor("petrova", "specialist")


@pytest.fixture
async def planned(talk: Talk) -> Talk:
    await talk.play(TO_PLAN)
    return talk


async def plan(talk: Talk) -> int:
    return await Calling(talk.database, talk.clock, lambda: talk.content, {"web"}).plan()


async def waiting(talk: Talk) -> list[str]:
    citizen = await talk.citizen()
    async with talk.database.read() as tx:
        return [str(row.reason) for row in await tx.calls.open_of(EVERYBODY, [citizen.id])]


async def called(talk: Talk, result: CallResult, **more: object) -> str:
    """Petrova calls, with this result; returns what came of it."""
    citizen = await talk.citizen()
    async with talk.database.write() as tx:
        last = (await tx.calls.last_attempts([citizen.id])).get(citizen.id)
        done = await calls.record(
            tx, talk.content, PETROVA, citizen.id, result, once=f"{talk.clock.now():%H%M%d}",
            seen=last.id if last else "", now=talk.clock.now(), **more,  # type: ignore[arg-type]
        )  # fmt: skip
    return done.code


async def test_who_asks_for_a_call_stands_in_the_list_at_once(planned: Talk) -> None:
    await planned.play("""
        > /data
        < my_data.kept ...
        > [calls]
        < calls.on [off] [call] [my_data]
        > [call]
        < booking.call [here]
        > 8 913 555-01-02, вечером
        < handover.sent ...
    """)

    assert await plan(planned) == 1
    assert await plan(planned) == 0
    assert await waiting(planned) == ["call_back"]
    citizen = await planned.citizen()
    async with planned.database.read() as tx:
        contact = await calls.contact(tx, PETROVA, citizen.id)
    assert contact.phones == ("8 913 555-01-02",)


async def test_after_the_last_try_the_citizen_gets_a_kind_word_and_can_say_when(planned: Talk) -> None:
    planned.clock.move(days=5)
    assert await plan(planned) == 1
    assert await waiting(planned) == ["first_days"]
    for _ in range(3):
        assert await called(planned, CallResult.NO_ANSWER) == "done"
        planned.clock.move(hours=24)
    assert await waiting(planned) == []

    assert [message.key for message in await planned.tick()] == ["calls.missed"]
    await planned.play("""
        > [call]
        < booking.call [here]
        > [here]
        < handover.words ...
    """)


async def test_a_result_taken_back_says_nothing(planned: Talk) -> None:
    planned.clock.move(days=5)
    await plan(planned)
    await called(planned, CallResult.WRONG_NUMBER)
    planned.clock.move(minutes=5)
    async with planned.database.write() as tx:
        done = await calls.undo(tx, planned.content, PETROVA, now=planned.clock.now())
    planned.clock.move(hours=1)

    assert done.code == "done"
    assert await planned.tick() == []
    assert await waiting(planned) == ["first_days"]


async def test_who_asked_not_to_be_called_is_left_alone_until_they_ask(planned: Talk) -> None:
    planned.clock.move(days=5)
    await plan(planned)
    await called(planned, CallResult.NOT_TO_CALL)
    planned.clock.move(days=40)
    assert await plan(planned) == 0

    await planned.play("""
        > /data
        < my_data.kept ...
        > [calls]
        < calls.off [on] [my_data]
        > [on]
        < calls.allowed [my_data] [menu]
    """)

    planned.clock.move(days=1)
    assert await plan(planned) > 0


async def test_asking_for_a_call_lifts_the_wish_not_to_be_called(talk: Talk) -> None:
    await talk.play(TO_ADDRESS)
    citizen = await talk.citizen()
    async with talk.database.write() as tx:
        await tx.calls.switch(citizen.id, is_wanted=False, now=talk.clock.now() - timedelta(hours=1))
    await talk.play("""
        > [call]
        < booking.call [here]
        > 8 913 555-01-02
        < handover.sent ...
    """)

    assert await plan(talk) == 1
    async with talk.database.read() as tx:
        assert await tx.calls.mark(citizen.id) == (None, ())
    assert await waiting(talk) == ["call_back"]


async def test_the_word_says_nothing_to_who_did_not_want_it_any_more(planned: Talk) -> None:
    planned.clock.move(days=5)
    await plan(planned)
    await called(planned, CallResult.WRONG_NUMBER)
    await planned.play("""
        > /data
        < my_data.kept ...
        > [calls]
        < calls.on ...
        > [off]
        < calls.stopped ...
    """)
    planned.clock.move(hours=1)

    assert await planned.tick() == []


async def test_the_copy_tells_of_calls(planned: Talk) -> None:
    planned.clock.move(days=5)
    await plan(planned)
    await called(planned, CallResult.BUSY)
    planned.clock.move(hours=1)
    await called(planned, CallResult.REACHED)
    citizen = await planned.citizen()
    async with planned.database.read() as tx:
        words = extract_text(planned.content, await tx.extracts.of(citizen.id), planned.clock.now())

    assert "Звонки специалистов:\n• 28.11.2026 в 12:00: до вас не дозвонились\n• 28.11.2026 в 13:00: с вами" in words


async def test_a_specialist_writes_first_and_the_citizen_answers_there(planned: Talk) -> None:
    citizen = await planned.citizen()
    async with planned.database.write() as tx:
        case = await calls.talk(tx, planned.content, PETROVA, citizen.id, now=planned.clock.now())
        again = await calls.talk(tx, planned.content, PETROVA, citizen.id, now=planned.clock.now())
    assert case is not None
    assert again is not None
    assert case.id == again.id
    assert await planned.tick() == []

    planned.clock.move(days=20)
    assert await plan(planned) == 0, "somebody is with the citizen"
    assert Reason.QUIET not in await waiting(planned)


async def test_a_list_broken_off_is_made_again_and_one_that_is_made_is_not(planned: Talk) -> None:
    planned.clock.move(days=5)
    planning = Planning(planned.database, planned.content, {"web"})
    early = planned.clock.now() - timedelta(hours=5)  # seven in the morning: not yet

    assert await planning.mornings(early) == 0
    assert await planning.mornings(planned.clock.now()) == 1
    assert await planning.mornings(planned.clock.now()) == 0
    async with planned.database.read() as tx:
        assert await tx.calls.is_made("", "2026-11-28")
