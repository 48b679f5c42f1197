"""Many citizens at once, written as the product writes them: sealed under the installation's own keys."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from uuid import uuid4

from bot.engine.session import Place, Session, encode
from storage.database import Database
from storage.handle import Handle
from storage.inbox import DONE
from storage.moments import to_ms

ROWS = 10_000
STANDING = Session(
    place=Place("menu", "main"),
    shown=[("plan", "Мой план"), ("booking", "Записаться на приём"), ("questions", "Задать вопрос")],
    number=3,
)


def batches(items: Iterable[str]) -> Iterator[list[str]]:
    left = iter(items)
    while taken := list(islice(left, ROWS)):
        yield taken


async def settle(
    database: Database, chats: Sequence[str], now: datetime, *, channel: str = "telegram", is_active: bool = False
) -> list[tuple[str, str]]:
    """
    (citizen id, address hash) of each chat, made known to the installation.

    is_active: each also stands at the main menu, with one message handled and one answer sent.
    """
    found: list[tuple[str, str]] = []
    at = to_ms(now)
    for some in batches(chats):
        people = sorted((uuid4().hex, database.cipher.find("address", channel, chat), chat) for chat in some)
        async with database.write() as tx:
            connection, queries = tx.handle.connection, tx.handle.queries
            await queries.addresses_add_citizens(connection, [{"id": id_, "created_at": at} for id_, _, _ in people])
            rows = [
                {
                    "channel": channel,
                    "find": find,
                    "citizen_id": id_,
                    "chat": database.cipher.seal(chat.encode(), "addresses", "chat", find),
                    "created_at": at,
                }
                for id_, find, chat in people
            ]
            await queries.addresses_add(connection, sorted(rows, key=lambda row: row["find"]))
            if is_active:
                await _stand(tx.handle, [(id_, find) for id_, find, _ in people], channel, at)
        found += [(id_, find) for id_, find, _ in people]
    return found


async def _stand(handle: Handle, people: Sequence[tuple[str, str]], channel: str, at: int) -> None:
    """Sessions at the main menu, and the traces of one turn each."""
    session, seal = encode(STANDING), handle.cipher.seal
    await handle.queries.sessions_save(
        handle.connection,
        [
            {
                "citizen_id": id_,
                "channel": channel,
                "address": find,
                "place": STANDING.place.name,
                "data": seal(session, "sessions", "data", id_),
                "version": STANDING.number,
                "updated_at": at,
            }
            for id_, find in people
        ],
    )
    events = sorted(uuid4().hex for _ in people)
    await handle.queries.inbox_add(
        handle.connection,
        [
            {
                "channel": channel,
                "event": event,
                "citizen_id": id_,
                "address": find,
                "kind": "text",
                "ordinal": 1,
                "payload": None,
                "state": DONE,
                "error": None,
                "arrived_at": at,
            }
            for (id_, find), event in zip(people, events, strict=True)
        ],
    )
    await handle.queries.outbox_add(
        handle.connection,
        [
            {
                "citizen_id": id_,
                "channel": channel,
                "address": find,
                "turn": event,
                "part": 0,
                "lane": 0,
                "key": "menu.main",
                "body": None,
                "subject": None,
                "keep": 0,
                "not_before": at,
                "created_at": at,
            }
            for (id_, find), event in zip(people, events, strict=True)
        ],
    )
    await handle.connection.execute("UPDATE outbox SET state = 2, finished_at = created_at WHERE state IN (0, 1)")
