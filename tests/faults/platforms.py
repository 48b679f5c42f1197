"""The emulators as the product of the fault tests meets them: settings, and when they were reached."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.platforms.emulator import Emulator
from tests.platforms.max import MaxEmulator
from tests.platforms.telegram import TOKEN, TelegramEmulator
from tests.platforms.vk import VkEmulator

CHANNELS = ("telegram", "vk", "max")
GROUP = 777


@asynccontextmanager
async def emulator_of(channel: str) -> AsyncIterator[Emulator]:
    """A platform on the loopback, without limits of speed."""
    if channel == "telegram":
        emulator: Emulator = TelegramEmulator()
    elif channel == "vk":
        emulator = VkEmulator(group_id=GROUP)
    else:
        emulator = MaxEmulator()
    async with emulator:
        yield emulator


def settings_of(channel: str, emulator: Emulator) -> dict[str, str]:
    """Settings that lead the product to the emulator."""
    if channel == "telegram":
        return {"BOT_TELEGRAM_TOKEN": TOKEN, "BOT_TELEGRAM_API_URL": emulator.url}
    if channel == "vk":
        return {"BOT_VK_TOKEN": "vk1.a.TEST", "BOT_VK_GROUP_ID": str(GROUP), "BOT_VK_API_URL": emulator.url}
    return {"BOT_MAX_TOKEN": "max-token-of-the-tests", "BOT_MAX_API_URL": emulator.url}


def sends(emulator: Emulator) -> int:
    """Messages that stand on screens."""
    return sum(map(len, emulator.screens.values()))
