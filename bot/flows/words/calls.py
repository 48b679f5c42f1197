"""The part of the copy of one's data that tells of calls by staff."""

from datetime import datetime

from bot.texts import render
from bot.texts.schema import Content, Need
from storage.call_records import SPOKEN
from storage.extract import Extract

WORDS = {
    "file_calls": Need(),
    "file_call": Need(("day", "time", "result")),
    "file_call_spoken": Need(),
    "file_call_missed": Need(),
    "file_no_calls": Need(("day",)),
    "file_reminder_call": Need(("day", "time")),
}


def lines(content: Content, extract: Extract) -> list[str]:
    """A line each call, and the wish not to be called; empty when there are none."""
    found = []
    if extract.no_calls_at is not None:
        found.append(_say(content, "no_calls", day=_moment(content, extract, extract.no_calls_at)["day"]))
    for one in extract.calls:
        result = _say(content, "call_spoken" if one.result in SPOKEN else "call_missed")
        found.append(_say(content, "call", result=result, **_moment(content, extract, one.at)))
    return [_say(content, "calls"), *found] if found else []


def _moment(content: Content, extract: Extract, at: datetime) -> dict[str, str]:
    zone = content.office(extract.citizen.office).timezone
    return {"day": f"{render.local(at, zone):%d.%m.%Y}", "time": render.time_words(at, zone)}


def _say(content: Content, key: str, **values: str) -> str:
    return render.say(content, f"my_data.file_{key}", values)
