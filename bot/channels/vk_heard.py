"""
A raw VK update as one of ours, read field by field: an odd attachment must not cost a citizen's message.

Listened to in private dialogs: message_new, message_event (a press), message_edit, message_allow, message_deny.
In group chats: what staff say to the bot (vk_groups). Not: communities, our own messages and those of admins
(message_reply), whatever else VK sends.
Source: dev.vk.com, community events; VK schema 5.199 (whose event list is known to lag).
"""

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from msgspec import structs

from bot.channels import vk_groups
from bot.channels.port import Raw
from bot.channels.vk_fields import EVENT_CHARS, KINDS, UNSAVABLE, clean, number, payload_of
from bot.channels.vk_groups import FIRST_GROUP_CHAT
from bot.messages import Address, Incoming, Kind

CHANNEL = vk_groups.CHANNEL

_SOURCE = re.compile(r"[A-Za-z0-9_-]{1,60}")
_START = re.compile(r"/start(?:\s+(\S+))?\s*|start|начать", re.IGNORECASE)


class Orders:
    """
    Puts what VK does not number (a press, an edit, a stop) behind the messages heard before it in that dialog.

    A press names the message under which it was made; pressed late, it would overtake words typed before it. Remembers
    the last cmid of `dialogs` dialogs, longest silent forgotten first: only those with something waiting matter.
    """

    def __init__(self, dialogs: int = 10_000) -> None:
        self._dialogs = dialogs
        self._last: dict[str, int] = {}

    def placed(self, incoming: Incoming, *, is_numbered: bool) -> Incoming:
        """is_numbered: the order is the message's own cmid."""
        chat = incoming.address.chat
        last = max(self._last.pop(chat, 0), incoming.order if is_numbered else 0)
        if last:
            self._last[chat] = last
            if len(self._last) > self._dialogs:
                del self._last[next(iter(self._last))]
        return incoming if is_numbered or incoming.order >= last else structs.replace(incoming, order=last)


def heard(raw: Raw) -> Incoming | None:
    """The update as one of ours, None for what we do not listen to. Raises ValueError for a broken one."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("type"), str):
        raise ValueError("VK update without a type")
    read = _READERS.get(raw["type"])
    if read is None:
        return None
    what = raw.get("object")
    if not isinstance(what, Mapping):
        raise ValueError("VK update without an object")
    return read(raw, what)


def event(raw: Raw) -> str:
    """The update's own event_id; a hash of the whole where it has none worth keeping. Never raises."""
    try:
        given = raw["event_id"]
        if isinstance(given, str) and 0 < len(given) <= EVENT_CHARS and not UNSAVABLE.search(given):
            return given
    except Exception:  # noqa: S110  whatever a broken update is, it gets a hash
        pass
    try:
        whole = json.dumps({name: value for name, value in raw.items() if name != "secret"}, sort_keys=True)
    except Exception:
        try:
            whole = repr(raw)
        except Exception:
            whole = f"{type(raw).__name__} that can not be shown"
    return "hash-" + hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def _message_new(raw: Raw, what: Mapping[str, Any]) -> Incoming | None:
    inner = what.get("message")
    message = inner if isinstance(inner, Mapping) else what  # before API 5.103 the object was the message
    if vk_groups.is_group(message):
        return vk_groups.message(event(raw), message, edited=False)
    chat = _citizen(message.get("from_id"), message.get("peer_id"))
    if not chat or number(message.get("out")) == 1:
        return None
    text, payload = clean(message.get("text")), payload_of(message.get("payload"))
    kind, source, data = _attached(message, text), _source(message.get("ref")), ""
    if "d" in payload:
        kind, data = Kind.PRESS, clean(payload["d"], 255)
    elif payload.get("command") == "start":
        kind, text = Kind.START, ""
    elif kind is Kind.TEXT and (start := _START.fullmatch(text.strip())) and (source or text.lstrip()[0] == "/"):
        kind, text, source = Kind.START, "", source or _source(start[1])
    elif kind is Kind.OTHER and source:  # nothing was said: only the link was followed
        kind = Kind.START
    return Incoming(
        event=event(raw),
        address=Address(CHANNEL, chat),
        kind=kind,
        order=_order(message),
        text=text,
        data=data,
        source=source,
        bare=_is_bare(what.get("client_info")),
    )


def _message_event(raw: Raw, what: Mapping[str, Any]) -> Incoming | None:
    if vk_groups.is_group(what) and number(what.get("user_id")):
        return vk_groups.press(event(raw), what)
    chat = _citizen(what.get("user_id"), what.get("peer_id"))
    if not chat:
        return None
    order = _order(what)
    return Incoming(
        event=event(raw),
        address=Address(CHANNEL, chat),
        kind=Kind.PRESS,
        order=order,
        data=clean(payload_of(what.get("payload")).get("d"), 255),
        message=str(order) if order else "",  # absent when the button stood under the input field
        answer=clean(what.get("event_id"), EVENT_CHARS),
    )


def _message_edit(raw: Raw, what: Mapping[str, Any]) -> Incoming | None:
    inner = what.get("message")
    message = inner if isinstance(inner, Mapping) else what
    if vk_groups.is_group(message):
        return vk_groups.message(event(raw), message, edited=True)
    chat = _citizen(message.get("from_id"), message.get("peer_id"))
    if not chat or number(message.get("out")) == 1:
        return None
    address = Address(CHANNEL, chat)
    return Incoming(
        event=event(raw), address=address, kind=Kind.EDITED, order=_order(message), text=clean(message.get("text"))
    )


def _allowed(raw: Raw, what: Mapping[str, Any]) -> Incoming | None:
    chat = _citizen(what.get("user_id"), None)
    return Incoming(event=event(raw), address=Address(CHANNEL, chat), kind=Kind.RETURNED) if chat else None


def _denied(raw: Raw, what: Mapping[str, Any]) -> Incoming | None:
    chat = _citizen(what.get("user_id"), None)
    return Incoming(event=event(raw), address=Address(CHANNEL, chat), kind=Kind.STOPPED) if chat else None


_READERS: dict[str, Callable[[Raw, Mapping[str, Any]], Incoming | None]] = {
    "message_new": _message_new,
    "message_event": _message_event,
    "message_edit": _message_edit,
    "message_allow": _allowed,
    "message_deny": _denied,
}


def _citizen(sender: Any, peer: Any) -> str:
    """The dialog with one person, "" for communities and group chats. Raises ValueError when nobody is named."""
    sender_id, peer_id = number(sender), number(peer)
    if not sender_id and not peer_id:
        raise ValueError("VK update without a sender")
    if (sender_id or 0) < 0 or (peer_id or 0) < 0:
        return ""
    if sender_id and peer_id:
        return str(sender_id) if sender_id == peer_id else ""  # they differ in group chats and in our own messages
    chat = sender_id or peer_id or 0
    return str(chat) if sender_id or chat < FIRST_GROUP_CHAT else ""


def _attached(message: Mapping[str, Any], text: str) -> Kind:
    """What the message is. Words with a link or a forwarded post stay words; words under a photo are its caption."""
    if isinstance(message.get("geo"), Mapping):
        return Kind.LOCATION
    attachments = message.get("attachments")
    for attachment in attachments if isinstance(attachments, list | tuple) else ():
        name = attachment.get("type") if isinstance(attachment, Mapping) else None
        if isinstance(name, str) and name in KINDS:
            return KINDS[name]
    return Kind.TEXT if text.strip() else Kind.OTHER


def _source(value: Any) -> str:
    return value if isinstance(value, str) and _SOURCE.fullmatch(value) else ""


def _order(what: Mapping[str, Any]) -> int:
    """cmid, the message's number in its dialog; a press has that of the message under which it was made."""
    return max(number(what.get("conversation_message_id")) or number(what.get("cmid")) or 0, 0)


def _is_bare(info: Any) -> bool:
    """The citizen's client says it can't show inline buttons or can't press them silently."""
    if not isinstance(info, Mapping):
        return False
    actions = info.get("button_actions")
    return info.get("inline_keyboard") is False or (isinstance(actions, list | tuple) and "callback" not in actions)
