"""
The terminal as a channel: one citizen, typed lines, buttons as numbers or `[choice]`. For demos, tests and bug reports.

It goes the same road as every channel: stored, decided, sent from the outbox.
"""

import itertools
from collections.abc import Awaitable, Callable, Iterable, Mapping

import msgspec

from bot.channels.port import Limits
from bot.clock import Clock
from bot.messages import Address, Incoming, Kind, Outgoing
from storage.database import Database

NAME = "terminal"
LIMITS = Limits(text_chars=12_000, bottom_keyboard=True, edits=False)
BATCH = 20

_outgoing = msgspec.json.Decoder(Outgoing)

Store = Callable[[Incoming], Awaitable[None]]
Work = Callable[[], Awaitable[int]]


class Terminal:
    """
    One citizen at a keyboard. store: puts an incoming into the inbox. work: takes one batch of turns, tells how many.

    identity: who talks; the same identity continues where it stopped.
    """

    def __init__(self, database: Database, clock: Clock, store: Store, work: Work, identity: str) -> None:
        self._database = database
        self._clock = clock
        self._store = store
        self._work = work
        self._address = Address(NAME, identity)
        self._numbers = itertools.count(1)
        self._session = f"{clock.now():%Y%m%d%H%M%S%f}"

    def typed(self, text: str) -> Incoming:
        number = next(self._numbers)
        return Incoming(f"{self._session}:{self._address.chat}:{number}", self._address, Kind.TEXT, number, text=text)

    def pressed(self, data: str) -> Incoming:
        number = next(self._numbers)
        return Incoming(f"{self._session}:{self._address.chat}:{number}", self._address, Kind.PRESS, number, data=data)

    async def answer(self, incoming: Incoming) -> list[Outgoing]:
        """Send it in, let the bot work, and give all that was said, oldest first."""
        await self._store(incoming)
        while await self._work():
            pass
        return await self.heard()

    async def heard(self) -> list[Outgoing]:
        """What waits for this terminal."""
        messages: list[Outgoing] = []
        while True:
            now = self._clock.now()
            async with self._database.write() as tx:
                leased = await tx.outbox.lease(NAME, now=now, limit=BATCH)
                await tx.outbox.sent([(part.number, str(part.number)) for part in leased], now=now)
            if not leased:
                return messages
            messages += [_outgoing.decode(part.body) for part in leased if part.chat == self._address.chat]


def shown(message: Outgoing) -> str:
    """The message as text with its buttons beneath."""
    rows = ["   ".join(f"[{button.label}]" for button in row) for row in message.rows]
    return "\n".join([message.text, *rows])


def _data(choice: str, buttons: Mapping[str, str]) -> str:
    """Of that button; as in transcripts, the part after the colon may be left out when that is unambiguous."""
    alike = [data for known, data in buttons.items() if known == choice or known.partition(":")[0] == choice]
    return buttons.get(choice) or (alike[0] if len(alike) == 1 else "")


async def talk(
    terminal: Terminal,
    lines: Iterable[str],
    *,
    say: Callable[[str], None],
    transcript: Callable[[Outgoing], str] | None = None,
    buttons: Callable[[Outgoing], dict[str, str]],
) -> None:
    """
    Talk until the lines end. `[choice]` presses that button of the last screen, everything else is typed.

    transcript: prints keys instead of words. buttons: finds choice ids.
    """
    last: dict[str, str] = {}
    for line in lines:
        text = line.strip()
        if not text:
            continue
        if transcript is not None:
            say(f"> {text}")
        data = _data(text[1:-1], last) if text.startswith("[") and text.endswith("]") else ""
        incoming = terminal.pressed(data) if data else terminal.typed(text)
        for message in await terminal.answer(incoming):
            if message.rows:
                last = buttons(message)
            say((transcript(message) if transcript is not None else shown(message) + "\n").rstrip(" "))
