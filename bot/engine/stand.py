"""Where a turn stands: its session, the place it has come to, and how what it says is shown and kept."""

from bot.engine.flow import Flow
from bot.engine.session import Place, Session
from bot.engine.turn import Turn


class Stand:
    """
    session: as it will be kept. at: the place come to, kept once a screen is asked there. is_returning: by «назад».

    edits: the first message said replaces the one that was pressed. is_secret: nothing of this turn is kept: a code was
    made or said, or all that is kept was shown.
    """

    def __init__(self, turn: Turn, session: Session | None) -> None:
        self.turn = turn
        self.is_new = session is None
        self.session = session or Session(place=Place("start", "hello"))
        self.at = self.session.place
        self.is_returning = False
        self.edits = False
        self.is_secret = False

    def is_elsewhere(self, flow: Flow) -> bool:
        """The flow is not for a channel that only informs."""
        return flow.personal and self.turn.policy == "information"

    def before(self) -> tuple[str, ...]:
        """Text keys of the last screens, newest last."""
        return tuple(place.name for place in [*self.session.trail, self.session.place])
