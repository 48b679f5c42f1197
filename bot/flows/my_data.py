"""
/data: what is kept and who sees it, truthfully; a copy of it; and every way to take it back.

kept | nothing --> file (parts of the copy) | link (where a page can fetch it)
       |---------> situations --> hide --> kept
       |---------> withdraw --> menu
       +---------> confirm --> erased
"""

from datetime import timedelta

from bot.channels import web
from bot.engine import ticket
from bot.engine.effects import (
    Ask,
    Choice,
    ChooseSituations,
    Effect,
    Enter,
    EraseAll,
    ForgetItems,
    Goto,
    Keep,
    KeepNothing,
    Say,
    Withdraw,
)
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.flows.words.extract import WORDS, cut, extract_text
from bot.texts import render
from bot.texts.schema import Need
from bot.texts.situation import Situation
from storage.records import Holdings

PART_CHARS = 3000  # with the words around it a part fits every messenger
LINK = timedelta(minutes=10)

flow = Flow(
    "my_data",
    start="show",
    says={
        "kept": Need(
            (
                *("situations", "answers", "items", "bookings", "reminders", "cases", "messages"),
                *("since", "words_days", "case_days", "booking_days"),
            ),
            buttons=("file", "situations", "withdraw", "move", "delete", "menu"),
        ),
        "nothing": Need(("session_hours", "cases"), buttons=("file", "move", "delete", "menu")),
        "file": Need(("part", "parts", "text"), buttons=("more", "data")),
        "link": Need(("minutes",), buttons=("get", "data")),
        "situations": Need(buttons=("change",)),
        "no_situations": Need(buttons=("change",)),
        "hide": Need(("situation",), buttons=("yes", "no")),
        "hidden": Need(("situation",)),
        "withdraw": Need(("cases",), buttons=("yes", "no")),
        "withdrawn": Need(),
        "confirm": Need(buttons=("yes", "no")),
        "erased": Need(),
        **WORDS,
    },
)


@flow.asks("show")
async def ask_show(turn: Turn) -> list[Effect]:
    held, retention = await turn.reads.holdings(), turn.content.rules.retention
    is_full = turn.policy == "full"  # elsewhere nothing personal is shown; a way out and deletion always are
    if held.consent_at is None:
        names = [*(["file", "move"] if held.cases and is_full else []), "delete", "menu"]
        return [Ask("my_data.nothing", _choices(names), session_hours=retention.session_hours, cases=held.cases)]
    names = [*(["file", "situations", "withdraw"] if is_full else []), "move", "delete", "menu"]
    return [
        Ask(
            "my_data.kept",
            _choices(names),
            situations=", ".join(_labels(turn, held)) or "—",
            answers=held.answers,
            items=held.plan_items,
            bookings=held.bookings,
            reminders=held.reminders,
            cases=held.cases,
            messages=held.kept_messages,
            since=render.day_words(held.consent_at, turn.office.timezone, turn.now),
            words_days=retention.raw_words_days,
            case_days=retention.closed_case_days,
            booking_days=retention.booking_days,
        )
    ]


def _choices(names: list[str]) -> list[Choice]:
    return [Choice(name) for name in names]


def _labels(turn: Turn, held: Holdings) -> list[str]:
    return [turn.content.situations[id_].label for id_ in held.situations if id_ in turn.content.situations]


@flow.hears("show")
async def show_answered(turn: Turn) -> list[Effect]:
    if turn.heard == "file":
        return [Goto("link" if turn.channel == web.NAME else "file")]
    if turn.heard == "delete":
        return [Goto("confirm")]
    return [Goto(turn.heard)] if turn.heard in ("situations", "withdraw") else [Enter(turn.heard)]


# a copy


@flow.asks("file")
async def ask_file(turn: Turn) -> list[Effect]:
    if turn.policy == "information":
        return [Enter("elsewhere")]
    parts = cut(extract_text(turn.content, await turn.reads.extract(), turn.now), PART_CHARS)
    number = min(int(turn.data.get("part", 0)), len(parts) - 1)
    more = [Choice("more")] if number + 1 < len(parts) else []
    values = {"part": number + 1, "parts": len(parts), "text": parts[number]}
    return [KeepNothing(), Ask("my_data.file", [*more, Choice("data")], **values)]  # else the copy grows as it is read


@flow.hears("file")
async def file_answered(turn: Turn) -> list[Effect]:
    if turn.heard == "more":
        return [Keep(part=int(turn.data.get("part", 0)) + 1), Goto("file")]
    return [Enter("my_data")]


@flow.asks("link")
async def ask_link(turn: Turn) -> list[Effect]:
    if turn.policy == "information":
        return [Enter("elsewhere")]
    leave = ticket.made(turn.sign, turn.citizen.id, turn.now + LINK)
    choices = [Choice("get", url=f"{web.DATA_PATH}?ticket={leave}"), Choice("data")]
    return [Ask("my_data.link", choices, minutes=LINK.seconds // 60)]


@flow.hears("link", anytime=True)
async def link_answered(turn: Turn) -> list[Effect]:
    return [Enter("my_data")]


# one situation less


def _own(turn: Turn) -> list[Situation]:
    known = turn.content.situations
    return [known[id_] for id_ in turn.citizen.situations if id_ in known]


@flow.asks("situations")
async def ask_situations(turn: Turn) -> list[Effect]:
    if turn.policy == "information":
        return [Enter("elsewhere")]
    own = _own(turn)
    if not own:
        return [Ask("my_data.no_situations", [Choice("change")])]
    return [Ask("my_data.situations", [*(Choice(f"hide:{one.id}", one.label) for one in own), Choice("change")])]


@flow.hears("situations")
async def situation_chosen(turn: Turn) -> list[Effect]:
    return [Keep(hide=turn.about), Goto("hide")] if turn.heard == "hide" else [Enter("situation")]


@flow.asks("hide")
async def ask_hide(turn: Turn) -> list[Effect]:
    hidden = [one for one in _own(turn) if one.id == turn.data.get("hide")]
    if not hidden or turn.policy == "information":
        return [Goto("situations")]
    return [Ask("my_data.hide", [Choice("yes"), Choice("no")], situation=hidden[0].label)]


@flow.hears("hide")
async def hide_answered(turn: Turn) -> list[Effect]:
    hidden = [one for one in _own(turn) if one.id == turn.data.get("hide")]
    if turn.heard != "yes" or not hidden or turn.policy == "information":
        return [Goto("situations")]
    rest = [one for one in _own(turn) if one.id != hidden[0].id]
    others = {step.id for one in rest for step in one.plan}
    gone = [step.id for step in hidden[0].plan if step.id not in others]
    said = Say("my_data.hidden", situation=hidden[0].label)
    return [ChooseSituations([one.id for one in rest]), ForgetItems(gone), said, Enter("my_data")]


# no consent any more


@flow.asks("withdraw")
async def ask_withdraw(turn: Turn) -> list[Effect]:
    if not turn.has_consent:
        return [Goto("show")]
    held = await turn.reads.holdings()
    return [Ask("my_data.withdraw", [Choice("yes"), Choice("no")], cases=held.cases)]


@flow.hears("withdraw")
async def withdraw_answered(turn: Turn) -> list[Effect]:
    if turn.heard == "yes":
        return [Withdraw(), Say("my_data.withdrawn"), Enter("menu")]
    return [Goto("show")]


# nothing any more


@flow.asks("confirm")
async def ask_confirm(turn: Turn) -> list[Effect]:
    return [Ask("my_data.confirm", [Choice("yes"), Choice("no")])]


@flow.hears("confirm")
async def confirmed(turn: Turn) -> list[Effect]:
    if turn.heard == "yes":
        return [EraseAll(), Say("my_data.erased"), Enter("menu")]
    return [Goto("show")]
