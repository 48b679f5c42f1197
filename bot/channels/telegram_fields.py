"""Fields of a raw Telegram update, read so that none of them can do harm."""

import hashlib
import json
import re
from typing import Any

import msgspec

from bot.channels.port import Raw
from bot.messages import Kind

TEXT_CHARS = 4096
DATA_CHARS = 64
ID_CHARS = 64
ORDER_END = 2**63  # what a database column holds

_UNSAVABLE = re.compile("[\ud800-\udfff\0]")
_WHOLE = re.compile(r"-?[0-9]{1,19}")

# First match wins: an animation also carries `document`, a venue also `location`.
KINDS = {
    "voice": Kind.VOICE,
    "video_note": Kind.VIDEO,
    "video": Kind.VIDEO,
    "animation": Kind.VIDEO,
    "photo": Kind.PHOTO,
    "live_photo": Kind.PHOTO,
    "sticker": Kind.STICKER,
    "venue": Kind.LOCATION,
    "location": Kind.LOCATION,
    "contact": Kind.CONTACT,
    "audio": Kind.FILE,
    "document": Kind.FILE,
}


def event(raw: Raw) -> str:
    """The update's number; a hash of the whole where it has none. Never raises."""
    try:
        known = number(raw["update_id"])
        if known is not None:
            return str(known)
    except Exception:  # noqa: S110  whatever a broken update is, it gets a hash
        pass
    try:
        whole = json.dumps(raw, sort_keys=True)
    except Exception:
        try:
            whole = repr(raw)
        except Exception:
            whole = f"{type(raw).__name__} that can not be shown"
    return "hash-" + hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


def number(value: Any) -> int | None:
    """A whole number below 2^63, also one written as text; None for everything else."""
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        value = int(value)
    return value if type(value) is int and abs(value) < ORDER_END else None


def parsed(body: bytes) -> Any:
    """
    The JSON value; lone surrogates are replaced, they can be stored nowhere. Raises ValueError, for absurd nesting too.
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError):
        pass  # strict and quick first; what is left over is rare: halves of an emoji, or no JSON at all
    try:
        value = json.loads(body.decode("utf-8", "replace"), parse_constant=_no_number)
        whole = json.dumps(value, ensure_ascii=False).encode("utf-16-le", "surrogatepass")
        return json.loads(whole.decode("utf-16-le", "replace"))
    except RecursionError:
        raise ValueError("nested too deeply") from None


def clean(value: Any, chars: int = TEXT_CHARS) -> str:
    """The text as typed, cut, with what no database takes replaced; "" for what is no text."""
    return _UNSAVABLE.sub("\ufffd", value[:chars]) if isinstance(value, str) else ""


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")
