"""What one message costs the database when nothing else waits: counted, so that it does not grow unseen."""

import asyncio
from typing import cast

from bot.channels.port import Limits
from bot.engine.runner import Runner
from bot.engine.taken import Surface
from bot.flows import FLOWS
from bot.inbox import Inbox, arrival
from bot.messages import Address, Incoming, Kind
from storage.database import Database
from storage.sqlite import SqliteDatabase
from tests.delivery.platform import Platform
from tests.delivery.post import Post
from tests.delivery.world import World
from tests.talk import real_content

COMMITS = 2  # the message with its answer, what became of the send
HOPS = 7  # who it is; what is known of them; what may leave, and to whom; commit; once more what may leave; commit


async def test_a_message_costs_two_commits_and_seven_hops(sqlite_database: Database) -> None:
    world = World()
    platform = Platform(world)
    post = Post(sqlite_database, world, platform, real_content(FLOWS))
    sender, stop = post.sender(), asyncio.Event()
    surfaces = {"telegram": Surface(Limits(bottom_keyboard=True))}
    bot = Runner(post.database, FLOWS, lambda: post.edition, surfaces, world)
    bot.carry(sender)
    inbox = Inbox(post.database, world, bot)
    spent: list[tuple[int, int]] = []

    def so_far() -> tuple[int, int]:
        return post.busy.writes, cast(SqliteDatabase, sqlite_database)._writer.hops

    async def say(number: int) -> None:
        said = Incoming(f"{number}", Address("telegram", "ivan"), Kind.TEXT, number, text="/menu")
        spent.append(so_far())
        await inbox.store([arrival(said)])

    async def rest() -> None:
        spent.append(so_far())

    bot._is_on = True  # on duty; its own looks, one a second, would be counted as well
    events = [(1.0, lambda: say(1)), (1.5, lambda: say(2)), (1.9, rest)]
    await world.play(sender.run(stop), stop, seconds=3.0, rest=post.busy.rest, events=events)

    assert len(platform.shown["ivan"]) == 2
    commits, hops = (after - before for before, after in zip(spent[1], spent[2], strict=True))
    assert (commits, hops) == (COMMITS, HOPS)
