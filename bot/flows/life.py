"""
«Что изменилось?»: a change in life, the question after a long silence, and the one on a day that the citizen named.

    list --> told (words, where to go) <-- typed words
               |-- something would change --> change -- yes --> changed -- undo --> undone
               +-------------- no ---------------^
    (nudge) --> fine | help | told | quiet --> asking
    (release) --> day -- yes --> changed;  not yet --> not_yet --> later;  never --> never
"""

from datetime import timedelta

from bot.engine.days import KIND, ask_on, event_of, moment_on
from bot.engine.effects import (
    Ask,
    AskAgain,
    AskNoMore,
    Choice,
    ChooseSituations,
    Effect,
    Enter,
    Goto,
    Keep,
    MarkItem,
    Notice,
)
from bot.engine.flow import Flow
from bot.engine.surveys import InviteTo
from bot.engine.turn import Turn
from bot.flows.words.changes import LINES, Change, change_of, change_words, days_words, is_open, may_change
from bot.flows.words.leads import follow, lead_choices
from bot.texts import render
from bot.texts.questionnaire import EVENT
from bot.texts.schema import Need
from bot.texts.situation import Event

HELP = ("handover", "booking", "questions", "jobs", "plan")
NEXT = ("plan", "menu")
WEEK = timedelta(days=7)

flow = Flow(
    "life",
    start="list",
    says={
        "list": Need(),
        "told": Need(("words",), buttons=("list",)),
        "change": Need(("words", "changes"), buttons=("yes", "no")),
        "changed": Need(buttons=("undo",)),
        "undone": Need(buttons=("plan", "list")),
        "nudge": Need(buttons=("fine", "help", "quiet")),
        "fine": Need(buttons=NEXT),
        "help": Need(),
        "quiet": Need(buttons=("again", "menu")),
        "asking": Need(("days",), buttons=NEXT),
        "today": Need(buttons=("day", "stop")),
        "day": Need(("question", "changes"), buttons=("yes", "not_yet", "never")),
        "not_yet": Need(buttons=("week", "date", "never")),
        "later": Need(("day",), buttons=NEXT),
        "never": Need(buttons=NEXT),
        **LINES,
    },
)


def _event(turn: Turn) -> Event | None:
    return turn.content.events.get(str(turn.data.get("event", "")))


async def _change(turn: Turn, event: Event) -> Change | None:
    """What the change would do; None when it does nothing, or nothing may be kept."""
    change = await change_of(turn, event) if may_change(turn) else None
    return None if change is None or change.is_empty else change


def _asked_later(turn: Turn, event: Event) -> list[Effect]:
    """A survey may follow from the change."""
    return [InviteTo(f"{EVENT}{event.id}")] if may_change(turn) else []


@flow.asks("list")
async def ask_list(turn: Turn) -> list[Effect]:
    mine = set(turn.citizen.situations)
    events = [one for one in turn.content.events.values() if not one.situations or mine & set(one.situations)]
    if not events:
        return [Enter("situation")]
    return [Ask("life.list", [Choice(f"told:{event.id}", event.label) for event in events])]


@flow.hears("list", anytime=True)
async def list_answered(turn: Turn) -> list[Effect]:
    """The choices of the two questions that come by themselves are heard here too."""
    if turn.heard == "told":
        return [Enter("life", "told", event=turn.about)]
    if turn.heard == "day":
        return [Enter("life", "day", event=turn.about)]
    if turn.heard == "quiet" and turn.has_consent:
        return [AskNoMore(), Goto("quiet")]
    if turn.heard == "stop":
        return [Enter("stop")]
    return [Goto(turn.heard if turn.heard in ("fine", "help") else "list")]


@flow.asks("told")
async def ask_told(turn: Turn) -> list[Effect]:
    event = _event(turn)
    if event is None:
        return [Goto("list")]
    if not turn.data.get("as_is") and await _change(turn, event):
        return [Goto("change")]
    leads = lead_choices(turn, event.leads, free=not may_change(turn))
    return [*_asked_later(turn, event), Ask("life.told", [*leads, Choice("list")], words=turn.fill(event.text))]


@flow.hears("told", anytime=True)
async def told_answered(turn: Turn) -> list[Effect]:
    return follow(turn) or [Enter("life")]


@flow.asks("change")
async def ask_change(turn: Turn) -> list[Effect]:
    event = _event(turn)
    change = await _change(turn, event) if event else None
    if event is None or change is None:
        return [Goto("told")]
    changes = change_words(turn, "life", change)
    return [
        *_asked_later(turn, event),
        Ask("life.change", [Choice("yes"), Choice("no")], words=turn.fill(event.text), changes=changes),
    ]


@flow.hears("change")
async def change_answered(turn: Turn) -> list[Effect]:
    if turn.heard == "yes" and (event := _event(turn)):
        return await _made(turn, event)
    return [Keep(as_is=True), Goto("told")]


async def _made(turn: Turn, event: Event) -> list[Effect]:
    change = await _change(turn, event)
    if change is None:
        return [Goto("told")]
    before = {"before": list(turn.citizen.situations), "opened": [step.id for step in change.opens]}
    return [*change.effects(), Keep(**before), Goto("changed")]


@flow.asks("changed")
async def ask_changed(turn: Turn) -> list[Effect]:
    event = _event(turn)
    leads = lead_choices(turn, event.leads) if event else []
    return [Ask("life.changed", [*leads, Choice("undo")])]


@flow.hears("changed")
async def changed_answered(turn: Turn) -> list[Effect]:
    if turn.heard != "undo":
        return follow(turn) or [Enter("menu")]
    if not may_change(turn) or turn.data.get("before") is None:
        return [Goto("undone")]
    marks, opened = await turn.reads.plan(), [str(item) for item in turn.data.get("opened", ())]
    done = [MarkItem(item, "done") for item in opened if item in marks and marks[item].state == "open"]
    before = [str(one) for one in turn.data["before"]]
    return [ChooseSituations(before), *done, Keep(before=None, opened=None), Goto("undone")]


@flow.asks("undone")
async def ask_undone(turn: Turn) -> list[Effect]:
    return [Ask("life.undone", [Choice("plan"), Choice("list")])]


@flow.hears("undone", anytime=True)
async def undone_answered(turn: Turn) -> list[Effect]:
    return [Enter("plan" if turn.heard == "plan" else "life")]


# After a long silence


@flow.reminds("nudge")
async def nudge(turn: Turn) -> list[Effect]:
    """Judged again: since it was planned the citizen may have written, finished the plan or got a person."""
    terms, silence = turn.content.rules.nudge, await turn.reads.nudge()
    if terms is None or silence.off_at is not None or silence.heard_at is None or not turn.has_consent:
        return []
    if silence.heard_at + timedelta(days=terms.after_days) > turn.now or await turn.reads.open_case() is not None:
        return []
    if not await is_open(turn):
        return []
    events = [turn.content.events[one] for one in terms.events if one in turn.content.events]
    told = [Choice(f"told:{event.id}", event.label) for event in events]
    choices = [Choice("fine"), Choice("help"), *told, Choice("quiet")]
    return [Notice("life.nudge", choices, at="life.list", subject=turn.source)]


@flow.asks("fine")
async def ask_fine(turn: Turn) -> list[Effect]:
    return [Ask("life.fine", [Choice(way) for way in NEXT])]


@flow.hears("fine", anytime=True)
async def way_chosen(turn: Turn) -> list[Effect]:
    return [Enter("plan" if turn.heard == "plan" else "menu")]


@flow.asks("help")
async def ask_help(turn: Turn) -> list[Effect]:
    return [Ask("life.help", lead_choices(turn, HELP))]


@flow.hears("help", anytime=True)
async def help_chosen(turn: Turn) -> list[Effect]:
    return follow(turn) or [Enter("menu")]


@flow.asks("quiet")
async def ask_quiet(turn: Turn) -> list[Effect]:
    return [Ask("life.quiet", [Choice("again"), Choice("menu")])]


@flow.hears("quiet", anytime=True)
async def quiet_answered(turn: Turn) -> list[Effect]:
    if turn.heard == "again" and turn.has_consent:
        return [AskAgain(), Goto("asking")]
    return [Enter("menu")]


@flow.asks("asking")
async def ask_asking(turn: Turn) -> list[Effect]:
    terms = turn.content.rules.nudge
    if terms is None:
        return [Enter("menu")]
    return [Ask("life.asking", [Choice(way) for way in NEXT], days=days_words(terms.every_days))]


@flow.hears("asking", anytime=True)
async def asking_answered(turn: Turn) -> list[Effect]:
    return await way_chosen(turn)


# On the day that the citizen named


@flow.reminds(KIND)
async def day_has_come(turn: Turn) -> list[Effect]:
    """Its words are neutral: the question itself is shown when the citizen opens it."""
    event = event_of(turn)
    if event is None or await _change(turn, event) is None:
        return []
    choices = [Choice(f"day:{event.id}"), Choice("stop")]
    return [Notice("life.today", choices, at="life.list", subject=turn.source)]


@flow.asks("day")
async def ask_day(turn: Turn) -> list[Effect]:
    event = _event(turn)
    change = await _change(turn, event) if event and event.ask else None
    if event is None or change is None:
        return [Goto("told")]
    choices = [Choice("yes"), Choice("not_yet"), Choice("never")]
    return [Ask("life.day", choices, question=event.ask, changes=change_words(turn, "life", change))]


@flow.hears("day")
async def day_answered(turn: Turn) -> list[Effect]:
    event = _event(turn)
    if event is None or not may_change(turn):
        return [Goto("list")]
    if turn.heard == "not_yet":
        return [Goto("not_yet")]
    if turn.heard == "never":
        return [ask_on(turn, event, None), Goto("never")]
    return await _made(turn, event)


@flow.asks("not_yet")
async def ask_not_yet(turn: Turn) -> list[Effect]:
    return [Ask("life.not_yet", [Choice("week"), Choice("date"), Choice("never")])]


@flow.hears("not_yet")
async def not_yet_answered(turn: Turn) -> list[Effect]:
    event = _event(turn)
    if event is None or not may_change(turn):
        return [Goto("list")]
    if turn.heard == "date":
        return [Enter("profile", "date", asked=event.asked_on, changing=True)]
    if turn.heard == "never":
        return [ask_on(turn, event, None), Goto("never")]
    return [ask_on(turn, event, turn.today + WEEK), Goto("later")]


@flow.asks("later")
async def ask_later(turn: Turn) -> list[Effect]:
    zone = turn.office.timezone
    day = render.day_words(moment_on(turn, turn.today + WEEK), zone, turn.now)
    return [Ask("life.later", [Choice(way) for way in NEXT], day=day)]


@flow.hears("later", anytime=True)
async def later_answered(turn: Turn) -> list[Effect]:
    return await way_chosen(turn)


@flow.asks("never")
async def ask_never(turn: Turn) -> list[Effect]:
    return [Ask("life.never", [Choice(way) for way in NEXT])]


@flow.hears("never", anytime=True)
async def never_answered(turn: Turn) -> list[Effect]:
    return await way_chosen(turn)
