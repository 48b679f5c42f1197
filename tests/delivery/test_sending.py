"""What leaves, in which order, and what becomes of each part."""

from storage.database import Database
from storage.records import Lane
from tests.delivery.platform import Platform
from tests.delivery.post import Post
from tests.delivery.world import World


async def test_parts_of_one_citizen_leave_one_by_one_in_the_order_planned(database: Database) -> None:
    world = World()
    platform = Platform(world, latency_s=0.05)
    post = Post(database, world, platform)
    await post.plan(("ivan", "1"), ("ivan", "2"), ("olga", "1"))
    await post.plan(("ivan", "3"))

    await post.play(2.0)

    assert platform.shown == {"ivan": ["1", "2", "3"], "olga": ["1"]}
    assert platform.most_at_once == 1
    assert await post.states() == ["sent"] * 4


async def test_replies_leave_before_reminders_and_broadcasts(database: Database) -> None:
    world = World()
    platform = Platform(world)
    post = Post(database, world, platform)
    await post.plan(("ivan", "broadcast"), lane=Lane.BROADCAST)
    await post.remind("ivan", "reminder", "r1")
    await post.plan(("ivan", "reply"))

    await post.drain()

    assert platform.shown["ivan"] == ["reply", "reminder", "broadcast"]
