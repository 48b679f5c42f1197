"""Everything that is kept about a citizen, in words, to read and to carry away."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from bot.flows.words import calls, received, visits
from bot.flows.words.answers import said
from bot.flows.words.buttons import Labels, screen_words
from bot.flows.words.survey_answers import answer_words, item_of
from bot.messages import Incoming, Kind, Outgoing
from bot.texts import render
from bot.texts.schema import Content, Need
from storage.extract import Extract, Kept
from storage.records import CaseRow

STATES = ("open", "done", "stuck", "later", "not_mine")
OWN_WORDS = ("release", "nudge", "survey")  # kinds of reminders that are about no plan item
WORDS = {
    "file_head": Need(("day", "time")),
    "file_consent": Need(("day", "time", "version")),
    "file_no_consent": Need(),
    "file_stopped": Need(("day",)),
    "file_situations": Need(("situations",)),
    "file_office": Need(("office",)),
    "file_answers": Need(),
    "file_answer": Need(("question", "answer", "day")),
    "file_chats": Need(("chats",)),
    "file_plan": Need(),
    "file_item": Need(("title", "state", "day")),
    "file_item_added": Need(("title", "state", "day")),
    **{f"file_{state}": Need() for state in STATES},
    "file_reminders": Need(),
    "file_reminder": Need(("title", "day", "time")),
    "file_reminder_release": Need(("day", "time")),
    "file_reminder_nudge": Need(("day", "time")),
    "file_reminder_booking": Need(("day", "time")),
    **visits.WORDS,
    **calls.WORDS,
    "file_reminder_survey": Need(("day", "time")),
    "file_surveys": Need(),
    "file_survey": Need(("survey", "day")),
    "file_survey_answer": Need(("question", "answer")),
    **received.WORDS,
    "file_case": Need(("day", "words")),
    "file_case_closed": Need(("day", "words")),
    "file_alarm": Need(("day", "time")),
    "file_messages": Need(),
    "file_heard": Need(("day", "time", "text")),
    "file_said": Need(("day", "time", "text")),
    "file_pressed": Need(("label",)),
    "file_no_words": Need(),
    "file_screens": Need(("screens",)),
    "file_word": Need(),
    "file_rest": Need(),
}
_incoming = msgspec.json.Decoder(Incoming)
_outgoing = msgspec.json.Decoder(Outgoing)


def extract_text(content: Content, extract: Extract, now: datetime) -> str:
    """The whole of it. The words are the centre's, names of items and situations those of the edition in force."""
    return "\n\n".join(block for block in _Writer(content, now, extract.citizen.office).blocks(extract) if block)


def cut(text: str, chars: int) -> list[str]:
    """The text in parts of at most so many characters: between lines where it can, else anywhere."""
    parts, rest = [], text
    while len(rest) > chars:
        place = rest.rfind("\n", 1, chars)
        place = place if place > chars // 2 else chars
        parts.append(rest[:place].strip())
        rest = rest[place:].lstrip("\n")
    return [part for part in [*parts, rest.strip()] if part]


class _Writer:
    def __init__(self, content: Content, now: datetime, office: str) -> None:
        self._content = content
        self._now = now
        self._zone = content.office(office).timezone
        self._labels = Labels(content, ())
        self._titles = {step.id: step.title for one in content.situations.values() for step in one.plan}

    def blocks(self, extract: Extract) -> Iterator[str]:
        said_to = [_said(one.body) for one in extract.messages if not one.is_heard]
        self._labels = Labels(self._content, [message for message in said_to if message])
        yield self._say("head", **self._moment(self._now))
        yield "\n".join(self._profile(extract))
        yield self._say("word") if extract.has_word else ""
        if extract.answers:
            yield "\n".join([self._say("answers"), *self._answers(extract)])
        if extract.plan:
            yield "\n".join([self._say("plan"), *self._items(extract)])
        if extract.reminders:
            yield "\n".join([self._say("reminders"), *self._reminders(extract)])
        if lines := visits.lines(self._content, extract):
            yield "\n".join(lines)
        if extract.surveys:
            yield "\n".join([self._say("surveys"), *self._surveys(extract)])
        if lines := received.lines(self._content, extract):
            yield "\n".join(lines)
        if lines := calls.lines(self._content, extract):
            yield "\n".join(lines)
        for case in extract.cases:
            yield self._case(case)
        for alarm in extract.alarms:
            yield self._say("alarm", **self._moment(alarm.raised_at))
        if extract.messages:
            yield "\n".join([self._say("messages"), *(line for kept in extract.messages if (line := self._line(kept)))])
        yield self._say("rest")

    def _profile(self, extract: Extract) -> Iterator[str]:
        citizen = extract.citizen
        if citizen.consent_at is None:
            yield self._say("no_consent")
        else:
            yield self._say("consent", version=citizen.consent_version, **self._moment(citizen.consent_at))
        if citizen.situations:
            names = [self._situation(id_) for id_ in citizen.situations]
            yield self._say("situations", situations=", ".join(names))
        if citizen.office in self._content.offices:
            yield self._say("office", office=self._content.offices[citizen.office].name)
        if citizen.stopped_at is not None:
            yield self._say("stopped", day=self._moment(citizen.stopped_at)["day"])
        yield self._say("chats", chats=", ".join(f"{channel} {chat}".strip() for channel, chat in extract.chats))

    def _answers(self, extract: Extract) -> Iterator[str]:
        asked = self._content.profile
        for row in extract.answers:
            question = asked.get(row.question)
            answer = said(question, {row.question: row.value or ""}) if question else None
            day = self._moment(row.changed_at)["day"]
            label = question.label if question else row.question
            yield self._say("answer", question=label, answer=answer or row.value or "—", day=day)

    def _items(self, extract: Extract) -> Iterator[str]:
        for row in extract.plan:
            state = self._say(row.state) if row.state in STATES else row.state
            day = self._moment(row.changed_at)["day"]
            key = "item_added" if row.added else "item"
            yield self._say(key, title=self._titles.get(row.item, row.item), state=state, day=day)

    def _reminders(self, extract: Extract) -> Iterator[str]:
        for kind, subject, due_at in extract.reminders:
            if kind.startswith("booking"):
                yield self._say("reminder_booking", **self._moment(due_at))
            elif kind.startswith("referral"):
                yield self._say("reminder_referral", **self._moment(due_at))
            elif kind.startswith("call"):
                yield self._say("reminder_call", **self._moment(due_at))
            elif kind in OWN_WORDS:
                yield self._say(f"reminder_{kind}", **self._moment(due_at))
            else:
                yield self._say("reminder", title=self._titles.get(subject, subject), **self._moment(due_at))

    def _surveys(self, extract: Extract) -> Iterator[str]:
        """To what the citizen is invited; answers only while they can be told to be the citizen's."""
        for row in extract.surveys:
            survey = self._content.surveys.get(row.survey)
            label, day = survey.label if survey else row.survey, self._moment(row.due_at)["day"]
            yield self._say("survey", survey=label, day=day)
            for name, answer in row.answered.items():
                item = item_of(self._content, name)
                words = answer_words(self._content, item, answer) if item else answer or "—"
                yield self._say("survey_answer", question=item.label if item else name, answer=words)

    def _case(self, case: CaseRow) -> str:
        words = "\n".join([*case.words, *case.answers, *self._context(case.context)])
        key = "case_closed" if case.state == "closed" else "case"
        return self._say(key, day=self._moment(case.created_at)["day"], words=words.strip())

    def _context(self, context: str) -> Iterator[str]:
        """What went along with the citizen's words (bot/flows/handover.py), ids as words."""
        for line in context.splitlines():
            name, _, ids = line.partition(": ")
            if name == "situations":
                found = [self._situation(id_) for id_ in ids.split(",") if id_]
                yield self._say("situations", situations=", ".join(found)) if found else ""
            elif name == "screens":
                screens = ", ".join(f"«{screen_words(self._content, key)}»" for key in ids.split())
                yield self._say("screens", screens=screens) if screens else ""
            else:
                yield line

    def _situation(self, id_: str) -> str:
        known = self._content.situations
        return known[id_].label if id_ in known else id_

    def _line(self, kept: Kept) -> str:
        message = None if kept.is_heard else _said(kept.body)
        text = message.text if message else self._heard(kept.body)
        return self._say("heard" if kept.is_heard else "said", text=text, **self._moment(kept.at)) if text else ""

    def _heard(self, body: bytes) -> str:
        """What was typed; a pressed button by its words."""
        try:
            incoming = _incoming.decode(body)
        except msgspec.MsgspecError:
            return ""
        if incoming.kind is Kind.PRESS:
            label = self._labels.of(incoming.data)
            return self._say("pressed", label=label) if label else self._say("no_words")
        return incoming.text or self._say("no_words")

    def _moment(self, moment: datetime) -> dict[str, str]:
        return {
            "day": f"{render.local(moment, self._zone):%d.%m.%Y}",
            "time": render.time_words(moment, self._zone),
        }

    def _say(self, key: str, **values: object) -> str:
        return render.say(self._content, f"my_data.file_{key}", values)


def _said(body: bytes) -> Outgoing | None:
    try:
        return _outgoing.decode(body)
    except msgspec.MsgspecError:
        return None
