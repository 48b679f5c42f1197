"""Who takes what was said in a group chat; the engine gives it its turn, its lane and its transaction."""

from datetime import datetime
from typing import Protocol

from bot.messages import Incoming
from storage.database import Transaction
from storage.records import Claimed


class Room(Protocol):
    async def take(self, tx: Transaction, claimed: Claimed, incoming: Incoming, now: datetime) -> None:
        """Do what follows, all in this transaction, which holds the lane of the chat only."""
