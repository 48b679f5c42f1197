"""A talk in the terminal, written down as a talk beside the content: `talk --save`."""

from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path

from bot.channels.terminal import shown
from bot.rehearsal.player import NoButton
from bot.rehearsal.stage import Stage
from bot.texts.scenes import Act, Heard, Unclear, act_of, line_of
from bot.texts.schema import Content
from bot.transcript import spoken

MARGIN = "    "


async def record(stage: Stage, content: Content, lines: Iterable[str], say: Callable[[str], None]) -> list[str]:
    """
    Talk until the lines end: words, `[кнопка]`, `(фото)`, `(прошёл 1 день)`. Gives the lines of the talk's file.

    What cannot be done is told and left out.
    """
    rows: list[str] = []
    for line in lines:
        text = line.strip()
        if not text:
            continue
        try:
            act, row = _act(text)
            messages = await stage.do(act)
        except Unclear as unclear:
            say(f"{unclear.what}: {unclear.remedy}")
            continue
        except NoButton as error:
            say(f"кнопки {text} нет. Есть: {error}")
            continue
        rows.append(row)
        for message in messages:
            say(shown(message) + "\n")
            rows.append(spoken(message, content.texts.get(message.key)))
    return rows


def _act(text: str) -> tuple[Act, str]:
    if text.startswith("("):
        try:
            remark = line_of(text)
        except Unclear as unclear:
            try:
                return act_of(text), f"> {text}"
            except Unclear:
                raise unclear from None
        assert not isinstance(remark, Heard)
        return remark, text
    return act_of(text), f"> {text}"


def save(rows: Iterable[str], file: Path, now: datetime) -> None:
    """Append the talk to the file under a heading of its own. Raises OSError."""
    talk = "\n".join([f"# Разговор {now:%d.%m.%Y %H:%M}", "", *(MARGIN + row for row in rows), ""])
    before = file.read_text(encoding="utf-8").rstrip("\n") if file.exists() else ""
    file.write_text(f"{before}\n\n{talk}" if before else talk, encoding="utf-8", newline="\n")
