"""A file that is there whole or not at all, for its owner's eyes only."""

import os
from pathlib import Path


def part_of(file: Path) -> Path:
    """Where the file grows, in the same folder: a rename must not cross disks."""
    return file.with_name(f".{file.name}.{os.getpid()}.part")


def make(part: Path) -> None:
    """An empty file, 0600. Raises OSError when it exists."""
    os.close(os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def put(part: Path, file: Path) -> None:
    """Rename, in such order that a power cut leaves the old file or the new one, whole. Raises OSError."""
    _sync(part)
    part.replace(file)
    _sync(file.parent)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
