"""
What citizens type in fault tests, and what the bot says to it when nothing goes wrong.

The right answers come from the real engine, in this process and on a database of its own, with nothing that can break.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from tempfile import TemporaryDirectory

from bot.channels.port import Limits
from bot.clock import SystemClock
from bot.engine.taken import Surface
from bot.flows import FLOWS
from bot.messages import Kind
from bot.parts import needs
from bot.texts.load import load
from bot.texts.schema import Content
from storage.database import open_database
from tests.faults.books import SECRETS, Books, Effects
from tests.faults.product import shipped
from tests.talk import Talk

WALK = (
    "/start leaflet",
    "Вернулся после освобождения",
    "1",  # nothing else
    "1",  # a plan, please
    "да",
    "потом",  # no questions now
    "1",  # the first step
    "1",  # done
    "1",  # the next one
    "1",  # done
    "1",  # the next one
    "2",  # stuck
    "1",  # what is in the way
    "меню",
    "/human",
    "Помогите найти работу рядом с домом",
    "/plan",
)
PROMISING = ("handover.sent", "handover.added", "handover.already")  # texts that name the hour of an answer
FLOOD = ("/help", "/ask", "/data", "/menu", "/book", "/jobs", "/stop", "абракадабра")


@dataclass(frozen=True)
class Script:
    """
    typed: messages in order. said: what is answered to each. effects: what is kept when all is said.

    Texts are compared without what depends on the hour (`timeless`).
    """

    channel: str
    typed: tuple[str, ...]
    said: tuple[tuple[str, ...], ...]
    effects: Effects

    @property
    def screen(self) -> list[str]:
        """Everything said, in order."""
        return [text for answer in self.said for text in answer]


@cache
def edition() -> Content:
    """What the product runs with; free text is understood at once: no turn of the reference runs out of time."""
    content = load(shipped(), needs())
    content.matcher.prepare()
    return content


@cache
def promises() -> set[str]:
    """Heads of the texts that name the hour of an answer."""
    return {edition().texts[key].text.partition("\n\n")[0] for key in PROMISING}


def timeless(text: str) -> str:
    """The text, but for a promise of when somebody answers."""
    head = text.partition("\n\n")[0]
    return head if head in promises() else text


def limits_of(channel: str) -> Limits:
    if channel == "telegram":
        from bot.channels.telegram import Telegram

        return Telegram.limits
    if channel == "vk":
        from bot.channels.vk import Vk

        return Vk.limits
    from bot.channels.max import Max

    return Max.limits


_rehearsed: dict[tuple[str, tuple[str, ...]], Script] = {}


async def rehearse(channel: str, typed: Sequence[str]) -> Script:
    """Play the script where nothing breaks; done once."""
    play = (channel, tuple(typed))
    if play not in _rehearsed:
        with TemporaryDirectory() as folder:
            _rehearsed[play] = await _rehearse(channel, typed, f"sqlite:///{folder}/rehearsal.db")
    return _rehearsed[play]


async def _rehearse(channel: str, typed: Sequence[str], url: str) -> Script:
    database = await open_database(url, SECRETS)
    try:
        surfaces = {channel: Surface(limits_of(channel))}
        talk = Talk(database, FLOWS, edition(), chat="reference", channel=channel, surfaces=surfaces)
        talk.clock.set(SystemClock().now())
        said = []
        for text in typed:
            command, _, source = text.partition(" ")
            is_start = command == "/start"
            answers = await (talk.send(Kind.START, source=source) if is_start else talk.say(text))
            assert answers, f"nothing is said to «{text}»"
            said.append(tuple(timeless(answer.text) for answer in answers))
        effects = (await Books(database).effects(channel, ["reference"]))["reference"]
        return Script(channel, tuple(typed), tuple(said), effects)
    finally:
        await database.close()
