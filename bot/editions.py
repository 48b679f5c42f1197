"""
Content in force. Every accepted edition is stored whole in the database, and one row names the one everybody runs.

    files --checked, talks played--> stored, in force --told--> every process, within 2 s
      |-- with mistakes: what was in force stays; the mistakes are kept for the console, logged and counted
      +-- passed over by a rollback: left alone until they change

Who publishes (one process, at its start and when files change) and who follows share this object. Checking is done in a
thread: the loop, where citizens are answered, waits for none of it.
"""

import asyncio
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import structlog

from bot.clock import Clock
from bot.telemetry import CONTENT_MISTAKES, alarm
from bot.texts.files import fingerprint, read_folder
from bot.texts.load import load
from bot.texts.mistakes import BadContent, Mistake
from bot.texts.packed import Unreadable, pack, unpack
from bot.texts.schema import Content, Need
from bot.timer import LoopTimer, Timer
from storage.database import Database
from storage.editions import TOPIC
from storage.errors import Unavailable
from storage.records import Edition, FilesJudgement

log = structlog.get_logger()

FOLLOW_S = 1.0
REST_S = 5.0  # after a start, before its talks are played: citizens who wait come first
MISTAKES_LOGGED = 20
MISTAKES_KEPT = 500

Files = Mapping[str, bytes]
Rehearse = Callable[[Files, Content], Sequence[Mistake]]
Told = Callable[[Sequence[Mistake], bool], None]


@dataclass(frozen=True, slots=True)
class Read:
    """
    The folder's files. content: None for those that must not go live; mistakes: why.

    is_proven: their talks were played. is_passed_over: a rollback left them behind and they did not change since.
    """

    fingerprint: str
    packed: bytes = b""
    content: Content | None = None
    mistakes: tuple[Mistake, ...] = ()
    is_proven: bool = False
    is_passed_over: bool = False


def _seen(folder: str) -> Iterator[tuple[str, int, int, int]]:
    """All in the folder, however deep. Asked twice a second, and os.scandir is four times as quick as Path.rglob."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):  # gone meanwhile
                about = entry.stat()
                yield entry.path, about.st_mtime_ns, about.st_ctime_ns, about.st_size
                if entry.is_dir(follow_symlinks=False):
                    yield from _seen(entry.path)


class Editions:
    """
    `content()` is what turns run with. folder: of the files. needs: what the program asks of texts.

    rehearse: plays the talks that stand beside the content, gives what they complain of; blocks, run in a thread.
    goes_first: changed words go live when they are checked and the talks are played after that (for a preview).
    told: hears the mistakes of each change, none included, and whether the words are live all the same.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        folder: Path,
        needs: Mapping[str, Need],
        *,
        rehearse: Rehearse | None = None,
        goes_first: bool = False,
        told: Told | None = None,
        timer: Timer | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._folder = folder
        self._needs = needs
        self._rehearse = rehearse
        self._goes_first = goes_first
        self._told = told
        self._timer = timer or LoopTimer()
        self._content: Content | None = None
        self._number: int | None = None
        self._since: datetime | None = None
        self._refused: int | None = None
        self._stamp: object = None  # of the files last looked at
        self._is_unproven = False  # in force, but nobody played the talks yet
        self._proving: asyncio.Task[None] | None = None
        self._rests_until = 0.0

    def content(self) -> Content:
        """The edition in force here. Call `start` before."""
        assert self._content is not None, "no edition yet"
        return self._content

    @property
    def number(self) -> int | None:
        return self._number

    @property
    def since(self) -> datetime | None:
        """When the edition in force here was accepted."""
        return self._since

    async def start(self, *, publishes: bool) -> None:
        """
        Get an edition to run: the files when this process publishes or nothing is in force yet, else the stored one.

        On the very first start nobody could be answered meanwhile, so the talks are played by the first `watch`.
        Raises BadContent: the files have mistakes and no stored edition can stand in. Unavailable.
        """
        self._rests_until = self._timer.time() + REST_S
        self._stamp = await asyncio.to_thread(self._look)
        async with self._database.read() as tx:
            stored = await tx.editions.in_force()
        if stored is not None and not publishes and await self._runs(stored):
            return
        read = await self._judge(stored, proves=stored is not None and not self._goes_first)
        if stored is not None and read.is_passed_over and await self._runs(stored):
            return
        if read.content is not None:
            await self._publish(read, stored)
        elif stored is not None and await self._runs(stored):
            await self._complain(read)
            log.warning("edition_kept", number=stored.number)
        else:
            raise BadContent(read.mistakes)

    async def watch(self) -> None:
        """
        One look at the files, by the process that publishes: changed ones are put in force, or complained about.

        Files that did not change are left alone, so an edition put in force by other ways stays. Raises Unavailable.
        """
        stamp = await asyncio.to_thread(self._look)
        if stamp == self._stamp:
            self._begin_proof()
            return
        self._rests_until = 0.0
        async with self._database.read() as tx:
            stored = await tx.editions.in_force()
        read = await self._judge(stored, proves=not self._goes_first)
        if read.content is None and await asyncio.to_thread(self._look) != stamp:
            return  # half of a save: the next look sees the whole
        if read.content is None:
            await self._complain(read)
        elif not read.is_passed_over:
            await self._publish(read, stored)
        self._stamp = stamp

    async def _judge(self, stored: Edition | None, *, proves: bool) -> Read:
        """The files and what there is to say of them. proves: play the talks, unless the files are in force already."""
        read = await asyncio.to_thread(self._read, stored.fingerprint if stored is not None else "", proves)
        async with self._database.read() as tx:
            known = await tx.editions.files()
        is_passed_over = known is not None and known.state == "passed_over" and known.fingerprint == read.fingerprint
        return replace(read, is_passed_over=is_passed_over)

    async def _publish(self, read: Read, stored: Edition | None) -> None:
        """Put the checked files in force, unless they are. Raises Unavailable: nothing changed."""
        assert read.content is not None
        if stored is not None and read.fingerprint == stored.fingerprint:
            self._content, self._number, self._since = read.content, stored.number, stored.accepted_at
            await self._note(read)
            return
        now = self._clock.now()
        async with self._database.write() as tx:
            number = await tx.editions.accept(fingerprint=read.fingerprint, files=read.packed, now=now)
            await tx.editions.judge_files(read.fingerprint, "published", now=now)
            tx.notify(TOPIC)
        self._content, self._number, self._since = read.content, number, now
        self._is_unproven = not read.is_proven
        CONTENT_MISTAKES.set(0)
        log.info("edition_published", number=number)
        self._tell((), is_live=True)

    def _begin_proof(self) -> None:
        is_free = self._proving is None or self._proving.done()
        if self._is_unproven and is_free and self._timer.time() >= self._rests_until:
            self._is_unproven = False
            self._proving = asyncio.create_task(self._prove())

    async def proven(self) -> None:
        """Until the talks that are being played are over."""
        if self._proving is not None:
            await self._proving

    async def _prove(self) -> None:
        """
        Play the talks of what is in force already: too late to refuse it, not too late to say so.

        Beside the looks at the files: who writes sees the next edit all the same.
        """
        read = await asyncio.to_thread(self._read, "", True)
        if read.content is not None:
            return
        try:
            await self._complain(read, is_live=True)
        except Unavailable:
            self._is_unproven = True  # another time

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
            content = await asyncio.to_thread(lambda: self._warmed(load(unpack(stored.files), self._needs)))
        except (BadContent, Unreadable):
            if self._refused != stored.number:
                alarm("edition_not_for_this_program", number=stored.number)
            self._refused = stored.number
            return False
        self._content, self._number, self._since = content, stored.number, stored.accepted_at
        return True

    # in a thread

    def _read(self, proven: str, proves: bool) -> Read:
        """The folder, checked; when it `proves`, the talks are played too. proven: fingerprint of what is in force."""
        try:
            files = read_folder(self._folder)
        except BadContent as error:
            return Read("", mistakes=error.mistakes)
        mark = fingerprint(files)
        try:
            content = load(files, self._needs, str(self._folder))
        except BadContent as error:
            return Read(mark, mistakes=error.mistakes)
        self._warmed(content)
        if mark == proven:
            return Read(mark, content=content, is_proven=True)
        if proves and self._rehearse is not None and (mistakes := tuple(self._rehearse(files, content))):
            return Read(mark, mistakes=mistakes)
        return Read(mark, pack(files), content, is_proven=proves or self._rehearse is None)

    def _warmed(self, content: Content) -> Content:
        """With its index built, where questions are asked already: the next one must not wait for it."""
        if self._content is not None and self._content.matcher.is_ready:
            content.matcher.prepare()
        return content

    def _look(self) -> object:
        """What changes when a file does, without reading one."""
        return sorted(_seen(str(self._folder)))

    # telling

    async def _complain(self, read: Read, *, is_live: bool = False) -> None:
        """Say loudly what keeps the files from going live: alarm, log, gauge, a row for the console."""
        alarm("content_refused", mistakes=len(read.mistakes))
        for mistake in read.mistakes[:MISTAKES_LOGGED]:
            log.error("content_mistake", at=f"{mistake.file}:{mistake.line}", what=mistake.what, remedy=mistake.remedy)
        await self._note(read, is_live=is_live)

    async def _note(self, read: Read, *, is_live: bool = True) -> None:
        rows = [(one.file, one.line, one.what, one.remedy) for one in read.mistakes[:MISTAKES_KEPT]]
        async with self._database.write() as tx:
            state: FilesJudgement = "refused" if rows else "published"
            await tx.editions.judge_files(read.fingerprint, state, mistakes=rows, now=self._clock.now())
        CONTENT_MISTAKES.set(len(read.mistakes))
        self._tell(read.mistakes, is_live=is_live)

    def _tell(self, mistakes: Sequence[Mistake], *, is_live: bool) -> None:
        if self._told is not None:
            self._told(mistakes, is_live)
