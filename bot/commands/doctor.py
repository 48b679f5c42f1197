"""The doctor: whether everything that the settings name works, and what to do where it does not."""

import sys

from bot.commands.shell import say, settings, told, work
from bot.settings import Settings


def doctor() -> None:
    """Проверить базу, тексты, часы и каждый мессенджер; к каждой ошибке сказать, что делать."""
    from bot.clock import SystemClock
    from bot.doctor import examine, line

    async def tell(settings: Settings) -> int:
        faults = 0
        async for finding in examine(settings, SystemClock()):
            faults += finding.is_fault
            say(line(finding))
        say(f"Ошибок: {faults}." if faults else "Всё в порядке.")
        return 1 if faults else 0

    with told():
        found = settings(quiet=True)
        sys.exit(work(tell(found)))
