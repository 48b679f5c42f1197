"""
The talks of an edition, played in processes of their own: they take the memory and the second core that citizens would
miss, and give both back. What stays behind of a rehearsal here would be 35 MB (measured).

    files changed --begin--> processes start and play, beside whoever checks the files --> mistakes
        stop: killed, whoever waits gets Interrupted; killed by others: nothing is proven
    KEEP_S without another edit --> the processes are gone
Started and warm they answer in a third of the time, and who edits once does so again: therefore they stay for a while.
"""

import os
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress

import structlog

from bot.editions import Interrupted
from bot.rehearsal.hand import Hand, Stage
from bot.texts.mistakes import Mistake
from bot.texts.schema import Content, Need

log = structlog.get_logger()

HANDS = 2
KEEP_S = 600.0


class Apart:
    """As `Rehearsal`, elsewhere. needs: what the program asks of texts. keep_s: how long processes stay idle."""

    def __init__(self, needs: Mapping[str, Need], root: str, url: str = "", *, keep_s: float = KEEP_S) -> None:
        self._stage = Stage(needs, root, url)
        self._count = min(HANDS, os.cpu_count() or 1)
        self._keep_s = keep_s
        self._lock = threading.RLock()  # held while the talks are played
        self._hands: list[Hand] = []
        self._begun: Mapping[str, bytes] | None = None
        self._end: threading.Timer | None = None
        self._stopped = threading.Event()

    def begin(self, files: Mapping[str, bytes]) -> None:
        """These are about to be rehearsed, unless they have mistakes of their own. Blocks for milliseconds."""
        with self._lock:
            if self._stopped.is_set():
                return
            self._stay()
            self._begun = files
            with suppress(OSError, EOFError):  # not started, or killed meanwhile: told when the mistakes are asked for
                if len(self._hands) < self._count or not all(hand.is_alive for hand in self._hands):
                    self._dismiss()
                    self._hands.extend(Hand(self._stage) for _ in range(self._count))
                for number, hand in enumerate(self._hands):
                    hand.give(files, (number, self._count))
            if self._stopped.is_set():  # meanwhile: some may have started after they were killed
                self._dismiss()

    def __call__(self, files: Mapping[str, bytes], content: Content) -> Sequence[Mistake] | None:
        """
        What the talks complain of. Blocks; for threads, one at a time. Raises Interrupted.

        None, which is logged, when a process was killed by whoever watches the memory: that proves nothing either way.
        """
        with self._lock:
            if self._begun is not files:
                self.begin(files)
            found: list[Mistake] = []
            self._begun = None
            try:
                for hand in self._hands:
                    found += hand.take()
            except (EOFError, OSError):
                self._dismiss()
            if self._stopped.is_set():
                raise Interrupted
            if not self._hands:
                log.warning("talks_not_played")
                return None
            self._stay()
        return sorted(dict.fromkeys(found), key=lambda one: (one.file, one.line))

    def stop(self) -> None:
        """Whoever waits for the talks gets Interrupted, now and later. For any thread, waits for none."""
        self._stopped.set()
        for hand in tuple(self._hands):
            hand.kill()

    def close(self) -> None:
        """The processes go; another edit starts them again."""
        with self._lock:
            if self._end is not None:
                self._end.cancel()
            self._dismiss()

    def _stay(self) -> None:
        """For so long from now on."""
        if self._end is not None:
            self._end.cancel()
        self._end = threading.Timer(self._keep_s, self.close)
        self._end.daemon = True
        self._end.start()

    def _dismiss(self) -> None:
        while self._hands:
            self._hands.pop().close()
