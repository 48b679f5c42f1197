"""What is kept of a talk between two turns."""

from typing import Any

import msgspec

TRAIL_MAX = 8


class Place(msgspec.Struct, omit_defaults=True):
    """A screen one can come back to."""

    flow: str
    step: str
    data: dict[str, Any] = {}
    page: int = 0

    @property
    def name(self) -> str:
        return f"{self.flow}.{self.step}"


class Session(msgspec.Struct, omit_defaults=True):
    """
    place: where the citizen stands. trail: screens before it, newest last.

    shown: (choice id, label) of the present screen in the order of their numbers. number: counts shown screens, so that
    a press is known to come from the newest one. is_bare: the client shows no buttons. office: the citizen's, kept
    here while nothing else may be kept. is_covered: the menu is a neutral one. aside: the talk with a specialist that
    the citizen put aside. misses: messages in a row that nobody understood.
    """

    place: Place
    trail: list[Place] = []
    shown: list[tuple[str, str]] = []
    number: int = 0
    is_bare: bool = False
    office: str = ""
    is_covered: bool = False
    aside: str = ""
    misses: int = 0


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Session)


def encode(session: Session) -> bytes:
    return _encoder.encode(session)


def decode(data: bytes) -> Session:
    """Raises msgspec.MsgspecError for what is no session."""
    return _decoder.decode(data)
