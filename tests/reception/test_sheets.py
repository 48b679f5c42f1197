"""Files for office programs, read back by a library of their own: words stay words."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot.desk.sheets import FORMULA, as_csv, as_xlsx, neutral

HEAD = ("№", "Имя")
HOSTILE = (
    "=1+1",
    '=HYPERLINK("http://evil.example";"Иван")',
    "+79130000000",
    "-2+3",
    "@SUM(A1)",
    "＝1+1",
    "http://evil.example",
    "007",
    "24.11.2026",
    'Иван "Ваня"; Петров',
)


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def read_xlsx(data: bytes) -> list[list[object]]:
    (sheet,) = load_workbook(io.BytesIO(data)).worksheets
    for row in sheet.iter_rows():
        for cell in row:
            assert cell.data_type in ("s", "n"), cell.data_type  # «n»: an empty cell; never «f»
            assert cell.hyperlink is None
            assert cell.data_type == "s" or cell.value is None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_cell_is_computed(name: str) -> None:
    (head, row) = read_csv(as_csv(HEAD, [("1", name)]))
    assert head == list(HEAD)
    assert row == ["1", neutral(name)]
    assert not row[1].startswith(FORMULA)

    shown = read_xlsx(as_xlsx(HEAD, [("1", name)], title="24.11.2026"))
    assert shown[0] == list(HEAD)
    assert shown[1] == ["1", neutral(name)]


@pytest.mark.parametrize("name", ["\t=1+1", "\r=1+1", "\n=1+1"])
def test_nor_one_behind_white_space(name: str) -> None:
    (_, row) = read_csv(as_csv(HEAD, [("1", name)]))
    assert row[1] == f"'{name}"

    (_, shown) = read_xlsx(as_xlsx(HEAD, [("1", name)], title="24.11.2026"))
    assert str(shown[1]).startswith("'")


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=5))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_no_cell_begins_as_a_formula(rows: list[tuple[str, str]]) -> None:
    text = as_csv(HEAD, [tuple(cell.replace("\0", "") for cell in row) for row in rows]).decode("utf-8-sig", "replace")
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=";"):
        assert not any(cell.startswith(FORMULA) for cell in row)


@pytest.mark.parametrize("title", ["24.11.2026", "[a]:*?/\\'b", "", "x" * 50])
def test_any_title_makes_a_sheet(title: str) -> None:
    (sheet,) = load_workbook(io.BytesIO(as_xlsx(HEAD, [("1", "Иван")], title=title))).worksheets
    assert 0 < len(sheet.title) <= 31


def test_a_spreadsheet_shows_cyrillic_of_the_csv() -> None:
    assert as_csv(HEAD, []).startswith(b"\xef\xbb\xbf")
