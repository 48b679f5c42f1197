"""File `events.yaml`: what may change in a citizen's life, and what follows from it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.texts.leads import read_leads
from bot.texts.profile import near
from bot.texts.reader import Reader
from bot.texts.rules import Nudge
from bot.texts.situation import LEADS, Event, ProfileQuestion
from bot.texts.terms import heard

TEXT_CHARS = 1200  # words of a screen that also says what will change
LEADS_MAX = 4  # one a row: with «undo» as many as a screen takes without numbers
NUDGE_EVENTS = 2
FLOWS = ("plan", *LEADS)


@dataclass(frozen=True, slots=True)
class Known:
    """
    What a change may speak of. leads: kind → ids. profile: None while nobody can read it.

    commands: typed word → command that it stands for already.
    """

    situations: Collection[str]
    items: Collection[str]
    leads: Mapping[str, Collection[str]]
    profile: Mapping[str, ProfileQuestion] | None
    commands: Mapping[str, str]


def read_events(reader: Reader, known: Known) -> dict[str, Event]:
    """All changes, in the order shown."""
    found: dict[str, Event] = {}
    taken: dict[str, str] = {}
    asked: dict[str, str] = {}
    for ident, inside in reader.children():
        event = _read_event(ident, inside, known)
        found[ident] = event
        _no_twice(event, inside, known, taken)
        if both := set(event.adds) & set(event.removes):
            inside.wrong("removes", f"убирает «{min(both)}», а adds добавляет", "оставьте что-то одно")
        if event.asked_on and asked:
            inside.wrong("asked_on", f"уже есть в «{next(iter(asked))}»", "оставьте у одной перемены")
        if event.asked_on:
            asked[ident] = event.asked_on
            if not (event.adds or event.removes):
                inside.wrong("asked_on", "есть, а менять нечего", "впишите adds или removes")
    reader.done()
    return found


def _read_event(ident: str, reader: Reader, known: Known) -> Event:
    label = reader.label("label")
    says = reader.lines("says", optional=True, is_heard=True, limit=80)
    is_asked = reader.has("asked_on")
    found = Event(
        id=ident,
        label=label,
        says=tuple(dict.fromkeys(heard(words) for words in (label, *says) if words)),
        text=reader.text("text", limit=TEXT_CHARS),
        situations=_ids(reader, "situations", known.situations, "жизненной ситуации", "situations"),
        adds=_ids(reader, "adds", known.situations, "жизненной ситуации", "situations"),
        removes=_ids(reader, "removes", known.situations, "жизненной ситуации", "situations"),
        opens=_ids(reader, "opens", known.items, "шага плана", "plan.yaml"),
        leads=read_leads(reader, known.leads, most=LEADS_MAX, flows=FLOWS),
        asked_on=reader.ident("asked_on", optional=True),
        ask=reader.text("ask", optional=not is_asked, limit=200),
    )
    if found.asked_on and known.profile is not None:
        _check_date(reader, found.asked_on, known.profile)
    reader.done()
    return found


def _check_date(reader: Reader, ident: str, profile: Mapping[str, ProfileQuestion]) -> None:
    dates = [one.id for one in profile.values() if one.kind == "date"]
    if ident not in profile:
        reader.wrong("asked_on", f"нет вопроса «{ident}»", near(ident, dates, "profile.yaml"))
    elif ident not in dates:
        reader.wrong("asked_on", f"«{ident}» — вопрос не о дате", near("", dates, "profile.yaml"))


def _ids(reader: Reader, name: str, known: Collection[str], what: str, where: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for line, ident in reader.words(name, optional=True, limit=60):
        if ident not in known:
            reader.wrong_at(line, name, f"нет {what} «{ident}»", near(ident, known, where))
        found[ident] = None
    return tuple(found)


def _no_twice(event: Event, reader: Reader, known: Known, taken: dict[str, str]) -> None:
    """A typed word leads to one place."""
    for word in event.says:
        if command := known.commands.get(word):
            reader.wrong("says", f"содержит «{word}», а это слово уже в «{command}» (words.yaml)", "уберите его")
        elif other := taken.get(word):
            reader.wrong("says", f"содержит «{word}», а это слово уже в «{other}»", "оставьте его в одном месте")
        taken.setdefault(word, event.id)


def check_nudge(terms: Nudge, reader: Reader, events: Mapping[str, Event]) -> None:
    """The answers to the question after a long silence are changes that exist. reader: at the top of rules.yaml."""
    for ident in terms.events:
        if ident not in events:
            reader.wrong("nudge", f"в events нет перемены «{ident[:60]}»", near(ident, events, "events.yaml"))
    if len(terms.events) > NUDGE_EVENTS:
        reader.wrong("nudge", f"в events больше {NUDGE_EVENTS} строк", "оставьте главное")
