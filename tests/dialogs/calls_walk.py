"""Every screen of calls by staff: the message when nobody was reached, the wish not to be called and back."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from storage.call_records import Attempt, CallResult
from storage.database import Transaction
from storage.records import ReminderRow
from tests.dialogs.transcripts import TO_PLAN
from tests.dialogs.walk import act
from tests.talk import FixedClock, Talk

Meet = Callable[..., Awaitable[Talk]]


async def walk_calls(meet: Meet) -> None:
    """meet: a citizen nobody knows."""
    for ways in (("write",), ("call",), ("off", "on", "my_data"), ("off", "my_data"), ("off", "menu")):
        talk = await missed(meet)
        for way in ways:
            await talk.press(way)
    talk = await _planned(meet)
    for line in ("/data", "[calls]", "[off]", "[my_data]", "[calls]", "[on]", "[menu]"):
        await act(talk, line)
    for line in ("/data", "[calls]", "[my_data]", "[calls]", "[call]"):
        await act(talk, line)
    for line in ("/data", "[calls]", "[off]", "[my_data]", "[calls]", "[my_data]"):
        await act(talk, line)
    await act(await meet(), "/start")


async def called(tx: Transaction, citizen_id: str, now: datetime) -> None:
    """Something of every kind to be shown in the copy of one's data."""
    for result in (CallResult.NO_ANSWER, CallResult.REACHED):
        await tx.calls.attempt(Attempt(f"{citizen_id[:12]}{result}", citizen_id, "", "petrova", now, result))
    await tx.calls.switch(citizen_id, is_wanted=False, now=now)
    due_at = now + timedelta(days=30)
    await tx.reminders.add([ReminderRow(f"{citizen_id}:call", citizen_id, "call_missed", "call", due_at)])


async def missed(meet: Meet) -> Talk:
    """A citizen whom staff called for the last time, and did not reach."""
    talk = await _planned(meet)
    citizen = await talk.citizen()
    async with talk.database.write() as tx:
        row = ReminderRow(f"call:{citizen.id}", citizen.id, "call_missed", f"a{citizen.id[:8]}", talk.clock.now())
        await tx.reminders.add([row])
    assert [message.key for message in await talk.tick()] == ["calls.missed"]
    return talk


async def _planned(meet: Meet) -> Talk:
    talk = await meet(clock=FixedClock())
    await talk.play(TO_PLAN)
    return talk
