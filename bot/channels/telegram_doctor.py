"""
What is wrong with the bot's settings at Telegram, and how an operator mends it.

Another poller of the same token is not looked for: asking would throw out our own one (Telegram 409).
Source: core.telegram.org/bots/api getMe, WebhookInfo.
"""

from typing import TYPE_CHECKING

from bot.channels.port import Finding
from bot.channels.telegram_errors import CallFailed, is_dead
from bot.channels.telegram_heard import LISTENED

if TYPE_CHECKING:
    from aiogram import Bot
    from aiogram.types import WebhookInfo

MANY_PENDING = 100

ASK_BOTFATHER = "Возьмите токен у @BotFather (команда /token) и впишите его целиком в BOT_TELEGRAM_TOKEN."
UNUSABLE = Finding(
    True,
    "токен или прокси Telegram записаны неверно",
    "Токен выглядит как 123456:ABC-def, прокси как http://адрес:порт или socks5://адрес:порт.",
)
# What Telegram says of the last failed delivery: (part of its words, what it means, remedy).
_DELIVERY = (
    (("401", "403"), "наш сервер отвергает вызовы", "Проверьте BOT_WEBHOOK_SECRET: он один на все процессы."),
    (("ssl", "certificate"), "не подходит сертификат", "Поставьте сертификат, которому верят браузеры, с цепочкой."),
    (("404",), "адрес не найден", "Проверьте BOT_PUBLIC_URL и что прокси пропускает /hooks/telegram."),
    (("resolve", "timed out", "timeout", "refused", "connect"), "сервер не виден снаружи", "Откройте порт 443."),
    (("500", "502", "503", "504"), "наш сервер отвечает ошибкой", "Посмотрите журнал процесса web и базу."),
)


async def examine(bot: "Bot", *, webhook_url: str, secret: str) -> list[Finding]:
    """webhook_url: the address we expect, empty for long polling. Asks until the answer that makes others useless."""
    try:
        me = await bot.get_me()
        webhook = await bot.get_webhook_info()
    except CallFailed as failed:
        if is_dead(failed):
            return [Finding(True, "Telegram не принимает токен", ASK_BOTFATHER)]
        remedy = "Проверьте сеть; где Telegram закрыт, укажите BOT_TELEGRAM_PROXY или BOT_TELEGRAM_API_URL."
        return [Finding(True, f"Telegram не отвечает ({failed})", remedy)]
    known = Finding(False, f"токен Telegram принят, бот @{me.username}")
    return [known, *_way(webhook, webhook_url, secret), *_queue(webhook)]


def _way(webhook: "WebhookInfo", webhook_url: str, secret: str) -> list[Finding]:
    found: list[Finding] = []
    if not webhook_url:
        if webhook.url:
            remedy = "Программа снимет его сама при запуске; если адрес не ваш, смените токен у @BotFather."
            found.append(Finding(False, "сообщения идут на вебхук, а настроен опрос", remedy))
        return found
    if not webhook_url.startswith("https://"):
        found.append(Finding(True, "адрес вебхука не https", "Укажите в BOT_PUBLIC_URL адрес с https://."))
    if not secret:
        remedy = "Задайте BOT_WEBHOOK_SECRET: 16–50 знаков из букв, цифр, _ и -."
        found.append(Finding(True, "у вебхука нет секрета, вызовы будут отвергнуты", remedy))
    if webhook.url != webhook_url:
        remedy = "Программа поставит его сама при запуске; если адрес снова сменится, токеном пользуется кто-то ещё."
        what = "вебхук ведёт на другой адрес" if webhook.url else "вебхук ещё не поставлен"
        found.append(Finding(False, what, remedy))
    elif set(webhook.allowed_updates or ()) != set(LISTENED):
        remedy = "Программа исправит это сама при запуске."
        found.append(Finding(False, "вебхук подписан не на те события", remedy))
    return found


def _queue(webhook: "WebhookInfo") -> list[Finding]:
    found: list[Finding] = []
    if webhook.url and webhook.last_error_message:
        words = webhook.last_error_message.lower()
        known = (line for line in _DELIVERY if any(part in words for part in line[0]))
        _, what, remedy = next(known, ((), "причина неизвестна", "Посмотрите журнал процесса web и прокси."))
        is_stuck = webhook.pending_update_count > 0
        found.append(Finding(is_stuck, f"Telegram не мог доставить сообщение: {what}", remedy))
    if webhook.pending_update_count > MANY_PENDING:
        remedy = "Убедитесь, что программа запущена. Telegram хранит сообщения не дольше суток."
        found.append(Finding(False, f"ждут доставки: {webhook.pending_update_count}", remedy))
    return found
