"""Files `services.yaml` and `visits.yaml`."""

from collections.abc import Iterable
from dataclasses import fields

from bot.texts.mistakes import listed, nearest
from bot.texts.reader import Reader
from bot.texts.schema import frozen
from bot.texts.visiting import MARKS, DayListWords, ReferralWords, Service, VisitWords
from storage.referrals import To
from storage.visits import Application, Next, Paper, Result, Resume

ABOUT_CHARS = 300  # several of them stand on one screen
OFFER_CHARS = 1500
SENDERS = ("bailiff", "advisor", "matcher", "centre", "self")
LABEL_CHARS = 38


def read_services(reader: Reader, situations: Iterable[str]) -> dict[str, Service]:
    """All services, most suitable marks first, else in the order of the file. situations: ids there are."""
    known, results = tuple(situations), tuple(Result)
    found = []
    for ident, service in reader.children():
        one = Service(
            id=ident,
            label=service.label("label"),
            about=service.text("about", limit=ABOUT_CHARS),
            mark=service.choice("mark", MARKS),
            situations=_names(service, "situations", known, "жизненной ситуации"),
            results=_names(service, "results", results, "итога приёма"),
        )
        found.append(one)
        service.done()
    reader.done()
    order = {mark: number for number, mark in enumerate(MARKS)}
    return {one.id: one for one in sorted(found, key=lambda one: order.get(one.mark, 0))}


def _names(reader: Reader, name: str, known: tuple[str, ...], what: str) -> tuple[str, ...]:
    found = []
    for line, ident in reader.words(name, optional=True, limit=60):
        if ident not in known:
            close = nearest(ident, known)
            remedy = f"возможно, {close}" if close else f"есть: {listed(known)}"
            reader.wrong_at(line, name, f"нет {what} «{ident}»", remedy)
        else:
            found.append(ident)
    return tuple(dict.fromkeys(found))


def read_visits(reader: Reader) -> VisitWords:
    """Every code of the program has its words; there are no others."""
    told: dict[str, str] = {}
    results = _labels(reader, "results", Result, told)
    referrals: dict[str, ReferralWords] = {}
    if every := reader.child("referrals"):
        for kind in To:
            if one := every.child(kind):
                about = one.text("about", limit=OFFER_CHARS)
                referrals[kind] = ReferralWords(one.label("label"), one.label("title"), about)
                one.done()
        every.done()
    found = VisitWords(
        results=frozen(results),
        told=frozen(told),
        next=frozen(_labels(reader, "next", Next)),
        resume=frozen(_labels(reader, "resume", Resume)),
        application=frozen(_labels(reader, "application", Application)),
        papers=frozen(_labels(reader, "papers", Paper)),
        senders=frozen(_labels(reader, "senders", SENDERS)),
        referrals=frozen(referrals),
        day_list=_day_list(reader),
        ask_after_days=reader.whole("ask_after_days", 1, 366),
    )
    reader.done()
    return found


def _day_list(reader: Reader) -> DayListWords:
    found = DayListWords()
    if words := reader.child("day_list"):
        found = DayListWords(*(words.label(field.name) for field in fields(DayListWords)))
        words.done()
    return found


def _labels(reader: Reader, name: str, codes: Iterable[str], told: dict[str, str] | None = None) -> dict[str, str]:
    """Code → label. told: filled with words for the citizen, where the codes have any."""
    found: dict[str, str] = {}
    every = reader.child(name)
    if every is None:
        return found
    for code in codes:
        if one := every.child(str(code)):
            found[str(code)] = one.label("label")
            if told is not None and (words := one.text("told", optional=True, limit=120)):
                told[str(code)] = words
            one.done()
    every.done()
    return found
