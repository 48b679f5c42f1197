"""
Content in force. Every accepted edition is stored whole in the database, and one row names the one everybody runs.

    files --checked--> stored, in force --told--> every process, within 2 s
      +-- with mistakes: nobody notices but staff; what was in force stays

Who publishes (one process, at its start and when files change) and who follows share this object.
"""

import asyncio
import zlib
from collections.abc import Mapping
from pathlib import Path

import msgspec
import structlog

from bot.clock import Clock
from bot.telemetry import alarm
from bot.texts.load import load, read_folder
from bot.texts.schema import BadContent, Content, Need
from bot.timer import LoopTimer, Timer
from storage.database import Database
from storage.errors import Unavailable
from storage.records import Edition

log = structlog.get_logger()

TOPIC = "edition"
FOLLOW_S = 1.0
MISTAKES_LOGGED = 20

_decoder = msgspec.json.Decoder(dict[str, bytes])


class Unreadable(Exception):
    """The stored edition can't be run by this program: it was made for another one."""


def pack(files: Mapping[str, bytes]) -> bytes:
    """Files as one compressed value to store."""
    return zlib.compress(msgspec.json.encode(dict(files)), 9)


def unpack(packed: bytes) -> dict[str, bytes]:
    return _decoder.decode(zlib.decompress(packed))


class Editions:
    """`content()` is what turns run with. folder: of the files. needs: what the program asks of texts."""

    def __init__(
        self, database: Database, clock: Clock, folder: Path, needs: Mapping[str, Need], *, timer: Timer | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self._folder = folder
        self._needs = needs
        self._timer = timer or LoopTimer()
        self._content: Content | None = None
        self._number: int | None = None
        self._refused: int | None = None
        self._stamp: object = None  # of the files last looked at

    def content(self) -> Content:
        """The edition in force here. Call `start` before."""
        assert self._content is not None, "no edition yet"
        return self._content

    @property
    def number(self) -> int | None:
        return self._number

    async def start(self, *, publishes: bool) -> None:
        """
        Get an edition to run: the files when this process publishes or nothing is in force yet, else the stored one.

        Raises BadContent: the files have mistakes and no stored edition can stand in. Unavailable.
        """
        self._stamp = await asyncio.to_thread(self._look)
        async with self._database.read() as tx:
            stored = await tx.editions.in_force()
        if stored is not None and not publishes and await self._runs(stored):
            return
        try:
            await self._publish(stored)
        except BadContent as error:
            if stored is None or not await self._runs(stored):
                raise
            self._complain(error)
            log.warning("edition_kept", number=stored.number)

    async def watch(self) -> None:
        """
        One look at the files, by the process that publishes: changed ones are put in force, or complained about.

        Files that did not change are left alone, so an edition put in force by other ways stays. Raises Unavailable.
        """
        stamp = await asyncio.to_thread(self._look)
        if stamp == self._stamp:
            return
        async with self._database.read() as tx:
            stored = await tx.editions.in_force()
        try:
            await self._publish(stored)
        except BadContent as error:
            self._complain(error)
        self._stamp = stamp

    async def _publish(self, stored: Edition | None) -> None:
        """Put the files in force, unless they are. Raises BadContent, Unavailable: nothing changed."""
        files, content = await asyncio.to_thread(self._read)
        if stored is not None and content.fingerprint == stored.fingerprint:
            self._content, self._number = content, stored.number
            return
        async with self._database.write() as tx:
            number = await tx.editions.accept(fingerprint=content.fingerprint, files=pack(files), now=self._clock.now())
            tx.notify(TOPIC)
        self._content, self._number = content, number
        log.info("edition_published", number=number)

    async def follow(self, stop: asyncio.Event) -> None:
        """Until `stop`: run what is in force. A database that is gone is waited for."""
        ear = self._database.listen(TOPIC)
        while not stop.is_set():
            try:
                await self.adopt()
            except Unavailable:
                await self._timer.wait(stop, FOLLOW_S)
            await ear.wait(FOLLOW_S)

    async def adopt(self) -> None:
        """Take over what is in force, if that is another edition. Raises Unavailable."""
        async with self._database.read() as tx:
            number = await tx.editions.number_in_force()
            if number is None or number in (self._number, self._refused):
                return
            stored = await tx.editions.in_force()
        if stored is not None and await self._runs(stored):
            log.info("edition_adopted", number=stored.number)

    async def _runs(self, stored: Edition) -> bool:
        """Run the stored edition, if this program can."""
        try:
            content = await asyncio.to_thread(self._unpacked, stored.files)
        except (BadContent, Unreadable):
            if self._refused != stored.number:
                alarm("edition_not_for_this_program", number=stored.number)
            self._refused = stored.number
            return False
        self._content, self._number = content, stored.number
        return True

    def _unpacked(self, packed: bytes) -> Content:
        try:
            files = unpack(packed)
        except (zlib.error, msgspec.MsgspecError) as error:
            raise Unreadable from error
        return load(files, self._needs)

    def _read(self) -> tuple[dict[str, bytes], Content]:
        files = read_folder(self._folder)
        return files, load(files, self._needs, str(self._folder))

    def _look(self) -> object:
        """What changes when a file does, without reading one."""
        found = []
        for file in sorted(self._folder.rglob("*")):
            try:
                about = file.stat()
            except OSError:
                continue
            found.append((str(file), about.st_mtime_ns, about.st_size))
        return found

    def _complain(self, error: BadContent) -> None:
        alarm("content_refused", mistakes=len(error.mistakes))
        for mistake in error.mistakes[:MISTAKES_LOGGED]:
            log.error("content_mistake", at=f"{mistake.file}:{mistake.line}", what=mistake.what, remedy=mistake.remedy)
