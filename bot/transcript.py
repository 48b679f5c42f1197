"""
The transcript form of a talk: `talk --transcript` prints it, tests play it.

    > запись                        the citizen typed this
    > [yes]                         pressed the choice "yes"
    < booking.confirm [yes] [no]    the bot said this text, with these choices
"""

from bot.engine.press import VERSION
from bot.engine.screen import NAVIGATION
from bot.messages import Outgoing


def buttons(message: Outgoing) -> dict[str, str]:
    """Choice id -> button data, in the order shown, navigation included."""
    found = {}
    for row in message.rows:
        for button in row:
            parts = button.data.split("|")
            if len(parts) == 5 and parts[0] == VERSION:
                found[parts[3]] = button.data
    return found


def line(message: Outgoing) -> str:
    """`< key [choice] [choice]`; navigation, being everywhere, is left out. Empty for a later piece of one text."""
    if not message.key:
        return ""
    choices = [choice for choice in buttons(message) if choice.partition(":")[0] not in NAVIGATION]
    return " ".join([f"< {message.key}", *(f"[{choice}]" for choice in choices)])
