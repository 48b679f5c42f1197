"""
The web chat as a channel: the page's JSON as Incoming, an outgoing row as the page's JSON.

It has no sender and no poller: what the bot says waits in the outbox until the page fetches it (bot/web/feed.py).
The order of a citizen's messages is the order in which they were stored: the page sends one at a time.
"""

import re
from typing import Literal

import msgspec

from bot.channels.port import Limits
from bot.messages import Address, Incoming, Kind, Outgoing
from storage.records import Fed

NAME = "web"
DATA_PATH = "/chat/data"  # where the page fetches what is kept about its citizen
LIMITS = Limits(text_chars=12_000, edits=False, is_feed=True)  # a page scrolls: one screen is one message
TEXT_CHARS = 4096
DATA_CHARS = 64
BODY_BYTES = 16 * 1024

_ID = re.compile(r"[A-Za-z0-9-]{16,64}\Z")
_SOURCE = re.compile(r"[A-Za-z0-9_-]{1,60}\Z")
_MESSAGE = re.compile(r"[0-9]{1,18}\Z")


class Written(msgspec.Struct, frozen=True):
    """
    What the page sends: one act of the citizen.

    id: made by the page, the same in every retry. kind: what was done. text: typed words. data: of the pressed button,
    message: number of the message it stands under. source: tag of the link that led here.
    """

    id: str
    kind: Literal["text", "press", "start"]
    text: str = ""
    data: str = ""
    message: str = ""
    source: str = ""


_written = msgspec.json.Decoder(Written)
_outgoing = msgspec.json.Decoder(Outgoing)
_encoder = msgspec.json.Encoder()


def written(body: bytes) -> Written:
    """The body of the page's request. Raises ValueError: no such JSON, a field too long or of a wrong form."""
    try:
        act = _written.decode(body)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise ValueError("not what the page sends") from error
    if not _ID.match(act.id):
        raise ValueError("a wrong id")
    if len(act.text) > TEXT_CHARS or len(act.data) > DATA_CHARS or (act.message and not _MESSAGE.match(act.message)):
        raise ValueError("a field is too long or of a wrong form")
    if act.kind == "text" and not act.text.strip():
        raise ValueError("no words")
    if act.kind == "press" and not act.data:
        raise ValueError("no button")
    return act


def heard(chat: str, act: Written) -> Incoming:
    """The act as a message of this chat. The chat is part of the event: nobody can take another's id."""
    return Incoming(
        event=f"{chat}:{act.id}",
        address=Address(NAME, chat),
        kind=Kind(act.kind),
        text=act.text.strip() if act.kind == "text" else "",
        data=act.data if act.kind == "press" else "",
        source=act.source if act.kind == "start" and _SOURCE.match(act.source) else "",
        message=act.message,
    )


def shown(fed: Fed) -> bytes:
    """
    The message as the page's JSON: {number, text, rows: [[{label, data | url}]]}, {number, erases} to empty the page.

    Raises msgspec.MsgspecError for a body that is no message of ours.
    """
    message = _outgoing.decode(fed.body)
    if message.erases:
        return _encoder.encode({"number": fed.number, "erases": True})
    rows = [
        [{"label": one.label, "url": one.url} if one.url else {"label": one.label, "data": one.data} for one in row]
        for row in message.rows
    ]
    return _encoder.encode({"number": fed.number, "text": message.text, "rows": rows})
