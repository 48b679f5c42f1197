"""
One turn's talk: a pure decision from session, incoming, content and clock to a new session, things said and writes.

Nothing here touches the database but the turn's reads. The result is applied by `engine.apply` in one transaction.

    hear --> cover | choosing | typed | overhearing --> way --> speech (said), changes (writes)
"""

from collections.abc import Mapping, Sequence

from bot.engine.changes import Changes
from bot.engine.choosing import pressed
from bot.engine.cover import covered
from bot.engine.effects import Effect, Enter, MarkReachable, Refusable, Say
from bot.engine.flow import Flows, Handler
from bot.engine.outcome import Said
from bot.engine.overhearing import overheard
from bot.engine.press import Press
from bot.engine.session import TRAIL_MAX, Session
from bot.engine.speech import Speech
from bot.engine.stand import Stand
from bot.engine.turn import Turn
from bot.engine.typed import MOVE, Typed
from bot.engine.way import Way
from bot.messages import Incoming, Kind
from storage.records import CitizenRow

SILENT = {Kind.STOPPED, Kind.RETURNED}
POLITE = {
    Kind.VOICE: "voice",
    Kind.PHOTO: "photo",
    Kind.VIDEO: "photo",
    Kind.FILE: "file",
    Kind.STICKER: "sticker",
    Kind.LOCATION: "location",
    Kind.CONTACT: "contact",
    Kind.EDITED: "edited",
    Kind.OTHER: "other",
}
UNHEARD = {Kind.STICKER}  # of what is no words; a specialist need not know of it


class Talk:
    """
    The talk of one turn. After `hear`: `session`, `said` and `writes` are what follows.

    A refusable write that the database refuses is told by `refuse`, which continues from that effect's branch.
    """

    def __init__(self, flows: Flows, turn: Turn, session: Session | None, *, has_bottom_keyboard: bool) -> None:
        self.turn = turn
        self._flows = flows
        self._stand = Stand(turn, session)
        self._speech = Speech(self._stand, has_bottom_keyboard=has_bottom_keyboard)
        self._changes = Changes(self._stand)
        self._way = Way(flows, self._stand, self._speech, self._changes)
        turn.chosen_office = turn.citizen.office or self.session.office
        turn.is_covered, turn.aside = self.session.is_covered, self.session.aside

    @property
    def session(self) -> Session:
        return self._stand.session

    @property
    def is_new(self) -> bool:
        return self._stand.is_new

    @property
    def said(self) -> Sequence[Said]:
        return self._speech.said

    @property
    def writes(self) -> Sequence[Effect]:
        return self._changes.writes

    @property
    def edits(self) -> bool:
        """The first message said replaces the one that was pressed."""
        return self._stand.edits

    @property
    def is_secret(self) -> bool:
        """Nothing of this turn is kept."""
        return self._stand.is_secret

    async def hear(self, incoming: Incoming, press: Press | None) -> None:
        """Decide what follows from the message. press: what its button data say, None for no valid press."""
        if incoming.bare != self.session.is_bare and incoming.kind in (Kind.TEXT, Kind.START):
            self.session.is_bare = incoming.bare
        if self.session.is_covered and incoming.kind not in (Kind.CLOCK, Kind.STAFF, *SILENT):
            await covered(self._way, incoming.text if incoming.kind is Kind.TEXT else "", press)
        elif incoming.kind in SILENT:
            await self._way.run([MarkReachable(is_reachable=incoming.kind is Kind.RETURNED)])
        elif incoming.kind is Kind.CLOCK:
            await self._own(incoming, self._flows.due)
        elif incoming.kind is Kind.STAFF:
            await self._own(incoming, self._flows.acts)
        elif incoming.kind is Kind.START:
            await self._way.run([Enter("start", source=incoming.source)])
        elif incoming.kind is Kind.PRESS:
            await pressed(self._way, press)
        elif incoming.kind is Kind.TEXT:
            await Typed(self._way).hear(incoming)
        elif self.is_new:
            await self._way.run([Enter("start")])
        elif incoming.kind in UNHEARD or not await overheard(self._way, incoming.text, incoming.kind):
            await self._way.run([Say(f"fallback.{POLITE.get(incoming.kind, 'other')}")])

    async def refuse(self, effect: Effect) -> None:
        """The database refused this write: take back all that came after it and go its other way."""
        assert isinstance(effect, Refusable)
        await self._way.refuse(effect)

    def become(self, citizen: CitizenRow, session: Session | None) -> None:
        """From here on the turn is this citizen's. The way back is that of the talk that came along with them."""
        self.turn.citizen = citizen
        trail = session.trail if session else []
        self.session.trail = [place for place in trail if place.flow != MOVE][-TRAIL_MAX:]

    async def _own(self, incoming: Incoming, handlers: Mapping[str, Handler]) -> None:
        """The clock's or the staff's: kind|about|subject of the reminder, or role of who did it."""
        if self.turn.policy == "information":  # the channel was full when it was planned
            return
        kind, about, source = [*incoming.data.split("|"), "", ""][:3]
        handler = handlers.get(kind)
        if handler is None:
            return
        self.turn.heard, self.turn.about, self.turn.source, self.turn.text = kind, about, source, incoming.text
        self._stand.edits = bool(incoming.message)  # an act may replace what it had said before
        await self._way.run(await handler(self.turn))
