"""One process that plays talks, until nobody wants it any longer. What it needs is imported there, not by its owner."""

import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection
from typing import Any

OURS = (signal.SIGINT, signal.SIGTERM)  # Ctrl-C and systemd tell every process of the group; the owner decides for it


@dataclass(frozen=True, slots=True)
class Stage:
    """What stays the same from edition to edition: what the program asks of texts, where files and database are."""

    needs: Mapping[str, Any]
    root: str
    url: str


class Hand:
    """
    The owner's end. Its calls raise EOFError or OSError when the process is gone.

    A process whose owner was killed reads the end of its pipe and goes, too.
    """

    def __init__(self, stage: Stage) -> None:
        """
        The stage goes over the pipe: for somebody to read its arguments `start` waits for ever, if they are long and
        the process dies at once.
        """
        context = get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs,), name="talks", daemon=True)
        self._owes = 0
        resource_tracker.ensure_running()  # else `start` does it, and lets the signals through again
        before = signal.pthread_sigmask(signal.SIG_BLOCK, OURS)  # of this thread; the process inherits it
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            theirs.close()
        try:
            self._pipe.send(stage)
        except OSError:
            self.close()
            raise

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def give(self, files: Mapping[str, bytes], part: tuple[int, int]) -> None:
        """Play this part of the talks: number and of how many. What was given before and not taken is dropped."""
        while self._owes:
            self.take()
        self._pipe.send((dict(files), part))
        self._owes += 1

    def take(self) -> Sequence[Any]:
        """Mistakes of what was given. Blocks."""
        found: Sequence[Any] = self._pipe.recv()
        self._owes -= 1
        return found

    def kill(self) -> None:
        """Whoever waits for it gets EOFError. For any thread."""
        self._process.kill()

    def close(self) -> None:
        self._pipe.close()
        self._process.kill()
        self._process.join()


def serve(pipe: Connection) -> None:
    """The whole life of the process."""
    sys.modules.setdefault("rich", None)  # type: ignore[arg-type]  # structlog would load it for colours: 0.2 s

    from bot import journal
    from bot.flows import FLOWS
    from bot.rehearsal.rehearsal import Rehearsal
    from bot.texts.load import load
    from bot.texts.mistakes import BadContent

    journal.set_up(level="critical", is_json=True)  # a turn that fails is told as a mistake of its talk
    try:
        stage = pipe.recv()
    except (EOFError, OSError):
        return
    rehearsal = Rehearsal(FLOWS, stage.root, stage.url)
    while True:
        try:
            files, part = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            found = list(rehearsal.report(files, load(files, stage.needs, stage.root), part).mistakes)
        except BadContent:
            found = []  # told by whoever reads the files meanwhile
        try:
            pipe.send(found)
        except OSError:
            return
