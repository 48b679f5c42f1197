"""
Encryption at rest, lookup by keyed hash, message authentication.

A sealed value:  version 1 byte | key id 4 bytes | nonce 12 bytes | ciphertext | tag 16 bytes

The key of a secret and its id come from the secret by HKDF-SHA256. The first secret seals, every one opens, so a
secret is changed in two steps: "old,new" on all processes, then "new,old"; "new" alone once all rows are resealed.
The index key (`find`) and the press key (`mac`) are random, made once, stored wrapped by the secret: changing the
secret changes neither, so lookups and buttons sent long ago keep working.

Sources: NIST SP 800-38D (AES-GCM, 96-bit random nonces: at most 2**32 values under one key), RFC 5869 (HKDF).
"""

import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from storage.errors import Unreadable

_VERSION = b"\x01"
_HEAD = 5  # version and key id
_NONCE = 12
_TAG = 16
KEY_BYTES = 32
SECRET_CHARS_MIN = 16  # HKDF does not stretch a weak secret, so a word is refused


def _derive(secret: str, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=b"czn-bot " + purpose).derive(secret.encode())


def _joined(parts: Sequence[str]) -> bytes:
    """Parts as netstrings: ("ab", "c") and ("a", "bc") differ. A lone surrogate may come from a citizen: passed."""
    return "".join([f"{len(part)}:{part}," for part in parts]).encode("utf-8", "surrogatepass")


class Cipher:
    """Seals, opens, finds, signs. Safe to share between tasks and threads; one for the life of the process."""

    def __init__(self, secrets: Sequence[str], *, index_key: bytes, press_key: bytes) -> None:
        """
        secrets: 1..n, the first seals. index_key, press_key: KEY_BYTES each (storage/keys.py keeps them).

        Raises ValueError when there is no secret, one is shorter than SECRET_CHARS_MIN, or two have the same key id
        (one chance in 2**32: take another secret).
        """
        wanted = list(dict.fromkeys(secrets))
        if not wanted:
            raise ValueError("no secret given")
        if any(len(secret) < SECRET_CHARS_MIN for secret in wanted):
            raise ValueError(f"a secret must have at least {SECRET_CHARS_MIN} characters")
        self._keys: dict[bytes, AESGCM] = {}
        for secret in wanted:
            head = _VERSION + _derive(secret, b"key id", _HEAD - 1)
            self._keys[head] = AESGCM(_derive(secret, b"seal", KEY_BYTES))
        if len(self._keys) != len(wanted):
            raise ValueError("two secrets have the same key id")
        self._head, self._key = next(iter(self._keys.items()))
        self._index_key = index_key
        self._press_key = press_key

    def seal(self, plain: bytes, *place: str) -> bytes:
        """plain sealed for this place (table, column, row): 33 bytes longer, different every time."""
        nonce = os.urandom(_NONCE)
        return self._head + nonce + self._key.encrypt(nonce, plain, self._head + _joined(place))

    def open(self, sealed: bytes, *place: str) -> bytes:
        """What was sealed for this place. Raises Unreadable for an unknown key, altered bytes or another place."""
        key = self._keys.get(sealed[:_HEAD])
        if key is None:
            raise Unreadable("sealed under a secret that is not given")
        if len(sealed) < _HEAD + _NONCE + _TAG:
            raise Unreadable("sealed value is cut short")
        nonce = sealed[_HEAD : _HEAD + _NONCE]
        try:
            return key.decrypt(nonce, sealed[_HEAD + _NONCE :], sealed[:_HEAD] + _joined(place))
        except InvalidTag as error:
            raise Unreadable("sealed value is altered or from another place") from error

    def is_current(self, sealed: bytes) -> bool:
        """Whether it is sealed under the first secret, so a resealing run may pass it by."""
        return sealed[:_HEAD] == self._head

    def find(self, *parts: str) -> str:
        """Lookup hash of the parts under the index key: 32 hex characters, the same for ever in one installation."""
        return hmac.digest(self._index_key, _joined(parts), "sha256")[:16].hex()

    def mac(self, *parts: str) -> bytes:
        """HMAC-SHA256 of the parts under the press key: 32 bytes, outlives every change of secrets."""
        return hmac.digest(self._press_key, _joined(parts), "sha256")
