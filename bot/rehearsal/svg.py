"""A chart as an SVG file: columns of boxes, arrows between them. Plain text, no library, opens in every browser."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil
from textwrap import wrap

from bot.rehearsal.chart import COLUMNS, Arrow, Box, Chart

WIDTH, GAP, MARGIN, BETWEEN = 216, 56, 24, 12  # of a column, between columns, around, between boxes
TITLE_PX, ROW_PX, PAD = 15, 13, 8
TITLE_CHARS, ROW_CHARS = 24, 32  # of a line in a box
HEAD, TALL = 84, 1300  # where boxes begin; the height that still makes a sheet in landscape
INK, FAINT, LINE, DECIDES = "#1c2733", "#737d88", "#5b6b7a", "#b4571a"
STYLE = f"""
    text {{ font-family: "DejaVu Sans", "Segoe UI", Arial, sans-serif; fill: {INK}; }}
    .big {{ font-size: 20px; font-weight: bold; }}
    .head {{ font-size: 14px; font-weight: bold; fill: {LINE}; }}
    .title {{ font-size: 12.5px; font-weight: bold; }}
    .row {{ font-size: 10.5px; }}
    .unmet {{ fill: {FAINT}; }}
    rect {{ fill: #ffffff; stroke: {INK}; stroke-width: 1.2; }}
    rect.unmet {{ fill: #f4f5f6; stroke: {FAINT}; stroke-dasharray: 5 4; }}
    path {{ fill: none; stroke: {LINE}; stroke-width: 1.2; }}
    path.decides {{ stroke: {DECIDES}; stroke-opacity: 0.55; }}
"""


@dataclass(frozen=True, slots=True)
class _Placed:
    box: Box
    x: int
    y: int
    height: int
    titles: tuple[str, ...]
    rows: tuple[tuple[str, bool], ...]


def svg(chart: Chart) -> str:
    """The whole file."""
    lanes = _lanes(chart)
    placed: dict[str, _Placed] = {}
    bottom = HEAD
    for number, (_, boxes) in enumerate(lanes):
        y = HEAD
        for box in boxes:
            one = _place(box, MARGIN + number * (WIDTH + GAP), y)
            placed[box.id] = one
            y += one.height + BETWEEN
        bottom = max(bottom, y)
    width = 2 * MARGIN + len(lanes) * (WIDTH + GAP) - GAP
    parts = [_heading(chart, [column for column, _ in lanes])]
    parts += [_arrow(arrow, placed) for arrow in chart.arrows if arrow.start in placed and arrow.end in placed]
    parts += [_box(one) for one in placed.values()]
    parts.append(_legend(bottom + 14))
    height = bottom + 44
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">\n'
        f"<style>{STYLE}</style>\n<defs>{_tip('way', LINE)}{_tip('decides', DECIDES)}</defs>\n"
        f'<rect x="0" y="0" width="{width}" height="{height}" style="fill:#fff;stroke:none"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


def _lanes(chart: Chart) -> list[tuple[int, list[Box]]]:
    """Columns with their boxes; one that is too tall goes on in a lane beside it."""
    lanes: list[tuple[int, list[Box]]] = []
    for column in sorted({box.column for box in chart.boxes}):
        boxes = [box for box in chart.boxes if box.column == column]
        heights = [_place(box, 0, 0).height + BETWEEN for box in boxes]
        count, done = ceil(sum(heights) / TALL), 0.0
        found: list[list[Box]] = [[] for _ in range(count)]
        for box, height in zip(boxes, heights, strict=True):
            found[int((done + height / 2) * count / sum(heights))].append(box)
            done += height
        lanes += [(column, part) for part in found]
    return lanes


def _place(box: Box, x: int, y: int) -> _Placed:
    titles = tuple(wrap(box.title, TITLE_CHARS)) or ("",)
    rows = [(line, row.is_met) for row in box.rows for line in wrap(row.text, ROW_CHARS, subsequent_indent="   ")]
    height = 2 * PAD + len(titles) * TITLE_PX + len(rows) * ROW_PX + (4 if rows else 0)
    return _Placed(box, x, y, height, titles, tuple(rows))


def _heading(chart: Chart, columns: Sequence[int]) -> str:
    heads = [
        f'<text class="head" x="{MARGIN + lane * (WIDTH + GAP)}" y="{HEAD - 14}">{COLUMNS[column]}</text>'
        for lane, column in enumerate(columns)
        if column not in columns[:lane]
    ]
    return "\n".join([f'<text class="big" x="{MARGIN}" y="38">{escape(chart.title)}</text>', *heads])


def _box(one: _Placed) -> str:
    unmet = "" if one.box.is_met else " unmet"
    parts = [f'<rect class="{unmet.strip()}" x="{one.x}" y="{one.y}" width="{WIDTH}" height="{one.height}" rx="6"/>']
    y = one.y + PAD - 3
    for line in one.titles:
        y += TITLE_PX
        parts.append(f'<text class="title{unmet}" x="{one.x + PAD}" y="{y}">{escape(line)}</text>')
    y += 4
    for line, is_met in one.rows:
        y += ROW_PX
        style = "row" if is_met and one.box.is_met else "row unmet"
        parts.append(f'<text class="{style}" x="{one.x + PAD}" y="{y}" xml:space="preserve">{escape(line)}</text>')
    return "\n".join(parts)


def _arrow(arrow: Arrow, placed: dict[str, _Placed]) -> str:
    start, end = placed[arrow.start], placed[arrow.end]
    kind = "decides" if arrow.is_condition else "way"
    path = _down(start, end) if start.x == end.x else _across(start, end)
    return f'<path class="{kind}" d="{path}" marker-end="url(#{kind})"/>'


def _down(start: _Placed, end: _Placed) -> str:
    """To the next box below: straight; to a farther one: around those between, on the left."""
    x = start.x + 22
    if end.y == start.y + start.height + BETWEEN:
        return f"M{x} {start.y + start.height} L{x} {end.y - 2}"
    y1, y2, out = start.y + start.height - 10, end.y + 14, start.x - 18
    return f"M{start.x} {y1} C{out} {y1} {out} {y2} {end.x - 3} {y2}"


def _across(start: _Placed, end: _Placed) -> str:
    """From the right side to the left side, in a flat curve."""
    y1, y2 = start.y + min(start.height // 2, 22), end.y + min(end.height // 2, 22)
    x1, x2 = start.x + WIDTH, end.x - 3
    if x2 < x1:
        x1, x2 = start.x, end.x + WIDTH + 3
    bend = (x2 - x1) // 2
    return f"M{x1} {y1} C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"


def _tip(name: str, colour: str) -> str:
    return (
        f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0 L8 4 L0 8 z" style="fill:{colour};stroke:none"/></marker>'
    )


def _legend(y: int) -> str:
    x = MARGIN
    return "\n".join(
        [
            f'<rect x="{x}" y="{y}" width="26" height="14" rx="3"/>',
            f'<text class="row" x="{x + 34}" y="{y + 11}">разговоры из talks/ здесь были</text>',
            f'<rect class="unmet" x="{x + 240}" y="{y}" width="26" height="14" rx="3"/>',
            f'<text class="row" x="{x + 274}" y="{y + 11}">ни один разговор сюда не дошёл</text>',
            f'<path class="way" d="M{x + 490} {y + 7} L{x + 520} {y + 7}" marker-end="url(#way)"/>',
            f'<text class="row" x="{x + 528}" y="{y + 11}">путь человека</text>',
            f'<path class="decides" d="M{x + 640} {y + 7} L{x + 670} {y + 7}" marker-end="url(#decides)"/>',
            f'<text class="row" x="{x + 678}" y="{y + 11}">ответ решает, показать ли шаг</text>',
        ]
    )
