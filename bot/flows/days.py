"""
«Первые 10 дней»: what to do when. The date they are counted from is asked, never stored: it lives in the session while
this talk lasts.

date --> dated
 | ^---- wrong
 +-----> plain   «день 1»; at once in a channel that only informs
"""

from datetime import date, timedelta

from bot.engine.effects import Ask, Choice, Effect, Enter, Forget, Goto, Unclear
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.flows.words.first_days import NEEDS, bounds, counted_from, days_text
from bot.flows.words.reading import asked_about, way
from bot.texts import render
from bot.texts.schema import Need

flow = Flow(
    "days",
    start="date",
    holds=True,
    says={
        "date": Need(("name", "example"), buttons=("plain",)),
        "wrong": Need(("first", "last", "example"), buttons=("plain",)),
        "dated": Need(("name?", "date", "days"), buttons=("date", "share")),
        "plain": Need(("name?", "days"), buttons=("date", "share")),
        **NEEDS,
    },
)


def _example(turn: Turn) -> str:
    return f"{turn.today + timedelta(days=30):%d.%m.%Y}"


@flow.asks("date")
async def ask_date(turn: Turn) -> list[Effect]:
    situation = asked_about(turn)
    if situation is None or not situation.days:
        return [Enter("info")]
    if turn.policy == "information":
        return [Goto("plain")]
    return [Ask("days.date", [Choice(f"plain:{situation.id}")], name=situation.label, example=_example(turn))]


@flow.hears("date", anytime=True, words=True)
async def date_said(turn: Turn) -> list[Effect]:
    if turn.heard == "plain":
        return [Enter("days", "plain", situation=turn.about)]
    day = counted_from(turn.text, turn.today)
    if day is None:
        return [Unclear([Goto("wrong")])]
    return [Enter("days", "dated", situation=turn.data.get("situation"), day=day.isoformat())]


@flow.asks("wrong")
async def ask_wrong(turn: Turn) -> list[Effect]:
    situation = asked_about(turn)
    if situation is None or turn.policy == "information":
        return [Goto("date")]
    choices = [Choice(f"plain:{situation.id}")]
    return [Forget(), Ask("days.wrong", choices, **bounds(turn.today), example=_example(turn))]


@flow.hears("wrong", anytime=True, words=True)
async def date_said_again(turn: Turn) -> list[Effect]:
    return await date_said(turn)


@flow.asks("dated")
async def ask_dated(turn: Turn) -> list[Effect]:
    situation = asked_about(turn)
    if situation is None or "day" not in turn.data or turn.policy == "information":
        return [Goto("date")]
    released = date.fromisoformat(turn.data["day"])
    words = days_text(turn.content, situation.days, released, turn.fill, turn.today)
    choices = [Choice(f"date:{situation.id}"), Choice(f"share:{situation.id}")]
    said = Ask("days.dated", choices, name=situation.label, date=render.date_words(released), days=words)
    return [Forget(), said]


@flow.asks("plain")
async def ask_plain(turn: Turn) -> list[Effect]:
    situation = asked_about(turn)
    if situation is None or not situation.days:
        return [Enter("info")]
    dates = [] if turn.policy == "information" else [Choice(f"date:{situation.id}")]
    words = days_text(turn.content, situation.days, None, turn.fill, turn.today)
    return [Ask("days.plain", [*dates, Choice(f"share:{situation.id}")], name=situation.label, days=words)]


@flow.hears("dated", anytime=True)
async def dated_answered(turn: Turn) -> list[Effect]:
    return [Enter("days", situation=turn.about)] if turn.heard == "date" else [way(turn)]


@flow.hears("plain", anytime=True)
async def plain_answered(turn: Turn) -> list[Effect]:
    return await dated_answered(turn)
