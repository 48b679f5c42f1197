"""Words of the chat page: content owns them, the page shows them."""

from collections.abc import Mapping
from datetime import datetime

from bot.texts import render
from bot.texts.schema import Content, Need

NEEDS: Mapping[str, Need] = {
    f"web.{key}": need
    for key, need in {
        # the page before a talk
        "title": Need(),
        "hello": Need(buttons=("start",)),
        "again": Need(buttons=("resume", "fresh")),
        "noscript": Need(),
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


def words(content: Content, now: datetime) -> dict[str, str]:
    """All words by name: "title", and "hello.start" for a button's label. now: for marks on facts out of date."""
    today = render.local(now, content.default_office.timezone).date()
    found: dict[str, str] = {}
    for key, need in NEEDS.items():
        name = key.removeprefix("web.")
        found[name] = render.say(content, key, {}, today=today).strip()
        for choice in need.buttons:
            found[f"{name}.{choice}"] = render.button(content, key, choice)
    return found
