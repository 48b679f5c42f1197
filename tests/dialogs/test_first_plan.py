"""The main job: from the first hello to a plan worked through."""

from tests.dialogs.transcripts import FIRST_PLAN
from tests.talk import Talk


async def test_a_citizen_starts_agrees_and_gets_a_plan(talk: Talk) -> None:
    await talk.play(FIRST_PLAN)
