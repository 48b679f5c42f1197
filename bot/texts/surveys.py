"""Files `surveys/<id>.yaml`: questionnaires, their scales, thresholds and when each is asked."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from bot.texts.leads import read_leads
from bot.texts.profile import near
from bot.texts.questionnaire import EVENT, INDICES, MEASURES, POINTS, TRIGGERS, Asking, Item, Survey
from bot.texts.reader import Reader
from bot.texts.schema import frozen

VERSION = re.compile(r"[A-Za-z0-9._-]{1,24}\Z")
ASK_CHARS, COMMENT_CHARS = 400, 300
ITEMS_MAX, CHOICES_MAX = 12, 10
PRESS_CHARS = 36  # ids of a choice and what stands before it in button data
LEADS_MAX = 2  # beside the thanks and what can be done with the answers
NO_LOW = -1
PEOPLE_MAX = 1000  # invited in one transaction
SCORED = ("ten", "five", "four", "yes_no")
# what an index can be made of
SCALES: Mapping[str, tuple[str, ...]] = {
    "nps": ("ten",),
    "ces": ("four",),
    "ces_bot": ("four",),
    "csi": ("five",),
    "nsi": ("four", "words", "list"),
    "helped": ("yes_no", "words"),
    "reasons": ("list", "words"),
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A survey, and where its parts stand: the sections of `asked`."""

    survey: Survey
    sections: Mapping[str, Reader]


def read_survey(ident: str, reader: Reader, leads: Mapping[str, Collection[str]]) -> Draft:
    """leads: kind of a lead → ids there are. What names other surveys or changes is compared by `settle`."""
    measure = reader.choice("measure", tuple(MEASURES))
    items = _items(ident, reader, measure)
    sections = dict(_children(reader, "asked"))
    asked = {name: _asking(name, inside) for name, inside in sections.items()}
    rotation = reader.whole("rotation", 1, ITEMS_MAX, default=0)
    if items and rotation > len(items):
        reader.wrong("rotation", f"больше, чем вопросов: {rotation}", f"поставьте не больше {len(items)}")
    low = reader.whole("low", 0, 10, default=NO_LOW)
    for name in ("comment", "offers_person"):
        if low == NO_LOW and reader.has(name):
            reader.wrong(name, "есть, а low нет", "впишите low: с какой оценки и ниже это делать")
    found = Survey(
        id=ident,
        version=_version(reader),
        label=reader.label("label"),
        measure=measure,
        source=reader.plain("source", limit=300),
        items=frozen(items),
        asked=frozen(asked),
        rotation=rotation,
        low=None if low == NO_LOW else low,
        comment=reader.text("comment", optional=True, limit=COMMENT_CHARS),
        offers_person=reader.flag("offers_person", default=False),
        thresholds=frozen(_thresholds(reader, measure)),
        targets=frozen(_targets(reader, measure)),
        leads=read_leads(reader, leads, most=LEADS_MAX) if reader.has("leads") else (),
    )
    reader.done()
    return Draft(found, sections)


def settle(
    drafts: Mapping[str, Draft],
    surveys: Collection[str],
    events: Collection[str] | None,
    stages: Collection[str] | None,
) -> None:
    """
    Compare what surveys name of each other and of other files.

    surveys: all there are, unreadable ones too. events, stages: None while nobody can read them.
    """
    for ident, draft in drafts.items():
        others = [other for other in surveys if other != ident]
        for asking in draft.survey.asked.values():
            inside = draft.sections[asking.id]
            for other in asking.also:
                if other not in others:
                    inside.wrong("also", f"содержит «{other[:60]}», такого опроса нет", near(other, others, "surveys"))
            for stage in asking.stages:
                if stages is not None and stage not in stages:
                    what = f"содержит «{stage[:60]}», такого этапа в планах нет"
                    inside.wrong("stages", what, near(stage, stages, "plan.yaml"))
            _known_trigger(inside, "trigger", asking.trigger, events)
            for trigger in asking.ended_by:
                _known_trigger(inside, "ended_by", trigger, events)
            if asking.trigger == "stage" and not asking.stages:
                inside.wrong("trigger", "«stage» без этапов", "впишите stages: [имена этапов плана]")
            if asking.trigger == "quarter" and not asking.people:
                inside.wrong("trigger", "«quarter» без числа людей", "впишите people: сколько человек спросить")


def _known_trigger(reader: Reader, name: str, trigger: str, events: Collection[str] | None) -> None:
    event = trigger.removeprefix(EVENT)
    if event != trigger:
        if events is not None and event not in events:
            reader.wrong(name, f"ведёт к перемене «{event[:60]}», такой нет", near(event, events, "events.yaml"))
    elif trigger not in TRIGGERS:
        reader.wrong(name, f"не повод: «{trigger[:60]}»", near(trigger, TRIGGERS, "список в README.md"))


def _version(reader: Reader) -> str:
    version = reader.plain("version")
    if version and not VERSION.match(version):
        remedy = "до 24 знаков: латинские буквы, цифры, точка, - и _, например 2026-11"
        reader.wrong("version", f"не подходит: «{version[:60]}»", remedy)
    return version


def _children(reader: Reader, name: str) -> list[tuple[str, Reader]]:
    inside = reader.child(name, optional=True)
    return list(inside.children()) if inside else []


def _items(ident: str, reader: Reader, measure: str) -> dict[str, Item]:
    inside = reader.child("questions", is_named=False)
    found: dict[str, Item] = {}
    for name, one in inside.children() if inside else ():
        if len(ident) + len(name) > PRESS_CHARS:
            one.wrong(
                "label", f"у вопроса «{name}» длинное имя", f"вместе с именем файла не больше {PRESS_CHARS} знаков"
            )
        found[name] = _item(name, one, measure)
    if inside is not None and not 1 <= len(found) <= ITEMS_MAX:
        reader.wrong("questions", f"вопросов {len(found)}", f"впишите от 1 до {ITEMS_MAX}")
    return found


def _item(ident: str, reader: Reader, measure: str) -> Item:
    scale = reader.choice("scale", tuple(POINTS))
    fitting = SCALES.get(measure, ())  # of no measure: told already
    if scale and fitting and scale not in fitting:
        remedy = f"в таком опросе бывает: {', '.join(fitting)}"
        reader.wrong("scale", f"«{scale}» не для «{measure}»", remedy)
    if scale not in SCORED and reader.has("reverse"):
        reader.wrong("reverse", "стоит у вопроса без оценки", "уберите")
    weight = reader.number("weight", 0.1, 10, optional=True)
    found = Item(
        id=ident,
        label=reader.label("label"),
        ask=reader.text("ask", limit=ASK_CHARS),
        scale=scale,
        is_reverse=reader.flag("reverse", default=False),
        weight=weight or 1.0,
        choices=frozen(_choices(ident, reader)) if scale == "list" else None,
    )
    reader.done()
    return found


def _choices(ident: str, reader: Reader) -> dict[str, str]:
    inside = reader.child("choices")
    found: dict[str, str] = {}
    for name in inside.names() if inside else ():
        assert inside is not None
        if not inside.is_id(name):
            continue
        label = inside.label(name)
        if label and label in found.values():
            inside.wrong(name, f"та же надпись «{label}», что у другого ответа", "сделайте надписи разными")
        found[name] = label
    if inside is not None and not 2 <= len(found) <= CHOICES_MAX:
        reader.wrong("choices", f"ответов {len(found)}", f"впишите от 2 до {CHOICES_MAX}")
    return found


def _asking(ident: str, reader: Reader) -> Asking:
    found = Asking(
        id=ident,
        trigger=reader.plain("trigger", limit=60),
        after_hours=reader.whole("after_hours", 0, 8784),
        keep_days=reader.whole("keep_days", 1, 366),
        every_days=reader.whole("every_days", 0, 1830, default=0),
        again_days=reader.whole("again_days", 1, 366, default=0),
        also=tuple(word for _, word in reader.words("also", optional=True, limit=60)),
        stages=tuple(word for _, word in reader.words("stages", optional=True, limit=60)),
        ended_by=tuple(word for _, word in reader.words("ended_by", optional=True, limit=60)),
        whole=reader.flag("whole", default=False),
        people=reader.whole("people", 1, PEOPLE_MAX, default=0),
    )
    reader.done()
    return found


def _thresholds(reader: Reader, measure: str) -> dict[str, int]:
    needed = MEASURES.get(measure, ())
    inside = reader.child("thresholds", optional=not needed)
    if inside is None:
        return {}
    found = {name: inside.whole(name, 0, 10) for name in needed}
    if measure == "nps" and found["detractors_to"] >= found["promoters_from"]:
        inside.wrong("detractors_to", "не ниже promoters_from", "первое число должно быть меньше второго")
    inside.done()
    return found


def _targets(reader: Reader, measure: str) -> dict[str, float]:
    inside = reader.child("targets", optional=True)
    if inside is None:
        return {}
    known = [name for name, made_of in INDICES.items() if made_of == measure]
    found = {}
    for name in known:
        if (target := inside.number(name, 0, 100, optional=True)) is not None:
            found[name] = target
    inside.done()
    return found
