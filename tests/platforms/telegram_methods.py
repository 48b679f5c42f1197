"""
What each method of the Bot API checks and does, as far as a bot in private dialogs calls it.

Source: core.telegram.org/bots/api; reference, limits; descriptions as tdlib/telegram-bot-api words them.
"""

import json
import math
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
from aiohttp import web

from tests.platforms.emulator import Shown
from tests.platforms.telegram_queue import LOOPBACK, Hook, ThrownOut

if TYPE_CHECKING:
    from tests.platforms.telegram import TelegramEmulator

TEXT_CHARS = 4096
DATA_BYTES = 64
INLINE_BUTTONS, INLINE_PER_ROW = 100, 8
BOTTOM_BUTTONS, BOTTOM_PER_ROW = 300, 12
PORTS = (443, 80, 88, 8443)  # on the loopback any will do, and http too
POLL_S = 50
PER_SECOND, CHAT_BURST, CHAT_WINDOW_S, GROUP_PER_MINUTE = 30, 3, 3.0, 20

# Fields of forms that are text even where it looks like JSON.
_TEXTS = frozenset({"text", "url", "secret_token", "callback_query_id", "action", "parse_mode"})

Keyboard = tuple[list[list[tuple[str, str]]], list[list[str]] | None]


class ApiError(Exception):
    """An answer `ok: false`."""

    def __init__(self, code: int, words: str, **parameters: int) -> None:
        super().__init__(words)
        self.code = code
        self.words = words
        self.parameters = parameters


class Pace:
    """Sliding windows: 30 sends a second in all, 3 in 3 s to one chat (bursts are tolerated), 20/min to a group."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.refused = 0
        self._clock = clock
        self._all: deque[float] = deque()
        self._chats: dict[str, deque[float]] = defaultdict(deque)

    def check(self, chat: str) -> None:
        """Count one send. Raises ApiError 429 with the wait."""
        now = self._clock()
        group = chat.startswith("-")
        most, window = (GROUP_PER_MINUTE, 60.0) if group else (CHAT_BURST, CHAT_WINDOW_S)
        waits = (_wait(self._all, PER_SECOND, 1.0, now), _wait(self._chats[chat], most, window, now))
        if max(waits) > 0:
            self.refused += 1
            after = math.ceil(max(waits))
            raise ApiError(429, f"Too Many Requests: retry after {after}", retry_after=after)
        self._all.append(now)
        self._chats[chat].append(now)


def params_of(content_type: str, query: str, body: bytes) -> dict[str, Any]:
    """The parameters of a request, JSON or form, nested values as objects. What can't be read is left out."""
    if content_type == "application/json":
        try:
            value = msgspec.json.decode(body)
        except msgspec.MsgspecError:
            return {}
        return value if isinstance(value, dict) else {}
    pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True) + parse_qsl(query)
    return {name: value if name in _TEXTS else _value(value) for name, value in pairs}


def answer_of(result: Any) -> web.Response:
    return web.Response(body=b'{"ok":true,"result":%b}' % _encoded(result), content_type="application/json")


async def get_me(telegram: "TelegramEmulator", params: dict[str, Any]) -> Any:
    from tests.platforms.telegram import BOT

    return BOT | {"can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}


async def get_updates(telegram: "TelegramEmulator", params: dict[str, Any]) -> Any:
    updates = telegram.updates
    if updates.hook is not None:
        words = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        raise ApiError(409, f"Conflict: {words}")
    if isinstance(params.get("allowed_updates"), list):
        updates.allowed = params["allowed_updates"]
    limit = params.get("limit", 100)
    if not 1 <= limit <= 100:
        limit = 100
    timeout_s = min(params.get("timeout", 0), POLL_S)
    try:
        bodies = await updates.take(offset=params.get("offset", 0), limit=limit, timeout_s=timeout_s)
    except ThrownOut:
        words = "terminated by other getUpdates request; make sure that only one bot instance is running"
        raise ApiError(409, f"Conflict: {words}") from None
    return msgspec.Raw(b"[%b]" % b",".join(bodies))


async def set_webhook(telegram: "TelegramEmulator", params: dict[str, Any]) -> Any:
    url = str(params.get("url", ""))
    if not url:
        return await delete_webhook(telegram, params)
    address = urlsplit(url)
    if address.hostname not in LOOPBACK:
        if address.scheme != "https":
            raise ApiError(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if (address.port or 443) not in PORTS:
            raise ApiError(400, "Bad Request: bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
    secret = params.get("secret_token", "")
    if len(secret) > 256 or not all(sign.isascii() and (sign.isalnum() or sign in "_-") for sign in secret):
        raise ApiError(400, "Bad Request: secret token contains unallowed characters")
    updates = telegram.updates
    if isinstance(params.get("allowed_updates"), list):
        updates.allowed = params["allowed_updates"]
    if params.get("drop_pending_updates"):
        updates.clear()
    updates.deliver(Hook(url, secret, connections=params.get("max_connections", 40)))
    return True


async def delete_webhook(telegram: "TelegramEmulator", params: dict[str, Any]) -> Any:
    if params.get("drop_pending_updates"):
        telegram.updates.clear()
    telegram.updates.deliver(None)
    return True


async def get_webhook_info(telegram: "TelegramEmulator", params: dict[str, Any]) -> Any:
    hook, pending = telegram.updates.hook, len(telegram.updates.waiting)
    info: dict[str, Any] = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": pending,
    }
    if telegram.updates.allowed:
        info["allowed_updates"] = telegram.updates.allowed
    if hook is not None:
        info["max_connections"] = hook.connections
        if hook.last_error:
            info |= {"last_error_date": hook.last_error_at, "last_error_message": hook.last_error}
    return info


async def set_my_commands(telegram: "TelegramEmulator", params: dict[str, Any]) -> Any:
    for command in params["commands"]:
        name, words = command["command"], command["description"]
        if not (1 <= len(name) <= 32 and name.replace("_", "").isalnum() and name.islower()):
            raise ApiError(400, "Bad Request: BOT_COMMAND_INVALID")
        if not 1 <= len(words) <= 256:
            raise ApiError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID")
    telegram.commands = params["commands"]
    return True


async def create_forum_topic(telegram: "TelegramEmulator", params: dict[str, Any]) -> Any:
    chat, title = _chat(telegram, params), str(params.get("name", ""))
    if chat not in telegram.forums:
        raise ApiError(400, "Bad Request: the chat is not a forum")
    if not 1 <= len(title) <= 128:
        raise ApiError(400, "Bad Request: topic name is wrong")
    number = telegram.next_message
    telegram.next_message += 1
    telegram.forums[chat][str(number)] = title
    return {"message_thread_id": number, "name": title, "icon_color": 7322096}


async def send_message(telegram: "TelegramEmulator", params: dict[str, Any]) -> Any:
    chat, text = _chat(telegram, params), _text(params)
    thread = str(params.get("message_thread_id", ""))
    if thread and thread not in telegram.forums.get(chat, {}):
        raise ApiError(400, "Bad Request: message thread not found")
    buttons, menu = _keyboard(params.get("reply_markup"))
    if telegram.limits:
        telegram.pace.check(chat)
    shown = Shown(str(telegram.next_message), text, buttons, menu)
    telegram.next_message += 1
    telegram.threads[chat, shown.id] = thread
    if menu is not None:
        telegram.bottom[chat] = menu
    telegram.shown(chat).append(shown)
    telegram.sent += 1
    telegram.replied_at[chat].append(time.monotonic())
    telegram.note()
    return _message(chat, shown)


async def edit_message_text(telegram: "TelegramEmulator", params: dict[str, Any]) -> Any:
    chat, text = _chat(telegram, params), _text(params)
    wanted = str(params.get("message_id", ""))
    shown = next((shown for shown in reversed(telegram.shown(chat)) if shown.id == wanted), None)
    if shown is None:
        raise ApiError(400, "Bad Request: message to edit not found")
    if wanted in telegram.uneditable:
        raise ApiError(400, "Bad Request: message can't be edited")
    markup = params.get("reply_markup")
    if markup and "inline_keyboard" not in markup:
        raise ApiError(400, "Bad Request: inline keyboard expected")
    buttons, _ = _keyboard(markup)
    if (shown.text, shown.buttons) == (text, buttons):
        words = (
            "specified new message content and reply markup are exactly the same as a current content and reply markup"
        )
        raise ApiError(400, f"Bad Request: message is not modified: {words} of the message")
    if telegram.limits:
        telegram.pace.check(chat)
    shown.text, shown.buttons = text, buttons
    shown.edited += 1
    telegram.edited += 1
    telegram.replied_at[chat].append(time.monotonic())
    telegram.note()
    return _message(chat, shown)


async def delete_message(telegram: "TelegramEmulator", params: dict[str, Any]) -> Any:
    wanted = str(params.get("message_id"))
    if not any(shown.id == wanted for shown in telegram.shown(_chat(telegram, params))):
        raise ApiError(400, "Bad Request: message to delete not found")
    return await delete_messages(telegram, {**params, "message_ids": [int(wanted)]})


async def delete_messages(telegram: "TelegramEmulator", params: dict[str, Any]) -> Any:
    """What is not there is passed over; one that is 48 hours old spoils it for all."""
    screen = telegram.shown(_chat(telegram, params))
    wanted = {str(id_) for id_ in params.get("message_ids", ())}
    if not 1 <= len(wanted) <= 100:
        raise ApiError(400, "Bad Request: the number of messages to delete must be between 1 and 100")
    if wanted & telegram.undeletable & {shown.id for shown in screen}:
        raise ApiError(400, "Bad Request: message can't be deleted")
    screen[:] = [shown for shown in screen if shown.id not in wanted]
    telegram.note()
    return True


async def answer_callback_query(telegram: "TelegramEmulator", params: dict[str, Any]) -> Any:
    query = str(params.get("callback_query_id", ""))
    if not telegram.lived(query):
        words = "query is too old and response timeout expired or query ID is invalid"
        raise ApiError(400, f"Bad Request: {words}")
    telegram.answered.append(query)
    return True


async def send_chat_action(telegram: "TelegramEmulator", params: dict[str, Any]) -> Any:
    telegram.typing[_chat(telegram, params)] += 1
    return True


METHODS: dict[str, Callable[["TelegramEmulator", dict[str, Any]], Awaitable[Any]]] = {
    "getMe": get_me,
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "setMyCommands": set_my_commands,
    "sendMessage": send_message,
    "createForumTopic": create_forum_topic,
    "editMessageText": edit_message_text,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "answerCallbackQuery": answer_callback_query,
    "sendChatAction": send_chat_action,
}
SENDS = frozenset({"sendMessage", "editMessageText", "answerCallbackQuery", "deleteMessage", "deleteMessages"})


def _chat(telegram: "TelegramEmulator", params: dict[str, Any]) -> str:
    chat = str(params.get("chat_id", ""))
    if not chat:
        raise ApiError(400, "Bad Request: chat_id is empty")
    if not chat.removeprefix("-").isdigit() or chat in telegram.strangers:
        raise ApiError(400, "Bad Request: chat not found")
    if chat in telegram.upgraded:
        words = "Bad Request: group chat was upgraded to a supergroup chat"
        raise ApiError(400, words, migrate_to_chat_id=int(telegram.upgraded[chat]))
    if chat in telegram.put_out:
        raise ApiError(403, "Forbidden: bot was kicked from the supergroup chat")
    if chat in telegram.blocked:
        raise ApiError(403, "Forbidden: bot was blocked by the user")
    if chat in telegram.deactivated:
        raise ApiError(403, "Forbidden: user is deactivated")
    return chat


def _text(params: dict[str, Any]) -> str:
    text = str(params.get("text", ""))
    if not text.strip():
        raise ApiError(400, "Bad Request: message text is empty")
    if len(text) > TEXT_CHARS:
        raise ApiError(400, "Bad Request: message is too long")
    return text


def _keyboard(markup: Any) -> Keyboard:
    """(rows of an inline keyboard, rows of a bottom keyboard or None). Raises ApiError where Telegram does."""
    if not markup:
        return [], None
    if markup.get("remove_keyboard"):
        return [], []
    if "keyboard" in markup:
        rows = markup["keyboard"]
        labels = [[button if isinstance(button, str) else button["text"] for button in row] for row in rows]
        _sizes(rows, BOTTOM_BUTTONS, BOTTOM_PER_ROW)
        if not all(label.strip() for row in labels for label in row):
            raise ApiError(400, "Bad Request: keyboard button text must be non-empty")
        return [], labels
    rows = markup.get("inline_keyboard", [])
    _sizes(rows, INLINE_BUTTONS, INLINE_PER_ROW)
    return [[_inline(button) for button in row] for row in rows], None


def _sizes(rows: list[list[Any]], most: int, per_row: int) -> None:
    if sum(map(len, rows)) > most or any(len(row) > per_row for row in rows):
        raise ApiError(400, "Bad Request: reply markup is too long")


def _inline(button: dict[str, str]) -> tuple[str, str]:
    if not button.get("text", "").strip():
        raise ApiError(400, "Bad Request: inline keyboard button text must be non-empty")
    if "url" in button:
        if urlsplit(button["url"]).scheme not in ("http", "https", "tg"):
            raise ApiError(400, "Bad Request: inline keyboard button URL is invalid: Wrong HTTP URL")
        return button["text"], button["url"]
    if "callback_data" not in button:
        raise ApiError(400, "Bad Request: Text buttons are unallowed in the inline keyboard")
    if not 1 <= len(button["callback_data"].encode()) <= DATA_BYTES:
        raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
    return button["text"], button["callback_data"]


def _message(chat: str, shown: Shown) -> dict[str, Any]:
    from tests.platforms.telegram import BOT, chat_of

    message = {"message_id": int(shown.id), "from": BOT, "date": int(time.time()), "chat": chat_of(chat)}
    return message | {"text": shown.text}


def _wait(sent: deque[float], most: int, window_s: float, now: float) -> float:
    while sent and now - sent[0] >= window_s:
        sent.popleft()
    return sent[0] + window_s - now if len(sent) >= most else 0.0


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _encoded(result: Any) -> bytes:
    return bytes(result) if isinstance(result, msgspec.Raw) else msgspec.json.encode(result)
