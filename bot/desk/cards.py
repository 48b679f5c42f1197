"""
What a staff chat shows of a case: a card that tells where it belongs and until when, no word about the citizen.

What the citizen wrote stands in posts of its own, only once somebody has taken the case.
"""

from datetime import datetime

from bot.desk.words import KINDS, say
from bot.engine.press import Presses
from bot.engine.screen import SHORT_CHARS
from bot.messages import Button, Outgoing
from bot.texts import render
from bot.texts.schema import Content
from storage.case_records import Said
from storage.records import CaseRow

CARD, WORDS, PLACE = "desk.card", "desk.words", "desk.card"
WORDS_CHARS = 3000
NUMBER_CHARS = 6
CHANNELS = {"telegram": "Telegram", "vk": "ВКонтакте", "max": "MAX", "web": "Веб-чат"}
Rows = tuple[tuple[Button, ...], ...]


def number_of(case_id: str) -> str:
    """How people name a case."""
    return f"№ {case_id[:NUMBER_CHARS].upper()}"


def title(content: Content, case: CaseRow) -> str:
    """Of the case's topic in a forum."""
    return f"{number_of(case.id)} {content.routing.topic(case.topic).label}"[:120].strip()


def text(content: Content, case: CaseRow, *, name: str, how: str, now: datetime, state: str = "") -> str:
    """name: of whoever has the case. how: key of the last paragraph, "" for none. state: other than the case's own."""
    zone = content.office(case.office).timezone
    routing = content.routing
    marks = [say(content, "urgent")] if case.is_urgent else []
    if case.overdue_at is not None and case.state != "closed":
        marks.append(say(content, "overdue"))
    due = _moment(case.due_at or case.created_at, zone, now)
    said = say(
        content,
        "card",
        mark="".join(f"{mark} " for mark in marks),
        number=number_of(case.id),
        topic=routing.topic(case.topic).label or case.topic,
        whom=routing.roles.get(case.role) or say(content, "whom_any"),
        office=content.office(case.office).short_name or say(content, "all_offices"),
        channel=CHANNELS.get(case.channel, case.channel),
        came=_moment(case.created_at, zone, now),
        state=say(content, f"state_{state or case.state}", name=name, due=due),
        how=say(content, how) if how else "",
    )
    return said.strip()


def _moment(moment: datetime, zone: str, now: datetime) -> str:
    return f"{render.day_words(moment, zone, now)}, {render.time_words(moment, zone)}"


def buttons(content: Content, case: CaseRow, chat_id: str, presses: Presses) -> Rows:
    """Take, later, transfer, close; what makes no sense now is left out."""
    names = ["later", "transfer", "close"] if case.owner else ["take", "later", "transfer", "close"]
    labels = content.texts["desk.card"].buttons
    made = [Button(labels[name], presses.make(chat_id, PLACE, f"{name}:{case.id}", 0)) for name in names]
    return tuple(tuple(made[at : at + 2]) for at in range(0, len(made), 2))


def roles(content: Content, case_id: str, chat_id: str, presses: Presses) -> Rows:
    """Whom a case may be given to."""
    made = [
        Button(label, presses.make(chat_id, PLACE, f"to:{role}:{case_id}", 0))
        for role, label in content.routing.roles.items()
    ]
    width = 2 if all(len(button.label) <= SHORT_CHARS for button in made) else 1
    return tuple(tuple(made[at : at + width]) for at in range(0, len(made), width))


def words(content: Content, case: CaseRow, said: Said, *, under: str) -> Outgoing:
    """One piece of what the citizen said, under the card."""
    number, body = number_of(case.id), (said.words or "").strip()
    if not body:
        what = say(content, f"kind_{said.kind if said.kind in KINDS else 'other'}")
        return Outgoing(WORDS, say(content, "sent_other", number=number, what=what), under=under)
    if len(body) > WORDS_CHARS:
        body = f"{body[:WORDS_CHARS]}{say(content, 'cut')}"
    return Outgoing(WORDS, say(content, "words", number=number, words=body).strip(), under=under)
