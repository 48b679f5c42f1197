"""/data: what is kept, truthfully, and its deletion. kept | nothing --> confirm --> erased"""

from bot.engine.effects import Ask, Choice, Effect, Enter, EraseAll, Goto, Say
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.texts import render
from bot.texts.schema import Need

flow = Flow(
    "my_data",
    start="show",
    says={
        "kept": Need(
            ("situations", "items", "reminders", "cases", "messages", "since", "words_days", "case_days"),
            buttons=("delete", "menu"),
        ),
        "nothing": Need(("session_hours", "cases"), buttons=("delete", "menu")),
        "confirm": Need(buttons=("yes", "no")),
        "erased": Need(),
    },
)


@flow.asks("show")
async def ask_show(turn: Turn) -> list[Effect]:
    held, retention = await turn.reads.holdings(), turn.content.rules.retention
    choices = [Choice("delete"), Choice("menu")]
    if held.consent_at is None:
        return [Ask("my_data.nothing", choices, session_hours=retention.session_hours, cases=held.cases)]
    labels = [turn.content.situations[id_].label for id_ in held.situations if id_ in turn.content.situations]
    return [
        Ask(
            "my_data.kept",
            choices,
            situations=", ".join(labels) or "—",
            items=held.plan_items,
            reminders=held.reminders,
            cases=held.cases,
            messages=held.kept_messages,
            since=render.day_words(held.consent_at, turn.content.default_office.timezone, turn.now),
            words_days=retention.raw_words_days,
            case_days=retention.closed_case_days,
        )
    ]


@flow.hears("show")
async def show_answered(turn: Turn) -> list[Effect]:
    return [Goto("confirm")] if turn.heard == "delete" else [Enter("menu")]


@flow.asks("confirm")
async def ask_confirm(turn: Turn) -> list[Effect]:
    return [Ask("my_data.confirm", [Choice("yes"), Choice("no")])]


@flow.hears("confirm")
async def confirmed(turn: Turn) -> list[Effect]:
    if turn.heard == "yes":
        return [EraseAll(), Say("my_data.erased"), Enter("menu")]
    return [Goto("show")]
