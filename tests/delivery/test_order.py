"""Whatever the platform answers: each citizen's order holds, and every part ends in one final state."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.channels.port import Blocked, Broken, Refused, SendError, TooFast, Uncertain, Unreachable
from bot.messages import Outgoing
from storage.database import open_database
from storage.records import Lane
from tests.databases import SECRETS
from tests.delivery.platform import Platform
from tests.delivery.post import Post
from tests.delivery.world import World

ERRORS: dict[str, SendError] = {
    "wait": TooFast(timedelta(seconds=3)),
    "wait untold": TooFast(),
    "everyone": TooFast(timedelta(seconds=2), everyone=True),
    "everyone untold": TooFast(everyone=True),
    "unreachable": Unreachable("down"),
    "lost": Uncertain("not arrived"),
    "lost after": Uncertain("arrived"),
    "blocked": Blocked("left"),
    "refused": Refused("bad"),
    "broken": Broken("401"),
}
SAID = st.tuples(st.sampled_from(["ivan", "olga", "petr"]), st.sampled_from(list(Lane)), st.integers(1, 3))


@pytest.mark.parametrize("name", ["telegram", "vk"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    turns=st.lists(SAID, min_size=1, max_size=8),
    outcomes=st.lists(st.sampled_from(["", "", "", *ERRORS]), max_size=25),
    killed_after=st.integers(0, 12),
)
def test_order_holds_and_every_part_ends(
    sqlite_url: str, name: str, turns: list[tuple[str, Lane, int]], outcomes: list[str], killed_after: int
) -> None:
    async def play() -> None:
        database = await open_database(sqlite_url, SECRETS, migrate=False)
        try:
            world = World()
            platform = Platform(world, name, latency_s=0.1)
            left = list(outcomes)

            def outcome(chat: str, message: Outgoing, number: int) -> SendError | None:
                return ERRORS.get(left.pop(0)) if left else None

            platform.outcome = outcome
            platform.arrives = lambda error: str(error) == "arrived"
            post = Post(database, world, platform)
            ((start,),) = await post.select("SELECT COALESCE(MAX(id), 0) FROM outbox")
            planned: dict[tuple[str, Lane], list[str]] = {}
            for number, (chat, lane, parts) in enumerate(turns):
                texts = [f"{number}.{part} {lane.name}" for part in range(parts)]
                await post.plan(*[(chat, text) for text in texts], lane=lane)
                planned.setdefault((chat, lane), []).extend(texts)

            if killed_after:  # the first process leaves some of it under way
                await post.lease_and_die(killed_after)
            sender = post.sender()
            for _ in range(90):
                await post.play(30.0, sender=sender)
                rows = await post.select(f"SELECT state FROM outbox WHERE id > {start}")
                if {row[0] for row in rows} <= {2, 4, 5}:
                    break
            assert len(rows) == sum(parts for _, _, parts in turns)
            assert {row[0] for row in rows} <= {2, 4, 5}
            assert platform.most_at_once <= 1
            for (chat, lane), texts in planned.items():
                shown = [text for text in platform.shown[chat] if text.endswith(lane.name)]
                first = list(dict.fromkeys(shown))
                assert first == [text for text in texts if text in first], "in the order planned"
                most = 1 if name == "vk" or lane is Lane.BROADCAST else 2
                assert all(shown.count(text) <= most for text in first)
        finally:
            await database.close()

    asyncio.run(play())
