"""Starts of talks, by the tags of the links that led there."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from bot.commands.shell import say, settings, told, work
from bot.parts import explained, opened_database
from bot.settings import Settings


def starts(days: Annotated[int, typer.Option("--days", metavar="ДНЕЙ", min=1, help="за сколько дней")] = 30) -> None:
    """Сколько раз начинали разговор, по меткам ссылок."""

    async def tell(settings: Settings) -> None:
        since = (datetime.now(UTC) - timedelta(days=days - 1)).date()
        async with opened_database(settings) as (database, _), database.read() as tx:
            counted = await tx.starts.by_tag(since=since)
        for tag, channel, count in counted:
            say(f"{count:>7}  {channel:<9} {tag or 'без метки'}")
        say(f"Всего с {since:%d.%m.%Y}: {sum(count for _, _, count in counted)}.")

    with told():
        found = settings(quiet=True)
        with explained():
            work(tell(found))
