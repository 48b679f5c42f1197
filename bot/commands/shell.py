"""What every command does: read the settings, run the work, tell what stands in the way in Russian."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from bot import journal
from bot.parts import CannotStart
from bot.settings import BadSettings, Settings, read

Result = TypeVar("Result")


def settings(*, quiet: bool = False) -> Settings:
    """Settings read and the log set up; quiet: a command for a person, who wants its answer only."""
    found = read()
    if quiet and "log_level" not in found.model_fields_set:
        found = found.model_copy(update={"log_level": "warning"})
    log(found)
    return found


def log(settings: Settings) -> None:
    is_json = settings.log_format == "json" or (settings.log_format is None and not sys.stderr.isatty())
    journal.set_up(level=settings.log_level, is_json=is_json, secrets=settings.secrets())


def work(work: Coroutine[Any, Any, Result]) -> Result:
    with asyncio.Runner(loop_factory=_loop()) as runner:
        return runner.run(work)


def _loop() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where it is installed: Linux and macOS."""
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


@contextmanager
def told() -> Iterator[None]:
    """What stands in the way is told in Russian; everything else goes to the log without its words."""
    try:
        yield
    except BadSettings as error:
        refuse(f"{error}\nОшибок в настройках: {len(error.mistakes)}. Пример: deploy/env.example", 2)
    except CannotStart as error:
        refuse(str(error), 1)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)


def refuse(words: str, code: int) -> NoReturn:
    print(words, file=sys.stderr)
    sys.exit(code)


def say(line: str) -> None:
    print(line, flush=True)


def shown(path: Path) -> str:
    """The folder as an admin knows it."""
    with suppress(ValueError):
        return str(path.resolve().relative_to(Path.cwd()))
    return str(path)
