"""Which texts no talk comes to: told with file and line, so that a talk can be added."""

from collections.abc import Collection, Mapping

from bot.rehearsal.rehearsal import NO_TALKS, Report
from bot.texts.mistakes import Mistakes
from bot.texts.tree import grow


def wanted(keys: Collection[str]) -> list[str]:
    """Of the texts that flows say, those that some talk must come to."""
    return [key for key in keys if key not in NO_TALKS]


def unseen(report: Report, keys: Collection[str]) -> list[str]:
    return [key for key in wanted(keys) if key not in report.met.keys]


def places(keys: Collection[str], files: Mapping[str, bytes], root: str) -> list[str]:
    """«bot/content/texts/plan.yaml:12: gone», in the order of files and lines."""
    found = []
    for flow in sorted({key.partition(".")[0] for key in keys}):
        name = f"texts/{flow}.yaml"
        tree = grow(name, files.get(name, b""), Mistakes(""))
        lines = tree.lines if tree is not None else {}
        steps = [key.partition(".")[2] for key in keys if key.startswith(f"{flow}.")]
        found += [(name, lines.get(step, 1), step) for step in steps]
    return [f"{root}/{name}:{line}: {step}" for name, line, step in sorted(found)]
