"""What goes wrong with messages, for pages that show it."""

from itertools import count

from bot.clock import Clock
from storage.database import Database
from storage.records import Arrival, Lane, Part

_number = count(1)


async def citizen_of(database: Database, clock: Clock, office: str) -> tuple[str, str]:
    """The id and the chat of a new citizen of the office."""
    chat = f"chat {next(_number)}"
    async with database.write() as tx:
        met = await tx.inbox.admit([Arrival("vk", f"hello {chat}", chat, "text", 0, b"{}")], now=clock.now())
        citizen = met["vk", chat]
        await tx.citizens.place(citizen, office)
        (claimed,) = [one for one in await tx.inbox.claim(limit=100, now=clock.now()) if one.citizen_id == citizen]
        await tx.inbox.finish([(claimed.id, False)], now=clock.now())
    return citizen, chat


async def dead_letter(
    database: Database,
    clock: Clock,
    office: str = "",
    *,
    reason: str = "refused: chat not found",
    key: str = "menu.main",
) -> int:
    """The number of a message to a citizen of the office that could not be delivered."""
    citizen, chat = await citizen_of(database, clock, office)
    find, now = database.cipher.find("address", "vk", chat), clock.now()
    body = '{"text": "Иван Задунайский, ваш код 4711"}'.encode()
    async with database.write() as tx:
        await tx.outbox.add([Part(citizen, "vk", find, f"turn {chat}", 0, Lane.REPLY, key, body, True, now)], now=now)
        (leased,) = [one for one in await tx.outbox.lease("vk", now=now, limit=100) if one.citizen_id == citizen]
        await tx.outbox.bury([(leased.number, reason)], now=now)
    return leased.number


async def parked_update(database: Database, clock: Clock, office: str = "", *, error: str = "KeyError") -> int:
    """The number of a message of a citizen of the office whose turn failed."""
    citizen, chat = await citizen_of(database, clock, office)
    async with database.write() as tx:
        await tx.inbox.store([Arrival("vk", f"words {chat}", chat, "text", 1, b"{}")], now=clock.now())
        (claimed,) = [one for one in await tx.inbox.claim(limit=100, now=clock.now()) if one.citizen_id == citizen]
        await tx.inbox.park(claimed.id, error=error, now=clock.now())
    return claimed.id
