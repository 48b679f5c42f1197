"""Words of the chat page and of the printable pages: content owns them, the pages show them."""

from collections.abc import Mapping
from datetime import date, datetime

from bot.texts import render
from bot.texts.office import Office
from bot.texts.schema import Content, Need

CHAT: Mapping[str, Need] = {
    f"web.{key}": need
    for key, need in {
        # the page before a talk
        "title": Need(),
        "hello": Need(buttons=("start",)),
        "again": Need(buttons=("resume", "fresh")),
        "noscript": Need(),
        "noscript_print": Need(),
        # around the talk
        "talk": Need(),
        "you": Need(),
        "bot": Need(),
        "typing": Need(),
        "input": Need(),
        "send": Need(),
        "skip": Need(),
        "newer": Need(),
        # the line, the limits
        "sending": Need(),
        "not_sent": Need(),
        "refused": Need(),
        "offline": Need(),
        "busy": Need(),
        "trouble": Need(),
        # a copy of what is kept
        "expired": Need(),
        "file_name": Need(),
        # a shared computer
        "device": Need(),
        "device_framed": Need(),
        "device_remembered": Need(),
        "remember": Need(),
        "end": Need(),
        "ending": Need(buttons=("erase", "data", "cancel")),
        "ended": Need(),
        "ended_offline": Need(),
        "idle": Need(buttons=("here",)),
        "blanked": Need(),
        # inside another site
        "open": Need(),
        "close": Need(),
    }.items()
}
PRINT: Mapping[str, Need] = {
    f"print.{key}": need
    for key, need in {
        # around every page
        "title": Need(),
        "all": Need(),
        "print": Need(),
        "how_to_print": Need(),
        "edition": Need(("date",)),
        "other_office": Need(),
        "missing": Need(),
        # the list
        "intro": Need(),
        # a situation
        "for": Need(),
        "about": Need(),
        "services": Need(),
        "where_to_go": Need(),
        "choose": Need(),
        "blocks": Need(),
        "steps": Need(),
        "steps_hint": Need(),
        "whole": Need(),
        "pick": Need(),
        "pick_hint": Need(),
        "why": Need(),
        "how": Need(),
        "take": Need(),
        "where": Need(),
        "who": Need(),
        "pages": Need(),
        "contacts": Need(),
        "contacts_text": Need(),
        # the first days
        "days": Need(),
        "days_hint": Need(),
        "from": Need(),
        "from_hint": Need(),
        "show": Need(),
        "without": Need(),
        "counted": Need(("date",)),
        "uncounted": Need(),
        "wrong": Need(("first", "last")),
    }.items()
}
CALENDAR: Mapping[str, Need] = {
    "web.calendar_title": Need(("time?",)),
    "web.calendar_note": Need(("code?",)),
    "web.calendar_name": Need(),
    "web.calendar_missing": Need(),
}
NEEDS = {**CHAT, **PRINT, **CALENDAR}


def words(content: Content, now: datetime) -> dict[str, str]:
    """All words by name: "title", and "hello.start" for a button's label. now: for marks on facts out of date."""
    office = content.office("")
    today = render.local(now, office.timezone).date()
    found: dict[str, str] = {}
    for key, need in CHAT.items():
        name = key.removeprefix("web.")
        found[name] = render.say(content, key, {}, office=office, today=today).strip()
        for choice in need.buttons:
            found[f"{name}.{choice}"] = render.button(content, key, choice)
    return found


def print_words(content: Content, office: Office, today: date) -> dict[str, str]:
    """Words of the printable pages that need nothing put in but facts and this office."""
    return {
        key.removeprefix("print."): render.say(content, key, {}, office=office, today=today).strip()
        for key, need in PRINT.items()
        if not need.values
    }
