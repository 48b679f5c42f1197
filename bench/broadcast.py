"""
A broadcast to 10 000 citizens while others write: at the platform's true limit, which takes 333 s at 30 a second.

It runs beside the other rows, on the core of the emulators: at 30 messages a second it takes a few hundredths of it.
"""

import asyncio
import itertools
import math
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bench import people, product
from bench.machine import REST
from bench.platform import FIRST_CHAT, Platform
from bench.product import SECRET, Bot
from bench.report import Row, least, most, percentile, row
from bot.messages import Outgoing
from storage.database import open_database
from storage.records import Lane, Part

LIMIT = 30.0  # messages a second that the emulator takes, as Telegram's FAQ says
FIRST_RECIPIENT = 50_000_000
LIVE_CHATS = 40  # one of them writes every second
LIVE_S = 1.0
KEY = "bench.broadcast"


@dataclass(frozen=True, slots=True)
class Outcome:
    """seconds: from commit to last message. sends: accepted, live replies included. waits: of those, seconds."""

    recipients: int
    seconds: float
    sends: int
    refused: int
    waits: Sequence[float]

    def rows(self) -> list[Row]:
        if not self.seconds:
            return []
        share = self.sends / self.seconds / LIMIT * 100
        refused = self.refused / max(1, self.sends + self.refused) * 100
        wait_s = percentile(self.waits, 0.95)
        what = f"broadcast to {self.recipients}, {LIMIT:g}/s"
        used = f"{share:.1f} % ({self.sends} in {self.seconds:.0f} s)"
        return [
            row(f"{what}: share of the limit used", least(90, "≥ 90 %"), least(97, "97 %"), share, used),
            row("refusals for speed", most(1, "≤ 1 %"), most(0, "0"), refused, f"{refused:.2f} % ({self.refused})"),
            row("live reply meanwhile, p95", most(1.5, "≤ 1.5 s"), most(0.5, "0.5 s"), wait_s, self._waited(wait_s)),
        ]

    def _waited(self, wait_s: float) -> str:
        return f"{wait_s:.2f} s ({len(self.waits)} replies, slowest {max(self.waits):.2f} s)"


class Broadcast:
    """Under way in a thread from `start` to `finish`."""

    def __init__(self, stack: ExitStack, folder: Path, recipients: int, *, per_second: float) -> None:
        """per_second: the pace in the content."""
        own = folder / "broadcast"
        own.mkdir()
        self._platform = stack.enter_context(Platform(own, limits=True, label="broadcast"))
        content = product.content_copy(folder, per_second=per_second, chat_per_second=1)
        url = f"sqlite:///{own / 'bot.db'}"
        self._recipients = recipients
        self._bot = product.start(stack, own, "bot", database=url, content=content, platform=self._platform, core=REST)
        self._url = url
        self._outcome: Outcome | None = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> list[Row]:
        """Wait for the end. Raises what went wrong."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        assert self._outcome is not None
        return self._outcome.rows()

    def _run(self) -> None:
        try:
            self._outcome = _watched(self._bot, self._recipients, self._url)
        except BaseException as error:
            self._error = error


def _watched(bot: Bot, recipients: int, url: str) -> Outcome:
    """Plan the broadcast, let citizens write meanwhile, count."""
    platform = bot.platform
    before, since = platform.state(), platform.times()
    asyncio.run(_plan(url, recipients))
    begun, written = time.monotonic(), 0
    target = before["sends"] + recipients
    for number in itertools.count():
        time.sleep(max(0.0, begun + number * LIVE_S - time.monotonic()))
        bot.processes[0].check()
        if platform.state()["sends"] >= target + written - 1 or number > 3 * recipients / LIMIT + 60:
            break
        platform.do("type", chat=FIRST_CHAT + 1 + number % LIVE_CHATS, text="/menu")
        written += 1
    platform.wait(target + written, bot.processes[0], within_s=30.0)
    seconds, state = time.monotonic() - begun, platform.state()
    return Outcome(
        recipients,
        seconds,
        state["sends"] - before["sends"],
        state["too_fast"] - before["too_fast"],
        platform.waits(since),
    )


async def _plan(url: str, recipients: int) -> None:
    """The messages of one broadcast as rows of the outbox, in few transactions."""
    database = await open_database(url, [SECRET])
    now = datetime.now(UTC)
    try:
        chats = [str(FIRST_RECIPIENT + number) for number in range(recipients)]
        known = await people.settle(database, chats, now)
        body = msgspec.json.encode(Outgoing(key=KEY, text="Завтра в центре занятости ярмарка вакансий."))
        parts = [
            Part(citizen_id, "telegram", find, f"broadcast:{number}", 0, Lane.BROADCAST, KEY, body, False, now)
            for number, (citizen_id, find) in enumerate(known)
        ]
        for start in range(0, len(parts), math.ceil(people.ROWS / 10)):
            async with database.write() as tx:
                await tx.outbox.add(parts[start : start + math.ceil(people.ROWS / 10)], now=now)
    finally:
        await database.close()
