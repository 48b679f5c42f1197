"""No statement of a turn may look through a whole table: its cost would grow with the number of citizens."""

import re
import sqlite3
from pathlib import Path

import pytest

from storage.statements import SQL

LISTS = ("ids", "finds", "channels", "offices", "actors", "asked", "homes")
NAMED = re.compile(r"-- name: (\w+)\S*\n(.*?)(?=\n-- name:|\Z)", re.DOTALL)
COMMENT = re.compile(r"--.*")
VALUE = re.compile(r"(?<!:):([a-z_]+)")

# Run by the scheduler or the command line, over small tables, or read from the end that is wanted. The base of
# citizens is one page with many filters, looked at by hand: `python -m bench --only base` tells its cost.
RARE = {"keys_load", "audit_last_seal", "audit_page", "purge_reminders", "purge_referrals", "edition_log_newest"} | {
    "citizen_list",
    "citizen_list_count",
}
SMALL = re.compile(r"SCAN (staff\w*|troubles|case_posts|t)\Z")  # as many rows as a centre has staff or open requests


def _statements() -> dict[str, str]:
    files = [*sorted(SQL.glob("*.sql")), *sorted((SQL / "sqlite").glob("*.sql"))]
    found = {}
    for file in files:
        for name, body in NAMED.findall(file.read_text(encoding="utf-8")):
            found[name] = COMMENT.sub("", body).strip().rstrip(";")
    return found


@pytest.mark.parametrize(("name", "sql"), _statements().items(), ids=_statements())
def test_a_statement_finds_its_rows_by_an_index(sqlite_url: str, name: str, sql: str) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    values = {value: "[]" if value in LISTS else 1 for value in VALUE.findall(sql)}

    connection = sqlite3.connect(path)
    try:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    finally:
        connection.close()

    # «SCAN t» reads all of it; «SCAN t USING INDEX i» reads a partial index, which holds only what still waits
    whole = [step for step in plan if re.fullmatch(r"SCAN [a-z_]+", step) and not SMALL.match(step)]
    assert not whole or name in RARE
