"""Moments as staff read them, in the time of their office."""

from datetime import datetime, timedelta

from bot.texts import render
from bot.texts.render import MONTHS


def moment(at: datetime, now: datetime, zone: str) -> str:
    """«сегодня в 14:05», «вчера в 9:30», «21 ноября в 14:05», «21 ноября 2025 года в 14:05»."""
    return f"{day(at, now, zone)} в {render.time_words(at, zone)}"


def day(at: datetime, now: datetime, zone: str) -> str:
    """«сегодня», «вчера», «завтра», «21 ноября», «21 ноября 2025 года»."""
    then, today = render.local(at, zone).date(), render.local(now, zone).date()
    near = {today: "сегодня", today - timedelta(days=1): "вчера", today + timedelta(days=1): "завтра"}
    if then in near:
        return near[then]
    words = f"{then.day} {MONTHS[then.month - 1]}"
    return words if then.year == today.year else f"{words} {then.year} года"
