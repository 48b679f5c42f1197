"""Mistakes of content: one, all that were found at once, but never more than an admin can read."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

PER_FILE = 100  # a file replaced by garbage would give one line per line


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake of content, for an admin. line: 1-based, the line of the key."""

    file: str
    line: int
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}: {self.remedy}"


class BadContent(Exception):
    """Content can't go live. mistakes: all that were found, by file and line."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = tuple(mistakes)


class Mistakes:
    """Mistakes found so far. root: folder named before each file."""

    def __init__(self, root: str) -> None:
        self._root = root.rstrip("/")
        self._found: dict[Mistake, None] = {}
        self._count: Counter[str] = Counter()

    def add(self, file: str, line: int, what: str, remedy: str, *, always: bool = False) -> None:
        """Note one mistake; the same one twice is noted once. always: even after too many of this file."""
        mistake = Mistake(f"{self._root}/{file}" if self._root else file, line, what, remedy)
        if mistake in self._found:
            return
        self._count[mistake.file] += 1
        if always or self._count[mistake.file] <= PER_FILE:
            self._found[mistake] = None

    def is_full(self, file: str) -> bool:
        """Nothing more about this file would be told: stop looking."""
        return bool(self._count) and self._count[f"{self._root}/{file}" if self._root else file] >= PER_FILE

    def is_noted(self, file: str) -> bool:
        """Something about this file was told already."""
        return self._count[f"{self._root}/{file}" if self._root else file] > 0

    def sorted(self) -> list[Mistake]:
        """All of them by file and line; a file with too many ends with how many more there are."""
        found = sorted(self._found, key=lambda mistake: (mistake.file, mistake.line))
        more = [
            Mistake(file, 1, f"показаны первые {PER_FILE} ошибок", "исправьте их и проверьте снова")
            for file, count in sorted(self._count.items())
            if count > PER_FILE
        ]
        return found + more

    def complain(self) -> None:
        """Raises BadContent if there was anything."""
        if self._found:
            raise BadContent(self.sorted())


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like this one, or an empty string."""
    close = get_close_matches(word[:60], list(known), n=1, cutoff=0.6)
    return close[0] if close else ""


def listed(words: Iterable[str], limit: int = 12) -> str:
    """«a, b, c», cut after `limit` words."""
    every = list(words)
    return ", ".join(every[:limit]) + (" и другие" if len(every) > limit else "")
