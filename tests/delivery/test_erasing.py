"""A message that erases, among the others: never too late, no apology in it, and nobody waits for it for long."""

from datetime import timedelta
from random import Random

import pytest

from bot.channels.port import SendError, TooFast, Uncertain, Unreachable
from bot.delivery.fate import Again, Sent, after, forbidden, is_late
from bot.messages import ERASE_KEY
from bot.quiet import Quiet
from storage.records import Lane, Leased
from tests.delivery.post import content
from tests.talk import MONDAY_NOON

LATE = timedelta(minutes=15)


def leased(key: str, attempts: int = 1) -> Leased:
    return Leased(
        number=1,
        citizen_id="ivan",
        channel="vk",
        chat="42",
        lane=Lane.REPLY,
        key=key,
        body=b"{}",
        attempts=attempts,
        is_repeat=False,
        created_at=MONDAY_NOON,
        subject=None,
        is_stopped=True,
        is_unreachable=False,
        is_withdrawn=False,
        newest=False,
    )


def test_newer_words_do_not_make_it_void_and_it_brings_no_apology() -> None:
    now, quiet = MONDAY_NOON + timedelta(hours=2), Quiet.of(content(), "")

    assert forbidden(leased("menu.main"), now, late_after=LATE, quiet=quiet) is not None
    assert forbidden(leased(ERASE_KEY), now, late_after=LATE, quiet=quiet) is None
    assert not is_late(leased(ERASE_KEY), now, LATE)


@pytest.mark.parametrize("error", [TooFast(), Unreachable(), Uncertain()])
def test_it_is_repeated_freely(error: SendError) -> None:
    fate = after(leased(ERASE_KEY), error, is_idempotent=False, random=Random(1))

    assert isinstance(fate, Again)
    assert fate.wait_s < 3


def test_answers_do_not_wait_for_a_method_that_fails() -> None:
    assert after(leased(ERASE_KEY, 3), Uncertain(), is_idempotent=False, random=Random(1)) == Sent("")
