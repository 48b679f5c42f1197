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


class Group(msgspec.Struct, frozen=True, omit_defaults=True):
    """
    Where in a group chat something was said, for chats of staff.

    sender: the platform's id of who said or pressed. message: of what was said. reply: of the own message that it
    answers. topic: of a forum. moved_to: the chat goes on under this number. is_gone: the message was deleted.
    """

    sender: str
    message: str = ""
    reply: str = ""
    topic: str = ""
    moved_to: str = ""
    is_gone: bool = False


class Incoming(msgspec.Struct, frozen=True, omit_defaults=True):
    """
    One message of a citizen, or of staff in a group chat.

    event: the platform's id of the update, unique within the channel's account; an update sent twice keeps it.
    order: the platform's order among one citizen's updates (update_id, cmid, milliseconds), 0 for our own.
    text: typed words, or the label of a pressed bottom-keyboard button.
    data: data of a pressed inline button, as we had sent it.
    source: token of a deep link, `[A-Za-z0-9_-]{1,60}`, else empty.
    message: platform's id of the message whose button was pressed (it can be edited), else empty.
    answer: platform's id needed to acknowledge the press, else empty.
    bare: the citizen's client can't show inline buttons (old VK clients).
    group: only for what was said in a group chat.
    hidden: kinds of personal numbers taken out of the text before it was stored (`bot/guard.py`). phone: the one that
    was taken out, for a step that asks for it; with it nothing of this message is kept after its turn.
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
    group: Group | None = None
    hidden: tuple[str, ...] = ()
    phone: str = ""


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
    under: id of the own message in a group that this answers; in a forum it goes into its topic. topic: title of the
    topic to open for it where the group has topics; its id is then part of the message's id, "topic/message".
    """

    key: str
    text: str
    rows: tuple[tuple[Button, ...], ...] = ()
    menu: tuple[tuple[str, ...], ...] = ()
    edits: str = ""
    answer: str = ""
    erases: tuple[str, ...] = ()
    under: str = ""
    topic: str = ""


ERASE_KEY = "erase"  # key of such a message: no text of the content
ERASES_ALL = ("*",)
FROM_A_PERSON = ("case.", "desk.")  # keys that begin so: words of people to people, which do not grow old in a day
