"""A figure that nobody confirmed, or whose day has passed, never stands on a screen without the mark."""

import re
from collections import Counter
from dataclasses import fields, is_dataclass, replace
from datetime import date
from itertools import count
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any

from bot.channels.port import Limits
from bot.engine.taken import Surface
from bot.flows import FLOWS
from bot.messages import Outgoing
from bot.texts.fact import Fact
from bot.texts.schema import Content, Text
from bot.texts.talks import LABELS
from storage.database import open_database
from tests.databases import SECRETS
from tests.dialogs.booking_walk import roomy
from tests.dialogs.transcripts import TO_PLAN
from tests.dialogs.walk import Path, explore
from tests.talk import Talk, real_content

PLANNED: Path = tuple(line.strip()[2:] for line in TO_PLAN.splitlines() if line.strip().startswith("> "))
STARTS: tuple[Path, ...] = (
    ("/start",),
    PLANNED,
    (*PLANNED, "1"),
    (*PLANNED, "/human", "что делать без паспорта"),
    (*PLANNED, "/stop"),
    ("/data",),
    ("ыва", "ыва"),
)
KINDS = ("situations", "questions", "pages", "obstacles", "events")
FILLED = {
    "name", "audience", "about", "services", "where_to_go", "elsewhere", "why", "how", "take", "where", "who", "say",
    "do", "answer", "text", "help",
}  # fmt: skip
UNTOUCHED = {f"common.{name}" for name in (*LABELS, "no_contact", "not_sure")}
PROBE = "Проба 111."
MARKED = f"{PROBE} Уточните это у специалиста."
# out of date on the day of the talk: of the three ways to be doubtful the one that a forgotten argument would hide
PASSED = Fact("probe", "111", date(2020, 1, 1), date(2026, 11, 22), "закон", "high")


def probed(value: Any) -> Any:
    """The same with the fact in a sentence of its own after each text that may hold one."""
    if not is_dataclass(value) or isinstance(value, type):
        return tuple(probed(one) for one in value) if isinstance(value, tuple) else value
    parts = {one.name: getattr(value, one.name) for one in fields(value)}
    return replace(value, **{name: said(one) if name in FILLED else probed(one) for name, one in parts.items()})


def said(words: Any) -> Any:
    if isinstance(words, tuple):
        return tuple(said(one) for one in words)
    return f"{words.rstrip()} Проба {{fact.probe}}." if words else words


def all_probed(content: Content) -> Content:
    """Every text that may hold a fact holds this one, whatever kinds of content there are."""
    kinds = [one.name for one in fields(content) if one.name in KINDS]
    texts = {
        key: text if key in UNTOUCHED else Text(key, said(text.text), text.buttons, "", text.names, False)
        for key, text in content.texts.items()
    }
    return replace(
        content,
        facts=MappingProxyType({**content.facts, "probe": PASSED}),
        texts=MappingProxyType(texts),
        consent=replace(content.consent, short=said(content.consent.short), full=said(content.consent.full)),
        **{kind: MappingProxyType({key: probed(one) for key, one in getattr(content, kind).items()}) for kind in kinds},
    )


async def test_no_screen_shows_a_doubtful_figure_without_the_mark(tmp_path: FilePath) -> None:
    content = all_probed(roomy(real_content(FLOWS)))
    database = await open_database(f"sqlite:///{tmp_path / 'walk.db'}", SECRETS)
    names = count(1)
    shown: Counter[str] = Counter()
    bare: dict[str, str] = {}

    async def meet() -> Talk:
        return Talk(
            database, FLOWS, content, chat=f"citizen{next(names)}", surfaces={"web": Surface(Limits(edits=False))}
        )

    async def look(talk: Talk, path: Path, answers: list[Outgoing]) -> None:
        for answer in answers:
            shown[answer.key] += answer.text.count(PROBE)
            if answer.text.count(PROBE) != answer.text.count(MARKED):
                bare[answer.key] = re.sub(r"\s+", " ", answer.text)[:200]

    try:
        await database._writer.execute_fetchall("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]
        await explore(meet, STARTS, look=look)
    finally:
        await database.close()

    assert bare == {}
    assert {"plan.item", "info.page", "info.step", "questions.answer", "consent.full", "handover.words"} <= set(shown)
    assert not [key for key, probes in shown.items() if not probes]
