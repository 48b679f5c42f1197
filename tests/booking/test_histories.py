"""
Whatever people, staff and the clock do in whatever order: no seat twice, no reminder for what is gone, none missing,
none twice, nobody waits for what is free. Two thousand histories here, ten thousand with BOT_FAULTS=full.
"""

import asyncio
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.database import Database
from storage.scratch import ScratchDatabase, template
from tests.booking.model import EDITIONS, PEOPLE, TIMES, History
from tests.faults.extent import extent

name, time = st.sampled_from(PEOPLE), st.integers(0, len(TIMES) - 1)
STEPS = st.one_of(
    *(st.tuples(st.just(step), name, time) for step in ("hold", "book", "book", "move")),
    *(
        st.tuples(st.just(step), name)
        for step in ("confirm", "release", "cancel", "cancel", "come", "wait", "wait", "leave", "take", "take")
    ),
    *(st.tuples(st.just(step), name) for step in ("stop", "resume", "erase")),
    st.tuples(st.just("close"), st.integers(0, 1)),
    st.tuples(st.just("give"), time),
    st.tuples(st.just("publish"), st.sampled_from(sorted(EDITIONS))),
    *(st.tuples(st.just("passes"), st.just("minutes"), st.sampled_from([2, 6, 61])) for _ in range(2)),
    st.tuples(st.just("passes"), st.just("hours"), st.sampled_from([-2, 2, 5, 11, 24])),
    *(st.tuples(st.just("look")) for _ in range(4)),
    *(st.tuples(st.just("send")) for _ in range(2)),
)
BY_NAME = ("hold", "book", "move", "confirm", "release", "cancel", "wait", "leave", "take", "take", "stop", "resume")
HISTORIES = st.lists(STEPS, min_size=3, max_size=24)


async def play(database: Database, history: list[tuple[Any, ...]]) -> None:
    one = History(database)
    await one.begin()
    for step, *about in [*history, ("look",), ("send",)]:
        if step == "passes":
            unit, amount = about
            await one.passes(**{unit: amount})
        else:
            await getattr(one, step)(*about)
        await one.check()


def at_random(dice: Random) -> list[tuple[Any, ...]]:
    """As hypothesis would, for a database that is too slow for it."""
    alone = {"look": (), "send": (), "close": (dice.randrange(2),), "give": (dice.randrange(len(TIMES)),)}
    timed = [{"minutes": 2}, {"minutes": 6}, {"minutes": 61}, {"hours": 2}, {"hours": 11}, {"hours": -2}]
    history: list[tuple[Any, ...]] = []
    for _ in range(30):
        step = dice.choice([*BY_NAME, *alone, "look", "passes", "publish"])
        if step == "passes":
            ((unit, amount),) = dice.choice(timed).items()
            history.append((step, unit, amount))
        elif step == "publish":
            history.append((step, dice.choice(sorted(EDITIONS))))
        elif step in alone:
            history.append((step, *alone[step]))
        else:
            about = (dice.choice(PEOPLE), dice.randrange(len(TIMES)))
            history.append((step, *about[: 2 if step in ("hold", "book", "move") else 1]))
    return history


FELL: list[list[tuple[Any, ...]]] = [  # once, each by a fault of ours
    [("hold", "anna", 0), ("confirm", "anna"), ("stop", "anna"), ("publish", "no point"), ("resume", "anna")],
    [("passes", "hours", 7), ("book", "anna", 0), ("passes", "hours", -2)],
]


@pytest.mark.parametrize("history", FELL, ids=lambda one: one[-1][0])
async def test_what_fell_once_stands(database: Database, history: list[tuple[Any, ...]]) -> None:
    await play(database, history)


@pytest.mark.parametrize("seed", range(extent(6, 200)))
async def test_the_same_holds_on_both_databases(database: Database, seed: int) -> None:
    await play(database, at_random(Random(seed)))


@pytest.mark.timeout(3600)
def test_random_histories_keep_every_promise() -> None:
    empty = template()

    @settings(max_examples=extent(2000, 10_000), deadline=None, suppress_health_check=list(HealthCheck))
    @given(HISTORIES)
    def run(history: list[tuple[Any, ...]]) -> None:
        asyncio.run(play(ScratchDatabase(empty), history))

    run()
