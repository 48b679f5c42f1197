"""
A Telegram bot as a channel: getUpdates or a webhook in, sendMessage and editMessageText out.

    telegram_heard    a raw update as Incoming      telegram_errors   what a failed call means
    telegram_client   the calls, through aiogram    telegram_doctor   what is wrong with the bot's settings

Telegram has no key that makes a send idempotent: whatever was lost on the way back is Uncertain. Messages go as plain
text, without markup and link previews. Groups are not listened to.
Source: core.telegram.org/bots/api 10.2, getUpdates, setWebhook, sendMessage, editMessageText, InlineKeyboardMarkup.
"""

import asyncio
import hmac
import json
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import structlog

from bot.channels import telegram_doctor, telegram_heard
from bot.channels.port import (
    Broken,
    Delivery,
    Finding,
    Forged,
    Limits,
    Polled,
    Raw,
    ReceiveError,
    Refused,
    TwoPollers,
)
from bot.channels.telegram_errors import CallFailed, How, Why, is_dead, send_error, setup_error
from bot.channels.telegram_fields import event, parsed
from bot.channels.telegram_fields import number as number_of
from bot.channels.telegram_heard import CHANNEL, LISTENED
from bot.messages import Address, Button, Incoming, Kind, Outgoing

if TYPE_CHECKING:
    from bot.channels.telegram_client import Client

API_URL = "https://api.telegram.org"
CONNECT_S = 10.0  # a free connection of the pool and a new one together
ANSWER_S = 20.0
POLL_S = 25  # within the port's 30 s; proxies cut longer ones
BATCH = 100  # the most getUpdates gives
ACKNOWLEDGE_S = 5.0
ERASED_AT_ONCE = 100  # the most deleteMessages takes
TOPICS_KEPT = 100
WEBHOOK_CONNECTIONS = 40  # Telegram's own default; one commit takes what arrives together, so fewer of them cost more
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105  the header's name

_NO_PREVIEW = {"is_disabled": True}

log = structlog.get_logger(__name__)


class Telegram:
    """
    One bot. In a forum each titled message gets a topic; the id of a message there is "topic/message".

    token: of @BotFather. api_url: root of the Bot API server. proxy: "http://…" or "socks5://…", empty for none.
    secret: what webhook calls must carry; without it every one is Forged.
    webhook_url: what `doctor` expects, empty for long polling. commands: (name, description) for the menu button.
    typing: show it for what is no press; off, as a sign that comes after a quick answer stands for five seconds.
    """

    name = CHANNEL
    limits = Limits(bottom_keyboard=True, erases_hours=48)

    def __init__(
        self,
        *,
        token: str,
        api_url: str = API_URL,
        proxy: str = "",
        secret: str = "",
        webhook_url: str = "",
        commands: Sequence[tuple[str, str]] = (),
        typing: bool = False,
        poll_s: int = POLL_S,
        connect_s: float = CONNECT_S,
        answer_s: float = ANSWER_S,
    ) -> None:
        self.username = ""
        self._reach = {"token": token, "api_url": api_url, "proxy": proxy}
        self._connect_s = connect_s
        self._answer_s = answer_s
        self._secret = secret
        self._webhook_url = webhook_url
        self._commands = tuple(commands)
        self._typing = typing
        self._poll_s = poll_s
        self._subscribed = ("", "")  # address and secret that this process has set
        self._made: Client | None = None
        self._topics: dict[int, int] = {}  # of messages whose sending may be repeated
        self._plain_groups: set[int] = set()

    async def open(self) -> None:
        """
        Learn the bot's name (for deep links) and set the commands. Raises Broken, Unreachable.

        Loading the vendor library takes seconds: in a thread, so that others are served meanwhile.
        """
        await asyncio.to_thread(import_module, "bot.channels.telegram_client")
        client = self._client()
        try:
            self.username = (await client.bot.get_me()).username or ""
        except CallFailed as error:
            failed = error
        else:
            await self._set_commands(client)
            return
        raise setup_error(failed)

    async def close(self) -> None:
        if self._made is not None:
            await self._made.close()
            self._made = None

    async def doctor(self) -> Sequence[Finding]:
        try:
            client = self._client()
        except Broken:
            return [telegram_doctor.UNUSABLE]
        return await telegram_doctor.examine(client.bot, webhook_url=self._webhook_url, secret=self._secret)

    async def prepare_polling(self) -> None:
        """Raises Broken, Unreachable."""
        try:
            await self._client().bot.delete_webhook(drop_pending_updates=False)
        except CallFailed as error:
            failed = error
        else:
            return
        raise setup_error(failed)

    async def prepare_webhook(self, url: str, secret: str) -> None:
        """
        Set once by each process, as nobody can ask Telegram for the secret in force; later only when something differs.

        Raises Broken, Unreachable.
        """
        self._secret = secret
        bot = self._client().bot
        try:
            if self._subscribed == (url, secret):
                now = await bot.get_webhook_info()
                if now.url == url and set(now.allowed_updates or ()) == set(LISTENED):
                    return
                log.warning("telegram.webhook_was_changed")
            await bot.set_webhook(
                url,
                secret_token=secret,
                allowed_updates=list(LISTENED),
                max_connections=WEBHOOK_CONNECTIONS,
                drop_pending_updates=False,
            )
        except CallFailed as error:
            failed = error
        else:
            self._subscribed = (url, secret)
            return
        raise setup_error(failed)

    async def poll(self, cursor: str) -> Polled:
        """cursor: the next offset. The numbers may jump back after a week of silence, so the newest batch rules."""
        fields: dict[str, Any] = {"timeout": self._poll_s, "limit": BATCH, "allowed_updates": LISTENED}
        if cursor:
            fields["offset"] = int(cursor)
        try:
            result = await self._client().call("getUpdates", fields, answer_s=self._poll_s + 10.0)
            if not isinstance(result, list):
                raise CallFailed(How.LOST, kind="no list")
        except CallFailed as error:
            failed = error
        else:
            # What is no object has no number: `heard` refuses it, it is parked, and the batch goes on.
            updates = [raw if isinstance(raw, dict) else {"broken": raw} for raw in result]
            numbers = [known for raw in updates if (known := number_of(raw.get("update_id"))) is not None]
            if updates and not numbers:
                raise ReceiveError("Telegram updates without a number")
            return Polled(updates, str(max(numbers) + 1) if numbers else cursor)
        if failed.how is How.API and failed.code == 409:
            raise TwoPollers(str(failed))
        raise Broken(str(failed)) if is_dead(failed) else ReceiveError(str(failed))

    def webhook(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        given = headers.get(SECRET_HEADER, "").encode("utf-8", "replace")
        if not self._secret or not hmac.compare_digest(given, self._secret.encode()):
            raise Forged("Telegram webhook: no or a wrong secret")
        update = parsed(body)
        if not isinstance(update, dict):
            raise ValueError("Telegram webhook: the body is no JSON object")
        return Delivery((update,))

    def heard(self, raw: Raw) -> Incoming | None:
        return telegram_heard.heard(raw)

    def event(self, raw: Raw) -> str:
        return event(raw)

    async def acknowledge(self, incoming: Incoming) -> None:
        """A press whose query is too old is refused by Telegram: nothing follows from it."""
        try:
            if incoming.kind is Kind.PRESS:
                if incoming.answer:
                    fields: dict[str, Any] = {"callback_query_id": incoming.answer}
                    await self._client().call("answerCallbackQuery", fields, answer_s=ACKNOWLEDGE_S)
            elif self._typing and (chat := _chat(incoming.address)) is not None:
                fields = {"chat_id": chat, "action": "typing"}
                await self._client().call("sendChatAction", fields, answer_s=ACKNOWLEDGE_S)
        except Exception as error:
            log.debug("telegram.not_acknowledged", kind=type(error).__name__)

    async def send(self, address: Address, message: Outgoing, number: int) -> str:
        """number: not used, Telegram knows no key for a send."""
        chat = _chat(address)
        if chat is None:
            raise Refused("the Telegram address is no number")
        if message.erases:
            await self._erase(chat, message)
            return ""
        fields: dict[str, Any] = {"chat_id": chat, "text": message.text, "link_preview_options": _NO_PREVIEW}
        if message.rows:
            fields["reply_markup"] = {"inline_keyboard": [[_inline(button) for button in row] for row in message.rows]}
        elif message.menu:
            fields["reply_markup"] = _bottom(message.menu)
        topic, edits = _place(message.edits)
        # A bottom keyboard comes with new messages only.
        if edits and (message.rows or not message.menu):
            edited = await self._edited(fields, edits)
            if edited:
                return message.edits
        topic = await self._under(chat, message, number, fields) or topic
        sent = await self._sent("sendMessage", fields)
        known = number_of(sent.get("message_id")) if isinstance(sent, dict) else None
        if known is None:
            return ""
        return f"{topic}/{known}" if topic else str(known)

    async def _under(self, chat: int, message: Outgoing, number: int, fields: dict[str, Any]) -> int:
        """Put the message below another one of a group, or into a topic of its own; the topic's number, 0 for none."""
        topic, above = _place(message.under)
        if above:
            fields["reply_parameters"] = {"message_id": above, "allow_sending_without_reply": True}
        if not topic and message.topic:
            topic = await self._opened(chat, message.topic, number)
        if topic:
            fields["message_thread_id"] = topic
        return topic

    async def _opened(self, chat: int, title: str, number: int) -> int:
        """A topic for this message, the same one when the message is sent again; 0 where the group has no topics."""
        if chat in self._plain_groups:
            return 0
        if number not in self._topics:
            try:
                made = await self._call("createForumTopic", {"chat_id": chat, "name": title})
            except CallFailed as error:
                failed = error
            else:
                known = number_of(made.get("message_thread_id")) if isinstance(made, dict) else None
                self._topics = {**dict(list(self._topics.items())[-TOPICS_KEPT:]), number: known or 0}
                return known or 0
            if failed.why is not Why.NO_FORUM:
                raise send_error(failed)
            self._plain_groups.add(chat)
            return 0
        return self._topics[number]

    async def _erase(self, chat: int, message: Outgoing) -> None:
        """All at once; where Telegram refuses that, one by one."""
        ids = [id_ for _, id_ in map(_place, message.erases) if id_]
        for at in range(0, len(ids), ERASED_AT_ONCE):
            some = ids[at : at + ERASED_AT_ONCE]
            if await self._is_refused("deleteMessages", {"chat_id": chat, "message_ids": some}):
                for id_ in some:
                    one = {"chat_id": chat, "message_id": id_}
                    if await self._is_refused("deleteMessage", one):
                        await self._is_refused("editMessageText", {**one, "text": message.text})

    async def _is_refused(self, method: str, fields: Mapping[str, Any]) -> bool:
        """Telegram will never do this. Raises SendError for what is worth another try."""
        try:
            await self._call(method, fields)
        except CallFailed as error:
            failed = send_error(error)
        else:
            return False
        if not isinstance(failed, Refused):
            raise failed
        return True

    async def _edited(self, fields: Mapping[str, Any], message: int) -> bool:
        """False: this message can't be edited, a new one is due."""
        try:
            await self._call("editMessageText", {**fields, "message_id": message})
        except CallFailed as error:
            failed = error
        else:
            return True
        if failed.why is Why.NOT_MODIFIED:
            return True
        if failed.why is Why.NOT_EDITABLE:
            return False
        raise send_error(failed)

    async def _sent(self, method: str, fields: Mapping[str, Any]) -> Any:
        try:
            return await self._call(method, fields)
        except CallFailed as error:
            failed = error
        raise send_error(failed)

    async def _call(self, method: str, fields: Mapping[str, Any]) -> Any:
        try:
            return await self._client().call(method, fields)
        except UnicodeError:
            pass  # half an emoji in a text: rare, so it is looked for only here
        return await self._client().call(method, parsed(json.dumps(fields).encode()))

    async def _set_commands(self, client: "Client") -> None:
        if not self._commands:
            return
        commands = [{"command": name, "description": words} for name, words in self._commands]
        try:
            await client.call("setMyCommands", {"commands": commands})
        except (CallFailed, UnicodeError) as error:
            log.warning("telegram.commands_not_set", kind=type(error).__name__)

    def _client(self) -> "Client":
        """Raises Broken for a token or proxy that can't be used."""
        if self._made is None:
            from bot.channels.telegram_client import Client

            self._made = Client(**self._reach, connect_s=self._connect_s, answer_s=self._answer_s)
        return self._made


def _chat(address: Address) -> int | None:
    try:
        return int(address.chat)
    except ValueError:
        return None


def _place(id_: str) -> tuple[int, int]:
    """(topic, message) of a message's id, 0 for what it does not name."""
    topic, _, message = id_.rpartition("/")
    return tuple(int(one) if one.isascii() and one.isdigit() else 0 for one in (topic, message))  # type: ignore[return-value]


def _inline(button: Button) -> dict[str, str]:
    if button.url:
        return {"text": button.label, "url": button.url}
    return {"text": button.label, "callback_data": button.data}


def _bottom(menu: Sequence[Sequence[str]]) -> dict[str, Any]:
    rows = [[{"text": label} for label in row] for row in menu]
    return {"keyboard": rows, "resize_keyboard": True, "is_persistent": True}
