"""
Data of a button: stateless, at most 64 bytes, readable months later.

    1|<screen number, base 36>|<flow.step>|<choice>|<mac, 8 characters>

The MAC covers citizen, step and choice by a key that outlives rotation: a press can't be made up or carried to another
citizen. The screen number is outside of it: it only tells whether the pressed message is the newest one.
"""

import base64
import hmac
from dataclasses import dataclass

from storage.cipher import Cipher

VERSION = "1"
MAX_BYTES = 64
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Press:
    """place: "flow.step". number: of the screen, modulo 1296."""

    place: str
    choice: str
    number: int


class Presses:
    """Makes and reads button data."""

    def __init__(self, cipher: Cipher) -> None:
        self._cipher = cipher

    def make(self, citizen_id: str, place: str, choice: str, number: int) -> str:
        """Raises ValueError when ids are too long for the platforms."""
        data = f"{VERSION}|{_base36(number)}|{place}|{choice}|{self._mac(citizen_id, place, choice)}"
        if len(data.encode()) > MAX_BYTES:
            raise ValueError(f"button data over {MAX_BYTES} bytes at {place}: {choice}")
        return data

    def read(self, citizen_id: str, data: str) -> Press | None:
        """What was pressed; None for data that are not ours, of another version or of another citizen."""
        parts = data.split("|")
        if len(parts) != 5 or parts[0] != VERSION:
            return None
        _, number, place, choice, mac = parts
        if not hmac.compare_digest(mac.encode(), self._mac(citizen_id, place, choice).encode()):
            return None
        try:
            return Press(place, choice, int(number, 36))
        except ValueError:
            return None

    def _mac(self, citizen_id: str, place: str, choice: str) -> str:
        return base64.urlsafe_b64encode(self._cipher.mac("press", citizen_id, place, choice)[:6]).decode()


def _base36(number: int) -> str:
    number %= len(DIGITS) ** 2
    return DIGITS[number // 36] + DIGITS[number % 36]
