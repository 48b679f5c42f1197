"""The cover: a neutral screen meets all that is said or pressed until it is the own word, or «меню» for want of one."""

import hmac

from bot.engine.effects import Enter, StopReminders
from bot.engine.press import Press
from bot.engine.screen import MENU
from bot.engine.turn import Turn
from bot.engine.understanding import Understanding
from bot.engine.way import Way
from bot.engine.words import command, everywhere, plain

COVER = "cover"  # the flow of the neutral screen
CRISIS = "crisis"  # the flow of a bad hour


async def covered(way: Way, text: str, press: Press | None) -> None:
    """text: what was written, "" for anything else."""
    turn, stand = way.stand.turn, way.stand
    words = Understanding(turn.content.matcher, text)
    if text and (kind := words.cried):
        await way.run([Enter(CRISIS, kind=kind, is_covered=True)])
        return
    heard = (command(text) or everywhere(text, turn.content.words)) if text else None
    own = await turn.reads.own_word()
    if own is None:
        is_said = bool(heard and heard.flow == "menu") or bool(press and press.choice == MENU)
    else:
        is_said = bool(text) and hmac.compare_digest(own, own_word(turn, text))
        stand.is_secret = stand.is_secret or is_said
    if is_said:
        stand.session.is_covered = False
        await way.run([Enter("menu")])
    elif heard and heard.flow == "stop":
        await way.run([StopReminders(), Enter(COVER, "links")])
    elif text and (kind := await words.cried_in()):
        await way.run([Enter(CRISIS, kind=kind, is_covered=True)])
    else:
        await way.run([Enter(COVER, "links")])


def own_word(turn: Turn, text: str) -> str:
    """The word that uncovers the menu as it is kept: a keyed hash, another one for each citizen."""
    return turn.sign("own word", turn.citizen.id, plain(text)).hex()
