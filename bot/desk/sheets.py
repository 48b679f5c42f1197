"""
A table as a file for office programs: CSV and XLSX.

What people or staff typed is text and stays text: a spreadsheet must not take it for a formula.
"""

import csv
import io
from collections.abc import Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # how a spreadsheet knows a formula
DELIMITER = ";"  # a Russian spreadsheet splits by it; a comma stands in numbers
WIDTH_MAX = 60


def neutral(cell: str) -> str:
    """The words, after an apostrophe where a spreadsheet would compute them."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def as_csv(head: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """UTF-8 with a mark: without it a spreadsheet shows no Cyrillic."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=DELIMITER, quoting=csv.QUOTE_ALL)
    writer.writerows([[neutral(cell) for cell in row] for row in (head, *rows)])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(head: Sequence[str], rows: Sequence[Sequence[str]], *, title: str) -> bytes:
    """One sheet, every cell a string: a string is never computed, nor made a link or a number."""
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet(_sheet_name(title))
        bold, wrap = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        for number, row in enumerate((head, *rows)):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, neutral(cell), wrap if number else bold)
        for column, words in enumerate(zip(head, *rows, strict=True)):
            sheet.set_column(column, column, min(max(map(len, words)) + 2, WIDTH_MAX))
        sheet.freeze_panes(1, 0)
    return file.getvalue()


def _sheet_name(title: str) -> str:
    """At most 31 signs, none of those that a sheet's name can't have."""
    return "".join(" " if sign in "[]:*?/\\'" else sign for sign in title)[:31].strip() or "1"
