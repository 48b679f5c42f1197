"""
What staff say in a group chat of VK: only what is meant for the community is taken, the rest of the chat is not ours.

Taken: `/staff CODE`, a reply to a message of the community, a press, an edit of any of these. VK tells of no deletions.
Source: dev.vk.com, message object, message_event; VK schema 5.199. A community hears a chat only as its administrator.
"""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import structs

from bot.channels.vk_fields import EVENT_CHARS, KINDS, clean, number, payload_of
from bot.messages import Address, Group, Incoming, Kind

CHANNEL = "vk"
FIRST_GROUP_CHAT = 2_000_000_000
_MENTION = re.compile(r"\A\s*\[(?:club|public)\d+\|[^\]]*\][,\s]*")
_COMMAND = re.compile(r"\s*/staff\s", re.IGNORECASE)


def is_group(what: Mapping[str, Any]) -> bool:
    return (number(what.get("peer_id")) or 0) > FIRST_GROUP_CHAT


def message(event: str, said: Mapping[str, Any], *, edited: bool) -> Incoming | None:
    """None for what is said among people, and by other communities."""
    sender = number(said.get("from_id")) or 0
    text = _MENTION.sub("", clean(said.get("text")))
    above = said.get("reply_message")
    above = above if isinstance(above, Mapping) else {}
    is_reply = (number(above.get("from_id")) or 0) < 0
    if sender <= 0 or not (is_reply or _COMMAND.match(text)):
        return None
    kind = Kind.EDITED if edited else Kind.TEXT if text.strip() else _attached(said)
    group = Group(str(sender), _cmid(said), _cmid(above) if is_reply else "")
    return structs.replace(_incoming(event, said, kind, group), text=text)


def press(event: str, what: Mapping[str, Any]) -> Incoming:
    group = Group(str(number(what.get("user_id")) or ""), _cmid(what))
    return structs.replace(
        _incoming(event, what, Kind.PRESS, group),
        data=clean(payload_of(what.get("payload")).get("d"), 255),
        message=_cmid(what),
        answer=clean(what.get("event_id"), EVENT_CHARS),
    )


def _incoming(event: str, what: Mapping[str, Any], kind: Kind, group: Group) -> Incoming:
    order = int(_cmid(what) or 0)
    return Incoming(event, Address(CHANNEL, str(number(what.get("peer_id")))), kind, order, group=group)


def _attached(said: Mapping[str, Any]) -> Kind:
    attachments = said.get("attachments")
    for one in attachments if isinstance(attachments, list | tuple) else ():
        name = one.get("type") if isinstance(one, Mapping) else None
        if isinstance(name, str) and name in KINDS:
            return KINDS[name]
    return Kind.OTHER


def _cmid(what: Mapping[str, Any]) -> str:
    known = number(what.get("conversation_message_id")) or number(what.get("cmid"))
    return str(known) if known and known > 0 else ""
