"""Times in the database: BIGINT milliseconds since the epoch, UTC, the same on both databases."""

from datetime import UTC, datetime, timedelta
from typing import overload

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@overload
def to_ms(moment: datetime) -> int: ...
@overload
def to_ms(moment: None) -> None: ...
def to_ms(moment: datetime | None) -> int | None:
    """
    Milliseconds since 1970-01-01 UTC, rounded down. None stays None.

    Raises ValueError for a naive time: nobody knows whose noon it is.
    """
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("a stored time must be aware")
    return (moment - _EPOCH) // _MILLISECOND


@overload
def from_ms(ms: int) -> datetime: ...
@overload
def from_ms(ms: None) -> None: ...
def from_ms(ms: int | None) -> datetime | None:
    """The aware UTC time of so many milliseconds since the epoch. None stays None."""
    return None if ms is None else _EPOCH + timedelta(milliseconds=ms)
