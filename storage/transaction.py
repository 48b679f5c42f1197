"""An open transaction, as those see it who use it."""

from storage.handle import Handle
from storage.repositories import Repositories


class Transaction(Repositories):
    """An open transaction: repositories are made of its handle when first asked for, and live as long as it does."""

    def __init__(self, handle: Handle) -> None:
        super().__init__(handle)
        self.topics: set[str] = set()

    def notify(self, topic: str) -> None:
        """Wake who listens to the topic, in every process, once this transaction is committed; never if it is not."""
        self.topics.add(topic)
