"""
What staff say in a group: only what is meant for the bot is taken from a raw update, the rest of the chat is not ours.

Taken: `/staff CODE`, a reply to a message of a bot, words in a topic of a forum, a press, an edit of any of these, the
group's new number. A bot is never told of deleted messages. Source: core.telegram.org/bots/api 10.2, Message, Chat.
"""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import structs

from bot.channels.port import Raw
from bot.channels.telegram_fields import DATA_CHARS, ID_CHARS, KINDS, clean, event, number
from bot.messages import Address, Group, Incoming, Kind

CHANNEL = "telegram"
GROUPS = ("group", "supergroup")
_COMMAND = re.compile(r"\s*/staff(?:@\w+)?\s", re.IGNORECASE)


def is_group(message: Mapping[str, Any]) -> bool:
    return _of(message, "chat").get("type") in GROUPS


def message(raw: Raw, said: Mapping[str, Any], *, edited: bool) -> Incoming | None:
    """None for what is said among people."""
    moved_to = number(said.get("migrate_to_chat_id"))
    if moved_to is not None:
        return _incoming(raw, said, Kind.OTHER, Group(_sender(said), moved_to=str(moved_to)))
    sender = _of(said, "from")
    text = clean(said.get("text")) or clean(said.get("caption"))
    reply = _of(said, "reply_to_message")
    is_reply = _of(reply, "from").get("is_bot") is True and "forum_topic_created" not in reply
    topic = _id(said.get("message_thread_id")) if said.get("is_topic_message") is True else ""
    is_meant = is_reply or bool(topic) or bool(_COMMAND.match(text))
    if sender.get("is_bot") is True or not is_meant or not _SAID.intersection(said):
        return None
    kind = Kind.EDITED if edited else Kind.TEXT
    if not edited and not text:
        kind = next((KINDS[field] for field in KINDS if said.get(field)), Kind.OTHER)
    group = Group(_sender(said), _id(said.get("message_id")), _id(reply.get("message_id")) if is_reply else "", topic)
    return _incoming(raw, said, kind, group, text=text)


_SAID = frozenset({"text", "caption", *KINDS, "poll", "dice", "story"})  # not what Telegram itself says of the chat


def press(raw: Raw, pressed: Mapping[str, Any]) -> Incoming:
    under = _of(pressed, "message")
    topic = _id(under.get("message_thread_id")) if under.get("is_topic_message") is True else ""
    group = Group(_id(_of(pressed, "from").get("id")), _id(under.get("message_id")), topic=topic)
    incoming = _incoming(raw, under, Kind.PRESS, group)
    return structs.replace(
        incoming,
        data=clean(pressed.get("data"), DATA_CHARS),
        message=_id(under.get("message_id")),
        answer=clean(pressed.get("id"), ID_CHARS),
    )


def _incoming(raw: Raw, said: Mapping[str, Any], kind: Kind, group: Group, *, text: str = "") -> Incoming:
    chat = number(_of(said, "chat").get("id"))
    if not chat:
        raise ValueError("Telegram update of a group without a number")
    order = max(number(raw.get("update_id")) or 0, 0)
    return Incoming(event(raw), Address(CHANNEL, str(chat)), kind, order, text=text, group=group)


def _sender(said: Mapping[str, Any]) -> str:
    """Whoever writes in the group's name is nobody's account."""
    return "" if "sender_chat" in said else _id(_of(said, "from").get("id"))


def _of(what: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = what.get(name)
    return found if isinstance(found, Mapping) else {}


def _id(value: Any) -> str:
    known = number(value)
    return "" if known is None else str(known)
