"""Booking a visit: every talk in the database alone; what the screens say, and what follows from them."""

import pytest

from tests.dialogs.booking_talks import TALKS
from tests.talk import Talk


@pytest.mark.parametrize("name", sorted(TALKS))
async def test_the_talk_runs(talk: Talk, name: str) -> None:
    await talk.play(TALKS[name])
