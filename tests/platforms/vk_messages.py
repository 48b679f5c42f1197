"""What citizens of the VK emulator send: messages, attachments as VK describes them, and the clients they hold."""

from time import time
from typing import Any

CLIENT = {"button_actions": ["text", "open_link", "callback"], "keyboard": True, "inline_keyboard": True, "lang_id": 0}
OLD_CLIENT = {"button_actions": ["text"], "keyboard": True, "inline_keyboard": False, "lang_id": 0}
ATTACHMENTS: dict[str, dict[str, Any]] = {
    "voice": {
        "type": "audio_message",
        "audio_message": {"id": 5, "owner_id": 42, "duration": 3, "link_ogg": "https://x"},
    },
    "photo": {"type": "photo", "photo": {"id": 7, "owner_id": 42, "sizes": [], "access_key": "k"}},
    "video": {"type": "video", "video": {"id": 8, "owner_id": 42, "player": 5}},
    "file": {"type": "doc", "doc": {"id": 9, "owner_id": 42, "title": "a.pdf", "ext": "pdf", "size": 10}},
    "sticker": {"type": "sticker", "sticker": {"sticker_id": 14, "product_id": 1}},
    "other": {"type": "wall", "wall": {"id": 3, "from_id": -5}},
}


def message(chat: str, text: str, *, cmid: int, **more: Any) -> dict[str, Any]:
    """What a citizen wrote, as in message_new. Source: dev.vk.com, the message object."""
    message = {"id": 0, "date": int(time()), "peer_id": int(chat), "from_id": int(chat), "out": 0, "text": text}
    message |= {"conversation_message_id": cmid, "attachments": [], "fwd_messages": [], "is_cropped": False}
    return message | more
