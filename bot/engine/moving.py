"""
The turn that brings a history into its chat: both citizens become one, what had not left the old chat comes along.

What is planned here lies before the turn's own messages, so it is read before them.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec

from bot.channels.fit import TextDoesNotFit, fit
from bot.channels.port import Limits
from bot.engine.effects import ClaimMove
from bot.engine.session import Session, decode
from bot.engine.talk import Talk
from bot.messages import ERASE_KEY, ERASES_ALL, Kind, Outgoing
from bot.texts import render
from storage.database import Transaction
from storage.moves import Moved, Unsent
from storage.records import Claimed, Lane, Part

STAYS = (str(Kind.STOPPED), str(Kind.RETURNED))  # said of a chat, not by a person: they stay with it

_encoder = msgspec.json.Encoder()
_outgoing = msgspec.json.Decoder(Outgoing)


async def move(
    tx: Transaction, claimed: Claimed, talk: Talk, effect: ClaimMove, limits: Mapping[str, Limits], *, now: datetime
) -> str | None:
    """Whose turn it is from here on; None when the code does not fit. limits: of the channels that are on."""
    moved = await tx.moves.claim(
        effect.code,
        by=claimed.citizen_id,
        channel=claimed.channel,
        address=claimed.address,
        tries=effect.tries,
        stays=STAYS,
        now=now,
    )
    if moved is None:
        return None
    row = (await tx.sessions.load([moved.citizen.id])).get(moved.citizen.id)
    talk.become(moved.citizen, _session(row.data) if row else None)
    parts = _brought(claimed, moved, limits[claimed.channel])
    parts += _goodbyes(claimed, moved, talk, effect.goodbye, limits, now)
    await tx.outbox.add(parts, now=now)
    return moved.citizen.id


def _session(data: bytes) -> Session | None:
    try:
        return decode(data)
    except msgspec.MsgspecError:
        return None


def _brought(claimed: Claimed, moved: Moved, limits: Limits) -> list[Part]:
    """What waited to leave for the old chat, cut for the new one. It edits nothing: those messages are elsewhere."""
    planned = [(unsent, message) for unsent in moved.unsent for message in _fitted(unsent, limits)]
    return [
        Part(
            citizen_id=moved.citizen.id,
            channel=claimed.channel,
            address=claimed.address,
            turn=f"brought:{claimed.event}",
            part=number,
            lane=unsent.lane,
            key=message.key,
            body=_encoder.encode(message),
            keep=unsent.keep,
            not_before=unsent.not_before,
            subject=unsent.subject,
            since=unsent.created_at,
        )
        for number, (unsent, message) in enumerate(planned)
    ]


def _fitted(unsent: Unsent, limits: Limits) -> list[Outgoing]:
    try:
        message = _outgoing.decode(unsent.body)
        rows = [[button for button in row if not button.url.startswith("/")] for row in message.rows]
        return fit(message.key, message.text, [row for row in rows if row], limits)
    except (msgspec.MsgspecError, TextDoesNotFit):
        return []


def _goodbyes(
    claimed: Claimed, moved: Moved, talk: Talk, key: str, limits: Mapping[str, Limits], now: datetime
) -> list[Part]:
    """A word to each chat that is left, as to a stranger: whoever has it learns nothing. A page is emptied first."""
    text = render.say(talk.turn.content, key, {}, today=talk.turn.today)
    return [
        Part(
            citizen_id=left.citizen_id,
            channel=left.channel,
            address=left.address,
            turn=f"goodbye:{claimed.event}",
            part=number,
            lane=Lane.REPLY,
            key=message.key,
            body=_encoder.encode(message),
            keep=False,
            not_before=now,
        )
        for number, (left, message) in enumerate(
            (left, message)
            for left in moved.left
            if left.channel in limits
            for message in [
                *([Outgoing(ERASE_KEY, text, erases=ERASES_ALL)] if limits[left.channel].is_feed else []),
                *fit(key, text, (), limits[left.channel]),
            ]
        )
    ]
