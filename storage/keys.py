"""
The two keys that outlive every secret, kept in table `keys` wrapped by the first secret.

They are made at the first open, of two processes at once by one, and rewrapped when found under an older secret.
Roll a new secret out as "old,new" on every process before "new,old": once rewrapped, "old" alone opens nothing.
"""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from storage.cipher import KEY_BYTES, Cipher

if TYPE_CHECKING:
    from storage.database import Database
    from storage.handle import Handle

INDEX: Final = "index"
PRESS: Final = "press"
NAMES: Final = (INDEX, PRESS)


def fresh_cipher(secrets: Sequence[str]) -> Cipher:
    """A cipher with new random keys: what an installation without stored ones begins with. Raises ValueError."""
    return Cipher(secrets, index_key=os.urandom(KEY_BYTES), press_key=os.urandom(KEY_BYTES))


def _place(name: str) -> tuple[str, str, str]:
    return ("keys", "wrapped", name)


async def _stored(handle: "Handle") -> dict[str, bytes]:
    rows = handle.queries.keys_load(handle.connection)
    return {name: bytes(wrapped) async for name, wrapped in rows if name in NAMES}


async def load_cipher(database: "Database", secrets: Sequence[str]) -> Cipher:
    """
    The cipher with the stored keys, made or rewrapped where needed; writes only then.

    Raises Unreadable when no secret opens them, Unavailable.
    """
    sealer = database.cipher
    async with database.read() as tx:
        stored = await _stored(tx.handle)
    if len(stored) < len(NAMES) or not all(map(sealer.is_current, stored.values())):
        async with database.write() as tx:
            on = tx.handle
            for name in NAMES:
                wrapped = sealer.seal(os.urandom(KEY_BYTES), *_place(name))
                await on.queries.keys_add(on.connection, name=name, wrapped=wrapped)
            stored = await _stored(on)
            for name, wrapped in stored.items():
                if not sealer.is_current(wrapped):
                    key = sealer.open(wrapped, *_place(name))
                    await on.queries.keys_rewrap(on.connection, name=name, wrapped=sealer.seal(key, *_place(name)))
    return Cipher(
        secrets,
        index_key=sealer.open(stored[INDEX], *_place(INDEX)),
        press_key=sealer.open(stored[PRESS], *_place(PRESS)),
    )
