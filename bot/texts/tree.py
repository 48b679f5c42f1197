"""
One YAML file as a tree whose every value knows its line.

Built from parser events, not by recursion: a hostile file can't overflow the stack, anchors and tags are refused before
they mean anything, and reading stops at NODES values.
"""

import re
from dataclasses import dataclass, field

import yaml

from bot.texts.mistakes import Mistakes

FILE_BYTES = 5_000_000
NODES = 20_000
DEPTH = 8

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# control, zero-width and direction characters; U+200D stays: it joins emoji
INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]"
)
# words for people; numbers, ids, «да» and «нет» may have a comment after them
WORDS = re.compile(r"(?!(?:да|нет)\Z)(?s:.*)(?:[а-яё]|\S\s\S)", re.IGNORECASE)
NULLS = ("", "~", "null", "Null", "NULL")


@dataclass(slots=True)
class Leaf:
    """A scalar. text: as written, without quotes; empty for a missing value."""

    text: str
    line: int


@dataclass(slots=True)
class Branch:
    """A mapping: key → value. lines: key → line of the key."""

    line: int
    entries: dict[str, "Node"] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    is_flow: bool = False


@dataclass(slots=True)
class Row:
    """A list."""

    line: int
    items: list["Node"] = field(default_factory=list)
    is_flow: bool = False


Node = Leaf | Branch | Row


def line_of(node: Node | None, *path: str) -> int:
    """The line of the key that the path leads to, or of the last one that is there."""
    line = 1
    for name in path:
        if not isinstance(node, Branch) or name not in node.entries:
            break
        line, node = node.lines[name], node.entries[name]
    return line


# what the parser says → what is wrong, how to mend it
PROBLEMS = (
    (
        "mapping values are not allowed",
        "лишнее двоеточие",
        "возьмите весь текст в кавычки или напишите его после знака | с новой строки",
    ),
    (
        "could not find expected ':'",
        "после имени нет двоеточия",
        "пишите «имя: значение», а продолжение текста сдвиньте пробелами вправо",
    ),
    ("unexpected end of stream", "кавычка или скобка не закрыта", "закройте её"),
    ("unexpected document indicator", "кавычка или скобка не закрыта", "закройте её"),
    ("cannot start any token", "текст начинается со служебного знака", "возьмите текст в кавычки"),
    ("unknown escape", "обратная косая черта в двойных кавычках", "уберите её или возьмите текст в одинарные кавычки"),
    ("expected <block end>", "сбился отступ или закрыта не та кавычка", "сдвиньте строку так же, как соседние"),
    ("expected the node content", "вместо текста служебный знак", "возьмите текст в кавычки"),
    ("did not find expected node content", "вместо текста служебный знак", "возьмите текст в кавычки"),
    ("did not find expected ',' or", "фигурная или квадратная скобка не на месте", "возьмите весь текст в кавычки"),
    ("did not find expected key", "сбился отступ", "сдвиньте строку так же, как соседние"),
    ("did not find expected '-' indicator", "сбился отступ в списке", "сдвиньте строку так же, как соседние"),
    ("did not find expected alphabetic", "знак * или & в начале текста", "возьмите текст в кавычки"),
    (
        "did not find expected comment or line break",
        "после | или > стоит текст",
        "перенесите текст на следующую строку",
    ),
    ("block sequence entries are not allowed", "список начинается не там", "перенесите «- » на новую строку"),
    ("directive", "строка начинается со знака %", "уберите его"),
)


QUOTED = re.compile(r"""[ ]*(?:- +)?(?:[\w-]+: +)?(["'])(.*)\Z""")  # a value that begins with a quote


MENDED_ROWS, MENDED_TIMES = 2000, 3  # a hostile file may have more rows that begin with a quote


class _Stop(Exception):
    """The file can't be read further: line, what, remedy."""


def grow(file: str, data: bytes, mistakes: Mistakes) -> Branch | None:
    """The file as a tree, or None when it can't be read at all; what is wrong goes to `mistakes`. Never raises."""
    text = decoded(file, data, mistakes)
    if text is None:
        return None
    try:
        root = _built(file, text, mistakes)
    except _Stop as stop:
        line, what, remedy = stop.args
        mistakes.add(file, line, what, remedy, always=True)
        return None
    except yaml.YAMLError as error:
        line, what, remedy = _explained(error)
        line, what, remedy = _about_quotes(text.split("\n"), line) or (line, what, remedy)
        mistakes.add(file, min(line, text.count("\n") + 1), what, remedy, always=True)
        return None
    if root is None:
        mistakes.add(file, 1, "файл пуст", "впишите строки «имя: значение» или удалите файл")
        return None
    if not isinstance(root, Branch):
        mistakes.add(file, root.line, "файл должен состоять из строк «имя: значение»", "допишите имена и двоеточия")
        return None
    return root


def decoded(file: str, data: bytes, mistakes: Mistakes) -> str | None:
    """The text of the file, or None; what is wrong goes to `mistakes`."""
    if len(data) > FILE_BYTES:
        mistakes.add(file, 1, "файл больше 5 МБ", "разделите его или уберите лишнее")
        return None
    if data[:4] in (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff") or data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        mistakes.add(file, 1, "файл в кодировке UTF-16 или UTF-32", "сохраните его в кодировке UTF-8")
        return None
    if data.startswith(b"\xef\xbb\xbf"):
        mistakes.add(file, 1, "в начале файла метка BOM", "сохраните файл в кодировке «UTF-8 без BOM»")
        data = data[3:]
    if b"\0" in data:
        mistakes.add(
            file,
            _line(data, data.index(b"\0")),
            "в тексте нулевой байт",
            "файл повреждён: верните прежний и повторите правку",
        )
        return None
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        line = _line(data, error.start)
        mistakes.add(
            file, line, "текст не в кодировке UTF-8 (возможно, Windows-1251)", "сохраните файл в кодировке UTF-8"
        )
        return None
    if "\r" in text:
        line = text.count("\n", 0, text.index("\r")) + 1
        mistakes.add(file, line, "концы строк не такие, как нужно (CRLF)", "сохраните файл с концами строк LF («Unix»)")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    strange = False
    for number, row in enumerate(text.split("\n"), start=1):
        if "\t" in row:
            mistakes.add(file, number, "знак табуляции", "замените его пробелами")
            strange = True
        if found := INVISIBLE.search(row):
            mistakes.add(
                file, number, f"невидимый знак U+{ord(found[0]):04X}", "удалите его и наберите это место заново"
            )
            strange = True
        if strange and mistakes.is_full(file):
            break
    return None if strange else text


def _line(data: bytes, position: int) -> int:
    return data.count(b"\n", 0, position) + 1


def _built(file: str, text: str, mistakes: Mistakes) -> Node | None:
    root: Node | None = None
    stack: list[Branch | Row] = []
    keys: list[tuple[str, int] | None] = []  # per open branch: the key whose value comes next
    rows = text.split("\n")
    nodes = documents = 0
    for event in yaml.parse(text, Loader=Loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise _Stop(line, "в файле два документа (строка ---)", "уберите строку ---")
            continue
        if isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            stack.pop()
            keys.pop()
            continue
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise _Stop(line, "ссылки & и * здесь не действуют", "возьмите текст в кавычки или напишите его целиком")
        if not isinstance(event, yaml.ScalarEvent | yaml.MappingStartEvent | yaml.SequenceStartEvent):
            continue
        if event.tag is not None:
            raise _Stop(line, "знак ! в начале значения", "возьмите текст в кавычки")
        nodes += 1
        if nodes > NODES:
            raise _Stop(line, f"в файле больше {NODES} значений", "разделите файл на несколько")
        node: Node
        if isinstance(event, yaml.ScalarEvent):
            is_plain = not event.style  # the C parser says "", the Python one None
            if is_plain and WORDS.match(event.value) and _is_cut(event, rows):
                mistakes.add(
                    file, line, "текст обрезан: после пробела знак #", "возьмите весь текст в кавычки или уберите #"
                )
            if is_plain and keys and (above := keys[-1]) is not None and _is_folded(event, above[1]):
                mistakes.add(file, above[1], "строки текста слипнутся в одну", "поставьте после двоеточия знак |")
            node = Leaf("" if is_plain and event.value in NULLS else event.value, line)
        elif isinstance(event, yaml.MappingStartEvent):
            node = Branch(line, is_flow=bool(event.flow_style))
        else:
            node = Row(line, is_flow=bool(event.flow_style))
        if not stack:
            root = node
        elif isinstance(top := stack[-1], Row):
            top.items.append(node)
        elif (key := keys[-1]) is None:
            if not isinstance(node, Leaf):
                raise _Stop(line, "вместо имени скобка", "возьмите весь текст в кавычки")
            keys[-1] = (node.text, line)
            if node.text in top.entries:
                first = top.lines[node.text]
                mistakes.add(
                    file, line, f"«{node.text[:60]}» записано второй раз", f"первый раз в строке {first}, оставьте одно"
                )
            continue
        else:
            if isinstance(node, Leaf):
                node.line = key[1]
            if key[0] not in top.entries:
                top.entries[key[0]] = node
                top.lines[key[0]] = key[1]
            keys[-1] = None
        if not isinstance(node, Leaf):
            if len(stack) >= DEPTH:
                raise _Stop(line, "слишком много вложенных уровней", "уберите лишние отступы или скобки")
            stack.append(node)
            keys.append(None)
    return root


def _is_folded(event: yaml.ScalarEvent, key_line: int) -> bool:
    """A text in several lines below its key, or with an empty line inside: most likely the sign | was forgotten."""
    start, end = event.start_mark, event.end_mark
    if start is None or end is None or start.line == end.line:
        return False
    return start.line + 1 > key_line or "\n" in event.value


def _is_cut(event: yaml.ScalarEvent, rows: list[str]) -> bool:
    """A comment follows these words on their line: most likely the words went on («кабинет #5»)."""
    end = event.end_mark
    return end is not None and end.line < len(rows) and rows[end.line][end.column :].lstrip(" ").startswith("#")


def _explained(error: yaml.YAMLError) -> tuple[int, str, str]:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = mark.line + 1 if mark else 1
    said = f"{getattr(error, 'problem', '') or ''} {getattr(error, 'context', '') or ''}"
    for part, what, remedy in PROBLEMS:
        if part in said:
            return line, what, remedy
    return line, "строку не разобрать", "проверьте отступы, кавычки и двоеточия в ней и в строке выше"


def _about_quotes(rows: list[str], line: int) -> tuple[int, str, str] | None:
    """What the parser tells of a later line, or as something else: a quote left open, words after a closed one."""
    tried = 0
    for number, row in enumerate(rows[: min(line, MENDED_ROWS)], start=1):
        found = QUOTED.match(row)
        if found is None:
            continue
        quote, rest = found.groups()
        if (end := rest.find(quote)) < 0:
            tried += 1
            if tried > MENDED_TIMES:
                return None
            if _is_fine("\n".join([*rows[: number - 1], f"{row}{quote}", *rows[number:]])):
                return number, "кавычка открыта и не закрыта", "закройте её в конце текста"
        elif number == line and (after := rest[end + 1 :].strip()) and after[0] not in f"#{quote}":
            return number, "после закрытой кавычки ещё текст", "возьмите в кавычки весь текст, внутри пишите «…»"
    return None


def _is_fine(text: str) -> bool:
    try:
        return all(yaml.parse(text, Loader=Loader))
    except yaml.YAMLError:
        return False
