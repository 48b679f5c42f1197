"""What `check` says of a folder of content: mistakes, remarks and, when asked, facts and readability, for people or
programs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.texts.doubts import doubts
from bot.texts.factsheet import Entry, factsheet
from bot.texts.factsheet import shown as facts_shown
from bot.texts.files import read_folder
from bot.texts.load import Look, look
from bot.texts.mistakes import BadContent, Mistake
from bot.texts.orphans import orphans
from bot.texts.schema import Need
from bot.texts.table import table

if TYPE_CHECKING:
    from bot.texts.readability import Measure

HEAD = ("файл", "текстов", "слов", "слов в предложении", "трудных, %", "индекс")
LEGEND = "Индекс: от 70 легко, 50-70 по силам каждому, 30-50 трудно, ниже 30 язык документов. Это Флеш, русская шкала."


@dataclass(frozen=True, slots=True)
class Verdict:
    """
    mistakes: the content can't go live. remarks: it can, but somebody should look. facts, measures: None when nobody
    asked. seen: what was judged, None when the folder could not be read.
    """

    mistakes: tuple[Mistake, ...]
    remarks: tuple[Mistake, ...] = ()
    facts: tuple[Entry, ...] | None = None
    measures: "tuple[Measure, ...] | None" = None
    seen: Look | None = None

    def __str__(self) -> str:
        """For people: what matters most stands last, where a terminal stops."""
        parts = []
        if self.facts is not None:
            parts.append(facts_shown(self.facts))
        if self.measures is not None:
            parts.append(_measures_shown(self.measures))
        if self.remarks:
            parts.append("\n".join(["Стоит поправить, бот при этом работает:", *map(str, self.remarks)]))
        if self.mistakes:
            parts.append("\n".join(["С этим правка не пойдёт к людям:", *map(str, self.mistakes)]))
        total = f"Ошибок: {len(self.mistakes)}." if self.mistakes else "Ошибок нет."
        return "\n\n".join([*parts, f"{total} Замечаний: {len(self.remarks)}."])

    def as_json(self) -> str:
        """The same for programs."""
        whole: dict[str, Any] = {
            "mistakes": [asdict(one) for one in self.mistakes],
            "remarks": [asdict(one) for one in self.remarks],
        }
        if self.facts is not None:
            whole["facts"] = [
                {**asdict(one.fact), "line": one.line, "doubt": one.doubt, "used": one.used} for one in self.facts
            ]
        if self.measures is not None:
            whole["measures"] = [asdict(one) for one in self.measures]
        return json.dumps(whole, ensure_ascii=False, indent=1, default=str)


def judge(
    folder: Path, needs: Mapping[str, Need], root: str, today: date, *, facts: bool = False, measures: bool = False
) -> Verdict:
    """root: the folder as mistakes name it. facts, measures: look at these too."""
    try:
        seen = look(read_folder(folder), needs, root)
    except BadContent as error:
        return Verdict(tuple(error.mistakes))
    return judged(seen, needs, today, facts=facts, measures=measures)


def judged(
    seen: Look, needs: Mapping[str, Need], today: date, *, facts: bool = False, measures: bool = False
) -> Verdict:
    """As `judge`, of content already looked at. First things first: what is broken gets no remarks."""
    from bot.texts import readability  # slow to import

    broken = {mistake.file for mistake in seen.mistakes}
    root = f"{seen.root}/" if seen.root else ""
    good = [one for one in seen.passages if root + one.file not in broken]
    calm = replace(seen, passages=tuple(good))
    remarks = [*doubts(calm, today), *readability.hard_sentences(calm)]
    if not broken:  # else what looks unused may stand in what could not be read
        remarks += orphans(seen, needs)
    return Verdict(
        seen.mistakes,
        tuple(sorted((one for one in remarks if one.file not in broken), key=lambda one: (one.file, one.line))),
        tuple(factsheet(seen, today)) if facts else None,
        tuple(readability.measures(seen)) if measures else None,
        seen,
    )


def _measures_shown(measures: "Sequence[Measure]") -> str:
    rows = [
        (
            (
                one.file or "всего",
                str(one.texts),
                str(one.words),
                f"{one.sentence_words:.1f}".replace(".", ","),
                f"{one.hard * 100:.0f}",
                f"{one.index:.0f}",
            ),
            (),
        )
        for one in measures
    ]
    return f"{table(HEAD, rows, numbers=True)}\n\n{LEGEND}"
