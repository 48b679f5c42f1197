"""Fields of a raw VK update, read so that none of them can do harm."""

import json
import re
from collections.abc import Mapping
from typing import Any

from bot.messages import Kind

TEXT_CHARS = 4096
EVENT_CHARS = 128

UNSAVABLE = re.compile("[\ud800-\udfff\0]")
_WHOLE = re.compile(r"-?[0-9]{1,19}")

KINDS = {
    "audio_message": Kind.VOICE,
    "photo": Kind.PHOTO,
    "graffiti": Kind.PHOTO,
    "video": Kind.VIDEO,
    "video_message": Kind.VIDEO,
    "doc": Kind.FILE,
    "audio": Kind.FILE,
    "sticker": Kind.STICKER,
    "ugc_sticker": Kind.STICKER,
    "geo": Kind.LOCATION,
}


def number(value: Any) -> int | None:
    """A whole number below 2^63, also one written as text; None for everything else."""
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    return None


def clean(value: Any, chars: int = TEXT_CHARS) -> str:
    """The text as typed, cut, with what no database takes replaced; "" for what is no text."""
    if isinstance(value, int) and number(value) is not None:
        value = str(value)
    return UNSAVABLE.sub("\ufffd", value[:chars]) if isinstance(value, str) else ""


def payload_of(value: Any) -> Mapping[str, Any]:
    """Of a button: VK gives JSON as text with message_new, an object or text with message_event."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return {}
    return value if isinstance(value, Mapping) else {}
