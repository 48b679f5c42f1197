"""
Group chats of the loopback platforms: members with hands, the bot among them.

What a member does becomes the update that the platform would send to a bot that is an administrator of the group.
"""

import time
from typing import Any

from tests.platforms.emulator import Shown
from tests.platforms.max import MaxEmulator
from tests.platforms.max_people import BOT as MAX_BOT
from tests.platforms.telegram import BOT as TELEGRAM_BOT
from tests.platforms.telegram import TelegramEmulator
from tests.platforms.vk import VkEmulator
from tests.platforms.vk_messages import CLIENT


class TelegramGroup:
    """forum: topics are on."""

    def __init__(self, emulator: TelegramEmulator, chat: str = "-100500", *, forum: bool = False) -> None:
        self.emulator, self.chat = emulator, chat
        if forum:
            emulator.forums[chat] = {}

    @property
    def screen(self) -> list[Shown]:
        return self.emulator.shown(self.chat)

    def say(self, person: str, text: str, *, to: Shown | None = None, topic: str = "") -> str:
        """to: the bot's message that is answered. Gives the number of what was said."""
        message = self._message(person)
        if to is not None:
            above = {"message_id": int(to.id), "date": 1, "chat": self._chat, "from": TELEGRAM_BOT}
            message["reply_to_message"] = above
            topic = topic or self.emulator.threads.get((self.chat, to.id), "")
        if topic:
            message |= {"message_thread_id": int(topic), "is_topic_message": True}
        self.emulator.raw({"message": message | {"text": text}})
        return str(message["message_id"])

    def edit(self, person: str, message: str, text: str, *, to: Shown) -> None:
        above = {"message_id": int(to.id), "date": 1, "chat": self._chat, "from": TELEGRAM_BOT}
        edited = self._message(person) | {"message_id": int(message), "edit_date": 2, "text": text}
        self.emulator.raw({"edited_message": edited | {"reply_to_message": above}})

    def press(self, person: str, shown: Shown, data: str) -> None:
        under = {"message_id": int(shown.id), "date": 1, "chat": self._chat, "from": TELEGRAM_BOT, "text": shown.text}
        if topic := self.emulator.threads.get((self.chat, shown.id), ""):
            under |= {"message_thread_id": int(topic), "is_topic_message": True}
        press = {"id": str(self._number()), "from": _person(person), "chat_instance": "1", "data": data}
        self.emulator.raw({"callback_query": press | {"message": under}})

    def upgrade(self, chat: str) -> None:
        """The group becomes a supergroup: another number, its members are told."""
        self.emulator.upgraded[self.chat] = chat
        message = self._message("5") | {"migrate_to_chat_id": int(chat)}
        self.chat = chat
        self.emulator.raw({"message": message})

    @property
    def _chat(self) -> dict[str, Any]:
        chat = {"id": int(self.chat), "type": "supergroup", "title": "Отдел"}
        return chat | ({"is_forum": True} if self.chat in self.emulator.forums else {})

    def _message(self, person: str) -> dict[str, Any]:
        message = {"message_id": self._number(), "date": int(time.time()), "chat": self._chat}
        return message | {"from": _person(person)}

    def _number(self) -> int:
        self.emulator.next_message += 1
        return self.emulator.next_message - 1


class VkGroup:
    def __init__(self, emulator: VkEmulator, chat: str = "2000000007") -> None:
        self.emulator, self.chat = emulator, chat
        emulator.known.add(chat)

    @property
    def screen(self) -> list[Shown]:
        return self.emulator.shown(self.chat)

    def say(self, person: str, text: str, *, to: Shown | None = None) -> str:
        self.emulator._cmids[self.chat] += 1
        cmid = self.emulator._cmids[self.chat]
        what = {"message": self._message(person, cmid, text, to), "client_info": CLIENT}
        self.emulator._issue(self.chat, "message_new", what)
        return str(cmid)

    def edit(self, person: str, message: str, text: str, *, to: Shown) -> None:
        self.emulator._issue(self.chat, "message_edit", self._message(person, int(message), text, to))

    def press(self, person: str, shown: Shown, data: str) -> None:
        payload = self.emulator.keyboards[self.chat, shown.id].find(data).payload
        press_id = f"press{next(self.emulator._ids):x}"
        self.emulator._presses[press_id] = self.chat
        what = {"user_id": int(person), "peer_id": int(self.chat), "event_id": press_id, "payload": payload}
        what["conversation_message_id"] = int(shown.id)
        self.emulator._issue(self.chat, "message_event", what)

    def _message(self, person: str, cmid: int, text: str, to: Shown | None) -> dict[str, Any]:
        said = {"from_id": int(person), "peer_id": int(self.chat), "conversation_message_id": cmid, "text": text}
        if to is not None:
            above = {"from_id": -self.emulator.community.group_id, "conversation_message_id": int(to.id)}
            said["reply_message"] = above | {"text": to.text}
        return said | {"date": int(time.time()), "attachments": [], "fwd_messages": []}


class MaxGroup:
    def __init__(self, emulator: MaxEmulator, chat: str = "-77") -> None:
        self.emulator, self.chat = emulator, chat
        emulator.known.add(chat)

    @property
    def screen(self) -> list[Shown]:
        return self.emulator.shown(self.chat)

    def say(self, person: str, text: str, *, to: Shown | None = None) -> str:
        mid = self.emulator._keep(self.chat, {"text": text})
        self.emulator._issue(self.chat, "message_created", message=self._message(person, mid, to))
        return mid

    def edit(self, person: str, message: str, text: str, *, to: Shown) -> None:
        self.emulator._messages[message].body["text"] = text
        self.emulator._issue(self.chat, "message_edited", message=self._message(person, message, to))

    def delete(self, person: str, message: str) -> None:
        about = {"message_id": message, "chat_id": int(self.chat), "user_id": int(person)}
        self.emulator._issue(self.chat, "message_removed", **about)

    def press(self, person: str, shown: Shown, data: str) -> None:
        callback = {"timestamp": self.emulator._clock(), "callback_id": f"cb.{shown.id}", "payload": data}
        callback["user"] = self.emulator._user(person)
        message = self.emulator._pressed(shown.id)
        self.emulator._issue(self.chat, "message_callback", callback=callback, message=message)

    def _message(self, person: str, mid: str, to: Shown | None) -> dict[str, Any]:
        message = self.emulator._whole(mid, self.emulator._user(person))
        if to is not None:
            message["link"] = {"type": "reply", "sender": MAX_BOT, "message": {"mid": to.id, "text": to.text}}
        return message


Group = TelegramGroup | VkGroup | MaxGroup
GROUPS = {"telegram": TelegramGroup, "vk": VkGroup, "max": MaxGroup}


def _person(person: str) -> dict[str, Any]:
    return {"id": int(person), "is_bot": False, "first_name": "Ольга"}
