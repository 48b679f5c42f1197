"""
«Другой мессенджер»: a one-time code made in the old chat brings the history into the new one.

in the old chat:  choose --> code
                     +-----> nothing (there is no history)
in the new chat:  choose --> enter, or the code typed anywhere, or /start move-CODE
                    --> typed --> moved
                          |-----> confirm (there is a history here, too) --> moved
                          +-----> wrong --> enter
"""

from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

from bot.engine import code as codes
from bot.engine.effects import Ask, Choice, ClaimMove, Effect, Enter, Goto, IssueCode, Keep, Unclear
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.texts.schema import Need

TAGS = {"t.me": "start", "max.ru": "start", "vk.me": "ref"}  # how a link of the platform hands over a tag

flow = Flow(
    "move",
    start="choose",
    holds=True,
    says={
        "choose": Need(buttons=("get", "have")),
        "nothing": Need(buttons=("have", "menu")),
        "code": Need(("code", "minutes", "others"), buttons=("new", "menu")),
        "enter": Need(buttons=("menu",)),
        "confirm": Need(buttons=("yes", "no")),
        "wrong": Need(("minutes", "tries"), buttons=("again", "menu")),
        "moved": Need(buttons=("plan", "menu")),
        "goodbye": Need(),
    },
)


async def _has_history(turn: Turn) -> bool:
    if turn.has_consent or turn.citizen.situations:
        return True
    return await turn.reads.open_case() is not None


@flow.asks("choose")
async def ask_choose(turn: Turn) -> list[Effect]:
    if turn.policy == "full":
        return [Ask("move.choose", [Choice("get"), Choice("have")])]
    return [Ask("move.choose", [Choice("get")])] if await _has_history(turn) else [Enter("elsewhere")]


@flow.hears("choose", anytime=True)
async def chosen(turn: Turn) -> list[Effect]:
    return [Enter("move", "enter" if turn.heard == "have" else "code")]


@flow.asks("code")
async def ask_code(turn: Turn) -> list[Effect]:
    if not await _has_history(turn):
        return [Goto("nothing")]
    code, minutes = codes.made(partial(turn.sign, turn.id)), turn.content.rules.move.minutes
    others = "\n".join(
        f"• {channel.name}: {_led(channel.link, code)}" if channel.link else f"• {channel.name}"
        for channel in turn.content.rules.other_channels
    )
    return [
        IssueCode(code, turn.now + timedelta(minutes=minutes)),
        Ask("move.code", [Choice("new"), Choice("menu")], code=codes.grouped(code), minutes=minutes, others=others),
    ]


def _led(link: str, code: str) -> str:
    """The link to the other chat, with the code in it where the platform can hand it over."""
    tag = TAGS.get(urlsplit(link).hostname or "")
    return f"{link}?{tag}={codes.PREFIX}{code}" if tag and "?" not in link else link


@flow.hears("code")
async def code_answered(turn: Turn) -> list[Effect]:
    return [Goto("code")] if turn.heard == "new" else [Enter("menu")]


@flow.asks("nothing")
async def ask_nothing(turn: Turn) -> list[Effect]:
    if turn.policy == "information":
        return [Enter("elsewhere")]
    return [Ask("move.nothing", [Choice("have"), Choice("menu")])]


@flow.hears("nothing", anytime=True)
async def nothing_answered(turn: Turn) -> list[Effect]:
    return [Enter("move", "enter")] if turn.heard == "have" else [Enter("menu")]


@flow.asks("enter")
async def ask_enter(turn: Turn) -> list[Effect]:
    if turn.policy == "information":
        return [Enter("elsewhere")]
    return [Ask("move.enter", [Choice("menu")])]


@flow.hears("enter", words=True)
async def entered(turn: Turn) -> list[Effect]:
    return [Enter("menu")] if turn.heard else [Unclear([Enter("move", "typed")])]


@flow.asks("typed")
async def code_typed(turn: Turn) -> list[Effect]:
    if turn.policy == "information":
        return [Enter("elsewhere")]
    code = str(turn.data.get("code") or "")
    if not code:
        return [Goto("wrong")]
    return [Goto("confirm")] if turn.has_consent else _claimed(turn, code)


def _claimed(turn: Turn, code: str) -> list[Effect]:
    claim = ClaimMove(code, turn.content.rules.move.tries, "move.goodbye", refused=[Enter("move", "wrong")])
    return [claim, Keep(code=None), Goto("moved")]


@flow.asks("confirm")
async def ask_confirm(turn: Turn) -> list[Effect]:
    if turn.policy == "information":
        return [Enter("elsewhere")]
    if not turn.data.get("code"):
        return [Goto("choose")]
    return [Ask("move.confirm", [Choice("yes"), Choice("no")])]


@flow.hears("confirm")
async def confirmed(turn: Turn) -> list[Effect]:
    code = str(turn.data.get("code") or "")
    if turn.heard == "yes" and code and turn.policy == "full":
        return _claimed(turn, code)
    return [Enter("menu")]


@flow.asks("wrong")
async def ask_wrong(turn: Turn) -> list[Effect]:
    rules = turn.content.rules.move
    choices = [Choice("again"), Choice("menu")]
    return [Ask("move.wrong", choices, minutes=rules.minutes, tries=rules.tries)]


@flow.hears("wrong", anytime=True)
async def wrong_answered(turn: Turn) -> list[Effect]:
    return [Enter("move", "enter")] if turn.heard == "again" else [Enter("menu")]


@flow.asks("moved")
async def ask_moved(turn: Turn) -> list[Effect]:
    return [Ask("move.moved", [Choice("plan"), Choice("menu")])]


@flow.hears("moved", anytime=True)
async def moved_answered(turn: Turn) -> list[Effect]:
    return [Enter("plan" if turn.heard == "plan" else "menu")]
