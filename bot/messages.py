"""
What travels between a citizen and the engine: one shape for all channels.

A channel makes an `Incoming` from the platform's raw update and sends an `Outgoing`; nothing of a platform goes
further. Both are stored as JSON (encrypted), so they hold plain values only.
"""

from enum import StrEnum

import msgspec


class Address(msgspec.Struct, frozen=True):
    """Where a citizen is reached: the channel's name and the platform's id of the dialog, as text."""

    channel: str
    chat: str


class Kind(StrEnum):
    """What came in. `RETURNED`, `STOPPED`: the citizen allowed or blocked the bot. `CLOCK`, `STAFF`: our own."""

    TEXT = "text"
    PRESS = "press"
    START = "start"
    RETURNED = "returned"
    STOPPED = "stopped"
    VOICE = "voice"
    PHOTO = "photo"
    VIDEO = "video"
    FILE = "file"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    EDITED = "edited"
    OTHER = "other"
    CLOCK = "clock"
    STAFF = "staff"


class Incoming(msgspec.Struct, frozen=True, omit_defaults=True):
    """
    One message of a citizen.

    event: the platform's id of the update, unique within the channel's account; an update sent twice keeps it.
    order: the platform's order among one citizen's updates (update_id, cmid, milliseconds), 0 for our own.
    text: typed words, or the label of a pressed bottom-keyboard button.
    data: data of a pressed inline button, as we had sent it.
    source: token of a deep link, `[A-Za-z0-9_-]{1,60}`, else empty.
    message: platform's id of the message whose button was pressed (it can be edited), else empty.
    answer: platform's id needed to acknowledge the press, else empty.
    bare: the citizen's client can't show inline buttons (old VK clients).
    hidden: kinds of personal numbers taken out of the text before it was stored (`bot/guard.py`).
    """

    event: str
    address: Address
    kind: Kind
    order: int = 0
    text: str = ""
    data: str = ""
    source: str = ""
    message: str = ""
    answer: str = ""
    bare: bool = False
    hidden: tuple[str, ...] = ()


class Button(msgspec.Struct, frozen=True, omit_defaults=True):
    """One button under a message: `data` comes back when pressed (≤ 64 bytes), or `url` opens."""

    label: str
    data: str = ""
    url: str = ""


class Outgoing(msgspec.Struct, frozen=True, omit_defaults=True):
    """
    One platform message, already fitted to the channel's limits.

    key: text key of the screen ("plan.item"), for transcripts and tests; empty for later pieces of one text.
    text: plain text without markup, never empty.
    rows: buttons under the message, row by row.
    menu: labels of the bottom keyboard to show from now on, row by row (channels that have one; else it is empty).
    edits: id of the own message to replace by this one where the platform can; a new message otherwise.
    answer: id of the press this answers (MAX edits by answering), else empty.
    erases: ids of own messages to take off the screen instead of sending anything: what can't be deleted is edited to
    the text, what can't be edited stays. ERASES_ALL on the web page: everything it shows.
    """

    key: str
    text: str
    rows: tuple[tuple[Button, ...], ...] = ()
    menu: tuple[tuple[str, ...], ...] = ()
    edits: str = ""
    answer: str = ""
    erases: tuple[str, ...] = ()


ERASE_KEY = "erase"  # key of such a message: no text of the content
ERASES_ALL = ("*",)
