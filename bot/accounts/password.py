"""
Passwords: argon2id, worked out in a thread, two at a time.

Each takes MEMORY_KIB and about 40 ms of one core; more at once would let anybody fill the memory from the login page.
Source: OWASP Password Storage Cheat Sheet (argon2id, 19 MiB and two passes at least); RFC 9106.
"""

import asyncio
from enum import StrEnum
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

CHARS_MIN, CHARS_MAX = 10, 200
MEMORY_KIB, PASSES, LANES = 32 * 1024, 3, 1
AT_ONCE = 2
DIFFERENT_MIN = 5  # «1111111111» is no password
_COMMON = ("password", "пароль", "qwerty", "йцукен", "123456", "111111", "admin", "админ")

_hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)


class Weak(StrEnum):
    """Why a password is refused."""

    SHORT = "password_short"
    LONG = "password_long"
    SIMPLE = "password_simple"
    OWN = "password_own"


def weakness(password: str, login: str) -> Weak | None:
    """What is wrong with the password for this login, None when it will do."""
    if len(password) < CHARS_MIN:
        return Weak.SHORT
    if len(password) > CHARS_MAX:
        return Weak.LONG
    folded = password.casefold()
    if login and login.casefold() in folded:
        return Weak.OWN
    bare = "".join(letter for letter in folded if letter.isalpha())
    is_common = any(word in folded and len(folded) < len(word) + 7 for word in _COMMON)
    if len(set(folded)) < DIFFERENT_MIN or is_common or not bare:
        return Weak.SIMPLE
    return None


class Passwords:
    """One for the process: it bounds how many are worked out at once."""

    def __init__(self, hasher: PasswordHasher = _hasher) -> None:
        self._hasher = hasher
        self._busy = asyncio.Semaphore(AT_ONCE)

    async def hash(self, password: str) -> str:
        async with self._busy:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, password: str, stored: str) -> bool:
        """stored: "" for a person without password, or nobody at all; it takes as long and fits nothing."""
        async with self._busy:
            return await asyncio.to_thread(self._fits, password[: CHARS_MAX + 1], stored)

    def _fits(self, password: str, stored: str) -> bool:
        nobodys = _nobodys(self._hasher)  # made before the first answer, whoever it is for
        try:
            self._hasher.verify(stored or nobodys, password)
        except (VerificationError, InvalidHashError):
            return False
        return bool(stored)


@cache
def _nobodys(hasher: PasswordHasher) -> str:
    """The hash that is compared with where there is none."""
    return hasher.hash("nobody has this password")
