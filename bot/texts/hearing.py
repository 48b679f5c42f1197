"""
Files `hearing.yaml` and `crisis.yaml`: how words are understood, and by which of them danger is heard.

From them and the questions comes the matcher that an edition carries.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from bot.matching.index import Entry
from bot.matching.letters import folded
from bot.matching.matcher import Cry, Matcher, Terms
from bot.matching.rules import BadRule, Rules, check
from bot.texts.profile import near
from bot.texts.question import CRISIS, Question
from bot.texts.reader import Reader

RULE_CHARS = 400
SYNONYM_WORDS = 2
REMEDY = "слова через пробел, * только в конце слова, | между словами без пробелов"


@dataclass(frozen=True, slots=True)
class Hearing:
    """Of `hearing.yaml`."""

    terms: Terms = field(default_factory=Terms)
    synonyms: Mapping[str, str] = field(default_factory=dict)
    person: Rules = field(default_factory=lambda: Rules(()))
    warnings: Mapping[str, Rules] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Alarms:
    """Of `crisis.yaml`."""

    cries: tuple[Cry, ...] = ()
    soft: Rules = field(default_factory=lambda: Rules(()))


def matcher_of(questions: Iterable[Question], hearing: Hearing, alarms: Alarms) -> Matcher:
    entries = [
        Entry(one.id, tuple(dict.fromkeys((one.label, one.question, *one.also))), one.keywords, one.excluded)
        for one in questions
    ]
    return Matcher(
        entries=entries,
        synonyms=hearing.synonyms,
        terms=hearing.terms,
        cries=alarms.cries,
        soft=alarms.soft,
        person=hearing.person,
        warnings=hearing.warnings,
    )


def read_hearing(reader: Reader, pages: Collection[str]) -> Hearing:
    """pages: ids of the pages there are."""
    zones = reader.child("zones")
    found = Hearing(
        terms=_terms(zones) if zones else Terms(),
        synonyms=_synonyms(synonyms) if (synonyms := reader.child("synonyms", optional=True)) else {},
        person=Rules(_rules(reader, "person")),
        warnings=_warnings(warnings, pages) if (warnings := reader.child("warnings", optional=True)) else {},
    )
    reader.done()
    return found


def _terms(zones: Reader) -> Terms:
    usual = Terms()
    read = {name: zones.number(name, 0, 1) for name in ("answer", "clear", "covers", "guess", "touches", "crisis")}
    found = Terms(**{name: getattr(usual, name) if value is None else value for name, value in read.items()})
    if found.guess > found.answer:
        zones.wrong("guess", "больше, чем answer", "переспрашивать бот должен раньше, чем отвечать: поставьте меньше")
    zones.done()
    return found


def _synonyms(reader: Reader) -> dict[str, str]:
    found = {}
    for said in reader.names():
        meant = reader.plain(said, limit=80)
        if len(said.split()) > SYNONYM_WORDS:
            reader.wrong(said, "длиннее двух слов", "оставьте одно или два слова в начальной форме")
        found[folded(said)] = folded(meant)
    reader.done()
    return found


def _warnings(reader: Reader, pages: Collection[str]) -> dict[str, Rules]:
    found = {}
    for page, inside in reader.children():
        if page not in pages:
            reader.wrong(page, "не имя страницы", near(page, pages, "pages"))
        found[page] = Rules(_rules(inside, "says"), _rules(inside, "spares", optional=True))
        inside.done()
    return found


def read_alarms(reader: Reader, questions: Mapping[str, Question]) -> Alarms:
    """questions: those that say what to do; each must be known as one of a bad hour."""
    cries = []
    kinds = reader.child("kinds", is_named=False)
    for kind, inside in kinds.children() if kinds else ():
        entry = inside.ident("question")
        if entry and entry not in questions:
            inside.wrong("question", f"нет вопроса «{entry}»", near(entry, questions, "questions"))
        elif entry and questions[entry].escalation != CRISIS:
            inside.wrong("question", f"«{entry}» не для беды", f"впишите этому вопросу «escalation: {CRISIS}»")
        says, spares = _rules(inside, "says"), _rules(inside, "spares", optional=True)
        marks = _rules(inside, "marks", optional=True)
        cries.append(Cry(kind, entry, Rules(says, spares), Rules(marks)))
        inside.done()
    soft = Rules(_rules(reader, "soft", optional=True))
    reader.done()
    return Alarms(tuple(cries), soft)


def _rules(reader: Reader, name: str, *, optional: bool = False) -> list[str]:
    found = []
    for line, rule in reader.words(name, optional=optional, limit=RULE_CHARS):
        try:
            check(rule)
        except BadRule:
            reader.wrong_at(line, name, f"правило не понять: «{rule[:60]}»", REMEDY)
        else:
            found.append(rule)
    return found
