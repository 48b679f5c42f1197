"""
The talks of an edition, played in a process of their own: it takes the memory and the second core that citizens would
miss, and gives both back. What stays behind of a rehearsal here would be 35 MB (measured).
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

import structlog

from bot import journal
from bot.flows import FLOWS
from bot.rehearsal.rehearsal import Rehearsal
from bot.texts.load import load
from bot.texts.mistakes import Mistake
from bot.texts.schema import Content, Need

log = structlog.get_logger()


class Apart:
    """As `Rehearsal`, elsewhere. needs: what the program asks of texts. The others as there."""

    def __init__(self, needs: Mapping[str, Need], root: str, url: str = "") -> None:
        self._needs = needs
        self._root = root
        self._url = url

    def __call__(self, files: Mapping[str, bytes], content: Content) -> Sequence[Mistake]:
        """
        What the talks complain of. Blocks; for threads.

        A process that is killed by whoever watches the memory proves nothing, which is logged, and refuses nothing.
        """
        try:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                return pool.submit(play, dict(files), self._needs, self._root, self._url).result()
        except BrokenProcessPool:
            log.warning("talks_not_played")
            return ()


def play(files: Mapping[str, bytes], needs: Mapping[str, Need], root: str, url: str) -> list[Mistake]:
    """The whole of it, in the other process: these files have no mistakes of their own."""
    journal.set_up(level="critical", is_json=True)  # a turn that fails is told as a mistake of its talk
    return list(Rehearsal(FLOWS, root, url).report(files, load(files, needs, root)).mistakes)
