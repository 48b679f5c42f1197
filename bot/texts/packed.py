"""Files of an edition as one value to store, and what two editions differ in."""

import zlib
from collections.abc import Mapping

import msgspec

_decoder = msgspec.json.Decoder(dict[str, bytes])


class Unreadable(Exception):
    """The stored value is no edition: damaged, or made by another program."""


def pack(files: Mapping[str, bytes]) -> bytes:
    """Files as one compressed value."""
    return zlib.compress(msgspec.json.encode(dict(files)), 9)


def unpack(packed: bytes) -> dict[str, bytes]:
    """Raises Unreadable."""
    try:
        return _decoder.decode(zlib.decompress(packed))
    except (zlib.error, msgspec.MsgspecError) as error:
        raise Unreadable from error


def changes(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> list[str]:
    """Names of the files that differ, «+ » before a new one and «− » before one that is gone."""
    found = []
    for name in sorted(old.keys() | new.keys()):
        if name not in old:
            found.append(f"+ {name}")
        elif name not in new:
            found.append(f"− {name}")
        elif old[name] != new[name]:
            found.append(name)
    return found
