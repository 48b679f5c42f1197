"""Checks across files: placeholders, figures, house style."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from bot.texts.fact import Fact
from bot.texts.mistakes import Mistake, Mistakes, listed, nearest
from bot.texts.office import OFFICE_FIELDS, Office
from bot.texts.reader import Passage
from bot.texts.rules import Style
from bot.texts.template import NAME, has_stray_brace, places
from bot.texts.terms import heard

PHONE = re.compile(r"(?<![\d-])(?:\+?[78][\s( -]{0,3})?\(?\d{3,4}\)?[\s-]{0,2}\d{2,3}[\s-]?\d{2}[\s-]?\d{2}(?!\d)")
AMOUNT = re.compile(r"\d[\d\s]{0,15}(?:[.,]\d{1,6})?\s?(?:тыс\.?\s?|млн\.?\s?)?(?:₽|руб\w*|р\.)", re.IGNORECASE)
SENTENCE = re.compile(r"[.!?…;:\n]+")
WORD = re.compile(r"[\w-]+")
KEY = re.compile(r"^[ \t]*([a-z][a-z0-9_]{1,23}):(?=\s|\Z)", re.MULTILINE)
GAP = re.compile(r"[ \u00a0][.,;:!?](?=[\s\"»)]|\Z)|[^\s]  +[^\s]|\(\s*\)|«\s*»")
CHARS = 5000  # nobody writes a longer text, but a hostile file may
SENTENCE_LEAST = 5  # the strictest house style
CACHED = 8192  # texts: most of them stay from edition to edition


def check_passages(
    passages: Iterable[Passage],
    facts: Mapping[str, Fact] | None,
    offices: Mapping[str, Office] | None,
    style: Style,
    mistakes: Mistakes,
) -> None:
    """
    Placeholders, figures and house style of every text.

    facts, offices: None while their files can't be read: nobody knows what is in them, and that is told already.
    """
    contacts = {"czn_phone", *(key for office in (offices or {}).values() for key in office.contacts)}
    known: dict[str, Sequence[str] | None] = {
        "fact": None if facts is None else tuple(facts),
        "office": OFFICE_FIELDS,
        "contact": None if offices is None else tuple(sorted(contacts)),
    }
    forbidden = tuple(style.forbidden)
    for passage in passages:
        if mistakes.is_full(passage.file):
            continue
        _check_places(passage, known, mistakes)
        if not passage.has_figures:
            _check_figures(passage, mistakes)
        if not passage.is_heard:
            _check_style(passage, forbidden, style, mistakes)
            _check_gaps(passage, mistakes)
        if passage.is_filled:
            _check_swallowed(passage, mistakes)


def _check_places(passage: Passage, known: Mapping[str, Sequence[str] | None], mistakes: Mistakes) -> None:
    def wrong(what: str, remedy: str) -> None:
        mistakes.add(passage.file, passage.line, f"в «{passage.place}» {what}", remedy)

    if not passage.is_filled:
        if "{" in passage.text or "}" in passage.text:
            wrong("фигурная скобка", "уберите её: здесь подстановки не действуют")
        return
    if has_stray_brace(passage.text):
        wrong("фигурная скобка без пары", "закройте её или уберите")
    for name in places(passage.text)[:50]:
        space, dot, key = name.partition(".")
        if not NAME.match(name):
            wrong(f"непонятная подстановка {{{name[:60]}}}", _possible(name, (), passage.values or ()))
        elif dot and space in known:
            names = known[space]
            if names is not None and key not in names:
                options = [f"{space}.{option}" for option in names]
                wrong(f"нет подстановки {{{name[:60]}}}", _possible(name, options, ()))
        elif passage.values is not None and name not in passage.values:
            wrong(
                f"нет подстановки {{{name[:60]}}}",
                _possible(name, [f"{word}." for word in known] if dot else (), passage.values),
            )


def _possible(name: str, options: Sequence[str], values: Sequence[str]) -> str:
    every = [*values, *options]
    close = nearest(name, every)
    if close:
        return f"можно {{{close}}}"
    if not every:
        return "уберите её, здесь подстановок нет"
    return "можно " + listed((f"{{{option}}}" for option in every), limit=8)


def _check_figures(passage: Passage, mistakes: Mistakes) -> None:
    kind, found = _figure(passage.text)
    if kind:
        where = "facts.yaml" if kind == "сумма" else "facts.yaml или offices"
        place = "{fact.имя}" if kind == "сумма" else "{fact.имя} или {contact.имя}"
        pronoun = "её" if kind == "сумма" else "его"
        mistakes.add(
            passage.file,
            passage.line,
            f"в «{passage.place}» {kind} «{found}»",
            f"запишите {pronoun} в {where}, а здесь оставьте {place}",
        )


def _check_style(passage: Passage, forbidden: tuple[str, ...], style: Style, mistakes: Mistakes) -> None:
    for word in _forbidden(passage.text, forbidden):
        what = f"в «{passage.place}» слово «{word}»"
        mistakes.add(passage.file, passage.line, what, f"напишите иначе: {style.forbidden[word]}")
    for count, start in _long_sentences(passage.text):
        if count > style.sentence_words:
            what = f"в «{passage.place}» слишком длинное предложение «{start}…»: слов {count}"
            remedy = f"разделите его, чтобы было не больше {style.sentence_words}"
            mistakes.add(passage.file, passage.line, what, remedy)


def _check_gaps(passage: Passage, mistakes: Mistakes) -> None:
    """What a placeholder leaves behind when somebody took it out: «Адрес: .»"""
    if gap := _gap(passage.text):
        what = f"в «{passage.place}» пустое место «{gap}»"
        mistakes.add(passage.file, passage.line, what, "допишите, чего не хватает, или уберите лишний пробел")


def _check_swallowed(passage: Passage, mistakes: Mistakes) -> None:
    """A key that slipped into the text above it by its indentation would be read to citizens."""
    if key := _key(passage.text):
        what = f"в «{passage.place}» внутри текста строка «{key}:»"
        mistakes.add(passage.file, passage.line, what, "поставьте её вровень с соседними именами или перепишите")


@lru_cache(maxsize=CACHED)
def _gap(text: str) -> str:
    found = GAP.search(text[:CHARS])
    return " ".join(text[max(0, found.start() - 20) : found.end()].split(" ")[-4:]) if found else ""


@lru_cache(maxsize=CACHED)
def _key(text: str) -> str:
    found = KEY.search(text[:CHARS])
    return found[1] if found else ""


@lru_cache(maxsize=CACHED)
def _figure(text: str) -> tuple[str, str]:
    if found := AMOUNT.search(text[:CHARS]):
        return "сумма", found[0].strip()[:40]
    if found := PHONE.search(text[:CHARS]):
        return "телефон", found[0].strip()[:40]
    return "", ""


@lru_cache(maxsize=CACHED)
def _forbidden(text: str, words: tuple[str, ...]) -> tuple[str, ...]:
    said = heard(text[:CHARS])
    return tuple(word for word in words if word in said and re.search(rf"(?<!\w){re.escape(word)}", said))


@lru_cache(maxsize=CACHED)
def _long_sentences(text: str) -> tuple[tuple[int, str], ...]:
    """Number of words and the first words of every sentence that some house style could find too long."""
    found = ((len(WORD.findall(one)), " ".join(one.split()[:4])[:60]) for one in SENTENCE.split(text[:CHARS]))
    return tuple(one for one in found if one[0] > SENTENCE_LEAST)


def report(mistakes: Sequence[Mistake]) -> str:
    """What `check` prints: a line per mistake and how many there are."""
    if not mistakes:
        return "Ошибок нет."
    return "\n".join([*(str(mistake) for mistake in mistakes), f"Ошибок: {len(mistakes)}."])
