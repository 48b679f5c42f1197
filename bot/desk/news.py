"""
Content refused, told where staff talk: in chats of leads and of everybody, once for each edition.

    the files have mistakes --> the first of them, file:line --> the files are mended --> said, too
A centre with neither kind of chat is told in all it has. Planned here, sent by the outbox.
"""

from collections.abc import Sequence

import msgspec

from bot.desk.acts import Desk
from bot.desk.words import say
from bot.messages import Outgoing
from bot.texts.routes import LEAD
from storage.database import Transaction
from storage.moments import to_ms
from storage.records import FilesState, Lane, Part
from storage.staff_chats import StaffChat

SHOWN = 3
MISTAKE_CHARS = 600

_encoder = msgspec.json.Encoder()


class News:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def tell(self) -> bool:
        """Plan what the chats lack, if there is a chat. Raises Unavailable; it is then told another time."""
        database = self._desk.database
        async with database.read() as tx:
            if not await tx.editions.has_news():
                return False
        async with database.write() as tx:
            files, chats = await tx.editions.files(), hearers(await _open_chats(tx))
            if files is None or not chats:
                return False
            edition = await tx.editions.in_force()
            is_live = edition is not None and edition.fingerprint == files.fingerprint
            await self._plan(tx, chats, files, is_live=is_live)
            await tx.editions.tell(files.fingerprint if files.state == "refused" else "")
            tx.notify("outbox")
        return True

    async def _plan(self, tx: Transaction, chats: Sequence[StaffChat], files: FilesState, *, is_live: bool) -> None:
        now = self._desk.clock.now()
        key, text = self._words(files, is_live=is_live)
        body = _encoder.encode(Outgoing(key, text))
        about = f"content:{files.state}:{files.fingerprint}:{to_ms(files.judged_at)}"
        parts = [
            Part(chat.id, chat.channel, chat.find, f"{about}:{chat.id}", 0, Lane.REPLY, key, body, False, now)
            for chat in chats
        ]
        await tx.outbox.add(parts, now=now)

    def _words(self, files: FilesState, *, is_live: bool) -> tuple[str, str]:
        content = self._desk.content()
        if files.state != "refused":
            return "desk.content_mended", say(content, "content_mended")
        name = "content_doubtful" if is_live else "content_refused"
        shown = [_line(*mistake) for mistake in files.mistakes[:SHOWN]]
        rest = len(files.mistakes) - len(shown)
        more = say(content, "content_more", count=rest) if rest else ""
        return f"desk.{name}", say(content, name, mistakes="\n\n".join(shown), more=more)


def hearers(chats: Sequence[StaffChat]) -> list[StaffChat]:
    """Whom it concerns: leads, and chats that everybody reads."""
    return [chat for chat in chats if chat.role in ("", LEAD)] or [*chats]


async def _open_chats(tx: Transaction) -> list[StaffChat]:
    reachable = await tx.posts.reachable()
    return [chat for chat in await tx.staff_chats.all() if chat.id in reachable]


def _line(file: str, line: int, what: str, remedy: str) -> str:
    text = f"{file}:{line}: {what}: {remedy}"
    return text if len(text) <= MISTAKE_CHARS else f"{text[:MISTAKE_CHARS].rstrip()}…"
