"""What `check` does after the files are found to be right: plays the talks, tells how much they reach, draws."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from bot.engine.flow import Flows
from bot.rehearsal.coverage import places, unseen, wanted
from bot.rehearsal.rehearsal import Rehearsal, Report
from bot.texts.mistakes import Mistake, listed, nearest
from bot.texts.schema import Content


class NoSituation(Exception):
    """There is no such situation to draw; the text says so in Russian."""


class Review:
    """
    files: of the folder, content: made of them. root: the folder as the admin knows it. say: prints a line.

    Making one plays all talks.
    """

    def __init__(
        self,
        flows: Flows,
        folder: Path,
        root: str,
        files: Mapping[str, bytes],
        content: Content,
        say: Callable[[str], None],
    ) -> None:
        self._flows = flows
        self._folder = folder
        self._root = root
        self._files = dict(files)
        self._content = content
        self._say = say
        self._rehearsal = Rehearsal(flows, root)
        self._report: Report = self._rehearsal.report(files, content)

    @property
    def mistakes(self) -> Sequence[Mistake]:
        return self._report.mistakes

    def accept(self) -> None:
        """Rewrite the bot's lines that do not fit, in the files, and play again. Raises OSError."""
        if not self.mistakes:
            return
        for name, edits in self._report.edits.items():
            text = self._files[name].decode()
            if (made := edits.made(text)) != text:
                (self._folder / name).write_text(made, encoding="utf-8", newline="\n")
                self._files[name] = made.encode()
                self._say(f"переписан: {self._root}/{name}")
        self._report = self._rehearsal.report(self._files, self._content)

    def tell(self, *, coverage: bool) -> None:
        """How many screens the talks come to. coverage: name the others."""
        keys = self._flows.needs()
        left = unseen(self._report, keys)
        if coverage:
            for place in places(left, self._files, self._root):
                self._say(f"не пройдено: {place}")
        count = len(wanted(keys))
        self._say(f"Разговоров: {self._report.scenes}. Экраны: пройдено {count - len(left)} из {count}.")

    def draw(self, file: Path, ident: str) -> None:
        """The situation as a picture; without a name the first one. Raises NoSituation, OSError."""
        from bot.rehearsal.chart import chart
        from bot.rehearsal.svg import svg

        known = self._content.situations
        situation = known.get(ident) if ident else next(iter(known.values()))
        if situation is None:
            close = nearest(ident, known)
            raise NoSituation(f"Ситуации «{ident}» нет: {f'возможно, {close}' if close else f'есть: {listed(known)}'}")
        file.write_text(svg(chart(self._content, situation, self._report.met)), encoding="utf-8")
        self._say(f"Нарисовано: {file}, ситуация «{situation.label}». Откройте в браузере.")
