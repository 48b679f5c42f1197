"""
Starts the product many times quickly: one process that has imported everything forks a child for each start.

A child is the whole command line, as `python -m bot` runs it; only the two seconds of imports are not spent again.

    test --line of JSON on stdin--> nursery --fork--> child (tests/faults/launcher.py)
    test <--files PID.exit in a folder-- nursery <--waitpid-- child
"""

import json
import os
import select
import signal
import subprocess
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

WAIT_S = 0.02
EVERYTHING = (
    "bot.__main__",
    "bot.channels.max",
    "bot.channels.max_client",
    "bot.channels.telegram",
    "bot.channels.telegram_client",
    "bot.channels.vk",
    "bot.channels.vk_client",
    "bot.web.application",
    "bot.web.server",
    "apscheduler.schedulers.asyncio",
    "storage.postgres",
    "storage.sqlite",
    "tests.faults.launcher",
)


class Child:
    """A forked process; as much of subprocess.Popen as the tests need."""

    def __init__(self, pid: int, folder: Path) -> None:
        self.pid = pid
        self.returncode = 0
        self._exit = folder / f"{pid}.exit"
        self._is_over = False

    def poll(self) -> int | None:
        if not self._is_over and self._exit.exists():
            self.returncode, self._is_over = int(self._exit.read_text()), True
            self._exit.unlink()
        return self.returncode if self._is_over else None

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self) -> int:
        """Returns when the process is gone: after a kill that is at once."""
        while self.poll() is None:
            time.sleep(WAIT_S / 2)
        return self.returncode


class Nursery:
    """folder: for exit codes. Close it in the end."""

    def __init__(self, folder: Path, root: Path) -> None:
        self._folder = folder
        environment = {name: value for name, value in os.environ.items() if not name.startswith("BOT_")}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery", str(folder)],
            cwd=root,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, arguments: list[str], *, cwd: Path, environment: dict[str, str], log: Path) -> Child:
        asked = {"arguments": arguments, "cwd": str(cwd), "environment": environment, "log": str(log)}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        return Child(int(self._process.stdout.readline()), self._folder)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def _become(asked: dict[str, Any]) -> None:
    """In the child: the command line, from here to its end."""
    from tests.faults import launcher

    os.setsid()
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    log = os.open(asked["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for descriptor, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(descriptor, target)
    sys.argv = ["bot", *asked["arguments"]]
    signal.set_wakeup_fd(-1)
    launcher.main()


def _reap(folder: Path) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not pid:
            return
        being_written = folder / f"{pid}.part"
        being_written.write_text(str(os.waitstatus_to_exitcode(status)))
        being_written.rename(folder / f"{pid}.exit")


def main() -> None:
    for name in EVERYTHING:
        import_module(name)

    folder = Path(sys.argv[1])
    buffer = b""
    while True:
        ready, _, _ = select.select([0], [], [], WAIT_S)
        _reap(folder)
        if not ready:
            continue
        read = os.read(0, 65536)
        if not read:
            return
        *lines, buffer = (buffer + read).split(b"\n")
        for line in lines:
            sys.stdout.flush()
            pid = os.fork()
            if pid == 0:
                code = 1
                try:
                    _become(json.loads(line))
                    code = 0
                except SystemExit as error:
                    code = error.code if isinstance(error.code, int) else int(bool(error.code))
                except BaseException:
                    sys.excepthook(*sys.exc_info())
                finally:
                    sys.stdout.flush()
                    sys.stderr.flush()
                    os._exit(code)
            print(pid, flush=True)


if __name__ == "__main__":
    main()
