"""A plain table for a terminal: columns padded, nothing drawn."""

from collections.abc import Iterable, Sequence

Row = tuple[Sequence[str], Sequence[str]]  # cells, lines under them

GAP = "  "


def table(head: Sequence[str], rows: Iterable[Row], *, numbers: bool = False) -> str:
    """head: names of the columns. numbers: every column but the first holds figures, set to the right."""
    every = [(tuple(cells), tuple(under)) for cells, under in rows]
    widths = [
        max(len(cells[index]) for cells in (tuple(head), *(row[0] for row in every))) for index in range(len(head))
    ]

    def line(cells: Sequence[str]) -> str:
        padded = (
            cell.rjust(width) if numbers and index else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return GAP.join(padded).rstrip()

    lines = [line(head), GAP.join("-" * width for width in widths)]
    for cells, under in every:
        lines.append(line(cells))
        lines += [f"    {one}" for one in under]
    return "\n".join(lines)
