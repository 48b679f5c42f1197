"""
The channels that are on, each made from the settings. No vendor library is imported here: an adapter does so when used.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import cast

from bot.channels import terminal
from bot.channels.port import Channel
from bot.engine.taken import Surface
from bot.engine.turn import Policy
from bot.engine.words import COMMANDS
from bot.settings import MESSENGERS, Settings
from bot.texts import render
from bot.texts.schema import Content

Commands = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Messenger:
    """
    One messenger that is on.

    account: tells this account from another one of the same platform. hook: (url, secret), None when polling.
    """

    channel: Channel
    account: str
    policy: Policy
    hook: tuple[str, str] | None


def commands(content: Content) -> Commands:
    """(name, what it does) for a platform's menu of commands, in the words of the content."""
    labels = {**content.texts["menu.main"].buttons, **content.texts["more.list"].buttons}
    labels["menu"] = render.say(content, "common.menu", {})
    return tuple((name, labels[flow]) for name, flow in COMMANDS.items() if flow in labels)


def messengers(settings: Settings, content: Content) -> dict[str, Messenger]:
    """Those with a token that are not off, by name. Nothing is opened yet. Raises ValueError, in Russian."""
    menu = commands(content)
    return {name: _messenger(settings, name, menu) for name in MESSENGERS if settings.is_on(name)}


def _messenger(settings: Settings, name: str, menu: Commands) -> Messenger:
    secret = settings.webhook_secret.get_secret_value()
    url = settings.hook_url(name)
    makers = {"telegram": _telegram, "vk": _vk, "max": _max}
    channel, account = makers[name](settings, secret if url else "", menu)
    return Messenger(channel, account, cast(Policy, settings.policy(name)), (url, secret) if url else None)


def _telegram(settings: Settings, secret: str, menu: Commands) -> tuple[Channel, str]:
    from bot.channels.telegram import Telegram

    token = settings.token("telegram")
    channel = Telegram(
        token=token,
        api_url=settings.telegram_api_url,
        proxy=settings.telegram_proxy.get_secret_value(),
        secret=secret,
        webhook_url=settings.hook_url("telegram"),
        commands=menu,
    )
    return channel, token.partition(":")[0]


def _vk(settings: Settings, secret: str, _menu: Commands) -> tuple[Channel, str]:
    from bot.channels.vk import Vk

    assert settings.vk_group_id is not None, "checked with the settings"
    channel = Vk(
        token=settings.token("vk"),
        group_id=settings.vk_group_id,
        api_url=settings.vk_api_url,
        confirmation=settings.vk_confirmation,
        secret=secret,
    )
    return channel, str(settings.vk_group_id)


def _max(settings: Settings, secret: str, menu: Commands) -> tuple[Channel, str]:
    from bot.channels.max import Max

    token = settings.token("max")
    channel = Max(
        token=token,
        api_url=settings.max_api_url,
        ca_file=str(settings.max_ca_file or ""),
        secret=secret,
        webhook_url=settings.hook_url("max"),
        commands=menu,
    )
    return channel, sha256(token.encode()).hexdigest()[:12]


def surfaces(settings: Settings, on: Mapping[str, Messenger]) -> dict[str, Surface]:
    """What turns must know of each channel that is on; the terminal always is: only who is at the machine has it."""
    found = {name: Surface(messenger.channel.limits, messenger.policy) for name, messenger in on.items()}
    found[terminal.NAME] = Surface(terminal.LIMITS)
    if settings.is_on("web"):
        from bot.channels import web

        found["web"] = Surface(web.LIMITS, cast(Policy, settings.web_policy))
    return found
