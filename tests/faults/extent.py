"""How much is done: a CI-sized share by default, all of it with BOT_FAULTS=full (`make faults`)."""

import os

FULL = os.environ.get("BOT_FAULTS") == "full"


def extent(in_ci: int, full: int) -> int:
    return full if FULL else in_ci
