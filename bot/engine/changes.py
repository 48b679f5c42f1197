"""What a turn changes: writes in order, and the citizen, the session and later reads as they will be after them."""

from dataclasses import replace

from bot.engine.days import after_answer, after_resume
from bot.engine.effects import (
    Agree,
    Answer,
    ChooseOffice,
    ChooseSituations,
    ClaimMove,
    Conceal,
    Effect,
    EraseAll,
    Foreseen,
    ForgetItems,
    IssueCode,
    KeepNothing,
    MarkItem,
    PutAside,
    RemindOn,
    ResumeReminders,
    StopReminders,
    Withdraw,
)
from bot.engine.outcome import Answered, Marked, PolicyBreach
from bot.engine.stand import Stand
from storage.records import AnswerRow, CitizenRow, PlanItemRow


class Changes:
    """writes: so far, in order; `engine.apply` stores them."""

    def __init__(self, stand: Stand) -> None:
        self.writes: list[Effect] = []
        self._stand = stand

    async def write(self, effect: Effect) -> None:
        """Raises PolicyBreach for what may not be kept here."""
        turn = self._stand.turn
        self._check(effect)
        if isinstance(effect, MarkItem):
            effect = await self._marked(effect)
        elif isinstance(effect, Answer):
            row = AnswerRow(turn.citizen.id, effect.question, effect.value, turn.now)
            turn.reads.overlay_answer(row)
            self.writes += after_answer(turn, effect.question, effect.value)
            effect = Answered(row)
        elif isinstance(effect, Agree | EraseAll | Withdraw | ChooseSituations | StopReminders | ResumeReminders):
            await self._change_citizen(effect)
        elif isinstance(effect, ForgetItems):
            turn.reads.forget(effect.items)
        else:
            self._change_session(effect)
        if isinstance(effect, Foreseen):
            await effect.foresee(turn)
        self._stand.is_secret = self._stand.is_secret or isinstance(effect, IssueCode | ClaimMove | KeepNothing)
        self.writes.append(effect)

    def _check(self, effect: Effect) -> None:
        turn, at = self._stand.turn, self._stand.at.name
        if effect.personal and turn.policy == "information":
            raise PolicyBreach(f"{type(effect).__name__} in an informing channel at {at}")
        needs_consent = effect.consented or isinstance(effect, MarkItem | ChooseSituations | Answer | RemindOn)
        if needs_consent and not turn.has_consent:
            raise PolicyBreach(f"{type(effect).__name__} without consent at {at}")

    async def _change_citizen(self, effect: Effect) -> None:
        turn, session = self._stand.turn, self._stand.session
        if isinstance(effect, Agree):
            turn.citizen = replace(turn.citizen, consent_version=effect.version, consent_at=turn.now)
        elif isinstance(effect, EraseAll):
            turn.citizen = CitizenRow(turn.citizen.id, turn.citizen.stopped_at, None, None)
            session.trail = []
            session.office = turn.chosen_office
        elif isinstance(effect, Withdraw):
            turn.citizen = replace(turn.citizen, consent_version=None, consent_at=None, situations=())
            session.trail = []
        elif isinstance(effect, ChooseSituations):
            turn.citizen = replace(turn.citizen, situations=tuple(effect.situations))
        elif isinstance(effect, StopReminders):
            turn.citizen = replace(turn.citizen, stopped_at=turn.now)
        elif isinstance(effect, ResumeReminders):
            turn.citizen = replace(turn.citizen, stopped_at=None)
            self.writes += await after_resume(turn)

    def _change_session(self, effect: Effect) -> None:
        turn, session = self._stand.turn, self._stand.session
        if isinstance(effect, ChooseOffice):
            turn.chosen_office = session.office = effect.office
        elif isinstance(effect, Conceal):
            session.is_covered, self._stand.edits = True, False  # the pressed message goes, too
        elif isinstance(effect, PutAside):
            session.aside = effect.talk

    async def _marked(self, effect: MarkItem) -> Marked:
        turn = self._stand.turn
        plan = await turn.reads.plan()
        known = plan.get(effect.item)
        state = known.state if known else "open"
        row = PlanItemRow(
            citizen_id=turn.citizen.id,
            item=effect.item,
            state=effect.state,
            earlier=state if state != effect.state or known is None else known.earlier,
            later_at=effect.later_at,
            version=(known.version if known else 0) + 1,
            changed_at=turn.now,
        )
        turn.reads.overlay(row)
        return Marked(row)
