"""What a repository works with: an open transaction, the named queries, the cipher."""

from dataclasses import dataclass
from typing import Any, Literal

from storage.cipher import Cipher

Dialect = Literal["sqlite", "postgres"]


@dataclass(frozen=True, slots=True)
class Handle:
    """
    connection: the driver's connection inside a transaction; passed to `queries`, hardly ever used alone.
    queries: aiosql Queries of sql/*.sql and sql/<dialect>/*.sql in one namespace. Any, because its methods are made
    from the files at run time.
    """

    connection: Any
    queries: Any
    cipher: Cipher
    dialect: Dialect
