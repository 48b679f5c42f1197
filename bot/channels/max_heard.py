"""
MAX updates read field by field: public payloads lack fields, carry unknown ones and wrong types.

    message_created ─▶ text, photo, voice …      bot_started ─▶ start      bot_stopped, dialog_removed ─▶ stopped
    message_edited  ─▶ edited                    message_callback ─▶ press     everything else ─▶ None

In groups only what staff say to the bot: `/staff CODE`, replies to its messages, presses, edits, deletions.
"""

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

from bot.channels.port import Raw
from bot.messages import Address, Group, Incoming, Kind

CHANNEL: Final = "max"
LISTENED: Final = (
    "message_created",
    "message_callback",
    "message_edited",
    "message_removed",
    "bot_started",
    "bot_stopped",
    "dialog_removed",
)
TEXT_CHARS: Final = 4096
MAX_ID: Final = 2**63 - 1

_ATTACHED: Final = {
    "image": Kind.PHOTO,
    "video": Kind.VIDEO,
    "audio": Kind.VOICE,
    "file": Kind.FILE,
    "sticker": Kind.STICKER,
    "location": Kind.LOCATION,
    "contact": Kind.CONTACT,
}
_COMMAND: Final = re.compile(r"\s*/staff\s", re.IGNORECASE)
_SOURCE: Final = re.compile(r"[A-Za-z0-9_-]{1,60}")
_UNFIT: Final = re.compile("[\x00\ud800-\udfff]")
_KEY: Final = re.compile(r"[!-~]{1,200}")


def heard(raw: Raw, *, own_id: int = 0) -> Incoming | None:
    """
    The update as one of ours; None for talk among people, channels, bots (ourselves too) and what is not listened to.

    own_id: the bot's user_id, 0 when not known yet. Raises ValueError for an update that names no kind or no person.
    """
    update = raw.get("update_type")
    if not isinstance(update, str) or not update:
        raise ValueError("MAX update without update_type")
    if update not in LISTENED or is_voice(raw):
        return None
    if update == "message_callback":
        return _press(raw, own_id)
    if update in ("message_created", "message_edited"):
        return _message(raw, own_id, is_edit=update == "message_edited")
    if update == "message_removed":
        return _removed(raw)
    person = _person(raw, raw.get("user"), own_id)
    if person is None:
        return None
    kind = Kind.START if update == "bot_started" else Kind.STOPPED
    token = raw.get("payload")
    source = token if kind is Kind.START and isinstance(token, str) and _SOURCE.fullmatch(token) else ""
    return Incoming(event(raw), Address(CHANNEL, person), kind, order=_order(raw), source=source)


def is_voice(raw: Raw) -> bool:
    """A voice message comes as message_created without `message`: nobody knows from whom."""
    return raw.get("update_type") == "message_created" and raw.get("message") is None


def event(raw: Raw) -> str:
    """
    The dedupe id: MAX numbers no updates, so it is made of what stays the same in a repeated delivery.

    created: mid; edited: mid and update time; press: callback_id and its time (the id alone may name the keyboard);
    others: type, chat, person, time. What lacks one of these: a hash of the whole. Never raises.
    """
    try:
        key = _event(raw)
    except Exception:  # the promise is "never", whatever the update is made of
        key = ""
    return key if _KEY.fullmatch(key) else "hash:" + _hash(raw)


def _event(raw: Raw) -> str:
    update, at = str(raw.get("update_type")), _int(raw.get("timestamp"))
    if update in ("message_created", "message_edited") and raw.get("message") is not None:
        mid = _dict(_dict(raw.get("message")).get("body")).get("mid")
        if not isinstance(mid, str) or not mid or (update == "message_edited" and at is None):
            return ""
        return f"created:{mid}" if update == "message_created" else f"edited:{mid}:{at}"
    if update == "message_callback":
        callback = _dict(raw.get("callback"))
        name, pressed = callback.get("callback_id"), _int(callback.get("timestamp"))
        return f"press:{name}:{pressed}" if isinstance(name, str) and name and pressed is not None else ""
    if update == "message_removed":
        mid = raw.get("message_id")
        return f"removed:{mid}" if isinstance(mid, str) and mid else ""
    person = _int(_dict(raw.get("user")).get("user_id")) or _int(raw.get("user_id"))
    chat = _int(raw.get("chat_id"))
    return "" if person is None or chat is None or at is None else f"{update}:{chat}:{person}:{at}"


def _hash(raw: object) -> str:
    """SHA-256 of a JSON value, without recursion: depth and size are the sender's to choose."""
    digest, left = hashlib.sha256(), [raw]
    while left:
        value = left.pop()
        if isinstance(value, Mapping):
            digest.update(b"{%d" % len(value))
            for name in sorted(value, key=str):
                left += (value[name], name)
        elif isinstance(value, list | tuple):
            digest.update(b"[%d" % len(value))
            left += value
        elif isinstance(value, str):
            digest.update(b'"%d:' % len(value) + value.encode("utf-8", "surrogatepass"))
        elif isinstance(value, int):
            digest.update(f"i{value:x}".encode())  # decimal would raise beyond 4 300 digits
        else:
            digest.update(repr(value).encode("utf-8", "surrogatepass") if isinstance(value, float) else b"?")
    return digest.hexdigest()


def _message(raw: Raw, own_id: int, *, is_edit: bool) -> Incoming | None:
    message = raw.get("message")
    if not isinstance(message, Mapping):
        raise ValueError("MAX update whose message is no object")
    if not _is_dialog(message):
        return _in_group(raw, message, own_id, is_edit=is_edit)
    person = _person(raw, message.get("sender"), own_id)
    if person is None:
        return None
    body = _body(message)
    text, attached = clean(body.get("text"), TEXT_CHARS), _attached(body.get("attachments"))
    if is_edit:
        kind = Kind.EDITED
    elif text.strip() or (text and attached is None):
        kind = Kind.TEXT  # words under a photo are still words
    else:
        kind = attached or Kind.OTHER
    return Incoming(event(raw), Address(CHANNEL, person), kind, order=_order(raw, message), text=text)


def _body(message: Raw) -> Raw:
    """What is said; of a forwarded message its inner body, because its own is null or empty."""
    body, link = _dict(message.get("body")), _dict(message.get("link"))
    if not body.get("text") and not body.get("attachments") and link.get("type") == "forward":
        return _dict(link.get("message"))
    return body


def _attached(attachments: object) -> Kind | None:
    """The kind of the first attachment that is one; OTHER for unknown ones, None for none."""
    found: Kind | None = None
    for one in attachments if isinstance(attachments, list) else ():
        name = _dict(one).get("type")
        if isinstance(name, str) and name in _ATTACHED:
            return _ATTACHED[name]
        if name != "inline_keyboard":
            found = Kind.OTHER
    return found


def _press(raw: Raw, own_id: int) -> Incoming | None:
    callback, message = raw.get("callback"), _dict(raw.get("message"))
    if not isinstance(callback, Mapping):
        raise ValueError("MAX press without callback")
    chat = _group(message)
    if not chat and not _is_dialog(message):
        return None
    person = _person(raw, callback.get("user"), own_id)
    if person is None:
        return None
    mid = _dict(message.get("body")).get("mid")
    pressed = clean(mid, 256)
    return Incoming(
        event(raw),
        Address(CHANNEL, chat or person),
        Kind.PRESS,
        order=_order(raw, callback),
        group=Group(person, pressed) if chat else None,
        data=clean(callback.get("payload"), 1024),
        message=pressed,
        # An answer edits the pressed message: when that is deleted there is nothing to edit, a new message must come.
        answer=clean(callback.get("callback_id"), 1024) if pressed else "",
    )


def _in_group(raw: Raw, message: Raw, own_id: int, *, is_edit: bool) -> Incoming | None:
    """None for what is said among people."""
    chat = _group(message)
    person = _person(raw, message.get("sender"), own_id) if chat else None
    if person is None:
        return None
    body, link = _dict(message.get("body")), _dict(message.get("link"))
    text, attached = clean(body.get("text"), TEXT_CHARS), _attached(body.get("attachments"))
    is_reply = link.get("type") == "reply" and _dict(link.get("sender")).get("is_bot") is True
    if not is_reply and not _COMMAND.match(text):
        return None
    kind = Kind.EDITED if is_edit else Kind.TEXT if text.strip() else attached or Kind.OTHER
    reply = clean(_dict(link.get("message")).get("mid"), 256) if is_reply else ""
    group = Group(person, clean(body.get("mid"), 256), reply)
    return Incoming(event(raw), Address(CHANNEL, chat), kind, order=_order(raw, message), text=text, group=group)


def _removed(raw: Raw) -> Incoming | None:
    """A message of a group that is deleted; of a dialog it changes nothing."""
    chat, person = _int(raw.get("chat_id")) or 0, _int(raw.get("user_id"))
    mid = clean(raw.get("message_id"), 256)
    if not -MAX_ID <= chat < 0 or not mid:
        return None
    group = Group(str(person or ""), mid, is_gone=True)
    return Incoming(event(raw), Address(CHANNEL, str(chat)), Kind.OTHER, order=_order(raw), group=group)


def _group(message: Raw) -> str:
    """The group's id, "" for dialogs and channels."""
    recipient = _dict(message.get("recipient"))
    chat = _int(recipient.get("chat_id")) or 0
    return str(chat) if -MAX_ID <= chat < 0 and recipient.get("chat_type") == "chat" else ""


def _is_dialog(message: Raw) -> bool:
    """Told by chat_type; where it is absent by the sign of chat_id (groups are negative)."""
    recipient = _dict(message.get("recipient"))
    kind = recipient.get("chat_type")
    if isinstance(kind, str) and kind:
        return kind == "dialog"
    return (_int(recipient.get("chat_id")) or 0) >= 0


def _person(raw: Raw, user: object, own_id: int) -> str | None:
    """
    The id of who acted, None for a bot (ourselves included).

    Taken from `user`, else from the update's own `user` or `user_id`, never from `recipient`: that is the bot in a
    message and the person in a press. Raises ValueError when nobody is named.
    """
    if _dict(user).get("is_bot") is True:
        return None
    for told in (_dict(user).get("user_id"), _dict(raw.get("user")).get("user_id"), raw.get("user_id")):
        number = _int(told)
        if number is not None and 0 < number <= MAX_ID:
            return None if number == own_id else str(number)
    raise ValueError("MAX update without a person")


def _order(raw: Raw, inner: Raw | None = None) -> int:
    """Milliseconds of the update, else of what is in it, else 0."""
    for told in (raw.get("timestamp"), (inner or {}).get("timestamp")):
        number = _int(told)
        if number is not None and 0 < number <= MAX_ID:
            return number
    return 0


def clean(text: object, chars: int) -> str:
    """`text` cut to `chars`, NUL and lone surrogates replaced: databases take neither. Empty for what is no text."""
    return _UNFIT.sub("\ufffd", text[:chars]) if isinstance(text, str) else ""


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _int(value: object) -> int | None:
    """An id or time, also one written as text; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,19}", value):
        return int(value)
    return None
