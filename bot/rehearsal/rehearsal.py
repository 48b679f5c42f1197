"""
All talks of an edition, played: what they complain of, and which screens they met.

A mistake names the talk's line, what was expected, what was said and how to mend it. Where only words differ the talk
goes on, so that one look finds the next difference too.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.engine.flow import Flows
from bot.messages import Outgoing
from bot.rehearsal.player import NoButton
from bot.rehearsal.stage import Met, Stage
from bot.texts.mistakes import Mistake, Mistakes, nearest
from bot.texts.scenes import Act, Heard, Pressed, Scene, fits, read_scenes
from bot.texts.schema import Content
from bot.transcript import labels, spoken, words
from storage.scratch import ScratchDatabase, template

# said by the engine around talks, never inside one: after a bug, on a late reply; of what staff closed or wrote down
NO_TALKS = frozenset(
    {
        "fallback.trouble",
        "fallback.late",
        "my_data.file_case_closed",
        "my_data.file_served",
        "my_data.file_no_show",
        "visits.next_repeat",
        "case.someone",  # of a role that routing.yaml does not name
    }
)
SHOWN_CHARS = 90


@dataclass
class Edits:
    """How the bot's lines of one file would have to read. instead: line -> its words, None to drop it."""

    instead: dict[int, str | None] = field(default_factory=dict)
    after: dict[int, list[str]] = field(default_factory=dict)

    def made(self, text: str) -> str:
        """The file's text with them; each new line is set in like the one it stands for or follows."""
        rows = []
        for number, row in enumerate(text.split("\n"), start=1):
            margin = row[: len(row) - len(row.lstrip())]
            if number not in self.instead:
                rows.append(row)
            elif (words := self.instead[number]) is not None:
                rows.append(margin + words)
            rows += [margin + words for words in self.after.get(number, ())]
        return "\n".join(rows)


@dataclass
class Report:
    """scenes: how many talks. met: over all of them. edits: by file, what would make the talks fit."""

    scenes: int = 0
    mistakes: list[Mistake] = field(default_factory=list)
    met: Met = field(default_factory=Met)
    edits: dict[str, Edits] = field(default_factory=dict)


class Rehearsal:
    """
    flows: of the program. root: folder named in mistakes. url: of an open database, whose schema is taken over.

    The first one in a process makes the empty database, later ones take a copy.
    """

    def __init__(self, flows: Flows, root: str, url: str = "") -> None:
        self._flows = flows
        self._root = root
        self._url = url
        self._template = b""

    def __call__(self, files: Mapping[str, bytes], content: Content) -> Sequence[Mistake]:
        """What the talks complain of. Blocks; for threads."""
        return self.report(files, content).mistakes

    def report(self, files: Mapping[str, bytes], content: Content) -> Report:
        """Play everything. Blocks; for threads."""
        mistakes, report = Mistakes(self._root), Report()
        found = read_scenes(files, mistakes)
        report.scenes = len(found)
        if found:
            self._template = self._template or template(self._url)
            asyncio.run(self._play(found, content, mistakes, report))
        report.mistakes = mistakes.sorted()
        return report

    async def _play(self, found: Sequence[Scene], content: Content, mistakes: Mistakes, report: Report) -> None:
        database = ScratchDatabase(self._template)
        readings = [_Reading(scene, content, mistakes, report.edits.setdefault(scene.file, Edits())) for scene in found]
        try:
            await _walk(Stage(database, self._flows, content, report.met), readings)
        finally:
            await database.close()


async def _walk(stage: Stage, readings: Sequence["_Reading"]) -> None:
    """Go through the talks from here: those that begin alike are played once, up to where they part."""
    while readings:
        ways: dict[Act, list[_Reading]] = {}
        for reading in readings:
            if (act := reading.next_act()) is not None:
                ways.setdefault(act, []).append(reading)
        if len(ways) > 1:
            for act, alike in ways.items():
                with stage.aside():
                    await _walk(stage, await _done(stage, act, alike))
            return
        readings = [one for act, alike in ways.items() for one in await _done(stage, act, alike)]


async def _done(stage: Stage, act: Act, readings: Sequence["_Reading"]) -> list["_Reading"]:
    """Do what these talks do next; gives those that can go on."""
    try:
        said = await stage.do(act)
    except NoButton as error:
        for reading in readings:
            reading.cannot(act, str(error))
        return []
    if stage.is_stuck:
        for reading in readings:
            reading.stuck()
        return []
    for reading in readings:
        reading.hear(said)
    return [*readings]


class _Reading:
    """One talk under way. waiting: what the bot said and no line has claimed yet."""

    def __init__(self, scene: Scene, content: Content, mistakes: Mistakes, edits: Edits) -> None:
        self._scene = scene
        self._content = content
        self._mistakes = mistakes
        self._edits = edits
        self._lines = iter(scene.lines)
        self._waiting: list[Outgoing] = []
        self._last = scene.line

    def next_act(self) -> Act | None:
        """What the citizen does next, once the lines of the bot before it were compared; None at the end."""
        for line in self._lines:
            if not isinstance(line.does, Heard):
                self._unclaimed(line.number)
                self._last = line.number
                return line.does
            self._compare(line.number, line.does)
            self._last = line.number
        self._unclaimed(self._last)
        return None

    def hear(self, said: Sequence[Outgoing]) -> None:
        self._waiting = [*said]

    def cannot(self, act: Act, there: str) -> None:
        """There is no such button, or no code. there: the labels there are."""
        if isinstance(act, Pressed):
            self._wrong(self._last, f"кнопки [{act.label}] нет", _other(act.label, there))
        else:
            self._wrong(self._last, "бот ещё не показывал код", "добавьте выше строки, где человек получает код")

    def stuck(self) -> None:
        what = "программа не справилась с этой строкой"
        self._wrong(self._last, what, "верните прежние тексты и сообщите разработчику")

    def _compare(self, number: int, expected: Heard) -> None:
        if not self._waiting:
            self._edits.instead[number] = None
            what = f"ждали «{_short(expected.words)}», а бот промолчал"
            self._wrong(number, what, "уберите строку или верните этот ответ в тексты")
            return
        message = self._waiting.pop(0)
        shown = tuple(" ".join(label.split()) for label in labels(message))
        if not fits(expected.words, words(message)):
            what = f"ждали «{_short(expected.words)}», сказано «{_short(words(message))}»"
            remedy = "верните слова или замените строку на"
        elif expected.labels is not None and not _offers(shown, expected.labels, expected.has_more):
            what = f"ждали кнопки {_bracketed(expected.labels)}, есть {_bracketed(shown)}"
            remedy = "верните кнопки или замените строку на"
        else:
            return
        now = self._edits.instead[number] = self._spoken(message)
        self._wrong(number, what, f"{remedy} «{now}»")

    def _unclaimed(self, number: int) -> None:
        """The bot said more than the talk has lines for."""
        for message in self._waiting:
            now = self._spoken(message)
            self._edits.after.setdefault(self._last, []).append(now)
            what = f"перед этой строкой бот сказал ещё «{_short(words(message))}»"
            self._wrong(number, what, f"вставьте выше «{now}» или уберите эти слова из текстов")
        self._waiting = []

    def _spoken(self, message: Outgoing) -> str:
        return spoken(message, self._content.texts.get(message.key))

    def _wrong(self, number: int, what: str, remedy: str) -> None:
        about = f"«{self._scene.title}»: " if self._scene.title else ""
        self._mistakes.add(self._scene.file, number, f"{about}{what}", remedy)


def _offers(shown: Sequence[str], wanted: Sequence[str], has_more: bool) -> bool:
    return tuple(shown[: len(wanted)] if has_more else shown) == tuple(wanted)


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]}…"


def _bracketed(names: Sequence[str]) -> str:
    return " ".join(f"[{name}]" for name in names) or "нет"


def _other(label: str, there: str) -> str:
    if not there:
        return "кнопок ещё не было: начните разговор со строки «> /start»"
    close = nearest(label, there.strip("[]").split("] ["))
    return f"возможно, [{close}]" if close else f"есть: {there}"
