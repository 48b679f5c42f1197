"""An emulator as a process of its own: floods of updates in, what arrived out."""

import http.client
import json
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from bench.child import Child, Died
from bench.machine import REST

TOKEN = "42:TEST"
FIRST_CHAT = 1000
EVERY_S = 0.02
BREATH = 10  # pauses between two questions, as a multiple of what one takes


class Platform:
    """One emulator: name is telegram, vk or max. limits: refuses what is too fast."""

    def __init__(self, folder: Path, *, name: str = "telegram", limits: bool = False, label: str = "") -> None:
        arguments = ["-m", f"tests.platforms.{name}", *(["--limits"] if limits else [])]
        self.child = Child(f"{label or name}-emulator", arguments, folder, core=REST, talks=True)
        self.url = self.child.line()
        self._connection: http.client.HTTPConnection | None = None

    def do(self, act: str, **what: Any) -> None:
        answer = self._ask("POST", f"/control/{act}", what)
        if not answer.get("ok"):
            raise Died(f"{self.child.name}: {answer}")

    def state(self, *, brief: bool = True) -> dict[str, Any]:
        return self._ask("GET", "/control/state" + ("?brief=1" if brief else ""))

    def flood(self, chats: int, count: int, text: str) -> None:
        """`count` messages of each chat, in turns."""
        self.do("flood", chats=chats, count=count, text=text)

    def arrived(self) -> int:
        """Messages the bot has put on screens."""
        state = self.state()
        return int(state["sends"]) + int(state.get("edits", 0))

    def times(self) -> dict[str, tuple[list[float], list[float]]]:
        """By chat: when its updates were issued, when replies arrived; seconds of the emulator's timer."""
        state = self.state(brief=False)
        replied = state["replied_at"]
        return {chat: (issued, replied.get(chat, [])) for chat, issued in state["issued_at"].items()}

    def waits(self, since: dict[str, tuple[list[float], list[float]]]) -> list[float]:
        """Seconds from each update issued since then to its reply; one reply to an update."""
        waits = []
        for chat, (issued, replied) in self.times().items():
            done = len(since.get(chat, ([], []))[0])
            waits += [after - before for before, after in zip(issued[done:], replied[done:], strict=False)]
        return waits

    def wait(self, total: int, bot: Child, *, within_s: float) -> float:
        """
        Until so many messages have arrived; returns the moment (time.perf_counter). Raises Died.

        The emulator counts all its screens for each answer, so the more there are, the more seldom it is asked.
        """
        end = time.perf_counter() + within_s
        while True:
            asked = time.perf_counter()
            count = self.arrived()
            answered = time.perf_counter()
            if count >= total:
                return answered
            bot.check()
            if answered > end:
                raise Died(f"{bot.name}: {count} of {total} messages after {within_s:.0f} s\n{bot.tail()}")
            time.sleep(max(EVERY_S, (answered - asked) * BREATH))

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self.child.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, method: str, path: str, what: dict[str, Any] | None = None) -> dict[str, Any]:
        body = None if what is None else json.dumps(what)
        for _ in range(2):  # a kept connection may have been closed meanwhile
            if self._connection is None:
                self._connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=120)
            try:
                self._connection.request(method, path, body, {"Content-Type": "application/json"})
                answer: dict[str, Any] = json.loads(self._connection.getresponse().read())
            except (http.client.HTTPException, OSError):
                with suppress(OSError):
                    self._connection.close()
                self._connection = None
            else:
                return answer
        raise Died(f"{self.child.name} does not answer\n{self.child.tail()}")
