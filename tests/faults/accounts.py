"""The account of a run under kills: every message answered once, every effect there once, every copy explained."""

from dataclasses import dataclass
from time import time

from tests.faults.books import DONE, LEASED, PARKED, SENT, UNSENT, WAITING, books, count
from tests.faults.crowd import Crowd
from tests.platforms.emulator import Emulator

CALM_S = 8.0
_REPEATS = (
    f"SELECT count(*) FROM outbox WHERE channel = '{{channel}}' AND is_repeat = 1 AND state IN ({UNSENT}, {LEASED})"
)


@dataclass
class Account:
    """What was found. in_flight: parts leased at the moments of the kills. copies: messages shown twice."""

    channel: str
    kills: int
    typed: int
    stored: int
    lost: int
    doubled: int
    copies: int
    in_flight: int

    def line(self) -> str:
        return (
            f"{self.channel}: {self.kills} kills, {self.typed} messages, {self.lost} lost,"
            f" {self.doubled} doubled effects, {self.copies} doubled sends of {self.in_flight} in flight"
        )


async def is_taken(url: str, channel: str, number: int) -> bool:
    """So many messages of the channel have had their turn."""
    done = f"SELECT count(*) FROM inbox WHERE channel = '{channel}' AND state = {DONE}"
    return await count(url, done) == number


async def is_settled(url: str, channel: str) -> bool:
    """Nothing that has arrived waits for a turn or for sending."""
    waiting = f"SELECT count(*) FROM inbox WHERE channel = '{channel}' AND state = {WAITING}"
    unsent = f"SELECT count(*) FROM outbox WHERE channel = '{channel}' AND state IN ({UNSENT}, {LEASED})"
    return not await count(url, f"SELECT ({waiting}) + ({unsent})")


async def has_repeated(url: str, channel: str) -> bool:
    """All is sent that had to be sent a second time, because nobody knew whether it had arrived."""
    return not await count(url, _REPEATS.format(channel=channel))


async def is_calm(url: str, channel: str) -> bool:
    """
    No second send is due in the next seconds.

    A kill during one would leave a part of which twice nobody knows: such a one is not sent a third time, staff decide.
    """
    soon = int((time() + CALM_S) * 1000)
    return not await count(url, f"{_REPEATS.format(channel=channel)} AND not_before < {soon}")


async def settle(url: str, channel: str, crowd: Crowd, emulator: Emulator, *, kills: int, in_flight: int) -> Account:
    """Compare screens and database with what the scripts say. Fails with what differs."""
    async with books(url) as open_books:
        states = dict(
            await open_books.rows(f"SELECT state, count(*) FROM inbox WHERE channel = '{channel}' GROUP BY state")
        )
        unanswered = await open_books.rows(
            f"SELECT i.id FROM inbox i WHERE i.channel = '{channel}' AND NOT EXISTS"
            " (SELECT 1 FROM outbox o WHERE o.turn = i.event)"
        )
        unsent = await open_books.rows(
            f"SELECT state, reason, count(*) FROM outbox WHERE channel = '{channel}' AND state <> {SENT}"
            " GROUP BY state, reason"
        )
        planned = await open_books.rows(f"SELECT count(*) FROM outbox WHERE channel = '{channel}'")
        effects = await open_books.effects(channel, crowd.chats())
        starts = sum(number for (at, _), number in (await open_books.starts()).items() if at == channel)
    expected = crowd.expected_effects()
    wrong = {chat: (effects[chat], expected[chat]) for chat in expected if effects[chat] != expected[chat]}
    walks = sum(citizen.script.typed[0].startswith("/start") for citizen in crowd.citizens)
    copies = sum(crowd.copies().values())
    account = Account(
        channel,
        kills,
        crowd.typed,
        states.get(DONE, 0),
        crowd.typed - states.get(DONE, 0) + len(unanswered),
        len(wrong) + abs(starts - walks),
        copies,
        in_flight,
    )
    assert not states.get(PARKED), f"{states[PARKED]} parked"
    assert account.lost == 0, f"{account.line()}; {crowd.differences()[:5]}"
    assert not unsent, f"not sent: {unsent}"
    assert not crowd.differences(), crowd.differences()[:5]
    assert not wrong, f"{len(wrong)} citizens, the first: {next(iter(wrong.items()))}"
    assert starts == walks
    assert planned[0][0] == sum(len(citizen.expected) for citizen in crowd.citizens)
    assert copies <= in_flight, account.line()
    assert crowd.most_copies() <= 1, "one message came three times"
    return account
