"""File `obstacles.yaml`: what may be in the way of a plan item, and where its help leads."""

from collections.abc import Collection, Mapping

from bot.texts.leads import read_leads
from bot.texts.reader import Reader
from bot.texts.situation import Obstacle

HELP_CHARS = 1500  # a screen with up to eight buttons, read on a phone
LEADS_MAX = 6  # two buttons more lead on in the plan


def read_obstacles(reader: Reader, known: Mapping[str, Collection[str]]) -> dict[str, Obstacle]:
    """All obstacles, in the order of the file. known: kind of a lead ("item", "question", "page") → ids there are."""
    found = {}
    for ident, obstacle in reader.children():
        found[ident] = Obstacle(
            id=ident,
            label=obstacle.label("label"),
            help=obstacle.text("help", limit=HELP_CHARS),
            leads=read_leads(obstacle, known, most=LEADS_MAX),
        )
        obstacle.done()
    reader.done()
    return found
