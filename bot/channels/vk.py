"""
VK community messages as a channel: long polling or Callback API in, messages.send and messages.edit out.

    vk_heard      a raw update as Incoming        vk_errors     what a failed call means
    vk_keyboard   buttons as VK's JSON            vk_client     the calls, through vkbottle
    vk_community  settings of the community: prepare, doctor

A send is idempotent by `random_id`, so whoever repeats an uncertain one under the same number makes no second message.
A community whose "bot capabilities" are off refuses keyboards: choices then go out as numbered lines.
Source: dev.vk.com bots-long-poll, callback, messages.send, keyboard; VK schema 5.199.
"""

import asyncio
import hmac
import json
from collections import Counter, deque
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog

from bot.channels import vk_heard, vk_keyboard
from bot.channels.port import Broken, Delivery, Finding, Forged, Limits, Polled, Raw, ReceiveError, Refused
from bot.channels.vk_community import Community
from bot.channels.vk_errors import (
    ALARMING,
    DEAD_TOKEN,
    KEYBOARD_TROUBLE,
    NOT_EDITABLE,
    CallFailed,
    How,
    parsed,
    send_error,
)
from bot.channels.vk_fields import clean
from bot.channels.vk_fields import number as number_of
from bot.messages import Address, Incoming, Kind, Outgoing

if TYPE_CHECKING:
    from bot.channels.vk_client import Client

API_URL = "https://api.vk.ru"
CONNECT_S = 5.0
ANSWER_S = 15.0
ACKNOWLEDGE_S = 3.0
ERASED_AT_ONCE = 100  # the most messages.delete takes
WITHOUT_KEYBOARD_S = 300.0  # after "bot capabilities are off" (912) nothing is tried with a keyboard for so long
TYPING_SHARE = 10  # calls in the last second above which "typing" is not shown: the 20 a second are for messages

log = structlog.get_logger(__name__)


class Vk:
    """
    One community.

    secret, confirmation: of the Callback API; without a secret every webhook call is Forged.
    connect_s, answer_s: what a connection and an answer may take; a long poll may take its wait and 10 s.
    counts: `without_keyboard` refused keyboards, `lost` gaps in the queue, for metrics and the console.
    """

    name = vk_heard.CHANNEL
    limits = Limits(bottom_keyboard=True, erases_hours=24)

    def __init__(
        self,
        *,
        token: str,
        group_id: int,
        api_url: str = API_URL,
        confirmation: str = "",
        secret: str = "",
        connect_s: float = CONNECT_S,
        answer_s: float = ANSWER_S,
    ) -> None:
        self.title = ""
        self.counts: Counter[str] = Counter()
        self._token = token
        self._api_url = api_url
        self._connect_s = connect_s
        self._answer_s = answer_s
        self._group_id = int(group_id)
        self._confirmation = confirmation
        self._secret = secret
        self._community = Community(self._call, self._group_id)
        self._orders = vk_heard.Orders()
        self._made: Client | None = None
        self._queue: tuple[str, str] | None = None  # long poll server and key
        self._no_keyboard_until = 0.0
        self._calls: deque[float] = deque(maxlen=TYPING_SHARE)

    async def open(self) -> None:
        self.title = await self._community.own_title()

    async def close(self) -> None:
        if self._made is not None:
            await self._made.close()
            self._made = None

    async def doctor(self) -> Sequence[Finding]:
        return await self._community.examine()

    async def prepare_polling(self) -> None:
        """Raises Broken, Unreachable."""
        await self._community.use_polling()

    async def prepare_webhook(self, url: str, secret: str) -> None:
        """Raises Broken, Unreachable. From now on this process answers with the newest confirmation string."""
        self._secret = secret
        await self._community.use_webhook(url, secret, self._learn)

    async def poll(self, cursor: str) -> Polled:
        """cursor: VK's `ts`. Without one the present `ts` comes back at once, without updates, to be stored first."""
        try:
            return await self._polled(cursor)
        except CallFailed as error:
            failed = error
        self._queue = None  # the next round asks for server and key anew; the cursor stays
        raise Broken(str(failed)) if failed.api_code in DEAD_TOKEN else ReceiveError(str(failed))

    async def _polled(self, cursor: str) -> Polled:
        if not cursor:
            return Polled((), await self._take_queue())
        for _ in range(2):
            if self._queue is None:
                await self._take_queue()
            server, key = self._queue or ("", "")
            answer = await self._client().check(server=server, key=key, ts=cursor)
            failed = answer.get("failed")
            if failed is None:
                updates = answer.get("updates", [])
                if not isinstance(updates, list):
                    raise CallFailed(How.LOST)
                # What is no object gets no type: `heard` refuses it, it is parked, and the batch goes on.
                return Polled([raw if isinstance(raw, dict) else {"broken": raw} for raw in updates], _ts(answer))
            self._queue = None
            if failed in (1, 3):
                self.counts["lost"] += 1
                log.error("vk.updates_lost", failed=failed)
                return Polled((), _ts(answer) if failed == 1 else await self._take_queue(), lost=True)
        raise ReceiveError("VK long poll: the key is refused")

    async def _take_queue(self) -> str:
        """Ask for server and key anew; gives the newest ts."""
        answer = await self._call("groups.getLongPollServer", group_id=self._group_id)
        if not isinstance(answer, Mapping):
            raise CallFailed(How.LOST)
        server, key, ts = answer.get("server"), answer.get("key"), _ts(answer)
        if not isinstance(server, str) or not isinstance(key, str):
            raise CallFailed(How.LOST)
        self._queue = (server, key)
        return ts

    def webhook(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        call = parsed(body)
        if not isinstance(call, dict):
            raise ValueError("VK webhook: the body is no JSON object")
        if number_of(call.get("group_id")) != self._group_id:
            raise Forged("VK webhook: another community")
        if call.get("type") == "confirmation":
            return Delivery(reply=self._confirmation)
        given = call.pop("secret", None)
        if not self._secret or not isinstance(given, str):
            raise Forged("VK webhook: no secret")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            raise Forged("VK webhook: wrong secret")
        return Delivery((call,), "ok")

    def heard(self, raw: Raw) -> Incoming | None:
        incoming = vk_heard.heard(raw)
        return incoming and self._orders.placed(incoming, is_numbered=raw["type"] == "message_new")

    def event(self, raw: Raw) -> str:
        return vk_heard.event(raw)

    async def acknowledge(self, incoming: Incoming) -> None:
        chat, press = incoming.address.chat, incoming.answer if incoming.kind is Kind.PRESS else ""
        user = incoming.group.sender if incoming.group is not None else chat
        try:
            async with asyncio.timeout(ACKNOWLEDGE_S):
                if press:
                    await self._call("messages.sendMessageEventAnswer", event_id=press, user_id=user, peer_id=chat)
                elif incoming.group is None and (len(self._calls) < TYPING_SHARE or monotonic() - self._calls[0] > 1.0):
                    await self._call("messages.setActivity", peer_id=chat, type="typing")
        except Exception as error:
            log.debug("vk.acknowledge_failed", why=type(error).__name__)

    async def send(self, address: Address, message: Outgoing, number: int) -> str:
        """Gives the message's cmid, by which it can be edited. number: `random_id`, taken into 1..2^31-1."""
        if not (address.chat.isascii() and address.chat.isdigit()):
            raise Refused("no VK dialog has such an address")
        if message.erases:
            await self._erase(address.chat, message)
            return ""
        shows = monotonic() >= self._no_keyboard_until
        try:
            return await self._deliver(address.chat, message, number, shows=shows)
        except CallFailed as error:
            failed = error
        if shows and failed.api_code in KEYBOARD_TROUBLE:
            self.counts["without_keyboard"] += 1
            log.error("vk.keyboard_refused", code=failed.code, key=message.key)
            if failed.code == 912:
                self._no_keyboard_until = monotonic() + WITHOUT_KEYBOARD_S
            try:
                return await self._deliver(address.chat, message, number, shows=False)
            except CallFailed as error:
                failed = error
        if failed.api_code in ALARMING:
            log.error("vk.send_failed", code=failed.code, key=message.key)
        raise send_error(failed)  # out of the handlers: nothing of the request rides along

    async def _erase(self, chat: str, message: Outgoing) -> None:
        """All at once; what VK refuses to delete for the citizen too becomes a dot, if it is not too old for that."""
        ids = [one for one in message.erases if one.isascii() and one.isdigit()][:ERASED_AT_ONCE]
        left = ids if ids and await self._is_refused("messages.delete", peer_id=chat, cmids=",".join(ids)) else []
        for cmid in left:
            if await self._is_refused("messages.delete", peer_id=chat, cmids=cmid):
                dot = clean(message.text)
                await self._is_refused("messages.edit", peer_id=chat, cmid=cmid, message=dot)

    async def _is_refused(self, method: str, **fields: Any) -> bool:
        """VK will never do this, or not to every message. Raises SendError for what is worth another try."""
        try:
            answer = await self._call(method, **fields, **({"delete_for_all": 1} if "cmids" in fields else {}))
        except CallFailed as error:
            if error.api_code in NOT_EDITABLE:
                return True
            failed = send_error(error)
        else:
            items = answer if isinstance(answer, list) else []
            return any(isinstance(item, Mapping) and item.get("error") for item in items)
        if not isinstance(failed, Refused):
            raise failed
        return True

    async def _deliver(self, chat: str, message: Outgoing, number: int, *, shows: bool) -> str:
        """Edit, else send. shows: with a keyboard, else choices are numbered lines. Raises CallFailed."""
        text = message.text if shows else vk_keyboard.numbered(message)
        fields: dict[str, Any] = {"message": clean(text), "dont_parse_links": 1, "disable_mentions": 1}
        brings_menu = bool(message.menu) and not message.rows  # an edit can't
        if message.edits.isascii() and message.edits.isdigit() and not brings_menu:
            keyboard = {"keyboard": vk_keyboard.inline(message)} if shows else {}  # not repeated, it vanishes
            try:
                await self._call("messages.edit", peer_id=chat, cmid=message.edits, **keyboard, **fields)
                return message.edits
            except CallFailed as error:
                if error.api_code not in NOT_EDITABLE:
                    raise
        if shows and (message.rows or message.menu):
            fields["keyboard"] = vk_keyboard.inline(message) if message.rows else vk_keyboard.bottom(message)
        if message.under.isascii() and message.under.isdigit():
            ids = {"peer_id": int(chat), "conversation_message_ids": [int(message.under)], "is_reply": True}
            fields["forward"] = json.dumps(ids)
        random_id = (number - 1) % (2**31 - 1) + 1
        return _sent(await self._call("messages.send", peer_ids=chat, random_id=random_id, **fields))

    async def _call(self, method: str, **fields: Any) -> Any:
        """The `response` of a method. Raises CallFailed."""
        self._calls.append(monotonic())
        return await self._client().call(method, **fields)

    def _client(self) -> "Client":
        if self._made is None:
            from bot.channels.vk_client import Client  # seconds and tens of MB: a process that only hears needs neither

            self._made = Client(
                token=self._token, api_url=self._api_url, connect_s=self._connect_s, answer_s=self._answer_s
            )
        return self._made

    def _learn(self, confirmation: str) -> None:
        self._confirmation = confirmation


def _ts(answer: Mapping[str, Any]) -> str:
    ts = answer.get("ts")
    if isinstance(ts, bool) or not isinstance(ts, int | str) or not str(ts):
        raise CallFailed(How.LOST)
    return str(ts)


def _sent(answer: Any) -> str:
    """The cmid in the answer to a send with `peer_ids`, "" if VK tells none. The recipient's error is raised."""
    item = answer[0] if isinstance(answer, list) and answer else None
    if not isinstance(item, Mapping):
        return ""
    if item.get("error"):
        error = item["error"]  # {"code", "description"} in the schema, "a string" in the docs
        code = error.get("code", error.get("error_code")) if isinstance(error, Mapping) else error
        raise CallFailed(How.API, number_of(code) or 0)
    return str(number_of(item.get("conversation_message_id")) or number_of(item.get("cmid")) or "")
