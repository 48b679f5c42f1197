"""R19: a second bot with the same token. Both are told, both live, and the first one works on when it is gone."""

from collections.abc import Callable
from pathlib import Path

from tests.faults.platforms import emulator_of, settings_of
from tests.faults.product import Product

HEARD_S = 60.0  # each steps back for 15 s when the other one polls

Make = Callable[..., Product]


async def test_two_pollers_of_one_token(sqlite_url: str, quick: Make, tmp_path: Path) -> None:
    async with emulator_of("telegram") as telegram:
        settings = settings_of("telegram", telegram)
        first = quick(sqlite_url, settings)
        second = quick(
            f"sqlite:///{tmp_path / 'second.db'}", {**settings, "BOT_DATA_DIR": str(tmp_path / "2")}, name="2"
        )
        first.start()
        telegram.type("5000", "/help")
        await first.until(lambda: len(telegram.shown("5000")) == 1, HEARD_S, "the first answer")
        second.start()
        await first.until(
            lambda: "two_pollers" in first.alarms() + second.alarms(), HEARD_S, "the alarm of one of them"
        )
        assert first.is_alive
        assert second.is_alive
        metrics = await first.text("/metrics") + await second.text("/metrics")
        assert 'bot_alarms_total{what="two_pollers"}' in metrics
        telegram.type("5000", "/menu")
        await first.until(lambda: len(telegram.shown("5000")) == 2, HEARD_S, "an answer of either")
        assert await second.stop() == 0
        telegram.type("5000", "/ask")
        await first.until(lambda: len(telegram.shown("5000")) == 3, HEARD_S, "the first one's answer")
        await first.ready()
        assert await first.stop() == 0
