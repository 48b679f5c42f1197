"""
One turn's talk: a pure decision from session, incoming, content and clock to a new session, things said and writes.

Nothing here touches the database but the turn's reads. The result is applied by `engine.apply` in one transaction.
"""

import copy
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.engine import code
from bot.engine.days import after_answer, after_resume
from bot.engine.effects import (
    Again,
    Agree,
    Answer,
    Ask,
    Back,
    Choice,
    ChooseOffice,
    ChooseSituations,
    ClaimMove,
    Conceal,
    CountAnswer,
    CountStart,
    Effect,
    Enter,
    EraseAll,
    Finish,
    Foreseen,
    ForgetItems,
    Goto,
    IssueCode,
    Keep,
    KeepNothing,
    KeepQuestion,
    MarkItem,
    MarkReachable,
    Notice,
    PutAside,
    Refusable,
    RemindOn,
    ResumeReminders,
    Say,
    StopReminders,
    Tell,
    Unclear,
    Welcome,
    Withdraw,
)
from bot.engine.flow import Flow, Flows, Handler
from bot.engine.outcome import Answered, Marked, Overrun, PolicyBreach, Said
from bot.engine.press import Press
from bot.engine.reads import Mark
from bot.engine.screen import BACK, HUMAN, MENU, NEXT, PREVIOUS, Labels, Option, Screen, lay_out
from bot.engine.session import TRAIL_MAX, Place, Session
from bot.engine.turn import Turn
from bot.engine.understanding import Understanding
from bot.engine.words import Command, chosen, command, everywhere, is_greeting, plain, told
from bot.guard import MASK
from bot.matching.matcher import Zone
from bot.messages import Incoming, Kind
from bot.texts import render
from storage.records import AnswerRow, CaseRow, CitizenRow, Lane, PlanItemRow

STEPS_MAX = 100
MESSAGES_MAX = 20
CHARS_MAX = 16_384
COVER = "cover"  # the flow of the neutral screen
CRISIS = "crisis"  # the flow of a bad hour
MISSES = 2  # in a row, then a person is offered
MOVE = "move"  # the flow that hears a code of another chat, at any step

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


@dataclass(slots=True)
class _Checkpoint:
    session: Session
    said: int
    writes: int
    reads: Mark


class Talk:
    """
    The talk of one turn. After `hear`: `session`, `said` and `writes` are what follows.

    A refusable write that the database refuses is told by `refuse`, which continues from that effect's branch.
    """

    def __init__(self, flows: Flows, turn: Turn, session: Session | None, *, has_bottom_keyboard: bool) -> None:
        self.turn = turn
        self.is_new = session is None
        self.session = session or Session(place=Place("start", "hello"))
        turn.chosen_office = turn.citizen.office or self.session.office
        turn.is_covered, turn.aside = self.session.is_covered, self.session.aside
        self.said: list[Said] = []
        self.writes: list[Effect] = []
        self.edits = False
        self.is_secret = False  # nothing of this turn is kept: a code was made or said, or all that is kept was shown
        self._flows = flows
        self._has_bottom_keyboard = has_bottom_keyboard
        self._at = self.session.place
        self._is_returning = False
        self._steps = 0
        self._chars = 0
        self._checkpoints: dict[int, _Checkpoint] = {}

    # hearing

    async def hear(self, incoming: Incoming, press: Press | None) -> None:
        """Decide what follows from the message. press: what its button data say, None for no valid press."""
        if incoming.bare != self.session.is_bare and incoming.kind in (Kind.TEXT, Kind.START):
            self.session.is_bare = incoming.bare
        if self.session.is_covered and incoming.kind not in (Kind.CLOCK, Kind.STAFF, *SILENT):
            await self._covered(incoming, press)
        elif incoming.kind in SILENT:
            await self._run([MarkReachable(is_reachable=incoming.kind is Kind.RETURNED)])
        elif incoming.kind is Kind.CLOCK:
            await self._own(incoming, self._flows.due)
        elif incoming.kind is Kind.STAFF:
            await self._own(incoming, self._flows.acts)
        elif incoming.kind is Kind.START:
            await self._run([Enter("start", source=incoming.source)])
        elif incoming.kind is Kind.PRESS:
            await self._pressed(press)
        elif incoming.kind is Kind.TEXT:
            await self._written(incoming)
        elif self.is_new:
            await self._run([Enter("start")])
        elif incoming.kind in UNHEARD or not await self._is_overheard(incoming.text, incoming.kind):
            await self._run([Say(f"fallback.{POLITE.get(incoming.kind, 'other')}")])

    async def refuse(self, effect: Effect) -> None:
        """The database refused this write: take back all that came after it and go its other way."""
        checkpoint = self._checkpoints[id(effect)]
        self.turn.reads.go_back(checkpoint.reads)
        self.session = checkpoint.session
        self._at = self.session.place
        del self.said[checkpoint.said :]
        del self.writes[checkpoint.writes :]
        assert isinstance(effect, Refusable)
        await self._run(effect.refused)

    async def _covered(self, incoming: Incoming, press: Press | None) -> None:
        """Whatever is said or pressed meets a neutral screen, until it is the citizen's own word; «меню» for none."""
        turn, text = self.turn, incoming.text if incoming.kind is Kind.TEXT else ""
        words = Understanding(turn.content.matcher, text)
        if text and (kind := words.cried):
            await self._run([Enter(CRISIS, kind=kind, is_covered=True)])
            return
        heard = (command(text) or everywhere(text, turn.content.words)) if text else None
        own = await turn.reads.own_word()
        if own is None:
            is_said = bool(heard and heard.flow == "menu") or bool(press and press.choice == MENU)
        else:
            is_said = bool(text) and hmac.compare_digest(own, own_word(turn, text))
            self.is_secret = self.is_secret or is_said
        if is_said:
            self.session.is_covered = False
            await self._run([Enter("menu")])
        elif heard and heard.flow == "stop":
            await self._run([StopReminders(), Enter(COVER, "links")])
        elif text and (kind := await words.cried_in()):
            await self._run([Enter(CRISIS, kind=kind, is_covered=True)])
        else:
            await self._run([Enter(COVER, "links")])

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
        self.edits = bool(incoming.message)  # an act may replace what it had said before
        await self._run(await handler(self.turn))

    async def _pressed(self, press: Press | None) -> None:
        self.session.misses = 0
        if press is None:
            await self._run([Enter("fallback", "stale")])
            return
        flow, _, step = press.place.partition(".")
        name, _, about = press.choice.partition(":")
        if name in (MENU, HUMAN):
            await self._run([Enter("menu" if name == MENU else "handover")])
            return
        if not self._flows.has(flow, step):
            await self._run([Enter("fallback", "stale")])
            return
        is_here = press.place == self.session.place.name and not self.is_new
        is_newest = is_here and press.number == self.session.number % 1296
        self.edits = is_newest
        if name == BACK:
            await self._run([Back() if is_here else Enter("menu")])
        elif name in (PREVIOUS, NEXT):
            await self._turn_page(self._flows[flow], step, int(about or 0), is_here)
        else:
            await self._choice(self._flows[flow], step, press.choice, is_here)

    async def _turn_page(self, flow: Flow, step: str, page: int, is_here: bool) -> None:
        hearing = flow.hearing.get(step)
        if not is_here and not (hearing and hearing.anytime):
            await self._run([Enter("fallback", "stale")])
            return
        if not is_here:
            self._at = Place(flow.name, step)
        self._at = Place(flow.name, step, dict(self._at.data), page)
        await self._ask_here()

    async def _choice(self, flow: Flow, step: str, choice: str, is_here: bool) -> None:
        hearing = flow.hearing.get(step)
        shown = {known for known, _ in self.session.shown}
        if hearing is None or not (hearing.anytime or (is_here and choice in shown)):
            await self._run([Say("fallback.old_button"), Again()] if not self.is_new else [Enter("fallback", "stale")])
            return
        if not is_here:
            self._at = Place(flow.name, step)
        await self._hear_choice(flow, hearing.handler, choice)

    async def _hear_choice(self, flow: Flow, handler: Handler, choice: str) -> None:
        if self._is_elsewhere(flow):
            await self._run([Enter("elsewhere")])
            return
        name, _, about = choice.partition(":")
        await self._run(await self._handle(handler, heard=name, about=about))

    async def _written(self, incoming: Incoming) -> None:
        """Numbers that were taken out of the words are told of, and the rest is heard."""
        self.is_secret = self.is_secret or bool(incoming.phone)
        if incoming.phone and self._asks_phone():
            await self._typed(incoming.text.replace(MASK, incoming.phone, 1), incoming.source)
            return
        if incoming.hidden:
            names = [render.say(self.turn.content, f"fallback.hidden_{kind}", {}) for kind in incoming.hidden]
            await self._run([Say("fallback.hidden", what=", ".join(names))])
            if not plain(incoming.text.replace(MASK, "")):
                await self._run([Enter("start")] if self.is_new else [Again()])
                return
        await self._typed(incoming.text, incoming.source)

    def _asks_phone(self) -> bool:
        flow = self._flows.by_name.get(self.session.place.flow)
        hearing = flow.hearing.get(self.session.place.step) if flow is not None and not self.is_new else None
        return hearing is not None and hearing.phones

    async def _typed(self, text: str, source: str) -> None:
        """In this order: a crisis, codes, commands and buttons, the step's own words, a person, questions."""
        words = Understanding(self.turn.content.matcher, text)
        is_linked, typed = code.linked(source) is not None, code.read(text)
        if kind := words.cried:
            await self._run([Enter(CRISIS, kind=kind)])
        elif is_linked or (self.is_new and typed):
            await self._run([Enter("start", source=source if is_linked else f"{code.PREFIX}{typed}")])
        elif (heard := command(text) or everywhere(text, self.turn.content.words)) is not None:
            self.session.misses = 0
            await self._run([*self._counted(source), *self._commanded(heard)])
        elif self.is_new:
            await self._met(words, text, source)
        elif typed:
            await self._run([*self._counted(source), Enter(MOVE, "typed", code=typed)])
        else:
            await self._run(self._counted(source))
            await self._said_here(words, text)

    def _counted(self, source: str) -> list[Effect]:
        """A link followed by words of one's own: the words are answered."""
        return [CountStart(source)] if source and not self.is_new else []

    async def _met(self, words: Understanding, text: str, source: str) -> None:
        """The first words of somebody: a greeting, and an answer where they clearly ask."""
        content = self.turn.content
        is_greeted = is_greeting(text, content.words) or not plain(text)
        if not is_greeted and (kind := await words.cried_in()):
            await self._run([Enter(CRISIS, kind=kind)])
            return
        if await self._is_overheard(text):  # the talk was forgotten, the request for a person was not
            return
        await self._run([Enter("start", source=source)])
        if not is_greeted and (found := await words.found()).zone is Zone.ANSWER:
            await self._run([Enter("questions", "answer", question=found.ids[0])])

    async def _said_here(self, words: Understanding, text: str) -> None:
        """Buttons of this step and of the main menu, else own words."""
        place = self.session.place
        if not self._flows.has(place.flow, place.step):
            await self._run([Enter("fallback", "moved")])
            return
        flow, content = self._flows[place.flow], self.turn.content
        hearing = flow.hearing.get(place.step)
        is_greeted, event = is_greeting(text, content.words), told(text, content.events)
        is_number = hearing is not None and hearing.numbers and text.strip(" .").isdecimal()
        choice = None if is_number else chosen(text, self.session.shown, content.words)
        if choice is not None and hearing is not None:
            self.session.misses = 0
            await self._hear_choice(flow, hearing.handler, choice)
        elif (main := self._main_menu(text)) is not None:
            self.session.misses = 0
            await self._run([Enter(main)])
        elif not (is_greeted or event) and (kind := await words.cried_in()):
            await self._run([Enter(CRISIS, kind=kind)])
        elif hearing is not None and hearing.words and not self._is_elsewhere(flow):
            await self._answered(flow, await self._handle(hearing.handler, text=text), words)
        elif await self._is_overheard(text):
            self.session.misses = 0
        elif words.wants_person:
            await self._run([Enter("handover")])
        elif is_greeted:
            await self._run([Enter("start")])
        elif event:
            await self._run([Enter("life", "told", event=event)])
        else:
            await self._asked(words, flow)

    async def _answered(self, flow: Flow, effects: Sequence[Effect], words: Understanding) -> None:
        """The step's own words; those it can't use may still ask for a person or a question."""
        unclear = effects[0] if effects and isinstance(effects[0], Unclear) else None
        if unclear is None:
            self.session.misses = 0
            await self._run(effects)
        elif words.wants_person:
            await self._run([Enter("handover")])
        elif words.are_several and (found := await words.found()).zone is Zone.ANSWER:
            await self._run(self._aside(found.ids[0]))
        else:
            await self._run(unclear.otherwise)

    async def _asked(self, words: Understanding, flow: Flow) -> None:
        """A question in one's own words: answered, guessed, or honestly not understood."""
        session, found = self.session, await words.found()
        misses, session.misses = session.misses + 1, 0
        if words.is_hard:
            await self._run([Say("crisis.soft", helpline=self.turn.fill(self.turn.content.rules.helpline))])
        if page := words.warned:
            await self._run([Enter("info", "reading", page=page)])
        elif found.zone is Zone.ANSWER:
            aside = flow.holds and not self._is_elsewhere(flow)
            answer = Enter("questions", "answer", question=found.ids[0])
            await self._run(self._aside(found.ids[0]) if aside else [answer])
        else:
            kept = words.discreet() if self.turn.policy == "full" else ""
            if found.zone is Zone.GUESS:
                await self._run([Enter("questions", "meant", ids=list(found.ids), words=kept or None)])
                return
            session.misses = misses
            lost: list[Effect] = [KeepQuestion(kept)] if kept else []
            await self._run([*lost, Enter("fallback", "twice" if misses >= MISSES else "unknown")])

    def _aside(self, question: str) -> list[Effect]:
        """The answer, and the step goes on."""
        asked = self.turn.content.questions[question]
        answer = self.turn.fill(asked.answer)
        said = Say("questions.aside", question=asked.question, answer=answer)
        return [CountAnswer(question, "shown"), said, Again()]

    async def _is_overheard(self, text: str, kind: Kind = Kind.TEXT) -> bool:
        """Words for no step, and what is no words, belong to the talk with a person while there is one."""
        turn = self.turn
        if self._flows.overhears is None or turn.policy == "information" or self.session.is_covered:
            return False
        if not (text or kind is not Kind.TEXT):
            return False
        case = await turn.reads.open_case()
        if case is None or self.session.aside == talk_of(case):
            return False
        turn.about, turn.text, turn.heard, turn.data = case.id, text, str(kind), {}
        turn.before = tuple(place.name for place in [*self.session.trail, self.session.place])
        await self._run(await self._flows.overhears(turn))
        return True

    def _commanded(self, heard: Command) -> Sequence[Effect]:
        if heard.flow == "back":
            return [Back()]
        if heard.flow == "start":
            return [Enter("start", source=heard.source)]
        return [Enter(heard.flow)]

    def _main_menu(self, text: str) -> str | None:
        """«Мой план» and its neighbours are heard at any step, as words of the bottom keyboard and of habit."""
        menu = self.turn.content.texts.get("menu.main")
        if menu is None:
            return None
        return chosen(text, list(menu.buttons.items()), {}) if not text.strip().rstrip(".").isdecimal() else None

    # going

    async def _handle(self, handler: Handler, *, heard: str = "", about: str = "", text: str = "") -> Sequence[Effect]:
        self.turn.heard, self.turn.about, self.turn.text = heard, about, text
        self.turn.data = self._at.data
        self.turn.is_bare = self.session.is_bare
        self.turn.before = tuple(place.name for place in [*self.session.trail, self.session.place])
        return await handler(self.turn)

    async def _run(self, effects: Sequence[Effect]) -> None:
        for effect in effects:
            self._steps += 1
            if self._steps > STEPS_MAX:
                raise Overrun(f"over {STEPS_MAX} steps at {self._at.name}")
            if isinstance(effect, Say):
                self._say(effect)
            elif isinstance(effect, Ask):
                self._ask(effect)
            elif isinstance(effect, Notice):
                self._notice(effect)
            elif isinstance(effect, Keep):
                data = {**self._at.data, **effect.data}
                self._at.data = {name: value for name, value in data.items() if value is not None}
            elif isinstance(effect, Goto):
                page = self._at.page if effect.step == self._at.step else 0
                self._at = Place(self._at.flow, effect.step, dict(self._at.data), page)
                await self._ask_here()
            elif isinstance(effect, Enter):
                await self._enter(effect)
            elif isinstance(effect, Finish):
                await self._enter(Enter("menu"))
            elif isinstance(effect, Back):
                await self._back()
            elif isinstance(effect, Again):
                await self._again()
            elif isinstance(effect, Unclear):
                await self._run(effect.otherwise)
            else:
                await self._write(effect)

    async def _enter(self, effect: Enter) -> None:
        if not self._flows.has(effect.flow, effect.step or self._flows.start_of(effect.flow)):
            effect = Enter("fallback", "stale")  # a choice of an older edition or version
        flow = self._flows[effect.flow]
        self._at = Place(flow.name, effect.step or flow.start, {k: v for k, v in effect.data.items() if v is not None})
        await self._ask_here()

    async def _ask_here(self) -> None:
        if self._is_elsewhere(self._flows[self._at.flow]):  # by a page, back or again: the channel was full once
            self._at = Place("elsewhere", self._flows["elsewhere"].start)
        handler = self._flows[self._at.flow].asking[self._at.step]
        await self._run(await self._handle(handler))

    async def _back(self) -> None:
        while self.session.trail:
            place = self.session.trail.pop()
            if self._flows.has(place.flow, place.step):
                self._at, self._is_returning = place, True
                await self._ask_here()
                return
        await self._enter(Enter("menu"))

    async def _again(self) -> None:
        place = self.session.place
        if self._flows.has(place.flow, place.step):
            self._at = place
            await self._ask_here()
        else:
            await self._enter(Enter("fallback", "moved"))

    def _is_elsewhere(self, flow: Flow) -> bool:
        return flow.personal and self.turn.policy == "information"

    # saying

    def _words(self, key: str, values: Any) -> str:
        text = render.say(self.turn.content, key, values, office=self.turn.office, today=self.turn.today)
        self._chars += len(text)
        if self._chars > CHARS_MAX or len(self.said) >= MESSAGES_MAX:
            raise Overrun(f"too much said at {self._at.name}")
        return text

    def _say(self, effect: Say) -> None:
        text = self._words(effect.key, effect.values)
        self.said.append(Said(effect.key, text, shows_keyboard=isinstance(effect, Welcome)))

    def _ask(self, effect: Ask) -> None:
        self._arrive()
        session = self.session
        session.number += 1
        has_back = bool(session.trail) and self._at.flow != "menu" and not session.is_covered
        screen = self._lay_out(
            effect.key, effect.choices, self._words(effect.key, effect.values), has_back, self._at.page
        )
        session.place = Place(self._at.flow, self._at.step, dict(self._at.data), screen.page)
        session.shown = [(option.id, label) for option, label in _heard(screen)]
        self.said.append(Said(effect.key, screen.full_text, screen, self._at.name, session.number))

    def _notice(self, effect: Notice) -> None:
        screen = self._lay_out(effect.key, effect.choices, self._words(effect.key, effect.values), False, 0)
        lane = Lane.REPLY if isinstance(effect, Tell) else Lane.REMINDER
        said = Said(effect.key, screen.full_text, screen, effect.at, self.session.number, False, lane, effect.subject)
        self.said.append(said)

    def _lay_out(self, key: str, choices: Sequence[Choice], text: str, has_back: bool, page: int) -> Screen:
        content = self.turn.content
        options = [
            Option(choice.id, choice.label or render.button(content, key, choice.id.partition(":")[0]), choice.url)
            for choice in choices
        ]
        labels = Labels(
            back=render.say(content, "common.back", {}),
            previous=render.say(content, "common.previous", {}),
            next=render.say(content, "common.more", {}),
            menu=render.say(content, "common.menu", {}),
            human=render.say(content, "common.human", {}),
        )
        return lay_out(
            text,
            options,
            labels=labels,
            has_back=has_back,
            page=page,
            footer=() if self._has_bottom_keyboard else self._footer({choice.id for choice in choices}),
            bare=self.session.is_bare,
        )

    def _footer(self, choices: set[str]) -> list[str]:
        """«Меню» and «Специалист», where the screen does not offer them by itself."""
        menu = [] if "menu" in choices or self._at.flow == "menu" else [MENU]
        return menu + ([] if "handover" in choices or self.session.is_covered else [HUMAN])

    def _arrive(self) -> None:
        """Keep the way back: where we come from, without walking in circles."""
        session, at = self.session, self._at
        if at.flow == "menu":
            session.trail = []
            return
        if self._is_returning:
            self._is_returning = False
            return
        same = [number for number, place in enumerate(session.trail) if place.name == at.name and place.data == at.data]
        if same:
            del session.trail[same[0] :]
        elif session.number and (session.place.name != at.name or session.place.data != at.data):
            session.trail = [*session.trail, session.place][-TRAIL_MAX:]

    # changing

    async def _write(self, effect: Effect) -> None:
        turn = self.turn
        if effect.personal and turn.policy == "information":
            raise PolicyBreach(f"{type(effect).__name__} in an informing channel at {self._at.name}")
        needs_consent = effect.consented or isinstance(effect, MarkItem | ChooseSituations | Answer | RemindOn)
        if needs_consent and not turn.has_consent:
            raise PolicyBreach(f"{type(effect).__name__} without consent at {self._at.name}")
        if isinstance(effect, MarkItem):
            effect = await self._marked(effect)
        elif isinstance(effect, Answer):
            row = AnswerRow(turn.citizen.id, effect.question, effect.value, turn.now)
            turn.reads.overlay_answer(row)
            self.writes += after_answer(turn, effect.question, effect.value)
            effect = Answered(row)
        elif isinstance(effect, Agree):
            turn.citizen = replace(turn.citizen, consent_version=effect.version, consent_at=turn.now)
        elif isinstance(effect, EraseAll):
            turn.citizen = CitizenRow(turn.citizen.id, turn.citizen.stopped_at, None, None)
            self.session.trail = []
            self.session.office = turn.chosen_office
        elif isinstance(effect, ChooseOffice):
            turn.chosen_office = self.session.office = effect.office
        elif isinstance(effect, ChooseSituations):
            turn.citizen = replace(turn.citizen, situations=tuple(effect.situations))
        elif isinstance(effect, StopReminders | ResumeReminders):
            stopped_at = turn.now if isinstance(effect, StopReminders) else None
            turn.citizen = replace(turn.citizen, stopped_at=stopped_at)
            if stopped_at is None:
                self.writes += await after_resume(turn)
        elif isinstance(effect, Withdraw):
            turn.citizen = replace(turn.citizen, consent_version=None, consent_at=None, situations=())
            self.session.trail = []
        elif isinstance(effect, Conceal):
            self.session.is_covered, self.edits = True, False  # the pressed message goes, too
        elif isinstance(effect, PutAside):
            self.session.aside = effect.talk
        elif isinstance(effect, ForgetItems):
            turn.reads.forget(effect.items)
        elif isinstance(effect, Refusable):
            mark = turn.reads.mark()
            self._checkpoints[id(effect)] = _Checkpoint(
                copy.deepcopy(self.session), len(self.said), len(self.writes), mark
            )
        if isinstance(effect, Foreseen):
            await effect.foresee(turn)
        self.is_secret = self.is_secret or isinstance(effect, IssueCode | ClaimMove | KeepNothing)
        self.writes.append(effect)

    async def _marked(self, effect: MarkItem) -> Marked:
        plan = await self.turn.reads.plan()
        known = plan.get(effect.item)
        state = known.state if known else "open"
        row = PlanItemRow(
            citizen_id=self.turn.citizen.id,
            item=effect.item,
            state=effect.state,
            earlier=state if state != effect.state or known is None else known.earlier,
            later_at=effect.later_at,
            version=(known.version if known else 0) + 1,
            changed_at=self.turn.now,
            added=known.added if known else "",
        )
        self.turn.reads.overlay(row)
        return Marked(row)


def talk_of(case: CaseRow) -> str:
    """Which talk it is: another one once a specialist has written anew."""
    return f"{case.id}:{case.answered_at.timestamp() if case.answered_at else 0:.3f}"


def own_word(turn: Turn, text: str) -> str:
    """The word that uncovers the menu as it is kept: a keyed hash, another one for each citizen."""
    return turn.sign("own word", turn.citizen.id, plain(text)).hex()


def _heard(screen: Screen) -> list[tuple[Option, str]]:
    labels = screen.numbered or [option.label for option in screen.options]
    return [pair for pair in zip(screen.options, labels, strict=True) if not pair[0].url]
