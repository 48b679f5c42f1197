"""What a turn says: texts rendered, screens laid out, the place kept where an answer is waited for."""

from collections.abc import Sequence
from typing import Any

from bot.engine.effects import Ask, Choice, Notice, Say, Tell, Welcome
from bot.engine.outcome import Overrun, Said
from bot.engine.screen import HUMAN, MENU, Labels, Option, Screen, lay_out
from bot.engine.session import TRAIL_MAX, Place
from bot.engine.stand import Stand
from bot.texts import render
from storage.records import Lane

MESSAGES_MAX = 20
CHARS_MAX = 16_384


class Speech:
    """said: so far, in order."""

    def __init__(self, stand: Stand, *, has_bottom_keyboard: bool) -> None:
        self.said: list[Said] = []
        self._stand = stand
        self._has_bottom_keyboard = has_bottom_keyboard
        self._chars = 0

    def say(self, effect: Say) -> None:
        text = self._words(effect.key, effect.values)
        self.said.append(Said(effect.key, text, shows_keyboard=isinstance(effect, Welcome)))

    def ask(self, effect: Ask) -> None:
        self._arrive()
        session, at = self._stand.session, self._stand.at
        session.number += 1
        has_back = bool(session.trail) and at.flow != "menu" and not session.is_covered
        screen = self._lay_out(effect.key, effect.choices, self._words(effect.key, effect.values), has_back, at.page)
        session.place = Place(at.flow, at.step, dict(at.data), screen.page)
        session.shown = [(option.id, label) for option, label in _heard(screen)]
        self.said.append(Said(effect.key, screen.full_text, screen, at.name, session.number))

    def notice(self, effect: Notice) -> None:
        screen = self._lay_out(effect.key, effect.choices, self._words(effect.key, effect.values), False, 0)
        lane, number = Lane.REPLY if isinstance(effect, Tell) else Lane.REMINDER, self._stand.session.number
        said = Said(effect.key, screen.full_text, screen, effect.at, number, False, lane, effect.subject)
        self.said.append(said)

    def _words(self, key: str, values: Any) -> str:
        turn = self._stand.turn
        text = render.say(turn.content, key, values, office=turn.office, today=turn.today)
        self._chars += len(text)
        if self._chars > CHARS_MAX or len(self.said) >= MESSAGES_MAX:
            raise Overrun(f"too much said at {self._stand.at.name}")
        return text

    def _lay_out(self, key: str, choices: Sequence[Choice], text: str, has_back: bool, page: int) -> Screen:
        content = self._stand.turn.content
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
            bare=self._stand.session.is_bare,
        )

    def _footer(self, choices: set[str]) -> list[str]:
        """«Меню» and «Специалист», where the screen does not offer them by itself."""
        menu = [] if "menu" in choices or self._stand.at.flow == "menu" else [MENU]
        return menu + ([] if "handover" in choices or self._stand.session.is_covered else [HUMAN])

    def _arrive(self) -> None:
        """Keep the way back: where we come from, without walking in circles."""
        session, at = self._stand.session, self._stand.at
        if at.flow == "menu":
            session.trail = []
            return
        if self._stand.is_returning:
            self._stand.is_returning = False
            return
        same = [number for number, place in enumerate(session.trail) if place.name == at.name and place.data == at.data]
        if same:
            del session.trail[same[0] :]
        elif session.number and (session.place.name != at.name or session.place.data != at.data):
            session.trail = [*session.trail, session.place][-TRAIL_MAX:]


def _heard(screen: Screen) -> list[tuple[Option, str]]:
    labels = screen.numbered or [option.label for option in screen.options]
    return [pair for pair in zip(screen.options, labels, strict=True) if not pair[0].url]
