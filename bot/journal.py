"""
The log: one line per event, JSON or for the eye, on stderr.

Messages of citizens must never get into it. So an exception leaves its class and the places it passed, not its text and
no locals; a line of a library leaves where it was written, not its words; a secret that slips through is covered.
"""

import logging
import sys
import threading
import traceback
from collections.abc import Iterable, MutableMapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

PLACES = 8  # innermost frames told of an exception
ROOT = Path(__file__).parents[1]
QUIET = (
    "httpx",
    "httpcore",
    "aiohttp",
    "aiogram",
    "vkbottle",
    "uvicorn",
    "litestar",
    "alembic",
    "asyncio",
    "sqlalchemy",
)
SILENT = (
    "uvicorn.access",  # these log addresses of requests
    "aiohttp.access",
    "httpx",
    "httpcore",
    "apscheduler",  # tells each second that a long tick is still in hand; what fails is told by our own alarm
)
COVER = "***"

Event = MutableMapping[str, Any]

log = structlog.get_logger()


class Veil:
    """Covers known secrets in whatever is about to be written: the last net under the rules above."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = sorted(set(secrets), key=len, reverse=True)

    def __call__(self, _logger: object, _method: str, event: Event) -> Event:
        for key, value in event.items():
            event[key] = self._covered(value)
        return event

    def _covered(self, value: object) -> object:
        if isinstance(value, str):
            for secret in self._secrets:
                value = value.replace(secret, COVER)
        elif isinstance(value, list | tuple):
            return [self._covered(one) for one in value]
        return value


def set_up(*, level: str, is_json: bool, secrets: Sequence[str] = ()) -> None:
    """Send every logger of this process here. level: "debug" … "error". May be called again."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_words,
        Veil(secrets),
    ]
    last: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if is_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    wanted = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(wanted),
        logger_factory=_stderr,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[_foreign, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(wanted, logging.WARNING))
    for name in QUIET:
        logger = logging.getLogger(name)
        logger.setLevel(max(logger.level, wanted, logging.WARNING))
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    sys.unraisablehook = lambda unraisable: _uncaught(
        unraisable.exc_type, unraisable.exc_value, unraisable.exc_traceback
    )
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _stderr(*_: Any) -> structlog.PrintLogger:
    return structlog.PrintLogger(sys.stderr)


def without_words(_logger: object, _method: str, event: Event) -> Event:
    """An exception given as `exc_info` becomes its class, its causes and the places it passed."""
    given = event.pop("exc_info", None)
    event.pop("exception", None)
    event.pop("stack_info", None)
    error: BaseException | None = None
    if isinstance(given, BaseException):
        error = given
    elif isinstance(given, tuple):
        error = given[1]
    elif given:
        error = sys.exc_info()[1]
    if error is not None:
        event["error"] = " < ".join(_classes(error))
        event["at"] = places(error)
    return event


def _classes(error: BaseException) -> list[str]:
    found: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(found) < PLACES:
        found.append(type(cause).__name__)
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return found


def places(error: BaseException) -> list[str]:
    """ "bot/engine/talk.py:120 hear", outermost first; of a library: package/file.py."""
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in _frames(error)][-PLACES:]


def _frames(error: BaseException) -> Iterable[traceback.FrameSummary]:
    walked = traceback.walk_tb(error.__traceback__)
    return traceback.StackSummary.extract(walked, lookup_lines=False, capture_locals=False)


def _short(filename: str) -> str:
    path = Path(filename)
    if path.is_relative_to(ROOT) and ".venv" not in path.parts:
        return path.relative_to(ROOT).as_posix()
    return "/".join(path.parts[-2:])


def _foreign(_logger: object, _method: str, event: Event) -> Event:
    """A line of a library: who wrote it and where; its words may quote a request or a message."""
    record: logging.LogRecord = event["_record"]
    event["event"] = "library"
    event["logger"] = record.name
    event["where"] = f"{_short(record.pathname)}:{record.lineno}"
    if record.exc_info:
        event["exc_info"] = record.exc_info
        record.exc_info = record.exc_text = None
    return event


def _uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    log.critical("uncaught", exc_info=(error or kind()).with_traceback(trace))
