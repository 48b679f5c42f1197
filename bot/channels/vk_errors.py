"""
What a failed VK call means, and the reading of JSON that nothing can break.

    CallFailed ── how ──┬── API          VK answered with an error code
                        ├── HTTP         a status other than 200: a gateway, not VK's method
                        ├── NOT_OPENED   no connection: certainly nothing happened
                        └── LOST         written, then nothing readable came back: nobody knows

Source: dev.vk.com error codes; VK schema 5.199 errors.json; reference of the project, limits and errors.
"""

import json
import re
from datetime import timedelta
from enum import StrEnum
from typing import Any

from bot.channels.port import Blocked, Broken, Refused, SendError, TooFast, Uncertain, Unreachable

FLOOD_WAIT = timedelta(minutes=5)
CAPTCHA_WAIT = timedelta(minutes=10)
QUOTA_WAIT = timedelta(hours=1)
SPEED_WAIT = timedelta(seconds=0.5)

SERVER_TROUBLE = frozenset({1, 10, 13, 36})  # VK failed in the middle: may have taken effect
NOT_NOW = frozenset({43})
UNREACHABLE_PERSON = frozenset({18, 37, 39, 900, 901, 902, 936, 3610})
CAPTCHA = frozenset({14, 3300})
DEAD_TOKEN = frozenset(
    {2, 4, 5, 7, 11, 15, 16, 17, 20, 21, 24, 25, 27, 28, 38, 40, 42, 101, 125, 203, 1114, 1116, 1117, 3301, 3302, 3609}
)
KEYBOARD_TROUBLE = frozenset({911, 912})
NOT_EDITABLE = frozenset({7, 15, 100, 104, 909, 917, 920, 924, 936, 949})  # the new message tells whether it is worse
ALARMING = CAPTCHA | DEAD_TOKEN | frozenset({29, 100})

_LONE = re.compile(r"\\ud[89a-f]", re.IGNORECASE)


class How(StrEnum):
    API = "api"
    HTTP = "http"
    NOT_OPENED = "not opened"
    LOST = "lost"


class CallFailed(Exception):
    """A call without a plain success. code: VK's or HTTP's, 0 if none. after: what `Retry-After` said."""

    def __init__(self, how: How, code: int = 0, after: timedelta | None = None) -> None:
        super().__init__(f"VK call: {how.value} {code}" if code else f"VK call: {how.value}")
        self.how = how
        self.code = code
        self.after = after

    @property
    def api_code(self) -> int:
        return self.code if self.how is How.API else 0


def send_error(failed: CallFailed) -> SendError:
    """What a failed send means. Unknown codes are Refused: staff see them and may replay. Source: reference, errors."""
    code, words = failed.code, str(failed)
    if failed.how is How.NOT_OPENED:
        return Unreachable(words)
    if failed.how is How.LOST:
        return Uncertain(words)
    if failed.how is How.HTTP:
        if code == 429:
            return TooFast(failed.after, everyone=True)
        if code == 413:
            return Refused(words)
        return Uncertain(words) if code >= 500 else Unreachable(words)
    if code in SERVER_TROUBLE:
        return Uncertain(words)
    if code in NOT_NOW:
        return Unreachable(words)
    if code in (6, 32):
        return TooFast(SPEED_WAIT, everyone=True)
    if code == 9:
        return TooFast(FLOOD_WAIT)
    if code == 29:
        return TooFast(QUOTA_WAIT, everyone=True)
    if code in CAPTCHA:
        return TooFast(CAPTCHA_WAIT, everyone=True)
    if code in UNREACHABLE_PERSON:
        return Blocked(words)
    if code in DEAD_TOKEN:
        return Broken(words)
    return Refused(words)


def setup_error(failed: CallFailed) -> Broken | Unreachable:
    """What a failed call that sends nothing means: rights and token are Broken, the rest is worth another try."""
    return Broken(str(failed)) if failed.api_code in DEAD_TOKEN else Unreachable(str(failed))


def parsed(text: str | bytes) -> Any:
    """
    The JSON value, its lone surrogates replaced: they can be stored nowhere. Raises ValueError, for absurd nesting too.
    """
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    try:
        value = json.loads(text)
        if _LONE.search(text):
            whole = json.dumps(value, ensure_ascii=False).encode("utf-16-le", "surrogatepass")
            value = json.loads(whole.decode("utf-16-le", "replace"))
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value
