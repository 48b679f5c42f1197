"""
What is slow the first time: the index of questions with its dictionary of word forms (0.5 s, 30 MB), the production
calendar (0.3 s, 9 MB). A bot loads each when somebody needs it, for a small centre's server has little memory; where
many talks are played in a row it is loaded before the first.
"""

from bot.booking import calendar
from bot.texts.schema import Content


def load(content: Content, year: int) -> None:
    """Blocks for a second."""
    content.matcher.prepare()
    calendar.load(year)
