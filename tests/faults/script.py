"""
What citizens type in fault tests, and what the bot says to it when nothing goes wrong.

The right answers come from the real engine, in this process and on a database of its own, with nothing that can break.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.channels.port import Limits
from bot.clock import SystemClock
from bot.engine.apply import Surface
from bot.flows import FLOWS
from bot.messages import Kind
from storage.database import open_database
from tests.faults.books import SECRETS, Books, Effects
from tests.talk import Talk, real_content

WALK = (
    "/start leaflet",
    "Вернулся после освобождения",
    "1",  # nothing else
    "1",  # a plan, please
    "да",
    "1",  # the first step
    "1",  # done
    "1",  # the next one
    "1",  # done
    "1",  # the next one
    "2",  # stuck
    "меню",
    "/human",
    "Помогите найти работу рядом с домом",
    "/plan",
)
PROMISES = {
    real_content(FLOWS).texts[f"handover.{key}"].text.partition("\n\n")[0] for key in ("sent", "added", "already")
}
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


def timeless(text: str) -> str:
    """The text, but for a promise of when somebody answers."""
    head = text.partition("\n\n")[0]
    return head if head in PROMISES else text


def limits_of(channel: str) -> Limits:
    if channel == "telegram":
        from bot.channels.telegram import Telegram

        return Telegram.limits
    if channel == "vk":
        from bot.channels.vk import Vk

        return Vk.limits
    from bot.channels.max import Max

    return Max.limits


async def rehearse(channel: str, typed: Sequence[str], url: str) -> Script:
    """Play the script where nothing breaks. url: of a database without tables, for this alone."""
    database = await open_database(url, SECRETS)
    try:
        surfaces = {channel: Surface(limits_of(channel))}
        talk = Talk(database, FLOWS, real_content(FLOWS), chat="reference", channel=channel, surfaces=surfaces)
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


def scratch(folder: Path, name: str) -> str:
    return f"sqlite:///{folder / name}.db"
