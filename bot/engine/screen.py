"""
A screen: text and choices, laid out once for all channels by the narrowest of them.

Labels ≤ 18 characters: two a row. Longer (≤ 38): one a row while rows last, else a numbered list in the text with
number buttons. More than eight choices: pages. Last row: Назад, Раньше, Далее. «Меню» and «Специалист» live on the
bottom keyboard, or in a row of their own where there is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

SHORT_CHARS = 18
CHOICES_MAX = 8
PAGED_MAX = 7  # with back, previous and next: ten buttons
ROWS_MAX = 6
NUMBERS_PER_ROW = 4

BACK, PREVIOUS, NEXT, MENU, HUMAN = "_back", "_prev", "_next", "_menu", "_human"
NAVIGATION = (BACK, PREVIOUS, NEXT, MENU, HUMAN)


class Option(msgspec.Struct, frozen=True):
    """A choice with its label as shown. url: opens instead of being heard."""

    id: str
    label: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Screen:
    """
    What a citizen will see. lines: the text without the numbered list. rows: options row by row, navigation last.

    numbered: labels of the numbered list, in order; empty when the buttons carry them. options: those of this page.
    """

    text: str
    rows: tuple[tuple[Option, ...], ...]
    options: tuple[Option, ...]
    numbered: tuple[str, ...] = ()
    page: int = 0

    @property
    def full_text(self) -> str:
        if not self.numbered:
            return self.text
        return self.text + "\n\n" + "\n".join(f"{number}. {label}" for number, label in enumerate(self.numbered, 1))


@dataclass(frozen=True, slots=True)
class Labels:
    """Words of the navigation buttons, from content."""

    back: str
    previous: str
    next: str
    menu: str
    human: str


def lay_out(
    text: str,
    options: Sequence[Option],
    *,
    labels: Labels,
    has_back: bool,
    page: int,
    footer: Sequence[str] = (),
    bare: bool = False,
) -> Screen:
    """
    footer: MENU, HUMAN or both, for channels without a bottom keyboard.
    bare: the client shows no buttons: everything is a numbered list, answered by typing.
    """
    pages = _pages(options)
    page = min(max(page, 0), len(pages) - 1)
    shown = pages[page]
    if bare:
        return Screen(text, (), tuple(options), tuple(option.label for option in options))
    last = [
        *([Option(BACK, labels.back)] if has_back else []),
        *([Option(f"{PREVIOUS}:{page - 1}", labels.previous)] if page > 0 else []),
        *([Option(f"{NEXT}:{page + 1}", labels.next)] if page + 1 < len(pages) else []),
    ]
    rows, numbered = _rows(shown, ROWS_MAX - (1 if last else 0))
    if last:
        rows.append(tuple(last))
    if footer:
        names = {MENU: labels.menu, HUMAN: labels.human}
        rows.append(tuple(Option(id_, names[id_]) for id_ in footer))
    return Screen(text, tuple(rows), tuple(shown), numbered, page)


def _pages(options: Sequence[Option]) -> list[Sequence[Option]]:
    if len(options) <= CHOICES_MAX:
        return [options]
    return [options[start : start + PAGED_MAX] for start in range(0, len(options), PAGED_MAX)]


def _rows(options: Sequence[Option], rows_max: int) -> tuple[list[tuple[Option, ...]], tuple[str, ...]]:
    if len(options) <= rows_max and (len(options) <= 2 or any(len(option.label) > SHORT_CHARS for option in options)):
        return [(option,) for option in options], ()
    if all(len(option.label) <= SHORT_CHARS for option in options):
        return _chunks(options, 2), ()
    heard = [Option(option.id, str(number), option.url) for number, option in enumerate(options, 1)]
    return _chunks(heard, NUMBERS_PER_ROW), tuple(option.label for option in options)


def _chunks(options: Sequence[Option], size: int) -> list[tuple[Option, ...]]:
    return [tuple(options[start : start + size]) for start in range(0, len(options), size)]
