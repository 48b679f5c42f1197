"""What else a citizen may ask for, by situation and by what was done already."""

from collections.abc import Collection

from bot.texts.schema import Content
from bot.texts.visiting import Service

SHOWN = 4  # lines of one message


def further(content: Content, situations: Collection[str], done: Collection[str], most: int = SHOWN) -> list[Service]:
    """
    Services for these situations, those that suit most people first, without what was given.

    situations: none known means everybody. done: results of all visits.
    """
    found = []
    for service in content.services.values():
        is_mine = not service.situations or not situations or set(service.situations) & set(situations)
        if is_mine and not set(service.results) & set(done):
            found.append(service)
    return found[:most]
