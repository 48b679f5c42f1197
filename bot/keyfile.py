"""The secret of a small installation: made once, kept beside the data, for its owner's eyes only."""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

NAME = "secret.key"
SECRET_BYTES = 32


def take(folder: Path) -> str:
    """
    The secret in the folder; the first call makes it (0600). Of several processes at once one makes it for all.

    Raises OSError: the folder can't be written, the file can't be read; ValueError: the file is empty.
    """
    file = folder / NAME
    if not file.exists():
        _make(file)
    found = file.read_text(encoding="ascii").strip()
    if not found:
        raise ValueError(f"{file} is empty")
    return found


def _make(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(f".{file.name}.{os.getpid()}")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as writing:
            writing.write(secrets.token_urlsafe(SECRET_BYTES) + "\n")
            writing.flush()
            os.fsync(writing.fileno())
        with suppress(FileExistsError):  # another process was quicker: its secret counts
            os.link(part, file)
    finally:
        part.unlink()


def is_open_to_others(file: Path) -> bool:
    """Whether anybody but the owner may read or change the file."""
    return bool(stat.S_IMODE(file.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO))
