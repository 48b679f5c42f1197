"""
The talks of an edition, played in a process of their own: it takes the memory and the second core that citizens would
miss, and gives both back. What stays behind of a rehearsal here would be 35 MB (measured).

    thread here --files--> process there --mistakes--> thread here
                              +-- stop: killed, the thread raises Interrupted; killed by others: nothing is proven
"""

import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from threading import Lock
from typing import Any

import structlog

from bot import journal
from bot.editions import Interrupted
from bot.flows import FLOWS
from bot.rehearsal.rehearsal import Rehearsal
from bot.texts.load import load
from bot.texts.mistakes import Mistake
from bot.texts.schema import Content, Need

log = structlog.get_logger()

OURS = (signal.SIGINT, signal.SIGTERM)  # Ctrl-C and systemd tell every process of the group; we decide for this one

Told = list[Mistake] | Exception


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
        playing, wire = self._begin()
        with wire:
            told = _asked(wire, files, self._needs)
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

    def _begin(self) -> tuple[SpawnProcess, "Connection[Any, Any]"]:
        """
        The process, and the wire to it.

        What it shall play goes over the wire: for somebody to read its arguments `start` waits for ever, if they are
        long and the process dies at once.
        """
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        resource_tracker.ensure_running()  # else `start` does it, and lets the signals through again
        with self._lock, theirs:
            if self._is_stopped:
                ours.close()
                raise Interrupted
            playing = context.Process(target=_tell, args=(theirs, self._root, self._url), name="talks", daemon=True)
            before = signal.pthread_sigmask(signal.SIG_BLOCK, OURS)  # of this thread; the process inherits it
            try:
                playing.start()
            finally:
                signal.pthread_sigmask(signal.SIG_SETMASK, before)
            self._playing = playing
        return playing, ours


def _asked(wire: "Connection[Any, Any]", files: Mapping[str, bytes], needs: Mapping[str, Need]) -> Told | None:
    """What the process says; None when it died before."""
    try:
        wire.send((dict(files), dict(needs)))
        told: Told = wire.recv()
    except (EOFError, OSError):
        return None
    return told


def _tell(wire: "Connection[Any, Any]", root: str, url: str) -> None:
    """The other process."""
    told: Told
    with suppress(EOFError, OSError):  # nobody waits any more
        files, needs = wire.recv()
        try:
            told = play(files, needs, root, url)
        except Exception as error:
            told = error
        wire.send(told)


def play(files: Mapping[str, bytes], needs: Mapping[str, Need], root: str, url: str) -> list[Mistake]:
    """The whole of it, in the other process: these files have no mistakes of their own."""
    journal.set_up(level="critical", is_json=True)  # a turn that fails is told as a mistake of its talk
    return list(Rehearsal(FLOWS, root, url).report(files, load(files, needs, root)).mistakes)
