"""The people and the dialogs of the MAX emulator: what citizens do becomes updates, for a poll or for webhooks."""

import asyncio
import json
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from time import monotonic, time
from typing import Any

from tests.platforms.emulator import Emulator, Shown
from tests.platforms.max_delivery import Delivery, Hook

BOT = {"user_id": 229229229, "first_name": "СЗН", "username": "id7700000000_bot", "is_bot": True}
DIALOG = 5_000_000_000  # chat_id of a dialog, less the person's id
ATTACHED: dict[str, dict[str, Any]] = {
    "photo": {"type": "image", "payload": {"photo_id": 7, "token": "t", "url": "https://i.oneme.ru/i?r=1"}},
    "video": {"type": "video", "payload": {"token": "t", "url": "https://vd.oneme.ru/v"}},
    "audio": {"type": "audio", "payload": {"token": "t", "url": "https://a.oneme.ru/a"}},
    "file": {
        "type": "file",
        "payload": {"token": "t", "url": "https://fd.oneme.ru/f"},
        "filename": "a.pdf",
        "size": 10,
    },
    "sticker": {"type": "sticker", "payload": {"code": "c1", "url": "https://st.oneme.ru/s"}, "width": 9, "height": 9},
    "location": {"type": "location", "latitude": 55.75, "longitude": 37.61},
    "contact": {"type": "contact", "payload": {"vcf_info": "BEGIN:VCARD\r\nVERSION:3.0\r\nEND:VCARD\r\n"}},
    "share": {"type": "share", "payload": {"url": "https://trudvsem.ru"}},
    "other": {"type": "hologram", "payload": {"depth": 3}},
}


@dataclass
class Queued:
    number: int
    at: float
    kind: str
    body: bytes


@dataclass
class Message:
    """A message of ours (shown) or a citizen's (no shown)."""

    chat: str
    body: dict[str, Any]
    shown: Shown | None = None
    timestamp: int = 0
    is_deleted: bool = False


class MaxPeople(Emulator):
    """
    known: who opened the dialog. blocked: who stopped the bot. hooks: live subscriptions by url. issued, confirmed:
    updates. sent: texts of new messages per chat; issued_at, replied_at: when its updates left and its screen changed.
    records: everything is kept; off, only what can still be pressed or edited.
    """

    def __init__(self, *, limits: bool = False) -> None:
        super().__init__(limits=limits)
        self.records = True
        self.known: set[str] = set()
        self.blocked: set[str] = set()
        self.hooks: dict[str, Delivery] = {}
        self.issued = self.confirmed = 0
        self.sent: dict[str, list[str]] = defaultdict(list)
        self.issued_at: dict[str, list[float]] = defaultdict(list)
        self.replied_at: dict[str, list[float]] = defaultdict(list)
        self._messages: dict[str, Message] = {}
        self._typed: dict[str, str] = {}
        self._queue: deque[Queued] = deque()
        self._more = asyncio.Event()
        self._ids = count(0xADF42900)
        self._now = 0
        self._deliveries: list[Delivery] = []

    @property
    def waiting(self) -> int:
        return len(self._queue) + sum(hook.waiting for hook in self.hooks.values())

    # The citizen's hands

    def type(self, chat: str, text: str) -> None:
        self._said(chat, {"text": text})

    def flood(self, chats: list[str], per_chat: int, text: str) -> None:
        """`per_chat` messages of each chat at once, round by round; `{n}` in the text becomes the round."""
        for n in range(per_chat):
            for chat in chats:
                self.type(chat, text.replace("{n}", str(n)))

    def press(self, chat: str, message: Shown, data: str) -> None:
        """data: as in Button.data, or the label of a button that types itself. Links can't be pressed."""
        for label, carried in (button for row in message.buttons for button in row):
            if carried == "" and label == data:
                return self.type(chat, label)
        at = self._clock()
        callback = {"timestamp": at, "callback_id": f"cb.{message.id}", "payload": data, "user": self._user(chat)}
        self._issue(chat, "message_callback", callback=callback, message=self._pressed(message.id), user_locale="ru")
        return None

    def start(self, chat: str, token: str = "") -> None:
        self.known.add(chat)
        self.blocked.discard(chat)
        payload = {"payload": token} if 0 < len(token) <= 128 else {}  # longer ones are dropped silently
        self._about(chat, "bot_started", **payload)

    def block(self, chat: str) -> None:
        self.blocked.add(chat)
        self._about(chat, "bot_stopped")

    def unblock(self, chat: str) -> None:
        self.start(chat)

    def remove_dialog(self, chat: str) -> None:
        """Deleting a dialog emits two updates."""
        self.blocked.add(chat)
        self._about(chat, "dialog_removed")
        self._about(chat, "bot_stopped")

    def delete(self, message: Shown) -> None:
        """The citizen deletes a message of ours: presses that are on their way carry no message."""
        self._messages[message.id].is_deleted = True

    def attach(self, chat: str, kind: str) -> None:
        """A voice message has no `message` at all; "edited" edits what this citizen typed last."""
        self.known.add(chat)
        if kind == "voice":
            self._issue(chat, "message_created", user_locale="ru")
        elif kind == "edited":
            mid = self._typed[chat]
            self._messages[mid].body["text"] = "исправлено"
            self._issue(chat, "message_edited", message=self._whole(mid, self._user(chat)))
        else:
            self._said(chat, {"attachments": [ATTACHED[kind]]})

    def raw(self, update: dict[str, Any]) -> None:
        self._queue_update("", str(update.get("update_type")), update)

    # The platform's own hands

    def deliver_to(self, url: str, secret: str = "", **how: Any) -> Delivery:
        """Deliver to `url` from now on, waiting updates first; how: fields of Hook. Polling is refused meanwhile."""
        if (old := self.hooks.pop(url, None)) is not None:
            how = {"types": old.hook.types} | how
        delivery = Delivery(Hook(url, secret, **how), delivered=self._confirm, dropped=lambda: self._drop(url))
        self.hooks[url] = delivery
        self._deliveries.append(delivery)
        while self._queue:
            delivery.put("", self._queue.popleft().body)
        return delivery

    def grow_old(self, seconds: float) -> None:
        """Let waiting updates be that much older."""
        for queued in self._queue:
            queued.at -= seconds

    def _confirm(self) -> None:
        self.confirmed += 1

    def _drop(self, url: str) -> None:
        self.hooks.pop(url, None)
        self.note()

    # Updates

    def _said(self, chat: str, content: dict[str, Any]) -> None:
        self.known.add(chat)
        mid = self._keep(chat, content)
        if not self.records:
            self._messages.pop(self._typed.get(chat, ""), None)
        self._typed[chat] = mid
        self._issue(chat, "message_created", message=self._whole(mid, self._user(chat)), user_locale="ru")

    def _about(self, chat: str, kind: str, **more: Any) -> None:
        self._issue(chat, kind, chat_id=DIALOG + int(chat), user=self._user(chat), user_locale="ru", **more)

    def _issue(self, chat: str, kind: str, **content: Any) -> None:
        self.issued_at[chat].append(monotonic())
        self._queue_update(chat, kind, {"update_type": kind, "timestamp": self._clock(), **content})

    def _queue_update(self, chat: str, kind: str, update: dict[str, Any]) -> None:
        self.issued += 1
        body = json.dumps(update).encode()
        for delivery in self.hooks.values():
            if not delivery.hook.types or kind in delivery.hook.types:
                delivery.put(chat, body)
        if not self.hooks:
            self._queue.append(Queued(self.issued, monotonic(), kind, body))
            self._more.set()

    def _keep(self, chat: str, content: dict[str, Any], shown: Shown | None = None) -> str:
        number = next(self._ids)
        mid = f"mid.{number:016x}"
        if shown is not None:
            shown.id = mid
        self._messages[mid] = Message(chat, {"mid": mid, "seq": number, **content}, shown, self._clock())
        return mid

    def _clock(self) -> int:
        """Milliseconds, each moment once."""
        self._now = max(self._now + 1, int(time() * 1000))
        return self._now

    def _user(self, chat: str) -> dict[str, Any]:
        return {"user_id": int(chat), "first_name": "Иван", "is_bot": False}

    def _whole(self, mid: str, sender: Mapping[str, Any]) -> dict[str, Any]:
        """A message as updates and answers show it; `recipient.user_id` is who did not write it."""
        kept = self._messages[mid]
        if int(kept.chat) < 0:
            recipient: dict[str, Any] = {"chat_id": int(kept.chat), "chat_type": "chat", "user_id": None}
            return {"sender": sender, "recipient": recipient, "timestamp": kept.timestamp, "body": dict(kept.body)}
        other = BOT["user_id"] if sender["user_id"] != BOT["user_id"] else int(kept.chat)
        recipient = {"chat_id": DIALOG + int(kept.chat), "chat_type": "dialog", "user_id": other}
        return {"sender": sender, "recipient": recipient, "timestamp": kept.timestamp, "body": dict(kept.body)}

    def _pressed(self, mid: str) -> dict[str, Any] | None:
        kept = self._messages.get(mid)
        return None if kept is None or kept.is_deleted else self._whole(mid, BOT)
