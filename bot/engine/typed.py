"""
What follows from typed words. In this order: a crisis, codes, commands and buttons, the step's own words, a specialist
who listens, the wish for a person, questions.
"""

from collections.abc import Sequence

from bot.engine import code
from bot.engine.choosing import chose
from bot.engine.cover import CRISIS
from bot.engine.effects import Again, Back, CountAnswer, CountStart, Effect, Enter, KeepQuestion, Say, Unclear
from bot.engine.flow import Flow
from bot.engine.overhearing import overheard
from bot.engine.understanding import Understanding
from bot.engine.way import Way
from bot.engine.words import Command, chosen, command, everywhere, is_greeting, plain, told
from bot.guard import MASK
from bot.matching.matcher import Zone
from bot.messages import Incoming
from bot.texts import render
from bot.texts.schema import Content

MISSES = 2  # in a row, then a person is offered
MOVE = "move"  # the flow that hears a code of another chat, at any step


class Typed:
    def __init__(self, way: Way) -> None:
        self._way = way
        self._stand = way.stand
        self._turn = way.stand.turn

    async def hear(self, incoming: Incoming) -> None:
        """Numbers that were taken out of the words are told of, and the rest is heard."""
        self._stand.is_secret = self._stand.is_secret or bool(incoming.phone)
        if incoming.phone and self._asks_phone():
            await self._typed(incoming.text.replace(MASK, incoming.phone, 1), incoming.source)
            return
        if incoming.hidden:
            names = [render.say(self._turn.content, f"fallback.hidden_{kind}", {}) for kind in incoming.hidden]
            await self._way.run([Say("fallback.hidden", what=", ".join(names))])
            if not plain(incoming.text.replace(MASK, "")):
                await self._way.run([Enter("start")] if self._stand.is_new else [Again()])
                return
        await self._typed(incoming.text, incoming.source)

    def _asks_phone(self) -> bool:
        flow = self._way.flows.by_name.get(self._stand.session.place.flow)
        hearing = (
            flow.hearing.get(self._stand.session.place.step) if flow is not None and not self._stand.is_new else None
        )
        return hearing is not None and hearing.phones

    async def _typed(self, text: str, source: str) -> None:
        """In this order: a crisis, codes, commands and buttons, the step's own words, a person, questions."""
        words = Understanding(self._turn.content.matcher, text)
        is_linked, typed = code.linked(source) is not None, code.read(text)
        if kind := words.cried:
            await self._way.run([Enter(CRISIS, kind=kind)])
        elif is_linked or (self._stand.is_new and typed):
            await self._way.run([Enter("start", source=source if is_linked else f"{code.PREFIX}{typed}")])
        elif (heard := command(text) or everywhere(text, self._turn.content.words)) is not None:
            self._stand.session.misses = 0
            await self._way.run([*self._counted(source), *_commanded(heard)])
        elif self._stand.is_new:
            await self._met(words, text, source)
        elif typed:
            await self._way.run([*self._counted(source), Enter(MOVE, "typed", code=typed)])
        else:
            await self._way.run(self._counted(source))
            await self._said_here(words, text)

    def _counted(self, source: str) -> list[Effect]:
        """A link followed by words of one's own: the words are answered."""
        return [CountStart(source)] if source and not self._stand.is_new else []

    async def _met(self, words: Understanding, text: str, source: str) -> None:
        """The first words of somebody: a greeting, and an answer where they clearly ask."""
        content = self._turn.content
        is_greeted = is_greeting(text, content.words) or not plain(text)
        if not is_greeted and (kind := await words.cried_in()):
            await self._way.run([Enter(CRISIS, kind=kind)])
            return
        if await overheard(self._way, text):  # the talk was forgotten, the request for a person was not
            return
        await self._way.run([Enter("start", source=source)])
        if not is_greeted and (found := await words.found()).zone is Zone.ANSWER:
            await self._way.run([Enter("questions", "answer", question=found.ids[0])])

    async def _said_here(self, words: Understanding, text: str) -> None:
        """Buttons of this step and of the main menu, else own words."""
        place = self._stand.session.place
        if not self._way.flows.has(place.flow, place.step):
            await self._way.run([Enter("fallback", "moved")])
            return
        flow, content = self._way.flows[place.flow], self._turn.content
        hearing = flow.hearing.get(place.step)
        is_greeted, event = is_greeting(text, content.words), told(text, content.events)
        is_number = hearing is not None and hearing.numbers and text.strip(" .").isdecimal()
        choice = None if is_number else chosen(text, self._stand.session.shown, content.words)
        if choice is not None and hearing is not None:
            self._stand.session.misses = 0
            await chose(self._way, flow, hearing.handler, choice)
        elif (main := _main_menu(content, text)) is not None:
            self._stand.session.misses = 0
            await self._way.run([Enter(main)])
        elif not (is_greeted or event) and (kind := await words.cried_in()):
            await self._way.run([Enter(CRISIS, kind=kind)])
        elif hearing is not None and hearing.words and not self._stand.is_elsewhere(flow):
            await self._answered(flow, await self._way.handle(hearing.handler, text=text), words)
        elif await overheard(self._way, text):
            self._stand.session.misses = 0
        elif words.wants_person:
            await self._way.run([Enter("handover")])
        elif is_greeted:
            await self._way.run([Enter("start")])
        elif event:
            await self._way.run([Enter("life", "told", event=event)])
        else:
            await self._asked(words, flow)

    async def _answered(self, flow: Flow, effects: Sequence[Effect], words: Understanding) -> None:
        """The step's own words; those it can't use may still ask for a person or a question."""
        unclear = effects[0] if effects and isinstance(effects[0], Unclear) else None
        if unclear is None:
            self._stand.session.misses = 0
            await self._way.run(effects)
        elif words.wants_person:
            await self._way.run([Enter("handover")])
        elif words.are_several and (found := await words.found()).zone is Zone.ANSWER:
            await self._way.run(self._aside(found.ids[0]))
        else:
            await self._way.run(unclear.otherwise)

    async def _asked(self, words: Understanding, flow: Flow) -> None:
        """A question in one's own words: answered, guessed, or honestly not understood."""
        session, found = self._stand.session, await words.found()
        misses, session.misses = session.misses + 1, 0
        if words.is_hard:
            await self._way.run([Say("crisis.soft", helpline=self._turn.fill(self._turn.content.rules.helpline))])
        if page := words.warned:
            await self._way.run([Enter("info", "reading", page=page)])
        elif found.zone is Zone.ANSWER:
            aside = flow.holds and not self._stand.is_elsewhere(flow)
            answer = Enter("questions", "answer", question=found.ids[0])
            await self._way.run(self._aside(found.ids[0]) if aside else [answer])
        else:
            kept = words.discreet() if self._turn.policy == "full" else ""
            if found.zone is Zone.GUESS:
                await self._way.run([Enter("questions", "meant", ids=list(found.ids), words=kept or None)])
                return
            session.misses = misses
            lost: list[Effect] = [KeepQuestion(kept)] if kept else []
            await self._way.run([*lost, Enter("fallback", "twice" if misses >= MISSES else "unknown")])

    def _aside(self, question: str) -> list[Effect]:
        """The answer, and the step goes on."""
        asked = self._turn.content.questions[question]
        answer = self._turn.fill(asked.answer)
        said = Say("questions.aside", question=asked.question, answer=answer)
        return [CountAnswer(question, "shown"), said, Again()]


def _commanded(heard: Command) -> Sequence[Effect]:
    if heard.flow == "back":
        return [Back()]
    if heard.flow == "start":
        return [Enter("start", source=heard.source)]
    return [Enter(heard.flow)]


def _main_menu(content: Content, text: str) -> str | None:
    """«Мой план» and its neighbours are heard at any step, as words of the bottom keyboard and of habit."""
    menu = content.texts.get("menu.main")
    if menu is None:
        return None
    return chosen(text, list(menu.buttons.items()), {}) if not text.strip().rstrip(".").isdecimal() else None
