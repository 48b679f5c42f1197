"""
What a step asks to happen: plain data, in order.

Talk: Say, Ask, Notice. Way: Goto, Enter, Back, Finish, Keep, Unclear. Everything else changes what is stored;
`personal` ones are refused in a channel whose policy is `information`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import msgspec


class Choice(msgspec.Struct, frozen=True):
    """
    One thing a citizen can choose. A struct, as long lists are made of them in every turn.

    id: `name` or `name:about`, ASCII, with the name of its step ≤ 49 characters; the label is the button `name` of the
    asked text, unless `label` gives it. url: opens instead of being heard.
    """

    id: str
    label: str = ""
    url: str = ""


class Effect:
    """personal: refused in a channel that only informs. consented: refused without consent."""

    personal: ClassVar[bool] = False
    consented: ClassVar[bool] = False


class Refusable(Effect):
    """The database may say no: then `refused` says what follows, and nothing after this effect happens."""

    refused: Sequence[Effect]


class Foreseen(Effect):
    """Later reads of the same turn are to see what comes of it."""

    async def foresee(self, turn: Any) -> None:
        """Lay it over the reads of the turn."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, init=False)
class Say(Effect):
    """Say the text `key` with these values."""

    key: str
    values: Mapping[str, Any]

    def __init__(self, key: str, **values: Any) -> None:
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "values", values)


class Welcome(Say):
    """Say, and show the bottom keyboard from now on where the channel has one."""


@dataclass(frozen=True, slots=True, init=False)
class Ask(Effect):
    """Say the text and wait for one of the choices (or for words, where the step takes them)."""

    key: str
    choices: Sequence[Choice]
    values: Mapping[str, Any]

    def __init__(self, key: str, choices: Sequence[Choice] = (), **values: Any) -> None:
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "choices", tuple(choices))
        object.__setattr__(self, "values", values)


@dataclass(frozen=True, slots=True, init=False)
class Notice(Effect):
    """
    A reminder: said without moving the citizen from where they stand.

    at: the "flow.step" that hears the choices; it must hear them at any time. subject: id of the reminder row, checked
    again at the moment of sending; None for what no reminder had planned (an act of staff).
    """

    key: str
    choices: Sequence[Choice]
    at: str
    subject: str | None
    values: Mapping[str, Any]

    def __init__(self, key: str, choices: Sequence[Choice], *, at: str, subject: str | None, **values: Any) -> None:
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "choices", tuple(choices))
        object.__setattr__(self, "at", at)
        object.__setattr__(self, "subject", subject)
        object.__setattr__(self, "values", values)


class Tell(Notice):
    """Words of a person: said without moving the citizen, as an answer: at any hour, whatever was stopped."""

    def __init__(self, key: str, choices: Sequence[Choice] = (), *, at: str = "", **values: Any) -> None:
        super().__init__(key, choices, at=at, subject=None, **values)


@dataclass(frozen=True, slots=True)
class Goto(Effect):
    """Go on at another step of this flow."""

    step: str


@dataclass(frozen=True, slots=True, init=False)
class Enter(Effect):
    """Go on in another flow, at its start or at the named step, with these data."""

    flow: str
    step: str
    data: Mapping[str, Any]

    def __init__(self, flow: str, step: str = "", **data: Any) -> None:
        object.__setattr__(self, "flow", flow)
        object.__setattr__(self, "step", step)
        object.__setattr__(self, "data", data)


@dataclass(frozen=True, slots=True)
class Unclear(Effect):
    """
    The words are no answer to this step's question: a clear question of the citizen's among them is answered and the
    step asks again; for anything else `otherwise` follows. Alone in the list of a step that hears words.
    """

    otherwise: Sequence[Effect]


@dataclass(frozen=True, slots=True)
class Back(Effect):
    """Show the screen before this one."""


@dataclass(frozen=True, slots=True)
class Again(Effect):
    """Show the present screen once more."""


@dataclass(frozen=True, slots=True)
class Finish(Effect):
    """The talk is over: to the main menu."""


@dataclass(frozen=True, slots=True, init=False)
class Keep(Effect):
    """Remember these values until the flow ends; None forgets one."""

    data: Mapping[str, Any]

    def __init__(self, **data: Any) -> None:
        object.__setattr__(self, "data", data)


@dataclass(frozen=True, slots=True)
class CountStart(Effect):
    """One more start by this tag of a deep link."""

    tag: str


@dataclass(frozen=True, slots=True)
class CountAnswer(Effect):
    """The answer to this question was "shown", "helped" or "not_helped" once more; to whom is not kept."""

    question: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Forget(Effect):
    """Neither what was said in this turn nor its answer is kept, whatever the citizen agreed to."""


@dataclass(frozen=True, slots=True)
class Agree(Effect):
    """The citizen agreed to the consent text of this version."""

    version: str
    personal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class ChooseSituations(Effect):
    """The citizen's situations are these from now on."""

    situations: Sequence[str]
    personal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class ChooseOffice(Effect):
    """The citizen's office from now on; without consent it is kept as long as the talk."""

    office: str


@dataclass(frozen=True, slots=True)
class MarkItem(Effect):
    """
    The state of a plan item: open, done, stuck, later, not_mine.

    later_at: when to remind, for `later`. Marking anew cancels an earlier reminder of the item.
    """

    item: str
    state: str
    later_at: datetime | None = None
    personal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Answer(Effect):
    """The citizen answered a question about themselves. value: as `AnswerRow.value`; None forgets the answer."""

    question: str
    value: str | None
    personal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class StopReminders(Effect):
    """Nothing but answers from now on."""


@dataclass(frozen=True, slots=True)
class ResumeReminders(Effect):
    """Reminders may come again."""


@dataclass(frozen=True, slots=True)
class AskNoMore(Effect):
    """No question after a long silence, until the citizen wants it back."""


@dataclass(frozen=True, slots=True)
class AskAgain(Effect):
    """The question after a long silence may come again."""


@dataclass(frozen=True, slots=True)
class RemindOn(Effect):
    """
    The flow that reminds of this kind speaks at that time; what was planned for the subject before is cancelled.

    at: None only cancels. subject: no plan item's id.
    """

    kind: str
    subject: str
    at: datetime | None
    personal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class KeepQuestion(Effect):
    """Nobody had an answer to this. words: without names and numbers; whose they were is not kept."""

    words: str
    personal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class PutAside(Effect):
    """Free words are the bot's again, until a specialist writes anew. talk: which talk is put aside, "" for none."""

    talk: str


@dataclass(frozen=True, slots=True)
class EraseAll(Effect):
    """Delete everything about the citizen."""


@dataclass(frozen=True, slots=True)
class MarkReachable(Effect):
    """The citizen blocked the bot, or came back."""

    is_reachable: bool


@dataclass(frozen=True, slots=True)
class Withdraw(Effect):
    """Take the consent back: what was kept because of it goes; a request for a person stays."""


@dataclass(frozen=True, slots=True)
class ForgetItems(Effect):
    """What the citizen said of these plan items is gone, with its reminders."""

    items: Sequence[str]


@dataclass(frozen=True, slots=True)
class KeepNothing(Effect):
    """What this turn says and heard is not kept, though the citizen agreed to keep their words."""


@dataclass(frozen=True, slots=True)
class IssueCode(Effect):
    """The citizen's one code to go on in another chat, until then. Words of the turn are not kept."""

    code: str
    until: datetime


@dataclass(frozen=True, slots=True)
class ClaimMove(Refusable):
    """
    Bring the history of whoever made this code into this chat: from here on the turn is that citizen's, none of its
    words are kept.

    refused: what follows when the code does not fit, whatever the reason (nothing after this effect then happens).
    tries: the most in an hour. goodbye: key of what the old chat is told.
    """

    code: str
    tries: int
    goodbye: str
    refused: Sequence[Effect]
    personal: ClassVar[bool] = True


@dataclass(frozen=True, slots=True)
class Conceal(Effect):
    """Take the bot's own messages off this chat's screen, and cover the menu until the citizen's own word is said."""


@dataclass(frozen=True, slots=True)
class KeepWord(Effect):
    """The word that uncovers the menu. find: its keyed hash."""

    find: str
    personal: ClassVar[bool] = True
