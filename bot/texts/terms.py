"""Files of terms: `rules`, `channels`, `consent`, `sources`, `words`, `style`."""

import re
from datetime import time

from bot.texts.booking import BookingRules
from bot.texts.points import read_booking_rules
from bot.texts.questionnaire import SurveyTerms
from bot.texts.reader import Reader
from bot.texts.rules import (
    ChannelRules,
    Consent,
    Later,
    Move,
    Nudge,
    Operator,
    OtherChannel,
    Retention,
    Rules,
    Source,
    Style,
)
from bot.texts.schema import frozen

LATER = ("tomorrow", "three_days", "week", "month")
CHANNELS = ("telegram", "vk", "max")
WORDS = ("back", "menu", "stop", "human", "help", "data", "answers", "visit", "start", "yes", "no")
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,60}\Z")
VERSION = re.compile(r"[A-Za-z0-9._-]{1,24}\Z")
CONSENT_VALUES = ("operator", "raw_words_days", "closed_case_days", "booking_days")


def read_rules(reader: Reader) -> Rules | None:
    """Terms of service, None when the file lacks whole parts (noted)."""
    quiet, later, retention = reader.child("quiet"), reader.child("later"), reader.child("retention")
    move = reader.child("move")
    choices = {}
    if later is not None:
        for ident in LATER:
            if choice := later.child(ident):
                choices[ident] = Later(ident, choice.whole("days", 1, 366), choice.whole("hour", 0, 23))
                choice.done()
        later.done()
    others = reader.child("other_channels", optional=True)
    channels = tuple(OtherChannel(name, _link(others, name)) for name in others.names()) if others else ()
    answer_hours = reader.whole("answer_hours", 1, 720)
    apology_after_minutes = reader.whole("apology_after_minutes", 1, 1440)
    helpline = reader.text("helpline", limit=500)
    nudge = _read_nudge(inside) if (inside := reader.child("nudge", optional=True)) else None
    booking = read_booking_rules(inside) if (inside := reader.child("booking", optional=True)) else BookingRules()
    surveys = _read_surveys(inside) if (inside := reader.child("surveys", optional=True)) else None
    found = None
    if quiet is not None and retention is not None and move is not None:
        kept = Retention(
            raw_words_days=retention.whole("raw_words_days", 1, 3650),
            dedupe_days=retention.whole("dedupe_days", 2, 366),
            closed_case_days=retention.whole("closed_case_days", 1, 3650),
            session_hours=retention.whole("session_hours", 1, 720),
            booking_days=retention.whole("booking_days", 30, 3650) if retention.has("booking_days") else 365,
        )
        found = Rules(
            quiet.clock("from"),
            quiet.clock("to"),
            frozen(choices),
            kept,
            answer_hours,
            apology_after_minutes,
            channels,
            helpline,
            nudge,
            Move(move.whole("minutes", 1, 60), move.whole("tries_per_hour", 1, 20)),
            booking,
            surveys,
        )
        if nudge is not None and _is_quiet(time(nudge.hour), found.quiet_from, found.quiet_to):
            reader.wrong("nudge", f"спрашивает в тихие часы: hour {nudge.hour}", "поставьте час вне раздела quiet")
        if _is_quiet(time(hour := booking.remind_day_before_hour), found.quiet_from, found.quiet_to):
            what = f"напоминает в тихие часы: remind_day_before_hour {hour}"
            reader.wrong("booking", what, "поставьте час вне раздела quiet")
        quiet.done()
        retention.done()
        move.done()
    reader.done()
    return found


def _read_nudge(reader: Reader) -> Nudge:
    found = Nudge(
        after_days=reader.whole("after_days", 1, 366),
        every_days=reader.whole("every_days", 1, 366),
        times=reader.whole("times", 1, 12),
        hour=reader.whole("hour", 0, 23),
        events=reader.lines("events", optional=True, is_heard=True),
    )
    reader.done()
    return found


def _read_surveys(reader: Reader) -> SurveyTerms:
    found = SurveyTerms(
        every_days=reader.whole("every_days", 1, 366),
        open_days=reader.whole("open_days", 1, 60),
        change_hours=reader.whole("change_hours", 1, 72),
        trouble_days=reader.whole("trouble_days", 1, 366),
        few=reader.whole("few", 1, 10_000),
    )
    reader.done()
    return found


def _is_quiet(hour: time, begins: time, ends: time) -> bool:
    return begins <= hour < ends if begins <= ends else hour >= begins or hour < ends


def _link(reader: Reader, name: str) -> str:
    link = reader.plain(name, optional=True, limit=200)
    if link and not re.match(r"https://[^\s]+\Z", link):
        reader.wrong(
            name, f"не адрес: «{link[:60]}»", "впишите адрес, который начинается с https://, или оставьте пустым"
        )
    return link


def read_channels(reader: Reader) -> dict[str, ChannelRules]:
    """Pace of every platform."""
    found = {}
    for name in CHANNELS:
        if pace := reader.child(name):
            found[name] = ChannelRules(
                pace.number("per_second", 0.1, 100_000) or 1,
                pace.number("chat_per_second", 0.05, 100) or 1,
                pace.number("group_per_minute", 1, 10_000, optional=True),
            )
            pace.done()
    reader.done()
    return found


def read_consent(reader: Reader, rules: Rules | None) -> Consent:
    """The consent with the operator's name and the terms of storage written in."""
    version = reader.plain("version")
    if version and not VERSION.match(version):
        reader.wrong(
            "version",
            f"не подходит: «{version[:60]}»",
            "до 24 знаков: латинские буквы, цифры, точка, - и _, например 2026-11",
        )
    operator = Operator("", True)
    if inside := reader.child("operator"):
        operator = Operator(inside.text("name", limit=300), inside.flag("needs_verification"))
        inside.done()
    values = {"operator": operator.name}
    if rules is not None:
        values["raw_words_days"] = str(rules.retention.raw_words_days)
        values["closed_case_days"] = str(rules.retention.closed_case_days)
        values["booking_days"] = str(rules.retention.booking_days)
    short, full = (reader.text(name, values=CONSENT_VALUES) for name in ("short", "full"))
    for name, value in values.items():
        short, full = (text.replace(f"{{{name}}}", value) for text in (short, full))
    reader.done()
    return Consent(version, short, full, operator)


def read_sources(reader: Reader) -> dict[str, Source]:
    """Deep-link tags."""
    found = {}
    for token, source in reader.children(ids=TOKEN):
        found[token] = Source(
            token,
            situation=source.ident("situation", optional=True),
            question=source.ident("question", optional=True),
            note=source.plain("note", optional=True, limit=200),
            office=source.ident("office", optional=True),
        )
        if found[token].situation and found[token].question:
            source.wrong("question", "стоит вместе с situation", "оставьте что-то одно")
        source.done()
    reader.done()
    return found


def heard(word: str) -> str:
    """A typed word as we compare it: lower case, е for ё, single spaces."""
    return " ".join(word.lower().replace("ё", "е").split())


def read_words(reader: Reader) -> dict[str, tuple[str, ...]]:
    """Typed words of every command, ready to compare; none stands for two commands."""
    found: dict[str, tuple[str, ...]] = {}
    taken: dict[str, str] = {}
    for command in WORDS:
        words = dict.fromkeys(heard(word) for word in reader.lines(command, is_heard=True, limit=60))
        for word in words:
            if word in taken:
                reader.wrong(
                    command, f"содержит «{word}», а это слово уже в «{taken[word]}»", "оставьте его в одном месте"
                )
            taken.setdefault(word, command)
        found[command] = tuple(words)
    reader.done()
    return found


def read_style(reader: Reader) -> Style:
    """House style."""
    forbidden = {}
    if words := reader.child("forbidden"):
        forbidden = {heard(word): words.plain(word, limit=200) for word in words.names() if word.strip()}
    sentence_words = reader.whole("sentence_words", 5, 200)
    hard_below, hard_words = Style().hard_below, Style().hard_words
    if hard := reader.child("hard_sentence", optional=True):
        hard_below, hard_words = hard.whole("index_below", 0, 100), hard.whole("from_words", 3, 50)
        hard.done()
    reader.done()
    return Style(frozen(forbidden), sentence_words, hard_below, hard_words)
