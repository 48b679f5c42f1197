"""Everything that is kept about a citizen, in words, to read and to carry away."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from bot.flows.words import visits
from bot.flows.words.answers import said
from bot.flows.words.survey_answers import answer_words, item_of
from bot.messages import Incoming, Outgoing
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
    **{f"file_{state}": Need() for state in STATES},
    "file_reminders": Need(),
    "file_reminder": Need(("title", "day", "time")),
    "file_reminder_release": Need(("day", "time")),
    "file_reminder_nudge": Need(("day", "time")),
    "file_reminder_booking": Need(("day", "time")),
    **visits.WORDS,
    "file_reminder_survey": Need(("day", "time")),
    "file_surveys": Need(),
    "file_survey": Need(("survey", "day")),
    "file_survey_answer": Need(("question", "answer")),
    "file_case": Need(("day", "words")),
    "file_case_closed": Need(("day", "words")),
    "file_messages": Need(),
    "file_heard": Need(("day", "time", "text")),
    "file_said": Need(("day", "time", "text")),
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
        self._titles = {step.id: step.title for one in content.situations.values() for step in one.plan}

    def blocks(self, extract: Extract) -> Iterator[str]:
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
        for case in extract.cases:
            yield self._case(case)
        if extract.messages:
            yield "\n".join([self._say("messages"), *(line for kept in extract.messages if (line := self._line(kept)))])
        yield self._say("rest")

    def _profile(self, extract: Extract) -> Iterator[str]:
        citizen, labels = extract.citizen, self._content.situations
        if citizen.consent_at is None:
            yield self._say("no_consent")
        else:
            yield self._say("consent", version=citizen.consent_version, **self._moment(citizen.consent_at))
        if citizen.situations:
            names = [labels[id_].label if id_ in labels else id_ for id_ in citizen.situations]
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
            yield self._say("item", title=self._titles.get(row.item, row.item), state=state, day=day)

    def _reminders(self, extract: Extract) -> Iterator[str]:
        for kind, subject, due_at in extract.reminders:
            if kind.startswith("booking"):
                yield self._say("reminder_booking", **self._moment(due_at))
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
        words = "\n".join([*case.words, *case.answers, case.context])
        key = "case_closed" if case.state == "closed" else "case"
        return self._say(key, day=self._moment(case.created_at)["day"], words=words.strip())

    def _line(self, kept: Kept) -> str:
        try:
            text = _heard(kept.body) if kept.is_heard else _outgoing.decode(kept.body).text
        except msgspec.MsgspecError:
            return ""
        return self._say("heard" if kept.is_heard else "said", text=text, **self._moment(kept.at))

    def _moment(self, moment: datetime) -> dict[str, str]:
        return {
            "day": f"{render.local(moment, self._zone):%d.%m.%Y}",
            "time": render.time_words(moment, self._zone),
        }

    def _say(self, key: str, **values: object) -> str:
        return render.say(self._content, f"my_data.file_{key}", values)


def _heard(body: bytes) -> str:
    """What was typed; a pressed button by its name, anything else by its kind."""
    incoming = _incoming.decode(body)
    pressed = incoming.data.split("|")[3:4]
    return incoming.text or f"[{pressed[0] if pressed else incoming.kind}]"
