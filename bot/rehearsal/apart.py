"""
The talks of an edition, played in a process of their own: it takes the memory and the second core that citizens would
miss, and gives both back. What stays behind of a rehearsal here would be 35 MB (measured).

    thread here --files--> process there --mistakes--> thread here
                              +-- stop: killed, the thread raises Interrupted; killed by others: nothing is proven
"""

import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from threading import Lock

import structlog

from bot import journal
from bot.editions import Interrupted
from bot.flows import FLOWS
from bot.rehearsal.rehearsal import Rehearsal
from bot.texts.load import load
from bot.texts.schema import Content, Mistake, Need

log = structlog.get_logger()

OURS = (signal.SIGINT, signal.SIGTERM)  # Ctrl-C and systemd tell every process of the group; we decide for this one


class Apart:
    """As `Rehearsal`, elsewhere. needs: what the program asks of texts. The others as there."""

    def __init__(self, needs: Mapping[str, Need], root: str, url: str = "") -> None:
        self._needs = needs
        self._root = root
        self._url = url
        self._lock = Lock()
        self._is_stopped = False
        self._playing: SpawnProcess | None = None

    def __call__(self, files: Mapping[str, bytes], content: Content) -> Sequence[Mistake]:
        """
        What the talks complain of. Blocks; for threads, one at a time. Raises Interrupted.

        A process that is killed by whoever watches the memory proves nothing, which is logged, and refuses nothing.
        """
        hears, tells = get_context("spawn").Pipe(duplex=False)
        with hears:
            playing = self._begin(tells, files)
            try:
                told = hears.recv()
            except EOFError:
                told = None
            playing.join()
        with self._lock:
            self._playing = None
            if self._is_stopped:
                raise Interrupted
        if isinstance(told, Exception):
            raise told
        if told is None:
            log.warning("talks_not_played")
        return told or ()

    def stop(self) -> None:
        """Whoever waits for the talks gets Interrupted, now and later. For any thread."""
        with self._lock:
            self._is_stopped = True
            if self._playing is not None:
                self._playing.kill()

    def _begin(self, tells: Connection, files: Mapping[str, bytes]) -> SpawnProcess:
        with self._lock, tells:
            if self._is_stopped:
                raise Interrupted
            about = (tells, dict(files), self._needs, self._root, self._url)
            playing = get_context("spawn").Process(target=_tell, args=about, name="talks", daemon=True)
            before = signal.pthread_sigmask(signal.SIG_BLOCK, OURS)  # of this thread; the process inherits it
            try:
                playing.start()
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
            self._playing = playing
        return playing


def _tell(tells: Connection, files: Mapping[str, bytes], needs: Mapping[str, Need], root: str, url: str) -> None:
    """The other process."""
    told: list[Mistake] | Exception
    try:
        told = play(files, needs, root, url)
    except Exception as error:
        told = error
    with suppress(BrokenPipeError):  # nobody waits any more
        tells.send(told)


def play(files: Mapping[str, bytes], needs: Mapping[str, Need], root: str, url: str) -> list[Mistake]:
    """The whole of it, in the other process: these files have no mistakes of their own."""
    journal.set_up(level="critical", is_json=True)  # a turn that fails is told as a mistake of its talk
    return list(Rehearsal(FLOWS, root, url).report(files, load(files, needs, root)).mistakes)
