"""What there is to read about a situation: as choices under a screen, and where each of them leads."""

from bot.engine.effects import Choice, Enter
from bot.engine.turn import Turn
from bot.texts.situation import Situation

LEADS = {
    "page": ("info", "page"),
    "steps": ("info", "steps"),
    "days": ("days", "date"),
    "pages": ("info", "pages"),
    "share": ("relatives", "share"),
}
PRINT = "/print"  # the printable pages of the installation's site


def asked_about(turn: Turn) -> Situation | None:
    """The situation this talk is about, None when content has it no more."""
    return turn.content.situations.get(str(turn.data.get("situation", "")))


def readings(turn: Turn, situation: Situation, *names: str) -> list[Choice]:
    """Those of the choices that have something to show."""
    is_empty = {
        "steps": not situation.plan,
        "days": not situation.days,
        "pages": not turn.content.pages_of(situation.id),
    }
    return [Choice(f"{name}:{situation.id}") for name in names if not is_empty.get(name)]


def way(turn: Turn) -> Enter:
    """Where the heard choice leads; it names its situation, so it may come from an old screen."""
    flow, step = LEADS[turn.heard]
    return Enter(flow, step, situation=turn.about)


def print_link(turn: Turn, situation: Situation) -> str:
    """The printable page, empty where the installation has no public address."""
    return f"{turn.site}{PRINT}/{situation.id}" if turn.site else ""
