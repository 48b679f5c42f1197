"""Who takes answers along in the very transaction that plans them, when it lives in the same process."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from typing import Protocol

from storage.database import Transaction

Board = Callable[[Transaction], Awaitable[None]]


class Carrier(Protocol):
    """A sender, as the runner sees it."""

    @property
    def channel(self) -> str: ...

    def ride(self) -> AbstractContextManager[Board | None]:
        """Gives what leases the channel's answers in an open transaction; None: not now, ring for the sender."""
        ...
