"""
«Скрыть переписку»: the bot's messages leave the screen, and a neutral one stands for the menu.

offer --> links (whatever is said meets it, until the citizen's own word, or «меню» for who chose none)
   +----> word --> ready --> links
"""

from bot.engine.cover import own_word
from bot.engine.effects import Ask, Choice, Conceal, Effect, Enter, Goto, KeepNothing, KeepWord
from bot.engine.flow import Flow
from bot.engine.turn import Turn
from bot.engine.words import plain
from bot.texts.schema import Need

CHARS_MIN, CHARS_MAX = 3, 40

flow = Flow(
    "cover",
    start="offer",
    says={
        "offer": Need(buttons=("hide", "word", "menu")),
        "offer_word": Need(buttons=("hide", "word", "menu")),
        "word": Need(("least", "most"), buttons=("menu",)),
        "word_bad": Need(("least", "most"), buttons=("menu",)),
        "ready": Need(buttons=("hide", "menu")),
        "links": Need(),
    },
)


@flow.asks("offer")
async def ask_offer(turn: Turn) -> list[Effect]:
    has_word = await turn.reads.own_word() is not None
    word = [Choice("word")] if turn.has_consent and turn.policy == "full" else []  # nothing is kept without consent
    return [Ask("cover.offer_word" if has_word else "cover.offer", [Choice("hide"), *word, Choice("menu")])]


@flow.hears("offer", anytime=True)
async def offer_answered(turn: Turn) -> list[Effect]:
    if turn.heard == "hide":
        return [Conceal(), Goto("links")]
    return [Goto("word")] if turn.heard == "word" else [Enter("menu")]


@flow.asks("word")
async def ask_word(turn: Turn) -> list[Effect]:
    if not turn.has_consent or turn.policy == "information":
        return [Goto("offer")]
    key = "cover.word_bad" if turn.data.get("is_bad") else "cover.word"
    return [Ask(key, [Choice("menu")], least=CHARS_MIN, most=CHARS_MAX)]


@flow.hears("word", words=True)
async def word_said(turn: Turn) -> list[Effect]:
    if turn.heard:
        return [Enter("menu")]
    if not turn.has_consent or turn.policy == "information":
        return [Goto("offer")]
    if not CHARS_MIN <= len(plain(turn.text)) <= CHARS_MAX:
        return [Enter("cover", "word", is_bad=True)]
    return [KeepWord(own_word(turn, turn.text)), KeepNothing(), Goto("ready")]


@flow.asks("ready")
async def ask_ready(turn: Turn) -> list[Effect]:
    return [Ask("cover.ready", [Choice("hide"), Choice("menu")])]


@flow.hears("ready", anytime=True)
async def ready_answered(turn: Turn) -> list[Effect]:
    return await offer_answered(turn)


@flow.asks("links")
async def ask_links(turn: Turn) -> list[Effect]:
    return [Ask("cover.links")]
