"""
A raw Telegram update as one of ours, read field by field: an odd attachment must not cost a citizen's message.

Listened to in private dialogs: message, edited_message, callback_query (a press), my_chat_member (blocked or
returned).
In groups: what staff say to the bot (telegram_groups). Not: channels, other bots, notes about the dialog itself (a
pinned message), whatever else Telegram sends.
Source: core.telegram.org/bots/api 10.2, Update, Message, CallbackQuery, ChatMemberUpdated.
"""

import re
from collections.abc import Mapping
from typing import Any

from bot.channels import telegram_groups
from bot.channels.port import Raw
from bot.channels.telegram_fields import DATA_CHARS, ID_CHARS, KINDS, clean, event, number
from bot.messages import Address, Incoming, Kind

CHANNEL = telegram_groups.CHANNEL
LISTENED = ("message", "edited_message", "callback_query", "my_chat_member")

_START = re.compile(r"/start(?:@\w+)?(?:\s+(.*))?", re.IGNORECASE | re.DOTALL)
_SOURCE = re.compile(r"[A-Za-z0-9_-]{1,60}")

# Said by Telegram, not by the citizen: an answer would come out of the blue.
_NOTES = frozenset(
    {
        "pinned_message",
        "message_auto_delete_timer_changed",
        "chat_background_set",
        "write_access_allowed",
        "connected_website",
        "proximity_alert_triggered",
        "boost_added",
        "forum_topic_created",
        "forum_topic_edited",
        "forum_topic_closed",
        "forum_topic_reopened",
        "migrate_to_chat_id",
        "migrate_from_chat_id",
    }
)


def heard(raw: Raw) -> Incoming | None:
    """The update as one of ours, None for what we do not listen to. Raises ValueError for a broken one."""
    if not isinstance(raw, Mapping):
        raise ValueError("Telegram update is no object")
    for field in LISTENED:
        what = raw.get(field)
        if what is not None:
            if not isinstance(what, Mapping):
                raise ValueError(f"Telegram update: {field} is no object")
            if field == "callback_query":
                under = what.get("message")
                if isinstance(under, Mapping) and telegram_groups.is_group(under):
                    return telegram_groups.press(raw, what)
                return _press(raw, what)
            if field == "my_chat_member":
                return _member(raw, what)
            if telegram_groups.is_group(what):
                return telegram_groups.message(raw, what, edited=field == "edited_message")
            return _message(raw, what, edited=field == "edited_message")
    if number(raw.get("update_id")) is None:
        raise ValueError("Telegram update without a number")
    return None


def _message(raw: Raw, message: Mapping[str, Any], *, edited: bool) -> Incoming | None:
    chat = _citizen(message.get("chat"), message.get("from"))
    if not chat:
        return None
    kind, text, source = Kind.TEXT, clean(message.get("text")), ""
    if not text:
        if not _NOTES.isdisjoint(message):
            return None
        kind = next((KINDS[field] for field in KINDS if message.get(field)), Kind.OTHER)
        text = clean(message.get("caption"))
    if edited:
        kind = Kind.EDITED
    elif kind is Kind.TEXT and (start := _START.fullmatch(text)):
        token = (start[1] or "").strip()
        kind, text, source = Kind.START, "", token if _SOURCE.fullmatch(token) else ""
    return _incoming(raw, chat, kind, text=text, source=source)


def _press(raw: Raw, press: Mapping[str, Any]) -> Incoming | None:
    """`message` may be missing or a husk with date 0 (too old to be shown): the press still counts."""
    under = press.get("message")
    under = under if isinstance(under, Mapping) else {}
    chat = _citizen(under.get("chat"), press.get("from"))
    if not chat:
        return None
    message = number(under.get("message_id"))
    return _incoming(
        raw,
        chat,
        Kind.PRESS,
        data=clean(press.get("data"), DATA_CHARS),
        message="" if message is None else str(message),
        answer=clean(press.get("id"), ID_CHARS),
    )


def _member(raw: Raw, change: Mapping[str, Any]) -> Incoming | None:
    chat = _citizen(change.get("chat"), change.get("from"))
    now = change.get("new_chat_member")
    status = now.get("status") if isinstance(now, Mapping) else None
    if not chat or not isinstance(status, str):
        return None
    if status in ("kicked", "left"):
        return _incoming(raw, chat, Kind.STOPPED)
    return _incoming(raw, chat, Kind.RETURNED) if status == "member" else None


def _incoming(
    raw: Raw,
    chat: str,
    kind: Kind,
    *,
    text: str = "",
    data: str = "",
    source: str = "",
    message: str = "",
    answer: str = "",
) -> Incoming:
    order = max(number(raw.get("update_id")) or 0, 0)
    return Incoming(
        event(raw),
        Address(CHANNEL, chat),
        kind,
        order,
        text=text,
        data=data,
        source=source,
        message=message,
        answer=answer,
    )


def _citizen(chat: Any, sender: Any) -> str:
    """
    The private dialog's id, "" for what is none of ours: groups, channels, bots (we ourselves too).

    Without a chat the sender stands for it: in private dialogs both ids are equal. Raises ValueError without both.
    """
    chat = chat if isinstance(chat, Mapping) else {}
    sender = sender if isinstance(sender, Mapping) else {}
    if sender.get("is_bot") is True:
        return ""
    kind = chat.get("type")
    if isinstance(kind, str) and kind != "private":
        return ""
    known = number(chat.get("id"))
    if known is None:
        known = number(sender.get("id"))
    if known is None or known == 0:
        raise ValueError("Telegram update without a chat")
    return str(known) if known > 0 else ""  # groups and channels are negative
