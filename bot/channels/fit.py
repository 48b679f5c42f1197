"""Cuts a screen to what a channel takes: text between paragraphs, buttons on the last piece."""

from collections.abc import Sequence

from bot.channels.port import Limits
from bot.messages import Button, Outgoing


class TextDoesNotFit(ValueError):
    """One word is longer than a whole message may be."""


def pieces(text: str, limits: Limits) -> list[str]:
    """
    Cut a text into pieces the channel takes: between paragraphs where it can, else lines, else words.

    limits.text_chars: characters; 4096 Telegram, 4000 MAX, 4096 VK, we plan for 3900.
    Returns 1..n non-empty pieces in order.
    Raises TextDoesNotFit.
    """
    rest, cut = text.strip(), []
    while len(rest) > limits.text_chars:
        for gap in ("\n\n", "\n", " "):
            place = rest.rfind(gap, 1, limits.text_chars + 1)
            if place > 0:
                break
        else:
            raise TextDoesNotFit(f"a word of over {limits.text_chars} characters")
        cut.append(rest[:place].rstrip())
        rest = rest[place:].lstrip()
    return [*cut, rest]


def fit(
    key: str,
    text: str,
    rows: Sequence[Sequence[Button]],
    limits: Limits,
    *,
    menu: Sequence[Sequence[str]] = (),
    edits: str = "",
    answer: str = "",
) -> list[Outgoing]:
    """The messages that show the screen. Only the first may edit or answer; menu goes with it, rows with the last."""
    cut = pieces(text, limits)
    last = len(cut) - 1
    return [
        Outgoing(
            key=key if number == 0 else "",
            text=piece,
            rows=tuple(tuple(_cropped(button, limits) for button in row) for row in rows) if number == last else (),
            menu=tuple(tuple(row) for row in menu) if number == 0 and not rows else (),
            edits=edits if number == 0 else "",
            answer=answer if number == 0 else "",
        )
        for number, piece in enumerate(cut)
    ]


def _cropped(button: Button, limits: Limits) -> Button:
    if len(button.label) <= limits.label_chars:
        return button
    return Button(button.label[: limits.label_chars - 1].rstrip() + "…", button.data, button.url)
