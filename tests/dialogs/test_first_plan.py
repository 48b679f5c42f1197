"""The main job: from the first hello to a plan worked through."""

from bot.messages import Kind
from tests.dialogs.transcripts import FIRST_PLAN
from tests.talk import Talk


async def test_a_citizen_starts_agrees_and_gets_a_plan(talk: Talk) -> None:
    await talk.play(FIRST_PLAN)


async def test_after_a_standstill_an_answer_knows_how_late_it_is(talk: Talk) -> None:
    """Down for twenty minutes: the age counts from the citizen's message, so an apology comes."""
    await talk.store(Kind.TEXT, text="/start")
    asked_at = talk.clock.now()
    talk.clock.move(minutes=20)
    while await talk.runner.run_once():
        pass

    async with talk.database.write() as tx:
        leased = await tx.outbox.lease("web", now=talk.clock.now(), limit=1)

    assert [part.created_at for part in leased] == [asked_at]
