"""
Tables whose rows simply go with their citizen when two become one (storage/moves.py): of two rows that say the same
thing, the newer one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from storage.handle import Handle


@dataclass(frozen=True, slots=True)
class Belonging:
    """
    keys: what tells two rows of one citizen apart, none for one row each. moment: column of the newer row's time.

    sealed: column sealed for the place (table, column, "citizen_id:key:key"), "" for none.
    """

    table: str
    keys: tuple[str, ...]
    moment: str
    sealed: str = ""


BELONGINGS = (
    Belonging("situations", ("situation",), "since_at"),
    Belonging("answers", ("question",), "changed_at", "value"),
)


async def bring(handle: Handle, one: Belonging, *, kept: str, gone: str) -> None:
    """The rows of `gone` become rows of `kept`. Names come from BELONGINGS, values are bound. Raises Unreadable."""
    table, mark = one.table, _marks(handle)
    same = " AND ".join(["1 = 1", *(f"o.{key} = {table}.{key}" for key in one.keys)])
    other = f"SELECT 1 FROM {table} o WHERE o.citizen_id = {mark(2)} AND {same}"  # noqa: S608
    newer = f"COALESCE(o.{one.moment}, 0) > COALESCE({table}.{one.moment}, 0)"
    delete = f"DELETE FROM {table} WHERE citizen_id = {mark(1)} AND EXISTS"  # noqa: S608
    await _run(handle, f"{delete} ({other} AND {newer})", kept, gone)
    await _run(handle, f"{delete} ({other})", gone, kept)
    if one.sealed:
        await _reseal(handle, one, kept=kept, gone=gone)
    update = f"UPDATE {table} SET citizen_id = {mark(1)} WHERE citizen_id = {mark(2)}"  # noqa: S608
    await _run(handle, update, kept, gone)


async def _reseal(handle: Handle, one: Belonging, *, kept: str, gone: str) -> None:
    mark, columns = _marks(handle), ", ".join((one.sealed, *one.keys))
    select = f"SELECT {columns} FROM {one.table} WHERE citizen_id = {mark(1)}"  # noqa: S608
    where = " AND ".join(f"{key} = {mark(3 + number)}" for number, key in enumerate(("citizen_id", *one.keys)))
    update = f"UPDATE {one.table} SET {one.sealed} = {mark(1)}, citizen_id = {mark(2)} WHERE {where}"  # noqa: S608
    for sealed, *keys in await _run(handle, select, gone):
        plain = handle.cipher.open(bytes(sealed), one.table, one.sealed, ":".join((gone, *keys)))
        fresh = handle.cipher.seal(plain, one.table, one.sealed, ":".join((kept, *keys)))
        await _run(handle, update, fresh, kept, gone, *keys)


def _marks(handle: Handle) -> Any:
    return (lambda number: f"${number}") if handle.dialect == "postgres" else (lambda number: f"?{number}")


async def _run(handle: Handle, sql: str, *values: Any) -> Sequence[Any]:
    rows: Any
    if handle.dialect == "postgres":
        rows = await handle.connection.fetch(sql, *values)
    else:
        rows = await handle.connection.execute_fetchall(sql, values)
    return [tuple(row) for row in rows]
