"""
Bookings that the files of a folder have no time for: days closed by `closed` or the calendar, hours taken away.

`check` names each day with its file and line before the change is published. Afterwards the clock tells those citizens
(bot/booking/rounds.py), so this is a remark, no mistake.
"""

from collections import Counter
from collections.abc import Iterable

from bot.texts.load import Look
from bot.texts.mistakes import Mistake
from bot.texts.points import PERIOD
from bot.texts.tree import Branch, line_of
from storage.booking_records import BookingRow

REMEDY = "перенесите людей заранее; иначе после публикации бот сам предупредит их и предложит другое время"


def clashes(seen: Look, broken: Iterable[BookingRow]) -> list[Mistake]:
    """A remark for each day of a point on which somebody is booked and nobody receives then any more."""
    counts = Counter((row.point, row.as_slot.day) for row in broken if not row.is_held)
    return [_remark(seen, point, day, count) for (point, day), count in sorted(counts.items())]


def _remark(seen: Look, point: str, day: str, count: int) -> Mistake:
    file = f"points/{point}.yaml"
    if file not in seen.trees:
        what, line = f"пункта больше нет, а записи на {_shown(day)} есть: {count}", 1
    elif line := _line_naming(seen.trees[file], "closed", day):
        what = f"закрыт день {_shown(day)}, а записи на него есть: {count}"
    elif line := _line_naming(seen.trees.get("calendar.yaml"), "", day):
        file, what = (
            "calendar.yaml",
            f"день {_shown(day)} изменён, а записи на него есть: {count} (points/{point}.yaml)",
        )
    else:
        inside = seen.trees[file]
        line = _line_naming(inside, "exceptions", day) or line_of(inside, "shifts")
        what = f"на {_shown(day)} есть записи на время, когда приёма нет: {count}"
    return Mistake(f"{seen.root}/{file}", line, what, REMEDY)


def _shown(day: str) -> str:
    return f"{day[8:]}.{day[5:7]}.{day[:4]}"


def _line_naming(tree: Branch | None, part: str, day: str) -> int:
    """The line of the day or of the span that holds it; 0 where neither is named."""
    inside = tree.entries.get(part) if tree is not None and part else tree
    for name in inside.entries if isinstance(inside, Branch) else ():
        span = PERIOD.match(name)
        if span and span[1] <= day <= (span[2] or span[1]):
            assert isinstance(inside, Branch)
            return inside.lines[name]
    return 0
