"""
Taking checked values out of a tree. A wrong value is noted and replaced by something harmless, so one look finds all
mistakes; `load` raises before anybody could use it. Every text met is noted as a `Passage` for the checks across files.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time

from bot.texts.mistakes import Mistakes, listed, nearest
from bot.texts.schema import LABEL_CHARS, TEXT_CHARS
from bot.texts.shape import NO_BRACES, TEXT, Schema, Shape, regex
from bot.texts.tree import Branch, Leaf, Node, Row

ID = re.compile(r"[a-z0-9_-]{1,24}\Z")
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)\Z")
YES = ("да", "true", "yes")
NO = ("нет", "false", "no")


@dataclass(frozen=True, slots=True)
class Passage:
    """
    A text for people as it stands in a file. place: name shown to admins.

    values: placeholders that code fills (None: unknown, any is allowed). has_figures: phones and amounts may be
    written here. is_heard: what people type, not what we say (house style does not apply). is_filled: placeholders
    are put in before it is shown.
    """

    file: str
    line: int
    place: str
    text: str
    values: tuple[str, ...] | None = ()
    has_figures: bool = False
    is_heard: bool = False
    is_filled: bool = True


class Reader:
    """A cursor at one mapping of one file. shape: where what is asked is written down, for editors."""

    def __init__(
        self,
        file: str,
        branch: Branch,
        mistakes: Mistakes,
        passages: list[Passage],
        place: str = "",
        *,
        has_figures: bool = False,
        shape: Shape | None = None,
    ) -> None:
        self.file = file
        self.line = branch.line
        self._branch = branch
        self._mistakes = mistakes
        self._passages = passages
        self._place = place
        self._has_figures = has_figures
        self._asked: dict[str, None] = {}
        self._shape = shape
        self._visit = shape.visit() if shape else 0

    def wrong(self, name: str, what: str, remedy: str) -> None:
        """Note a mistake at this key; `what` follows the key's name."""
        self._mistakes.add(self.file, self._branch.lines.get(name, self.line), f"«{self._named(name)}» {what}", remedy)

    @property
    def is_full(self) -> bool:
        """Nothing more about this file would be told: stop comparing."""
        return self._mistakes.is_full(self.file)

    def line_of(self, name: str) -> int:
        return self._branch.lines.get(name, self.line)

    def names(self) -> list[str]:
        """All keys, in order: they are free."""
        if self._shape is not None:
            self._shape.free()
        return list(self._branch.entries)

    def has(self, name: str) -> bool:
        return name in self._branch.entries

    def text(
        self,
        name: str,
        *,
        optional: bool = False,
        limit: int = TEXT_CHARS,
        values: tuple[str, ...] | None = (),
        is_heard: bool = False,
        is_filled: bool = True,
    ) -> str:
        """Words for people; white space at the ends is dropped. limit: characters. is_filled: as of `Passage`."""
        text = self.plain(name, optional=optional, limit=limit)
        self._say(name, 2, {"type": TEXT, "pattern": "\\S", "maxLength": limit + 1}, optional)
        if text and len(text) <= limit:
            self._note(self.line_of(name), name, text, values, is_heard=is_heard, is_filled=is_filled)
        return text

    def label(self, name: str, limit: int = LABEL_CHARS) -> str:
        """A button label: one short line."""
        text = self.text(name, limit=limit, is_filled=False)
        self._say(name, 3, {"type": TEXT, "pattern": NO_BRACES, "maxLength": limit})
        if "\n" in text:
            self.wrong(name, "в несколько строк", "надпись на кнопке пишут в одну строку")
        return text

    def plain(self, name: str, *, optional: bool = False, limit: int = TEXT_CHARS) -> str:
        """A word for the program: no check of style, no placeholders."""
        node = self._take(name, optional)
        self._say(name, 1, {"type": [*TEXT, "boolean"], "maxLength": limit + 1}, optional)
        if node is None:
            return ""
        if not isinstance(node, Leaf):
            how = "возьмите весь текст в кавычки" if node.is_flow else "напишите после двоеточия обычный текст"
            self.wrong(name, "должно быть текстом", how)
            return ""
        text = node.text.strip()
        if not text and not optional:
            self.wrong(name, "пусто", "впишите значение")
        if len(text) > limit:
            self.wrong(name, f"длиннее {limit} знаков (сейчас {len(text)})", "сократите")
        return text

    def choice(self, name: str, known: Sequence[str], *, optional: bool = False) -> str:
        """One of the known words."""
        text = self.plain(name, optional=optional)
        self._say(name, 3, {"enum": list(known)}, optional)
        if text and text not in known:
            self.wrong(name, f"не может быть «{text[:60]}»", _instead(text, known))
            return known[0]
        return text

    def ident(self, name: str, *, optional: bool = False) -> str:
        """An id of ours."""
        text = self.plain(name, optional=optional)
        self._say(name, 3, {"type": TEXT, "pattern": regex(ID)}, optional)
        if text and not ID.match(text):
            self.wrong(name, f"не имя: «{text[:60]}»", "до 24 знаков: строчные латинские буквы, цифры, - и _")
        return text

    def flag(self, name: str, *, default: bool | None = None) -> bool:
        """«да» or «нет»; default: when the key is absent."""
        text = self.plain(name, optional=default is not None).lower()
        self._say(name, 3, {"enum": [YES[0], NO[0], True, False]}, default is not None)
        if text and text not in YES + NO:
            self.wrong(name, f"не «да» и не «нет»: «{text[:60]}»", "напишите да или нет")
        return text in YES if text else bool(default)

    def whole(self, name: str, low: int, high: int, *, default: int | None = None) -> int:
        """
        A whole number within the bounds; a wrong one gives the middle, so that no other check stumbles over it.

        default: when the key is absent; None: it must be there.
        """
        text = self.plain(name, optional=default is not None)
        self._say(name, 3, {"type": "integer", "minimum": low, "maximum": high}, default is not None)
        middle = (low + high) // 2
        if not text:
            return middle if default is None else default
        if not re.fullmatch(r"\d{1,9}", text) or not low <= int(text) <= high:
            self.wrong(name, f"не число от {low} до {high}: «{text[:60]}»", "впишите целое число без пробелов и слов")
            return middle
        return int(text)

    def number(self, name: str, low: float, high: float, *, optional: bool = False) -> float | None:
        """A number within the bounds; point or comma. None: absent."""
        text = self.plain(name, optional=optional).replace(",", ".")
        self._say(name, 3, {"type": "number", "minimum": low, "maximum": high}, optional)
        if not text:
            return None
        if not re.fullmatch(r"\d{1,9}(\.\d{1,6})?", text) or not low <= float(text) <= high:
            self.wrong(name, f"не число от {low:g} до {high:g}: «{text[:60]}»", "впишите число")
            return None
        return float(text)

    def clock(self, name: str) -> time:
        """A time of day, «9:00»."""
        text = self.plain(name)
        self._say(name, 3, {"type": "string", "pattern": regex(CLOCK)})
        if text and not CLOCK.match(text):
            self.wrong(name, f"не время: «{text[:60]}»", "впишите часы и минуты, например 9:00")
        return clock_of(text) or time(0)

    def day(self, name: str) -> date:
        """A date, «2026-02-01»."""
        text = self.plain(name)
        self._say(name, 3, {"type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}$"})
        try:
            return date.fromisoformat(text) if text else date.min
        except ValueError:
            self.wrong(name, f"не дата: «{text[:60]}»", "впишите год, месяц и день, например 2026-02-01")
            return date.min

    def lines(self, name: str, *, optional: bool = False, is_heard: bool = False, limit: int = 600) -> tuple[str, ...]:
        """A list of texts."""
        found = self.words(name, optional=optional, limit=limit)
        for line, text in found:
            self._note(line, name, text, (), is_heard=is_heard)
        return tuple(text for _, text in found)

    def words(self, name: str, *, optional: bool = False, limit: int = 600) -> list[tuple[int, str]]:
        """A list for the program: (line, word), no check of style, no placeholders."""
        node = self._take(name, optional)
        items = {"type": TEXT, "pattern": "\\S", "maxLength": limit + 1}
        self._say(name, 3, {"type": "array", "items": items, **({} if optional else {"minItems": 1})}, optional)
        if node is None or (optional and isinstance(node, Leaf) and not node.text):
            return []
        if not isinstance(node, Row):
            self.wrong(name, "должно быть списком", "начните каждую строку с «- » и сдвиньте вправо")
            return []
        found: list[tuple[int, str]] = []
        for item in node.items:
            if not isinstance(item, Leaf):
                self._mistakes.add(
                    self.file,
                    item.line,
                    f"в списке «{self._named(name)}» не текст",
                    "возьмите строку списка целиком в кавычки",
                )
                continue
            text = item.text.strip()
            if not text:
                self._mistakes.add(
                    self.file, item.line, f"в списке «{self._named(name)}» пустая строка", "удалите её или допишите"
                )
            elif len(text) > limit:
                what = f"в списке «{self._named(name)}» строка длиннее {limit} знаков"
                self._mistakes.add(self.file, item.line, what, "сократите")
            else:
                found.append((item.line, text))
        if not found and not optional:
            self.wrong(name, "пустой список", "впишите хотя бы одну строку")
        return found

    def wrong_at(self, line: int, name: str, what: str, remedy: str) -> None:
        """Note a mistake at a line of the list under this key."""
        self._mistakes.add(self.file, line, f"в «{self._named(name)}» {what}", remedy)

    def child(self, name: str, *, optional: bool = False, is_named: bool = True) -> "Reader | None":
        """The mapping below this key. is_named: mistakes below say the key's name too."""
        node = self._take(name, optional)
        shape = self._shape.child(name) if self._shape is not None else None
        if node is None or (optional and isinstance(node, Leaf) and not node.text):
            return None
        if not isinstance(node, Branch):
            self.wrong(
                name, "должно состоять из строк «имя: значение»", "перенесите их на новые строки и сдвиньте вправо"
            )
            return None
        branch = Branch(self.line_of(name), node.entries, node.lines)
        place = self._named(name) if is_named else self._place
        return Reader(
            self.file, branch, self._mistakes, self._passages, place, has_figures=self._has_figures, shape=shape
        )

    def children(self, *, ids: re.Pattern[str] = ID) -> Iterator[tuple[str, "Reader"]]:
        """Every key with the mapping below it; keys are ids."""
        for name in self.names():
            if self.is_id(name, ids) and (reader := self.child(name)):
                yield name, reader

    def is_id(self, name: str, ids: re.Pattern[str] = ID) -> bool:
        """The key may be an id; else it is noted."""
        if self._shape is not None:
            self._shape.free(regex(ids))
        if ids.match(name):
            return True
        self._asked[name] = None
        what = f"имя «{name[:60]}» не подходит"
        remedy = "до 24 знаков: строчные латинские буквы, цифры, - и _"
        if ids is not ID:
            remedy = "до 40 знаков: латинские буквы, цифры и _"
        self._mistakes.add(self.file, self._branch.lines[name], what, remedy)
        return False

    def done(self) -> None:
        """Nobody asked for the keys that are left: note them."""
        for name in self._branch.entries:
            if name not in self._asked and not self._mistakes.is_full(self.file):
                line = self._branch.lines[name]
                where = f" в «{self._place}»" if self._place else ""
                self._mistakes.add(
                    self.file, line, f"неизвестное имя «{name[:60]}»{where}", _instead(name, list(self._asked))
                )

    def node(self, name: str) -> Node | None:
        """The raw value, counted as asked for."""
        return self._take(name, optional=True)

    def _take(self, name: str, optional: bool) -> Node | None:
        self._asked[name] = None
        self._say(name, 0, {}, optional)
        node = self._branch.entries.get(name)
        if node is None and not optional:
            where = f" в «{self._place}»" if self._place else ""
            self._mistakes.add(self.file, self.line, f"нет «{name}»{where}", f"добавьте строку «{name}: …»")
        return node

    def _say(self, name: str, weight: int, schema: Schema, optional: bool = False) -> None:
        if self._shape is not None:
            self._shape.field(name, self._visit, must=not optional, schema=schema, weight=weight)

    def _named(self, name: str) -> str:
        return f"{self._place}.{name}"[:120] if self._place else name[:60]

    def _note(
        self, line: int, name: str, text: str, values: tuple[str, ...] | None, *, is_heard: bool, is_filled: bool = True
    ) -> None:
        is_filled = is_filled and not is_heard and not self._has_figures
        place = self._named(name)
        self._passages.append(Passage(self.file, line, place, text, values, self._has_figures, is_heard, is_filled))


def clock_of(text: str) -> time | None:
    """«9:00» as a time, None for anything else."""
    match = CLOCK.match(text.strip())
    return time(int(match[1]), int(match[2])) if match else None


def _instead(word: str, known: Sequence[str]) -> str:
    close = nearest(word, known)
    return f"возможно, {close}" if close else f"можно: {listed(known)}"
