"""Every fact with what is known about it and where it stands: what `check --facts` shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.texts.doubts import doubt
from bot.texts.fact import Fact
from bot.texts.load import Look
from bot.texts.table import table
from bot.texts.template import places
from bot.texts.tree import line_of

PLACES_SHOWN = 4
HEAD = ("имя", "значение", "верно на", "до", "надёжность")
VALUE_CHARS = 44


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact. doubt: why citizens see it with the mark, else empty. used: «file:line» of every text it stands in."""

    fact: Fact
    line: int
    doubt: str
    used: tuple[str, ...]


def factsheet(seen: Look, today: date) -> list[Entry]:
    """All facts, those that must be confirmed first, else in the order of the file."""
    used: dict[str, dict[str, None]] = {}
    for passage in seen.passages:
        if passage.is_filled:
            for name in places(passage.text):
                used.setdefault(name, {})[f"{passage.file}:{passage.line}"] = None
    tree = seen.trees.get("facts.yaml")
    facts = seen.content.facts.values() if seen.content else ()
    entries = [
        Entry(fact, line_of(tree, fact.key), doubt(fact, today), tuple(used.get(f"fact.{fact.key}", ())))
        for fact in facts
    ]
    return sorted(entries, key=lambda entry: not entry.doubt)


def shown(entries: Sequence[Entry]) -> str:
    """The entries as a table in Russian; source and places stand under each fact."""
    rows = []
    for entry in entries:
        fact = entry.fact
        value = fact.value if len(fact.value) <= VALUE_CHARS else fact.value[: VALUE_CHARS - 1] + "…"
        days = f"{fact.as_of:%d.%m.%Y}", f"{fact.check_by:%d.%m.%Y}"
        under = [f"проверьте: {entry.doubt}"] if entry.doubt else []
        under += [f"откуда: {fact.source}", f"где: {_where(entry.used)}"]
        rows.append(((fact.key, value, *days, fact.confidence), tuple(under)))
    doubtful = sum(bool(entry.doubt) for entry in entries)
    return f"{table(HEAD, rows)}\n\nВсего: {len(entries)}, проверить: {doubtful}."


def _where(used: Sequence[str]) -> str:
    if not used:
        return "нигде"
    more = len(used) - PLACES_SHOWN
    return ", ".join(used[:PLACES_SHOWN]) + (f" и ещё {more}" if more > 0 else "")
