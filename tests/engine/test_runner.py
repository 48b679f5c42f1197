"""Batches of turns: what fails alone fails alone, nothing is lost, and the work of the database does not grow."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import pytest

from bot.engine.effects import Ask, Choice, Effect, Goto, Say
from bot.engine.speech import CHARS_MAX, MESSAGES_MAX
from bot.engine.turn import Turn
from bot.telemetry import ALARMS
from storage.database import Database
from storage.errors import Unavailable
from storage.records import CaseRow
from storage.repositories import Repositories
from tests.engine.bots import Watched, arrive, drain, place, raising, runner, said, select, typed, with_step
from tests.talk import FixedClock

CROWD = [f"citizen{number}" for number in range(10)]


def alarms(what: str) -> float:
    return float(ALARMS.labels(what)._value.get())


async def met(database: Database, chats: Sequence[str], clock: FixedClock) -> None:
    """These citizens have been greeted."""
    await arrive(database, [typed(chat, 1, "/start") for chat in chats], clock.now())
    await drain(runner(database, clock=clock))


# a turn that fails


async def test_a_flow_that_raises_leaves_the_batch_and_the_others_succeed(database: Database) -> None:
    clock = FixedClock()
    await met(database, CROWD, clock)
    await arrive(database, [typed(c, 2, "/help" if c == "citizen3" else "/menu") for c in CROWD], clock.now())

    assert await runner(database, raising(), clock=clock).run_once() == len(CROWD)

    told = await said(database)
    for chat in CROWD:
        rest = [] if chat == "citizen3" else ["menu.main"]
        assert told[place(database, chat)] == ["start.hello", "situation.choose", *rest]
    assert await select(database, "SELECT attempts, error FROM inbox WHERE state = 0") == [(1, "RuntimeError")]


async def test_three_failures_park_the_message_apologise_and_raise_an_alarm(database: Database) -> None:
    clock, told_before = FixedClock(), alarms("turn_parked")
    await met(database, ["ivan"], clock)
    await arrive(database, [typed("ivan", 2, "/help"), typed("ivan", 3, "/menu")], clock.now())
    bot = runner(database, raising(), clock=clock)

    for attempt in (1, 2, 3):
        assert await bot.run_once() == 1, attempt
        assert await bot.run_once() == (1 if attempt == 3 else 0)  # order goes before speed: the lane waits
        clock.move(seconds=attempt)

    assert (await said(database))[place(database, "ivan")][2:] == ["fallback.trouble", "menu.main"]
    assert alarms("turn_parked") == told_before + 1
    async with database.read() as tx:
        ((_, channel, error),) = await tx.inbox.parked()
        assert (channel, error) == ("web", "RuntimeError")


async def test_a_parked_message_is_taken_again_when_staff_replay_it(database: Database) -> None:
    clock = FixedClock()
    await met(database, ["ivan"], clock)
    await arrive(database, [typed("ivan", 2, "/help")], clock.now())
    for _ in range(3):
        await runner(database, raising(), clock=clock).run_once()
        clock.move(minutes=1)
    async with database.write() as tx:
        ((id_, _, _),) = await tx.inbox.parked()
        await tx.inbox.replay(id_)

    await drain(runner(database, clock=clock))

    assert (await said(database))[place(database, "ivan")][-1] == "help.text"


async def _for_ever(turn: Turn) -> Sequence[Effect]:
    return [Goto("text")]


async def _talkative(turn: Turn) -> Sequence[Effect]:
    return [*[Say("plan.gone")] * (MESSAGES_MAX + 1), Ask("help.text", [Choice("menu")])]


async def _wordy(turn: Turn) -> Sequence[Effect]:
    return [Say("questions.answer", question="?", answer="я" * CHARS_MAX)]


@pytest.mark.parametrize("loop", [_for_ever, _talkative, _wordy])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_turn_without_end_ends_in_an_apology_and_an_alarm(database: Database, loop: object) -> None:
    clock, told_before = FixedClock(), alarms("turn_parked")
    await met(database, ["ivan"], clock)
    await arrive(database, [typed("ivan", 2, "/help"), typed("ivan", 3, "/menu")], clock.now())
    bot = runner(database, with_step("help", "text", loop), clock=clock)  # type: ignore[arg-type]

    for _ in range(4):
        await drain(bot)
        clock.move(minutes=1)

    assert (await said(database))[place(database, "ivan")][2:] == ["fallback.trouble", "menu.main"]
    assert await select(database, "SELECT error FROM inbox WHERE state = 2") == [("Overrun",)]
    assert alarms("turn_parked") == told_before + 1


# a database that fails


async def test_an_error_while_writing_rolls_the_batch_back_and_each_is_retaken_alone(database: Database) -> None:
    """The third statement of its kind fails once: nothing of the batch stays, then everybody is answered once."""
    clock = FixedClock()
    await met(database, CROWD, clock)
    await arrive(database, [typed(chat, 2, "/menu") for chat in CROWD], clock.now())
    failed = []

    def fail(name: str) -> None:
        if name == "sessions_save" and not failed:
            failed.append(name)
            raise RuntimeError("the database minds")

    watched = Watched(database, fail)
    assert await runner(watched, clock=clock).run_once() == len(CROWD)  # type: ignore[arg-type]  # the same, watched

    told = await said(database)
    assert {chat: told[place(database, chat)][2:] for chat in CROWD} == {chat: ["menu.main"] for chat in CROWD}
    assert watched.statements.count("sessions_save") == 1 + len(CROWD)
    assert await select(database, "SELECT count(*) FROM inbox WHERE state <> 1 OR attempts > 0") == [(0,)]


async def test_an_error_that_comes_back_parks_its_turn_alone(database: Database) -> None:
    clock = FixedClock()
    await met(database, CROWD, clock)
    await arrive(database, [typed(c, 2, "/stop" if c == "citizen3" else "/menu") for c in CROWD], clock.now())

    def fail(name: str) -> None:
        if name == "citizens_stop":
            raise RuntimeError("the database minds")

    bot = runner(Watched(database, fail), clock=clock)  # type: ignore[arg-type]  # the same, watched
    for _ in range(4):
        await drain(bot)
        clock.move(minutes=1)

    told = await said(database)
    for chat in CROWD:
        rest = ["fallback.trouble"] if chat == "citizen3" else ["menu.main"]
        assert told[place(database, chat)][2:] == rest
    assert await select(database, "SELECT stopped_at FROM citizens WHERE stopped_at IS NOT NULL") == []


async def test_a_database_that_is_gone_takes_nothing_and_parks_nothing(database: Database) -> None:
    clock = FixedClock()
    await met(database, ["ivan"], clock)
    await arrive(database, [typed("ivan", 2, "/menu")], clock.now())

    def gone(name: str) -> None:
        if name == "outbox_add":
            raise Unavailable("gone")

    with pytest.raises(Unavailable):
        await runner(Watched(database, gone), clock=clock).run_once()  # type: ignore[arg-type]

    assert await select(database, "SELECT count(*) FROM inbox WHERE state = 0 AND attempts = 0") == [(1,)]
    await drain(runner(database, clock=clock))
    assert (await said(database))[place(database, "ivan")][-1] == "menu.main"


# work of the database


async def _statements(database: Database, citizens: int, text: str, clock: FixedClock) -> Counter[str]:
    chats = [f"{text}{number} of {citizens}" for number in range(citizens)]
    await met(database, chats, clock)
    await arrive(database, [typed(chat, 2, text) for chat in chats], clock.now())
    watched = Watched(database)
    assert await runner(watched, clock=clock).run_once() == citizens  # type: ignore[arg-type]
    return Counter(watched.statements)


@pytest.mark.parametrize("text", ["/menu", "/start", "1", "/plan", "/human", "/stop", "ыва"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_batch_takes_as_many_statements_as_one_turn(database: Database, text: str) -> None:
    clock = FixedClock()

    assert await _statements(database, 1, text, clock) == await _statements(database, 64, text, clock)


# runners that race


@pytest.mark.parametrize(
    ("said_last", "answer", "words"),
    [("паспорта нет", "handover.added", ("раньше", "паспорта нет")), ("skip", "handover.already", ("раньше",))],
)
async def test_a_case_that_somebody_else_opened_meanwhile_takes_the_words(
    database: Database, said_last: str, answer: str, words: tuple[str, ...]
) -> None:
    """The flow saw no open case; when its own is written there is one, and nothing of the refused way is said."""
    clock = FixedClock()
    await met(database, ["ivan"], clock)
    for number, text in enumerate(("/human", "да"), 2):
        await arrive(database, [typed("ivan", number, text)], clock.now())
        await drain(runner(database, clock=clock))
    last = "1" if said_last == "skip" else said_last
    await arrive(database, [typed("ivan", 4, last)], clock.now())
    ((citizen_id,),) = await select(database, "SELECT id FROM citizens")

    async def opens(theirs: Repositories) -> None:
        case = CaseRow("theirs", citizen_id, "web", "question", "new", False, clock.now(), ("раньше",))
        assert await theirs.cases.open(case)

    watched = Watched(database, meanwhile={"cases_open": opens})
    await drain(runner(watched, clock=clock))  # type: ignore[arg-type]  # the same, watched

    assert (await said(database))[place(database, "ivan")][4:] == [answer]
    async with database.read() as tx:
        (case,) = await tx.cases.waiting()
    assert (case.id, case.words) == ("theirs", words)
    assert await select(database, "SELECT count(*) FROM inbox WHERE attempts > 0") == [(0,)]


async def test_one_citizens_messages_are_taken_one_at_a_time_and_in_order(database: Database) -> None:
    """R7 at CI size: 200 citizens, 20 messages each, shuffled arrivals; two workers where the database has two."""
    clock = FixedClock()
    chats = [f"citizen{number}" for number in range(200)]
    await met(database, chats, clock)
    order = ["/menu", "/help", "/ask", "/jobs"]
    keys = {"/menu": "menu.main", "/help": "help.text", "/ask": "questions.topics", "/jobs": "jobs.info"}
    talk = [order[(number * 7) % 4] if number % 3 else order[number % 4] for number in range(20)]
    await arrive(
        database,
        [typed(chat, number, text) for number, text in enumerate(talk, 2) for chat in chats],
        clock.now(),
    )
    workers = [runner(database, clock=clock) for _ in range(2 if database.dialect == "postgres" else 1)]

    async def work(worker: object) -> None:
        while (await select(database, "SELECT count(*) FROM inbox WHERE state = 0"))[0][0]:
            await worker.run_once()  # type: ignore[attr-defined]

    async with asyncio.timeout(100):
        await asyncio.gather(*(work(worker) for worker in workers))

    told = await said(database)
    wrong = [chat for chat in chats if told[place(database, chat)][2:] != [keys[text] for text in talk]]
    assert wrong == []
    assert await select(database, "SELECT count(*) FROM inbox WHERE state <> 1 OR attempts > 0") == [(0,)]
    assert await select(database, "SELECT count(DISTINCT turn), count(*) FROM outbox") == [(21 * 200, 22 * 200)]
