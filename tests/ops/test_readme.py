"""The README's commands run as written, in a fresh copy of the project."""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ops.child import KEPT, ROOT, until
from tests.ops.page import Page

README = (ROOT / "README.md").read_text(encoding="utf-8")
DEPLOY = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)#:]+)\)")
COMMAND = re.compile(r"^\| `(.+?)`", re.MULTILINE)


def commands() -> list[str]:
    return [line for block in BLOCK.findall(README) for line in block.splitlines() if line.strip()]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What a stranger gets: the tracked files as they stand, and an environment made before (no test goes online)."""
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout.decode()
    folder = tmp_path / "clone"
    for name in filter(None, tracked.split("\0")):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    made = Path(sys.prefix)
    (folder / ".venv").mkdir()
    shutil.copy(made / "pyvenv.cfg", folder / ".venv")
    for part in ("bin", "lib"):
        (folder / ".venv" / part).symlink_to(made / part)
    for stamp in ("run", "dev"):
        (folder / ".venv" / f".ready-{stamp}").touch()
    return folder


def surroundings(**settings: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "PYTHONPATH": ".", "BOT_WEB_PORT": "0", **settings}


async def shell(line: str, folder: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_shell(
        f"exec {line}",
        cwd=folder,
        env=surroundings(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )


async def starts_and_stops(line: str, folder: Path) -> None:
    """It prints the address, answers there, and Ctrl-C ends it cleanly."""
    process = await shell(line, folder)
    try:
        assert process.stdout is not None
        async with asyncio.timeout(60):
            said = ""
            while "Веб-чат: " not in said:
                part = (await process.stdout.readline()).decode()
                assert part, said
                said += part
        url = said.rpartition("Веб-чат: ")[2].strip().rstrip("/")
        async with Page(url) as page:
            assert (await page.start()).text
        os.killpg(process.pid, signal.SIGINT)
        async with asyncio.timeout(30):
            await process.stdout.read()
            assert await process.wait() in (0, -signal.SIGINT), "make dies of the interrupt itself"
        await until(lambda: not alive(process.pid), "nothing of it is left")
    finally:
        if alive(process.pid):
            os.killpg(process.pid, signal.SIGKILL)


def alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


async def test_every_command_runs_as_written(clone: Path) -> None:
    lines = commands()
    assert lines[:2] == ["make run", "make test"], "both commands come first"
    for line in lines:
        if line == "make run" or line.endswith("-m bot run"):
            await starts_and_stops(line, clone)
        elif line in ("make test", "make bench"):  # this test is part of the first; the second takes its time
            process = await shell(line.replace("make", "make -n"), clone)
            out, _ = await process.communicate()
            assert process.returncode == 0, out.decode()
            assert b"pytest" in out or b"-m bench" in out
        elif line.startswith(("cp ", "chmod ", ".venv/bin/python -m bot ")):
            process = await shell(line, clone)
            out, _ = await process.communicate()
            assert process.returncode == 0, f"{line}\n{out.decode()}"
        else:
            pytest.fail(f"nobody knows how to try: {line}")


async def test_the_second_make_run_goes_on(clone: Path) -> None:
    await starts_and_stops("make run", clone)
    before = (clone / "data" / "demo" / "secret.key").read_text()

    await starts_and_stops("make run", clone)

    assert (clone / "data" / "demo" / "secret.key").read_text() == before


def test_every_link_leads_to_a_file() -> None:
    for text, folder in ((README, ROOT), (DEPLOY, ROOT / "deploy")):
        for link in LINK.findall(text):
            assert (folder / link).exists(), link


def test_every_command_of_the_table_exists() -> None:
    from typer.main import get_command

    from bot.__main__ import app

    table = README.partition("| команда |")[2].partition("\n\n")[0]
    named = {
        name.split()[0]
        for cell in re.findall(r"^\| (.+?) \|", table, re.MULTILINE)
        for name in re.findall(r"`(.+?)`", cell)
    }

    assert named - {"---"} == set(get_command(app).commands)  # type: ignore[attr-defined]


OLD = """#!/bin/sh
[ "$1" = -V ] && echo Python 3.9.2 && exit
exit 1
"""
NO_VENV = """#!/bin/sh
case "$2" in *venv*) exit 1 ;; esac
exit 0
"""
NO_PIP = """#!/bin/sh
case "$2" in
venv)
    mkdir -p .venv/bin
    printf '#!/bin/sh\\nexit 1\\n' >.venv/bin/python
    chmod +x .venv/bin/python
    ;;
esac
exit 0
"""
NO_NETWORK = """#!/bin/sh
echo 'error: no route to host' >&2
exit 2
"""


@pytest.mark.parametrize(
    ("tools", "message"),
    [
        ({"python3": OLD}, "Нужен Python 3.11 или новее (здесь: Python 3.9.2)"),
        ({"python3": NO_VENV}, "нет модуля venv"),
        ({"python3": NO_PIP}, "нужна сеть до pypi.org"),
        ({"uv": NO_NETWORK}, "Не собрать окружение"),
    ],
    ids=["old python", "no venv module", "no network for pip", "no network for uv"],
)
def test_make_says_in_one_line_what_is_missing(tmp_path: Path, tools: dict[str, str], message: str) -> None:
    """On a machine that has nothing but the given tools."""
    bins = tmp_path / "bin"
    bins.mkdir()
    for name in ("sh", "make", "mkdir", "chmod", "touch", "printf"):
        found = shutil.which(name)
        assert found
        (bins / name).symlink_to(found)
    for name, text in tools.items():
        (bins / name).write_text(text)
        (bins / name).chmod(0o755)
    for name in ("Makefile", "uv.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "deploy").mkdir()
    shutil.copy(ROOT / "deploy" / "prepare.sh", tmp_path / "deploy" / "prepare.sh")

    done = subprocess.run(
        [bins / "make", "run"], cwd=tmp_path, env={"PATH": str(bins)}, capture_output=True, text=True, timeout=30
    )

    assert done.returncode != 0
    ours = [line for line in done.stderr.splitlines() if not line.startswith(("make", "Готовлю", "error:"))]
    assert len(ours) == 1
    assert message in ours[0]
