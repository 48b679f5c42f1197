"""The named SQL: sql/*.sql for both databases and sql/<dialect>/*.sql, one namespace."""

from functools import cache
from pathlib import Path
from typing import Any

import aiosql

from storage.handle import Dialect

SQL = Path(__file__).parent / "sql"


@cache
def load(dialect: Dialect, adapter: Any) -> Any:
    """
    aiosql Queries for the dialect, read once per process. A name used twice raises aiosql's SQLLoadException.

    adapter: an aiosql adapter class for the driver (storage/sqlite.py, storage/postgres.py).
    """
    files = [*sorted(SQL.glob("*.sql")), *sorted((SQL / dialect).glob("*.sql"))]
    return aiosql.from_str(
        "\n".join(file.read_text(encoding="utf-8") for file in files), adapter, mandatory_parameters=False
    )
