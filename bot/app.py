"""
One process of the bot: its roles side by side until told to stop. The only module that knows everybody.

    all = web + worker + sender + scheduler, in one process; several processes share one PostgreSQL database

    starting --> running -- SIGTERM, Ctrl-C, the installation is lost, a role failed --> draining --> over
Draining: nothing new is taken in, turns in hand and sends under way are finished, streams are closed; DRAIN_S at most.
A second signal ends it at once: whatever was accepted is in the database.
"""

import asyncio
import os
import signal
import socket
from collections.abc import Callable, Coroutine, Sequence
from contextlib import ExitStack, suppress
from enum import StrEnum
from typing import Any

import structlog

from bot import heap
from bot.accounts.roles import EVERYBODY, LEADING
from bot.accounts.samples import Sample, samples
from bot.booking.rounds import Rounds
from bot.channels.port import Presence
from bot.chores.calling import Calling
from bot.chores.gauges import Gauges
from bot.chores.nudges import Nudging
from bot.chores.reminders import Reminding, withdraw
from bot.chores.surveying import Surveying
from bot.chores.troubles import Troubles
from bot.chores.upkeep import Purge
from bot.desk.board import Board
from bot.desk.news import News
from bot.desk.watch import Watch
from bot.duty import Duty
from bot.editions import Interrupted, Told
from bot.erasures import ErasureLog, Notes
from bot.parts import PATIENCE_S, CannotStart, Parts, needs, opened
from bot.scheduler import Scheduler, Tick, Ticker
from bot.settings import MESSENGERS, Settings
from bot.telemetry import alarm
from bot.timer import LoopTimer
from storage.errors import StorageError

log = structlog.get_logger()

BOOK_S = 10.0
DRAIN_S = 12.0  # a sender alone may take 10
REMIND_S, NOTE_S, WATCH_S, GAUGE_S, TROUBLE_S, SEAL_S, NUDGE_S, PURGE_S = 1.0, 1.0, 0.3, 15.0, 5.0, 60.0, 60.0, 3600.0
SURVEY_S, SAMPLE_S = 60.0, 3600.0
BOARD_S, CASES_S, CALLS_S = 1.0, 20.0, 10.0
PREVIEW_S = 0.3  # between two looks at the content, while somebody writes it
SEALED_AT_ONCE = 500
BACKLOG = 512

Say = Callable[[str], None]


class Role(StrEnum):
    ALL = "all"
    WEB = "web"
    WORKER = "worker"
    SENDER = "sender"
    SCHEDULER = "scheduler"

    def does(self, role: "Role") -> bool:
        return self in (Role.ALL, role)


async def run(settings: Settings, role: Role, say: Say, *, told: Told | None = None, samples: Say | None = None) -> int:
    """
    The whole life of a process; returns its exit code. say: tells the operator the chat's address, once.

    samples: makes sample accounts of the console, and hears them; they need no second factor (for the demo).
    told: hears what is wrong with the content after each change, which is looked for more often then. Raises
    CannotStart.
    """
    _check(settings, role)
    heap.begin()
    stop = asyncio.Event()
    with ExitStack() as stack:
        stack.callback(_watch_signals(stop))
        port = settings.web_port if role.does(Role.WEB) else settings.status_port
        listening = stack.enter_context(_listen(settings.web_host, port)) if port is not None else None
        publishes = role.does(Role.SCHEDULER)
        watch_s = PREVIEW_S if told else WATCH_S
        try:
            async with opened(settings, publishes=publishes, patience_s=PATIENCE_S, told=told, stop=stop) as parts:
                return await App(parts, role, listening, say, watch_s=watch_s, samples=samples).run(stop)
        except Interrupted:  # told to stop while the talks of changed content were played
            return 0


def _check(settings: Settings, role: Role) -> None:
    if role is not Role.ALL and settings.is_sqlite:
        raise CannotStart(
            "Несколько процессов работают только с PostgreSQL, а база здесь SQLite.\n"
            "Уберите --role или задайте BOT_DATABASE_URL=postgresql://…"
        )
    is_apart = role is Role.WEB and settings.is_on("vk") and settings.mode("vk") == "webhook"
    if is_apart and not settings.vk_confirmation:
        raise CannotStart(
            "Процесс web не сможет подтвердить адрес перед VK: не задан BOT_VK_CONFIRMATION.\n"
            "Возьмите строку в сообществе: Управление, Работа с API, Callback API."
        )


def _listen(host: str, port: int) -> socket.socket:
    """The web server's socket, open before anything else: a busy port is told at once. Port 0 takes a free one."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise CannotStart(
            f"Порт {host}:{port} не открыть ({error.strerror}).\n"
            "Остановите программу, которая его занимает, или задайте другой: BOT_WEB_PORT=8081\n"
            "(для процесса без чата — BOT_STATUS_PORT)."
        ) from error


def _watch_signals(stop: asyncio.Event) -> Callable[[], None]:
    """The first signal sets `stop`, the second ends the process. Returns what undoes the watch."""
    loop = asyncio.get_running_loop()

    def told(number: int) -> None:
        if stop.is_set():
            os._exit(128 + number)
        log.info("stopping", signal=signal.Signals(number).name)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told, number)

    def undo() -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)

    return undo


class App:
    """
    The roles of one process over its parts.

    listening: the web server's socket. A process without the web role shows nothing there but how it is. watch_s:
    between two looks at the content files.
    """

    def __init__(
        self,
        parts: Parts,
        role: Role,
        listening: socket.socket | None,
        say: Say,
        *,
        watch_s: float = WATCH_S,
        samples: Say | None = None,
    ) -> None:
        self._parts = parts
        self._role = role
        self._listening = listening
        self._say = say
        self._watch_s = watch_s
        self._say_samples = samples
        self._needs_code = EVERYBODY if parts.settings.desk_code == "all" else LEADING
        self._timer = LoopTimer()
        self._duties = self._make_duties()
        self._notes = Notes(parts.database, ErasureLog(parts.settings.data_dir))

    def _make_duties(self) -> dict[str, Duty]:
        if not self._role.does(Role.SENDER):
            return {}
        parts = self._parts
        return {
            name: Duty(
                messenger.channel,
                parts.inbox,
                parts.database,
                parts.clock,
                parts.editions.content,
                webhook=messenger.hook,
                account=messenger.account,
                only_informs=messenger.policy == "information",
            )
            for name, messenger in parts.messengers.items()
        }

    async def run(self, stop: asyncio.Event) -> int:
        """Until `stop`, or until a role fails (exit code 1: whoever watches over the process starts it again)."""
        parts = self._parts
        work = {name: asyncio.create_task(role, name=name) for name, role in self._roles(stop).items()}
        ends = [asyncio.create_task(_set(event)) for event in (stop, parts.held.lost)]
        log.info("started", role=str(self._role), channels=sorted(parts.messengers), edition=parts.editions.number)
        await asyncio.wait([*work.values(), *ends], return_when=asyncio.FIRST_COMPLETED)
        if parts.held.lost.is_set():
            alarm("installation_lost")
        is_wanted = stop.is_set() and not parts.held.lost.is_set()
        stop.set()
        _, late = await asyncio.wait(work.values(), timeout=DRAIN_S)
        for task in (*late, *ends):
            task.cancel()
        await asyncio.gather(*work.values(), *ends, return_exceptions=True)
        if self._role.does(Role.SCHEDULER):
            with suppress(StorageError, OSError):  # what the last second brought; the next start does it otherwise
                await self._note()
        failed = [task for task in work.values() if not task.cancelled() and task.exception() is not None]
        for task in failed:
            log.critical("role_failed", part=task.get_name(), exc_info=task.exception())
        log.info("stopped", late=[task.get_name() for task in late])
        return 0 if is_wanted and not failed else 1

    def _roles(self, stop: asyncio.Event) -> dict[str, Coroutine[Any, Any, None]]:
        parts, role = self._parts, self._role
        roles: dict[str, Coroutine[Any, Any, None]] = {
            "editions": parts.editions.follow(stop),
            "heap": heap.settle(stop, self._timer),
            "troubles": Ticker([Tick("troubles", TROUBLE_S, Troubles(parts.database, parts.clock).write)]).run([stop]),
        }
        if role.does(Role.WORKER):
            for duty in self._duties.values():
                parts.runner.carry(duty.sender)
            roles["worker"] = parts.runner.run(stop)
        for name, duty in self._duties.items():
            roles[f"sender:{name}"] = duty.run(stop)
        if role.does(Role.SCHEDULER):
            roles["scheduler"] = Scheduler(parts.database, self._ticks()).run(stop)
        if self._listening is not None:
            gauges = Tick("gauges", GAUGE_S, Gauges(parts.database).count)
            roles["gauges"] = Ticker([gauges]).run([stop])
            roles["web"] = self._serve(self._listening, stop)
        return roles

    def _ticks(self) -> list[Tick]:
        parts = self._parts
        return [
            Tick("reminders", REMIND_S, Reminding(parts.database, parts.clock).take),
            Tick("nudges", NUDGE_S, self._nudge),
            Tick("bookings", BOOK_S, Rounds(parts.database, parts.clock, parts.editions.content).go),
            Tick("surveys", SURVEY_S, self._survey),
            Tick("samples", SAMPLE_S, self._sample),
            Tick("erasures", NOTE_S, self._note),
            Tick("content", self._watch_s, parts.editions.watch),
            Tick("audit", SEAL_S, self._seal),
            Tick("retention", PURGE_S, self._purge),
            Tick("staff_chats", BOARD_S, Board(parts.desk).show),
            Tick("news", BOARD_S, News(parts.desk).tell),
            Tick("cases", CASES_S, Watch(parts.desk).look),
            Tick("calls", CALLS_S, self._calling().plan),
        ]

    async def _nudge(self) -> None:
        """The web page and the terminal reach nobody who has left them."""
        parts, settings = self._parts, self._parts.settings
        full = {name for name in MESSENGERS if settings.policy(name) == "full"}
        await Nudging(parts.database, parts.clock, parts.editions.content(), full).plan()
        not_full = [name for name in (*MESSENGERS, "web") if settings.policy(name) != "full"]
        await withdraw(parts.database, not_full, parts.clock.now())

    def _calling(self) -> Calling:
        parts = self._parts
        full = {name for name in (*MESSENGERS, "web") if parts.settings.policy(name) == "full"}
        return Calling(parts.database, parts.clock, parts.editions.content, full)

    def _surveying(self) -> Surveying:
        """On the web page an invitation waits in the chat until its citizen comes back."""
        parts = self._parts
        full = {name for name in (*MESSENGERS, "web") if parts.settings.policy(name) == "full"}
        return Surveying(parts.database, parts.clock, parts.editions.content(), full)

    async def _survey(self) -> None:
        await self._surveying().plan()

    async def _sample(self) -> None:
        await self._surveying().sample()

    async def _note(self) -> None:
        await self._notes.write(self._parts.clock.now())

    async def _seal(self) -> None:
        sealed = SEALED_AT_ONCE
        while sealed == SEALED_AT_ONCE:
            async with self._parts.database.write() as tx:
                sealed = await tx.audit.seal(limit=SEALED_AT_ONCE)

    async def _purge(self) -> None:
        parts = self._parts
        purged = await Purge(parts.database, parts.clock, parts.editions.content().rules.retention).run()
        if purged.forgotten:
            log.info("forgotten", **purged.forgotten)

    def _presences(self) -> dict[str, Presence]:
        return {name: duty.standing.presence for name, duty in self._duties.items()}

    async def _serve(self, listening: socket.socket, stop: asyncio.Event) -> None:
        """The web server until `stop`; open streams are told to come again."""
        from bot.web.application import WebParts, make_application
        from bot.web.console.desk import DeskParts
        from bot.web.server import server

        parts, settings = self._parts, self._parts.settings
        is_web = self._role.does(Role.WEB)
        shown = await self._samples() if is_web and self._say_samples else ()
        hooked = {name: one.channel for name, one in parts.messengers.items() if one.hook is not None}
        application = make_application(
            WebParts(
                database=parts.database,
                inbox=parts.inbox,
                clock=parts.clock,
                content=parts.editions.content,
                since=lambda: parts.editions.since,
                channels=hooked if is_web else {},
                presences=self._presences,
                policy=settings.web_policy if is_web else "off",
                public_url=settings.public_url,
                embed_origins=settings.embed_origins,
                trusted_proxies=settings.trusted_proxies,
                metrics_token=settings.metrics_token.get_secret_value(),
                desk=DeskParts(
                    needs_code=() if shown else self._needs_code,
                    content_dir=settings.content_dir,
                    needs=needs(),
                    public_url=settings.public_url,
                    has_chat=settings.is_on("web"),
                    informing=frozenset(
                        name for name in (*MESSENGERS, "web") if settings.policy(name) == "information"
                    ),
                )
                if is_web
                else None,
            )
        )
        host, port = listening.getsockname()[:2]
        serving = server(application, host, port)
        ender = asyncio.create_task(_end(serving, stop))
        if is_web and settings.is_on("web"):
            self._say(f"Веб-чат: {settings.public_url or _address(host, port)}")
        if self._say_samples and shown:
            self._say_samples(f"Кабинет сотрудника: {_address(host, port)}desk")
            for sample in shown:
                self._say_samples(f"  {sample.login:<12} {sample.password}")
        try:
            await serving.serve(sockets=[listening])
        finally:
            ender.cancel()
            await asyncio.gather(ender, return_exceptions=True)

    async def _samples(self) -> Sequence[Sample]:
        parts = self._parts
        office = parts.editions.content().default_office.id
        return await samples(parts.database, parts.clock, parts.settings.data_dir, office)


async def _end(serving: Any, stop: asyncio.Event) -> None:
    await stop.wait()
    serving.should_exit = True


async def _set(event: asyncio.Event) -> None:
    await event.wait()


def _address(host: str, port: int) -> str:
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}/"
