"""
Short questions about the citizen, one by one. Each can be skipped, the rest can be left for later.

next --> one | many | date --> next --> ... --> plan
                      |  ^
                      v  |  (a day that is no day)
                   months --> day

Buttons name their question, so an old one still answers it; it leads to «Мои ответы» then, as does a change there.
"""

from datetime import date, timedelta

from bot.engine.effects import Answer, Ask, Choice, Effect, Enter, Goto, Keep, Say, Unclear
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.flows.words.answers import asked, at_hand
from bot.texts import render
from bot.texts.dates import read_day
from bot.texts.plan import answer_of
from bot.texts.schema import Need
from bot.texts.situation import ProfileQuestion

AHEAD = timedelta(days=366)  # who waits longer has another plan until then
BEHIND = timedelta(days=50 * 365)
MONTHS_AHEAD, MONTHS_BEHIND = 13, 7  # with «skip» three pages of buttons
MARK = "✓"

flow = Flow(
    "profile",
    start="next",
    personal=True,
    holds=True,
    says={
        "intro": Need(("count",)),
        "one": Need(("ask", "why"), buttons=("skip", "later")),
        "many": Need(("ask", "why"), buttons=("done", "skip", "later")),
        "date": Need(("ask", "why", "example"), buttons=("months", "skip", "later")),
        "months": Need(("ask",), buttons=("skip",)),
        "day": Need(("month",), buttons=("months", "skip")),
        "noted": Need(("day",)),
        "unclear": Need(("example",)),
        "too_late": Need(("last",)),
        "too_early": Need(("first",)),
        "ready": Need(),
    },
)


@flow.asks("next")
async def ask_next(turn: Turn) -> list[Effect]:
    if not turn.has_consent:
        return [Enter("plan")]
    answers, skipped = await turn.reads.answers(), turn.data.get("skipped", ())
    waiting = [one for one in asked(turn) if answer_of(one, answers) is None and one.id not in skipped]
    is_begun = "asked" in turn.data
    if not waiting:
        return [Say("profile.ready"), Enter("plan")] if is_begun else [Enter("plan")]
    begins = [] if is_begun else [Say("profile.intro", count=len(waiting))]
    return [*begins, Keep(asked=waiting[0].id), Goto(waiting[0].kind)]


def _question(turn: Turn, kind: str) -> ProfileQuestion | None:
    """The question this screen is about, None when content has it no more, or of another kind."""
    question = turn.content.profile.get(str(turn.data.get("asked", "")))
    return question if turn.has_consent and question is not None and question.kind == kind else None


def _words(turn: Turn, question: ProfileQuestion) -> dict[str, str]:
    return {"ask": turn.fill(question.ask), "why": turn.fill(question.why)}


def _ways(turn: Turn, question: ProfileQuestion) -> list[Choice]:
    skip = Choice(f"skip:{question.id}")
    return [skip] if turn.data.get("changing") else [skip, Choice("later")]


def _marked(question: ProfileQuestion, kind: str, said: tuple[str, ...] | None) -> list[Choice]:
    """The choices of the question; what was answered before is marked."""
    return [
        Choice(f"{kind}:{question.id}={id_}", f"{MARK} {label}" if id_ in (said or ()) else label)
        for id_, label in question.choices.items()
    ]


@flow.asks("one")
async def ask_one(turn: Turn) -> list[Effect]:
    question = _question(turn, "one")
    if question is None:
        return [Enter("answers")]
    choices = _marked(question, "a", answer_of(question, await turn.reads.answers()))
    return [Ask("profile.one", at_hand(choices, _ways(turn, question)), **_words(turn, question))]


@flow.asks("many")
async def ask_many(turn: Turn) -> list[Effect]:
    question = _question(turn, "many")
    if question is None:
        return [Enter("answers")]
    said = answer_of(question, await turn.reads.answers())
    ways = [Choice(f"done:{question.id}"), *_ways(turn, question)]
    return [Ask("profile.many", at_hand(_marked(question, "t", said), ways), **_words(turn, question))]


@flow.hears("one", anytime=True)
async def one_answered(turn: Turn) -> list[Effect]:
    question, answer = _pressed(turn)
    if question is None or not turn.has_consent or (turn.heard == "a" and answer not in question.choices):
        return _onward(turn)
    if turn.heard == "a":
        return [Answer(question.id, answer), *_onward(turn)]
    return _passed(turn)


@flow.hears("many", anytime=True)
async def many_answered(turn: Turn) -> list[Effect]:
    question, answer = _pressed(turn)
    if question is None or not turn.has_consent or (turn.heard == "t" and answer not in question.choices):
        return _onward(turn)
    if turn.heard == "skip":
        return _passed(turn)
    said = answer_of(question, await turn.reads.answers())
    if turn.heard == "done":
        return [*([Answer(question.id, "")] if said is None else []), *_onward(turn)]
    chosen = [one for one in question.choices if (one in (said or ())) != (one == answer)]
    here = Keep(asked=question.id, changing=turn.data.get("changing") or "asked" not in turn.data or None)
    return [Answer(question.id, ",".join(chosen)), here, Goto("many")]


def _pressed(turn: Turn) -> tuple[ProfileQuestion | None, str]:
    """The question that the button names, and the answer."""
    id_, _, answer = turn.about.partition("=")
    return turn.content.profile.get(id_), answer


def _onward(turn: Turn) -> list[Effect]:
    """To the next question; from a change, or an old button, to «Мои ответы»."""
    if turn.heard == "later":
        return [Enter("answers" if turn.data.get("changing") else "plan")]
    return [Enter("answers")] if turn.data.get("changing") or "asked" not in turn.data else [Goto("next")]


def _passed(turn: Turn) -> list[Effect]:
    id_ = turn.about.partition("=")[0]
    return [Keep(skipped=[*turn.data.get("skipped", ()), id_]), *_onward(turn)]


def _example(turn: Turn) -> str:
    return f"{turn.today + timedelta(days=30):%d.%m.%Y}"


@flow.asks("date")
async def ask_date(turn: Turn) -> list[Effect]:
    question = _question(turn, "date")
    if question is None:
        return [Enter("answers")]
    choices = [Choice(f"months:{question.id}"), *_ways(turn, question)]
    return [Ask("profile.date", choices, **_words(turn, question), example=_example(turn))]


@flow.hears("date", anytime=True, words=True)
async def date_answered(turn: Turn) -> list[Effect]:
    if turn.heard == "months":
        return [_at(turn), Goto("months")]
    return _passed(turn) if turn.heard else _dated(turn, read_day(turn.text, turn.today))


def _at(turn: Turn, month: str | None = None) -> Keep:
    """Remember what an old button is about, and that it changes one answer only."""
    question, _ = _pressed(turn)
    changing = turn.data.get("changing") or "asked" not in turn.data or None
    return Keep(asked=question.id if question else None, month=month, changing=changing)


def _dated(turn: Turn, day: date | None) -> list[Effect]:
    question = _question(turn, "date")
    if question is None:
        return _onward(turn)
    first, last = turn.today - BEHIND, turn.today + AHEAD
    if day is None:
        return [Unclear([Say("profile.unclear", example=_example(turn)), Goto("date")])]
    if day > last:
        return [Say("profile.too_late", last=render.date_words(last)), Goto("date")]
    if day < first:
        return [Say("profile.too_early", first=render.date_words(first)), Goto("date")]
    return [Answer(question.id, day.isoformat()), Say("profile.noted", day=render.date_words(day)), *_onward(turn)]


@flow.asks("months")
async def ask_months(turn: Turn) -> list[Effect]:
    question = _question(turn, "date")
    if question is None:
        return [Enter("answers")]
    present = turn.today.year * 12 + turn.today.month - 1
    numbers = [*range(present, present + MONTHS_AHEAD), *range(present - 1, present - 1 - MONTHS_BEHIND, -1)]
    months = [date(number // 12, number % 12 + 1, 1) for number in numbers]
    choices = [Choice(f"m:{question.id}={one:%Y-%m}", render.month_words(one)) for one in months]
    return [Ask("profile.months", at_hand(choices, [Choice(f"skip:{question.id}")]), ask=turn.fill(question.ask))]


@flow.hears("months", anytime=True, words=True)
async def month_chosen(turn: Turn) -> list[Effect]:
    if turn.heard == "m":
        return [_at(turn, _pressed(turn)[1]), Goto("day")]
    return await date_answered(turn)


def _first_day(turn: Turn) -> date | None:
    try:
        return date.fromisoformat(f"{turn.data.get('month', '')}-01")
    except ValueError:
        return None


@flow.asks("day")
async def ask_day(turn: Turn) -> list[Effect]:
    question, first = _question(turn, "date"), _first_day(turn)
    if question is None or first is None:
        return [Goto("date")]
    choices = [Choice(f"months:{question.id}"), Choice(f"skip:{question.id}")]
    return [Ask("profile.day", choices, month=render.month_words(first))]


@flow.hears("day", anytime=True, words=True, numbers=True)
async def day_said(turn: Turn) -> list[Effect]:
    first, text = _first_day(turn), turn.text.strip(" .")
    if turn.heard or first is None or not (text.isdecimal() and len(text) <= 2):
        return await date_answered(turn)
    day = first + timedelta(days=int(text) - 1)
    return _dated(turn, day if day.month == first.month else None)
