"""R9: a broadcast and live talks against platforms that enforce their limits, in simulated time."""

from random import Random
from statistics import quantiles
from typing import Any

import pytest

from bot.texts.rules import ChannelRules
from storage.database import Database
from storage.records import Lane
from tests.delivery.platform import Platform, Rules
from tests.delivery.post import Post, content
from tests.delivery.world import World

RECIPIENTS = 900
LIVE_EVERY_S = 0.5
SETTLING_S = 10.0


class Live:
    """Talks going on meanwhile: a reply is planned every half a second; notes how long each took to be shown."""

    def __init__(self, post: Post, platform: Platform, world: World) -> None:
        self._post = post
        self._platform = platform
        self._world = world
        self._random = Random(7)
        self.planned: dict[str, float] = {}

    def events(self, seconds: float) -> list[tuple[float, Any]]:
        return [(0.25 + n * LIVE_EVERY_S, self._reply) for n in range(int(seconds / LIVE_EVERY_S))]

    async def _reply(self) -> None:
        text = f"reply {len(self.planned)}"
        self.planned[text] = self._world.time()
        await self._post.plan((f"live{self._random.randrange(200)}", text))

    def p95_s(self) -> float:
        shown = {call.text: call.at for call in self._platform.calls if not call.error}
        return quantiles([shown[text] - at for text, at in self.planned.items() if text in shown], n=20)[-1]


@pytest.mark.parametrize(
    ("name", "configured", "enforced", "least_used"),
    [
        pytest.param("telegram", ChannelRules(28, 1), Rules(30, 1), 0.9, id="telegram"),
        pytest.param("vk", ChannelRules(19, 2), Rules(20, 2, says_after=False, everyone=True), 0.9, id="vk"),
        pytest.param("max", ChannelRules(28, 2), Rules(30, 2, says_after=False, everyone=True), 0.9, id="max"),
        pytest.param(
            "max", ChannelRules(29, 2), Rules(10, 2, says_after=False, everyone=True), 0.85, id="max, 10 after all"
        ),
        pytest.param("telegram", ChannelRules(29, 1), Rules(15, 1), 0.85, id="telegram, half of what is known"),
    ],
)
async def test_a_broadcast_uses_the_limit_and_live_replies_overtake_it(
    sqlite_database: Database, name: str, configured: ChannelRules, enforced: Rules, least_used: float
) -> None:
    world = World()
    platform = Platform(world, name, latency_s=0.08)
    platform.rules = enforced
    post = Post(sqlite_database, world, platform, content(configured))
    people = [f"p{number}" for number in range(RECIPIENTS)]
    for number, person in enumerate(people):
        await post.plan((person, f"news {number}"), lane=Lane.BROADCAST)
    live = Live(post, platform, world)

    def is_done() -> bool:
        return all(platform.shown.get(person) for person in people)

    seconds = RECIPIENTS / enforced.per_second * 3
    await post.play(seconds, events=live.events(RECIPIENTS / enforced.per_second), until=is_done)

    calls = [call for call in platform.calls if call.at > SETTLING_S]
    refused = sum(bool(call.error) for call in calls)
    accepted = len(calls) - refused
    used = accepted / ((calls[-1].at - SETTLING_S) * enforced.per_second)
    print(f"used {used:.1%}, refused {refused / len(calls):.2%}, live p95 {live.p95_s():.2f} s")
    assert is_done()
    assert set(await post.states()) == {"sent"}
    assert refused / len(calls) <= 0.01
    assert used >= least_used
    assert live.p95_s() <= 1.5
